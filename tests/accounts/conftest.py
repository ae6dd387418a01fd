"""Quick password hashes where a test is not about them."""

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords


@pytest.fixture
def quick_hashes(monkeypatch):
    """argon2id with the least work."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()
