"""Vectors collected from real files; the whole list is read where it is kept beside the project."""

import json
from typing import Any

import pytest

from tests import shared

FILE = shared.DOMAIN / "text_vectors.json"


def vectors(name: str) -> list[Any]:
    """All vectors of one kind; the test is skipped where the file is absent."""
    if not FILE.exists():
        pytest.skip("text_vectors.json is not here (set MOCXA_SHARED_DATA to the folder beside it)")
    return json.loads(FILE.read_text(encoding="utf-8"))[name]
