"""Dates as people type them: day first unless the file is American, Khmer digits and months, spreadsheet serials."""

import re
from datetime import date, timedelta
from typing import Literal

from app.text.folding import clean, fold
from app.text.numbers import MISSING

DateStyle = Literal["vi", "us", "1904"]

MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            "jan january មករា",
            "feb february កុម្ភៈ កុម្ភះ",
            "mar march មីនា",
            "apr april មេសា",
            "may ឧសភា",
            "jun june មិថុនា",
            "jul july កក្កដា",
            "aug august សីហា",
            "sep sept september កញ្ញា",
            "oct october តុលា",
            "nov november វិច្ឆិកា",
            "dec december ធ្នូ",
        ),
        start=1,
    )
    for name in names.split()
}
_CLOCK = r"(?:[t,]?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?P<half>am|pm)?(?:z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK)
_NUMERIC = re.compile(r"(?P<first>\d{1,2})\s*([-/.])\s*(?P<second>\d{1,2})\s*\2\s*(?P<year>\d{4}|\d{2})\s*" + _CLOCK)
_WORDED = re.compile(r"(?:ngay\s+)?(?P<day>\d{1,2})\s+thang\s+(?P<month>\d{1,2})(?:\s+nam\s+|,?\s+)(?P<year>\d{4})")
_NAMED = re.compile(
    r"(?:ថ្ងៃទី\s*)?(?P<day>\d{1,2})[\s-]*(?:ខែ)?(?P<name>[^\W\d]\S*?)\.?[\s,-]*(?:ឆ្នាំ)?\s*(?P<year>\d{4})"
)
_NAME_FIRST = re.compile(r"(?P<name>[a-z]+)\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}


class BadDate(ValueError):
    """Not a date. `reason`: unknown (no date pattern), impossible (31/02) or us_clock (AM/PM in a day-first file)."""

    def __init__(self, text: str, reason: Literal["unknown", "impossible", "us_clock"]) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.reason = reason


def parse_date(text: str, style: DateStyle = "vi") -> date | None:
    """The day typed, None for an empty or dashed cell; BadDate otherwise.

    Style "us" reads 03/01/2019 as 1 March; "1904" reads spreadsheet serials of the old Macintosh calendar.
    """
    plain = fold(text)
    if clean(text).lower() in MISSING:
        return None
    if _SERIAL.fullmatch(plain):
        return _EPOCHS["1904" if style == "1904" else "1900"] + timedelta(days=int(plain[:5]))
    for pattern in (_ISO, _WORDED, _NAME_FIRST, _NAMED):
        if found := pattern.fullmatch(plain):
            return _day(text, found["year"], _month(text, found), found["day"])
    if not (found := _NUMERIC.fullmatch(plain)):
        raise BadDate(text, "unknown")
    if found["half"] and style != "us":
        raise BadDate(text, "us_clock")
    month, day = ("first", "second") if style == "us" else ("second", "first")
    return _day(text, found["year"], found[month], found[day])


def _month(text: str, found: re.Match[str]) -> str:
    parts = found.groupdict()
    if "month" in parts:
        return str(parts["month"])
    if (name := parts["name"].removeprefix("ខែ")) not in MONTH_NAMES:
        raise BadDate(text, "unknown")
    return str(MONTH_NAMES[name])


def _day(text: str, year: str, month: str, day: str) -> date:
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    try:
        return date(full, int(month), int(day))
    except ValueError:
        raise BadDate(text, "impossible") from None
