"""Customs files and figures."""
