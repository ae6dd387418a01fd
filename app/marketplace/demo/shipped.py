"""The data files of the demonstration, and choices made from them that are the same on every installation."""

import csv
from pathlib import Path
from zlib import crc32

DATA = Path(__file__).parent.parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of this package's data folder."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pick(key: str, below: int) -> int:
    """A number from 0 to `below` − 1 that looks random and depends on `key` alone."""
    return crc32(key.encode()) % below
