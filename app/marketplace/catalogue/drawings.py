"""Which drawn picture stands for goods without a photo: by the HS code, the longest known beginning first."""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "drawings.csv"
FOLDER = Path(__file__).parents[2] / "static" / "drawings"
ANY = "box"


def drawing_for(hs_code: str) -> str:
    """The name of a file in static/drawings."""
    known = _by_prefix()
    return next((known[hs_code[:size]] for size in (8, 6, 4, 2) if hs_code[:size] in known), ANY)


@cache
def _by_prefix() -> dict[str, str]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: row["drawing"] for row in csv.DictReader(file)}
