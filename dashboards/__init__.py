"""Figures, dashboard pages and exports of the trade-flow monitor."""
