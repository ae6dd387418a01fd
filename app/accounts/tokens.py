"""Secrets that stand for a person: sessions, API tokens, links by e-mail. The database keeps only their SHA-256."""

import secrets
from hashlib import sha256

BYTES = 32


def new() -> str:
    """A secret of 256 random bits, fit for cookies, headers and addresses."""
    return secrets.token_urlsafe(BYTES)


def hashed(token: str) -> str:
    """What the database keeps of a secret. A plain hash is enough: 256 random bits cannot be guessed."""
    return sha256(token.encode()).hexdigest()
