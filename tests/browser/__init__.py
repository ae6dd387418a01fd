"""Walks in a real browser through a real stack."""
