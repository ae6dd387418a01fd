"""Firms: registration, verification by a moderator, members, bank details."""
