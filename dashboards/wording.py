"""Names and numbers in the reader's language: units with their number words, per cent, goods, partners, gates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.i18n import NO_BREAK, language, localized, month, number
from app.reference.models import Country, Gate, HsCode
from app.trade.flows_crossings import PEOPLE, VEHICLES
from app.trade.scope import Scope

DIRECTIONS = {"export": _l("Export"), "import": _l("Import"), "transit": _l("Transit")}
MEASURES = {"value": _l("Value"), "weight": _l("Net weight"), "lines": _l("Number of declaration lines")}
KINDS = {
    VEHICLES: _l("All vehicles"),
    "truck": _l("Trucks"),
    "container": _l("Container trucks"),
    "bus": _l("Coaches"),
    "car": _l("Cars"),
    PEOPLE: _l("People"),
}
UNITS: dict[str, tuple[tuple[int, Any], ...]] = {
    "value_usd": (
        (10**9, _l("billion USD")),
        (10**6, _l("million USD")),
        (10**3, _l("thousand USD")),
        (1, _l("USD")),
    ),
    "value_vnd": (
        (10**12, _l("trillion VND")),
        (10**9, _l("billion VND")),
        (10**6, _l("million VND")),
        (1, _l("VND")),
    ),
    "net_kg": ((10**6, _l("thousand tonnes")), (10**3, _l("tonnes")), (1, _l("kg"))),
    "lines": ((1, _l("lines")),),
    "vehicle": ((10**6, _l("million vehicles")), (10**3, _l("thousand vehicles")), (1, _l("vehicles"))),
    "person": ((10**6, _l("million people")), (10**3, _l("thousand people")), (1, _l("people"))),
}
EXACT = {"value_usd": 2, "value_vnd": 0, "net_kg": 3, "lines": 0, "vehicle": 0, "person": 0}


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of a column are shown: divided by `factor`, in `unit`. `raw` is the unit of the files."""

    factor: Decimal
    unit: str
    raw: str
    column: str
    decimals: int = 1

    def of(self, value: Decimal | None) -> Decimal | None:
        return None if value is None else value / self.factor

    def text(self, value: Decimal | None) -> str:
        """The number alone; no decimals from a thousand up or where things are counted one by one."""
        shown = self.of(value)
        if shown is None:
            return "–"
        return number(shown, 0 if self.factor == 1 or abs(shown) >= 1000 else self.decimals)

    def worded(self, value: Decimal | None) -> str:
        return "–" if value is None else f"{self.text(value)}{NO_BREAK}{self.unit}"


def scale_for(column: str, values: Iterable[Decimal | None], least: int = 1) -> Scale:
    """The greatest number word of which the greatest value is at least `least`; two decimals where it is few.

    Ranks ask for more than one, so that small values beside a great one keep their digits.
    """
    peak = max((abs(value) for value in values if value is not None), default=Decimal(0))
    steps = UNITS[column]
    factor, unit = next(((step, words) for step, words in steps if peak >= least * step), steps[-1])
    return Scale(Decimal(factor), str(unit), str(steps[-1][1]), column, 2 if peak < 5 * factor else 1)


def percent(value: Decimal | None, *, signed: bool = False) -> str:
    """38,1 % in Vietnamese, 38.1% elsewhere; a change carries its sign."""
    if value is None:
        return "–"
    size = abs(value)
    text = number(size, 0 if size >= 1000 else 1)
    sign = ("+" if value > 0 else "−" if value < 0 else "") if signed else "−" if value < 0 else ""
    return f"{sign}{text}{NO_BREAK if language() == 'vi' else ''}%"


def period(first: date, last: date) -> str:
    """10/2026, or 01/2024 – 10/2026."""
    return month(first) if first == last else f"{month(first)} – {month(last)}"


def month_word(month_of_year: int) -> str:
    """November, tháng 11: a month of any year."""
    return str(format_date(date(2000, month_of_year, 1), format="MMMM", locale=language()))


def kind_unit(kind: str) -> str:
    """In what a kind of crossing is counted."""
    return PEOPLE if kind == PEOPLE else VEHICLES


def a_day(kind: str) -> str:
    """The unit of a daily average."""
    return _("people a day") if kind == PEOPLE else _("vehicles a day")


# --- names ---


def gate_names(session: Session, slugs: Iterable[str]) -> dict[str, str]:
    """Slug → short name, in the order of the slugs."""
    wanted = list(slugs)
    found = {
        gate.slug: localized(gate, "short") for gate in session.scalars(select(Gate).where(Gate.slug.in_(wanted)))
    }
    return {slug: found[slug] for slug in wanted if slug in found}


def partner_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """ISO code → name of the country; XX is where the file did not say."""
    found = session.scalars(select(Country).where(Country.iso2.in_(list(codes))))
    return {country.iso2: localized(country, "name") for country in found} | {"XX": _("Partner not stated")}


def goods_names(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """HS code → what people call it, up to the first comma or semicolon."""
    found = session.scalars(select(HsCode).where(HsCode.code.in_(list(codes))))
    return {node.code: shortened(localized(node, "text")) for node in found}


def shortened(text: str, limit: int = 44) -> str:
    """A tariff text cut at its last comma or semicolon, else its last word, before it gets too long."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    mark = max(cut.rfind(","), cut.rfind(";"))
    return (cut[:mark] if mark >= limit // 2 else cut.rsplit(" ", 1)[0]) + "…"


def listed_gaps(gaps: Sequence[tuple[str, date]], names: dict[str, str], most: int = 4) -> str:
    """“Xa Mát 03/2026, Mộc Bài 05/2026 and 3 more”."""
    said = ", ".join(f"{names.get(gate, gate)} {month(when)}" for gate, when in gaps[:most])
    if len(gaps) <= most:
        return said
    return _("%(some)s and %(count)s more", some=said, count=len(gaps) - most)


def filters_of(scope: Scope, names: dict[str, str]) -> str:
    """The filters in words, for subtitles and exports."""
    ways = [str(DIRECTIONS[way]) for way in scope.directions]
    parts = [", ".join(names.get(gate, gate) for gate in scope.gates), ", ".join(ways)]
    parts += [_("HS %(codes)s", codes=", ".join(scope.hs))] if scope.hs else []
    parts += [", ".join(names.get(code, code) for code in scope.partners)] if scope.partners else []
    return " · ".join(part for part in parts if part)
