"""Texts that repeat down a column (gates, periods, countries …) resolved once per distinct text, in Python."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from app.periods import Period, PeriodUnclear, month_of, parse_period
from app.text import BadDate, parse_date, parse_number
from app.text.dates import DateStyle
from app.text.numbers import Style
from app.trade import aliases
from app.trade.aliases import key
from app.trade.facts import Facts, gate_key
from app.trade.models import PROVINCE, Dataset
from app.trade.profiles import VALUE_ALIASES, Profile
from app.units import unit_code

# Every answer is a tuple of texts for the columns of a label table; None: not recognised.
Answer = tuple[str | None, ...]
COLUMNS: dict[str, tuple[str, ...]] = {
    "period": ("month", "period_kind", "day", "problem"),
    "currency": ("currency", "factor"),
    "procedure": ("code", "direction", "in_trade"),
    "worded": ("number", "problem"),
}
# Answers that go into the lake are ENUMs while a file is read: (field, column) -> type
WORDS: dict[tuple[str, str], str] = {
    ("direction", "value"): "way",
    ("procedure", "direction"): "way",
    ("procedure", "code"): "word_procedure",
    ("currency", "currency"): "word_currency",
    **{(name, "value"): f"word_{name}" for name in ("gate", "partner", "unit", "measure", "status")},
}


@dataclass(frozen=True)
class Reader:
    """Resolves label texts of one import."""

    dataset: str
    profile: Profile
    facts: Facts
    date_style: DateStyle = "vi"
    number_style: Style | None = None
    period_header: str = ""

    def answer(self, field: str, text: str) -> Answer | None:
        """The meaning of one text in one field."""
        special = VALUE_ALIASES.get(self.profile.code, {}).get(field, {})
        if (fixed := special.get(text.strip())) is not None:
            return (fixed,)
        return self._readers()[field](text)

    def _readers(self) -> dict[str, Callable[[str], Answer | None]]:
        return {
            "gate": self._gate,
            "direction": lambda text: _known(aliases.DIRECTIONS, text),
            "procedure": self._procedure,
            "partner": lambda text: _known(self.facts.countries, text),
            "currency": _currency,
            "unit": lambda text: (unit_code(text) or text.strip().upper()[:8],),
            "cancelled": lambda text: ("true" if aliases.CANCELLED.search(key(text)) else "false",),
            "measure": lambda text: _known(aliases.MEASURES, text),
            "status": lambda text: _known(aliases.STATUSES, text),
            "period": self._period,
            "year": lambda text: (text.strip(),),
            "worded": self._worded,
        }

    def _gate(self, text: str) -> Answer | None:
        if slug := self.facts.gates.get(gate_key(text)):
            return (slug,)
        if slug := self.facts.gates.get(gate_key(text.split("(", maxsplit=1)[0])):
            return (slug,)
        if self.dataset == Dataset.SUMMARIES and key(text) in aliases.PROVINCE_LABELS:
            return (PROVINCE,)
        return None

    def _procedure(self, text: str) -> Answer:
        code = text.strip().upper()[:3]
        return (code, *self.facts.procedures.get(code, (None, None)))

    def _period(self, text: str) -> Answer | None:
        """`text` is the period, a bar and the year column: "Quí I|2025", "Jan 2024|", "23/11/2026|"."""
        label, _, year = text.rpartition("|")
        try:
            period = self._read_period(label.strip(), int(year) if year.strip().isdigit() else None)
        except PeriodUnclear:
            return (None, None, None, "ambiguous")
        if period is None:
            return (None, None, None, "E02")
        kind = {"half": "cumulative", "year": "cumulative"}.get(period.kind, period.kind)
        if period.kind == "half" and period.start.month != 1:
            kind = "half"
        part = period.start.isoformat() if period.start == period.end or kind == "half_month" else None
        return (month_of(period.end).isoformat(), kind, part, None)

    def _read_period(self, label: str, year: int | None) -> Period | None:
        try:
            return parse_period(label, year) or self._day(label)
        except PeriodUnclear as unclear:
            bare = self.profile.bare_period
            if bare is None and key(self.period_header) in ("thang", "month"):
                bare = "month"
            if unclear.reason != "bare_number" or bare is None or year is None:
                raise
            return parse_period(f"T{label}" if bare == "month" else f"{label} tháng", year)

    def _day(self, label: str) -> Period | None:
        try:
            day = parse_date(label, self.date_style)
        except BadDate:
            return None
        return Period("month", day, day) if day else None

    def _worded(self, text: str) -> Answer | None:
        number = parse_number(text, self.number_style)
        if number.ambiguous:
            return (None, "ambiguous")
        if number.value is None:
            return (None, "E07" if number.reason else None)
        return (str(number.value), None)

    def suggestion(self, field: str, text: str) -> str:
        """The known label most like `text`, for the hint beside an error; empty when nothing is near."""
        known: Iterable[str] = {
            "gate": self.facts.gates,
            "partner": self.facts.countries,
            "direction": aliases.DIRECTIONS,
            "measure": aliases.MEASURES,
            "status": aliases.STATUSES,
        }.get(field, ())
        wanted = gate_key(text) if field == "gate" else key(text)
        near = get_close_matches(wanted, list(known), n=1, cutoff=0.75)
        if near and field == "gate":
            return self.facts.gate_names.get(self.facts.gates[near[0]], near[0])
        return near[0].title() if near else ""


def _known(table: dict[str, str], text: str) -> Answer | None:
    found = table.get(key(text))
    return (found,) if found else None


def _currency(text: str) -> Answer | None:
    if found := aliases.MONEY_UNITS.get(key(text)):
        return (found[0], str(found[1]))
    code = text.strip().upper()
    return (code, "1") if code in aliases.CURRENCIES else None
