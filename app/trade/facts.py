"""What validation needs to know, read once per import: gates, countries, tariff lines, procedures and rates."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.periods import month_of
from app.reference.models import Country, Gate, HsCode, ProcedureCode, Rate
from app.trade.aliases import COUNTRIES, GATE_PREFIX, key

KINDS = ("customs", "central", "market", "monthly")  # the better one first
FALLBACK_DAYS = {"customs": 7, "central": 7, "market": 7, "monthly": 61}
MILLIONTH = Decimal("0.000001")


@dataclass
class Facts:
    """Plain values; safe to use without a transaction."""

    gates: dict[str, str] = field(default_factory=dict)  # folded label -> slug
    gate_names: dict[str, str] = field(default_factory=dict)  # slug -> how it is written
    countries: dict[str, str] = field(default_factory=dict)  # folded label -> ISO 3166-1 alpha-2
    hs8: tuple[str, ...] = ()
    chapters: frozenset[str] = frozenset(f"{number:02d}" for number in range(1, 99) if number != 77)
    procedures: dict[str, tuple[str, str]] = field(default_factory=dict)  # code -> (direction, in_trade)
    vnd_per: dict[str, dict[date, Decimal]] = field(default_factory=dict)  # currency -> day -> VND
    today: date = field(default_factory=date.today)


def load(session: Session, today: date) -> Facts:
    """Everything validation needs, from the reference tables."""
    return Facts(
        gates=gate_labels(session),
        gate_names={slug: name for slug, name in session.execute(select(Gate.slug, Gate.short_vi))},
        countries=_countries(session),
        hs8=tuple(session.scalars(select(HsCode.code).where(HsCode.level == 8))),
        procedures={row.code: (row.direction, row.in_trade) for row in session.scalars(select(ProcedureCode))},
        vnd_per=_rates(session, today),
        today=today,
    )


def gate_labels(session: Session) -> dict[str, str]:
    """Every way a gate is written, folded and without "cửa khẩu quốc tế" and the like, to its slug."""
    labels: dict[str, str] = {}
    for gate in session.scalars(select(Gate).order_by(Gate.priority.desc(), Gate.id)):
        names = (gate.slug, gate.code, gate.name_vi, gate.name_en, gate.short_vi, gate.short_en)
        for name in (*names, *gate.aliases, *gate.office_codes):
            if name:
                labels[gate_key(name)] = gate.slug
    return labels


def gate_key(label: str) -> str:
    """A gate label as it is compared."""
    text = key(label)
    bare = GATE_PREFIX.sub("", text + " ").strip()
    return bare or text


def _countries(session: Session) -> dict[str, str]:
    labels = dict(COUNTRIES)
    for country in session.scalars(select(Country)):
        for name in (country.iso2, country.iso3, country.name_vi, country.name_en, country.name_km, *country.aliases):
            if name:
                labels.setdefault(key(name), country.iso2)
    return labels


def _rates(session: Session, today: date) -> dict[str, dict[date, Decimal]]:
    """VND for one unit of each currency on each day: given as such, or by way of the US dollar."""
    quoted: dict[tuple[str, str], dict[date, Decimal]] = {}
    for kind in reversed(KINDS):
        found: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
        rows = session.execute(
            select(Rate.base, Rate.quote, Rate.day, Rate.rate).where(Rate.kind == kind).order_by(Rate.day)
        )
        for base, quote, day, rate in rows:
            found.setdefault((base, quote), []).append((_from(kind, day), rate))
        for pair, dated in found.items():
            quoted.setdefault(pair, {}).update(_every_day(dated, FALLBACK_DAYS[kind], today))
    dollars = quoted.get(("USD", "VND"), {})
    crossed = {
        quote: {day: (dollars[day] / rate).quantize(MILLIONTH) for day, rate in days.items() if day in dollars}
        for (base, quote), days in quoted.items()
        if base == "USD" and quote != "VND"
    }
    return crossed | {base: days for (base, quote), days in quoted.items() if quote == "VND"}


def _from(kind: str, day: date) -> date:
    """The first day of a rate: a monthly one is good for its whole month."""
    return month_of(day) if kind == "monthly" else day


def _every_day(dated: list[tuple[date, Decimal]], fallback: int, today: date) -> dict[date, Decimal]:
    """The rate of each day: the last one, when it is not too old."""
    days: dict[date, Decimal] = {}
    for position, (day, rate) in enumerate(dated):
        until = dated[position + 1][0] if position + 1 < len(dated) else today + timedelta(days=1)
        for ahead in range(min((until - day).days, fallback + 1)):
            days[day + timedelta(days=ahead)] = rate
    return days
