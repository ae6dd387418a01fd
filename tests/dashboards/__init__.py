"""Figures and pages of the dashboards."""
