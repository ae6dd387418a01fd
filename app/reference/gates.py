"""Border gates: which there are, which take goods, what they are called in files, and changes by administrators."""

from collections.abc import Mapping
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound, Problem
from app.reference.models import Gate
from app.text import fold

CITIES = {"hcmc": (10.7769, 106.7009), "phnom_penh": (11.5564, 104.9282)}
_CHANGEABLE = {
    "status", "notice_vi", "notice_en", "notice_km", "notice_until", "opens", "closes", "hours_source",
    "hours_verified_on", "goods_until",
}  # fmt: skip


class NoSuchGate(NotFound):
    """No gate has this address or name."""

    message = _l("There is no border gate “%(gate)s”.")


class GateClosed(Problem):
    """The gate takes no goods on that day."""

    message = _l("%(gate)s does not take goods now. Choose another gate.")


class HoursUnverified(Problem):
    """Opening hours come with both ends, their source and the day they were verified."""

    status = 422
    message = _l("Give both opening and closing time, where they come from, and the day they were verified.")


def all_gates(session: Session, *, imported: bool = False) -> list[Gate]:
    """The gates of the province, the most important first; with `imported` also ports that came with a file."""
    query = select(Gate).order_by(Gate.priority, Gate.id)
    return list(session.scalars(query if imported else query.where(Gate.created_by_import.is_(False))))


def for_goods(session: Session, day: date) -> list[Gate]:
    """The gates where goods can be handed over on a day."""
    return [gate for gate in all_gates(session) if gate.takes_goods(day)]


def by_slug(session: Session, slug: str) -> Gate:
    """A gate by its address; raises `NoSuchGate`."""
    gate = session.scalar(select(Gate).where(Gate.slug == slug))
    if gate is None:
        raise NoSuchGate(gate=slug)
    return gate


def taking_goods(session: Session, slug: str, day: date) -> Gate:
    """The gate chosen for hand-over; raises `NoSuchGate` or `GateClosed`."""
    gate = by_slug(session, slug)
    if not gate.takes_goods(day):
        raise GateClosed(gate=gate.short_vi)
    return gate


def by_alias(session: Session) -> dict[str, int]:
    """Folded spelling → gate id, for files: names, labels, opposite places, office codes. The greater gate wins."""
    table: dict[str, int] = {}
    for gate in all_gates(session, imported=True):
        names = (
            gate.code,
            gate.slug,
            gate.name_vi,
            gate.name_en,
            gate.name_km,
            gate.short_vi,
            gate.short_en,
            gate.short_km,
        )
        for name in (*names, *gate.aliases, *gate.office_codes):
            if name:
                table.setdefault(fold(name), gate.id)
    return table


def add_imported(session: Session, names: Mapping[str, str]) -> dict[str, int]:
    """Gates for the ports of a foreign file, code → name; those already there are kept. Returns code → gate id."""
    known = {gate.code: gate for gate in session.scalars(select(Gate).where(Gate.code.in_(names)))}
    for code, name in names.items():
        if code not in known:
            known[code] = Gate(
                code=code, slug=code.replace("_", "-"), type="foreign", name_vi=name, name_en=name, short_vi=name,
                short_en=name, created_by_import=True,
            )  # fmt: skip
            session.add(known[code])
    session.flush()
    return {code: gate.id for code, gate in known.items()}


def change(session: Session, slug: str, values: Mapping[str, Any]) -> tuple[Gate, dict[str, Any], dict[str, Any]]:
    """Set status, notice or hours of a gate. Returns it and what changed, before and after, for the audit log."""
    gate = by_slug(session, slug)
    if unknown := values.keys() - _CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    before = {name: getattr(gate, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(gate, name, values[name])
    if (gate.opens is None) != (gate.closes is None) or (
        gate.opens and not (gate.hours_source and gate.hours_verified_on)
    ):
        raise HoursUnverified()
    return gate, {name: _plain(before[name]) for name in changed}, {name: _plain(values[name]) for name in changed}


def distance_km(gate: Gate, city: str) -> int | None:
    """Kilometres in a straight line from a gate to one of CITIES, to the nearest whole."""
    if gate.lat is None or gate.lon is None:
        return None
    lat, lon, to_lat, to_lon = map(radians, (float(gate.lat), float(gate.lon), *CITIES[city]))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return round(2 * 6371 * asin(sqrt(half)))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else value.isoformat()
