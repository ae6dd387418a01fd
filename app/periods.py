"""Trade periods: months, what people call them (T8, Quí III, 8 tháng, Kỳ 1 tháng 8/2026), and the moving feasts."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.text import fold
from app.text.dates import MONTH_NAMES

Month = date
"""A month is the date of its first day."""

Kind = Literal["month", "quarter", "half", "year", "half_month", "cumulative"]
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

_TET_DAYS = (
    (2015, 2, 19), (2016, 2, 8), (2017, 1, 28), (2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12),
    (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26),
    (2029, 2, 13), (2030, 2, 2), (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8),
)  # fmt: skip
TET = {year: date(year, month, day) for year, month, day in _TET_DAYS}
"""Year → first day of the lunar new year in Việt Nam (UTC+7)."""


AT_THE_GATES = ZoneInfo("Asia/Ho_Chi_Minh")
"""The clock of the gates; Phnom Penh's is the same."""


def today() -> date:
    """The present day at the gates."""
    return datetime.now(UTC).astimezone(AT_THE_GATES).date()


def khmer_new_year(year: int) -> date:
    """First day of Choul Chnam Thmey: 13 April in leap years and 14 April otherwise, as holds for 2015–2035."""
    if not 2015 <= year <= 2035:
        raise ValueError(f"Khmer New Year is known here for 2015 to 2035, not {year}")
    return date(year, 4, 13 if isleap(year) else 14)


class PeriodUnclear(ValueError):
    """A label that may mean several periods: no_year, or bare_number ("8": August, or January to August)."""

    def __init__(self, text: str, reason: Literal["no_year", "bare_number"]) -> None:
        super().__init__(f"{text!r}: {reason}")
        self.reason = reason


def month_of(day: date) -> Month:
    """The month a day is in."""
    return day.replace(day=1)


def add_months(month: Month, count: int) -> Month:
    """`count` months later (or earlier)."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1)


def last_day(month: Month) -> date:
    """The last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = add_months(month, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """`start` and `end` are days, both inside. A cumulative period runs from January."""

    kind: Kind
    start: date
    end: date

    @property
    def months(self) -> list[Month]:
        return list(months_between(self.start, self.end))

    def year_before(self) -> "Period":
        """The like-for-like period one year earlier."""
        return _span(self.kind, add_months(month_of(self.start), -12), len(self.months), self)


def parse_period(text: str, year: int | None = None) -> Period | None:
    """The period a label names, None when it names none; PeriodUnclear when it could be several.

    `year` completes labels without one, as in a table "2026" with rows T1, T2, Quí I.
    """
    plain = fold(text)
    if re.fullmatch(r"\d{1,2}", plain) and 1 <= int(plain) <= 12:
        raise PeriodUnclear(text, "bare_number")
    for pattern, make in _LABELS:
        if not (found := pattern.fullmatch(plain)):
            continue
        parts = found.groupdict()
        said = parts.get("year")
        if said is None and year is None:
            raise PeriodUnclear(text, "no_year")
        return make(int(said) if said else int(year or 0), parts)
    return None


def _span(kind: Kind, first: Month, count: int, like: Period | None = None) -> Period:
    end = last_day(add_months(first, count - 1))
    if kind == "half_month" and like is not None:
        second = like.start.day == 16
        return Period(kind, first.replace(day=16) if second else first, end if second else first.replace(day=15))
    return Period(kind, first, end)


def _month(year: int, parts: dict[str, str | None]) -> Period | None:
    number = MONTH_NAMES.get(str(parts["name"])) if parts.get("name") else int(str(parts["n"]))
    return _span("month", date(year, number, 1), 1) if number and 1 <= number <= 12 else None


def _quarter(year: int, parts: dict[str, str | None]) -> Period | None:
    label = str(parts["n"])
    number = _ROMAN.get(label) or int(label)
    return _span("quarter", date(year, 3 * number - 2, 1), 3)


def _half(year: int, parts: dict[str, str | None]) -> Period:
    return _span("half", date(year, 7 if parts["n"] in ("2", "ii", "cuoi") else 1, 1), 6)


def _cumulative(year: int, parts: dict[str, str | None]) -> Period | None:
    count = int(str(parts["n"]))
    return _span("cumulative", date(year, 1, 1), count) if 1 <= count <= 12 else None


def _half_month(year: int, parts: dict[str, str | None]) -> Period | None:
    number = int(str(parts["n"]))
    if not 1 <= number <= 12:
        return None
    first = date(year, number, 1)
    if parts["half"] in ("1", "i"):
        return Period("half_month", first, first + timedelta(days=14))
    return Period("half_month", first.replace(day=16), last_day(first))


def _year(year: int, _parts: dict[str, str | None]) -> Period:
    return _span("year", date(year, 1, 1), 12)


_YEAR = r"(?:\s*(?:/|-|,|nam|\s)\s*(?:nam\s*)?(?P<year>(?:19|20)\d\d))"
_NAMES = "|".join(sorted(map(re.escape, MONTH_NAMES), key=len, reverse=True))
_Maker = Callable[[int, dict[str, str | None]], Period | None]
_PATTERNS: tuple[tuple[str, _Maker], ...] = (
    (rf"ky\s*(?P<half>1|2|i|ii)\s*[,/-]?\s*(?:thang|t\.?)\s*(?P<n>\d{{1,2}}){_YEAR}?", _half_month),
    (rf"6\s*thang\s*(?P<n>cuoi)\s*(?:nam)?{_YEAR}?", _half),
    (rf"(?:nua\s*nam|h)\s*(?P<n>1|2|i|ii){_YEAR}?", _half),
    (rf"(?P<n>\d{{1,2}})\s*(?:t|thang)(?:\s*dau\s*nam)?{_YEAR}?", _cumulative),
    (rf"(?:thang|thg|t)\.?\s*(?P<n>\d{{1,2}}){_YEAR}?", _month),
    (rf"(?:quy|qui|q)\.?\s*(?P<n>iv|iii|ii|i|[1-4]){_YEAR}?", _quarter),
    (r"(?P<n>\d{1,2})\s*[/.-]\s*(?P<year>(?:19|20)\d\d)", _month),
    (r"(?P<year>(?:19|20)\d\d)\s*[/.-]\s*(?P<n>\d{1,2})", _month),
    (rf"(?:ខែ)?(?P<name>{_NAMES})\.?[\s,-]*(?:ឆ្នាំ)?\s*(?P<year>(?:19|20)\d\d)?", _month),
    (r"(?:ca\s*nam|nam)?\s*(?P<year>(?:19|20)\d\d)", _year),
    (r"ca\s*nam", _year),
)
_LABELS = tuple((re.compile(pattern), make) for pattern, make in _PATTERNS)
