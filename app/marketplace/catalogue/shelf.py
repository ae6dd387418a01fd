"""Everything on sale, as sets in memory: what facets are counted with and lists are sorted by.

A set of products is one integer with a bit for each place; places count from the newest product. Two sets are
intersected and counted in a microsecond, so counts are exact and never stored. A shelf belongs to one version of
the catalogue and one day (certificates expire); the next version makes the next shelf.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.kept import Kept
from app.marketplace.catalogue.models import Category, Certificate, Product, ProductGate, ProductState
from app.marketplace.firms.models import Firm, FirmState
from app.reference.gates import all_gates
from app.reference.models import Gate


@dataclass(frozen=True, slots=True)
class Named:
    """A facet value as people read it."""

    slug: str
    name_vi: str
    name_en: str | None
    name_km: str | None


@dataclass(frozen=True)
class Shelf:
    """Products by place; `sets[facet][value]` are the places that have the value."""

    version: str | None
    day: date
    ids: tuple[int, ...]
    place: dict[int, int]
    cheapest: tuple[int, ...]
    dearest: tuple[int, ...]
    prices: tuple[Decimal | None, ...]
    hs_codes: tuple[str, ...]
    sets: dict[str, dict[str, int]]
    categories: dict[str, Named]
    firms: dict[str, Named]
    gates: dict[str, Gate]
    kept: Kept = field(default_factory=lambda: Kept(500))

    @property
    def everything(self) -> int:
        return (1 << len(self.ids)) - 1

    def priced(self, low: Decimal | None, high: Decimal | None) -> int:
        """The products whose price in VND is at least `low` and below `high`."""
        return self.kept.made(("priced", low, high), lambda: self._priced(low, high))

    def _priced(self, low: Decimal | None, high: Decimal | None) -> int:
        inside = (
            place
            for place, price in enumerate(self.prices)
            if price is not None and (low is None or price >= low) and (high is None or price < high)
        )
        return bits(inside)


_newest: list[Shelf] = []
_loading = Lock()


def at(session: Session, version: str | None, day: date) -> Shelf:
    """The shelf of this version, from memory when it was read before."""
    if shelf := _remembered(version, day):
        return shelf
    with _loading:
        if not (shelf := _remembered(version, day)):
            shelf = load(session, version, day)
            _newest[:] = [shelf]
        return shelf


def load(session: Session, version: str | None, day: date) -> Shelf:
    """Read the shelf from the database."""
    facts = select(Product.id, Product.from_vnd, Product.hs_code, Category.slug, Firm.slug)
    newest_first = (Product.published_at.desc(), Product.id.desc())
    rows = session.execute(facts.join(Category).join(Firm).where(on_sale()).order_by(*newest_first)).all()
    place = {row[0]: number for number, row in enumerate(rows)}
    prices = tuple(row[1] for row in rows)
    by_price = sorted((price, number) for number, price in enumerate(prices) if price is not None)
    unpriced = tuple(number for number, price in enumerate(prices) if price is None)
    gates = all_gates(session)
    for gate in gates:
        session.expunge(gate)  # it outlives this session
    members: dict[str, dict[str, list[int]]] = {
        "category": defaultdict(list),
        "firm": defaultdict(list),
        "gate": _by_gate(session, place, gates, day),
        "certificate": _by_certificate(session, place, day),
    }
    for number, (_, _, _, category, firm) in enumerate(rows):
        members["category"][category].append(number)
        members["firm"][firm].append(number)
    return Shelf(
        version=version,
        day=day,
        ids=tuple(place),
        place=place,
        cheapest=(*(number for _, number in by_price), *unpriced),
        dearest=(*(number for _, number in sorted(by_price, key=lambda pair: (-pair[0], pair[1]))), *unpriced),
        prices=prices,
        hs_codes=tuple(row[2] for row in rows),
        sets={name: {value: bits(found) for value, found in values.items()} for name, values in members.items()},
        categories=_named(session, select(Category).order_by(Category.position, Category.id)),
        firms=_named(session, select(Firm).where(Firm.state == FirmState.VERIFIED).order_by(Firm.id)),
        gates={gate.slug: gate for gate in gates},
    )


def on_sale() -> ColumnElement[bool]:
    """Published by a firm that is verified: the only products buyers see."""
    return (Product.state == ProductState.PUBLISHED) & (Firm.state == FirmState.VERIFIED)


def certificate_codes(kind: str, stars: int | None) -> tuple[str, ...]:
    """What a certificate is filtered by: ocop and ocop-4, or just its kind."""
    return (kind, f"{kind}-{stars}") if stars else (kind,)


def in_force(day: date) -> ColumnElement[bool]:
    """Certificates that have not expired on a day."""
    return Certificate.valid_until.is_(None) | (Certificate.valid_until >= day)


def _remembered(version: str | None, day: date) -> Shelf | None:
    return next((shelf for shelf in _newest if (shelf.version, shelf.day) == (version, day)), None)


def _by_gate(session: Session, place: dict[int, int], gates: list[Gate], day: date) -> dict[str, list[int]]:
    """Where goods are handed over now; a gate that takes none at present is no choice."""
    slugs = {gate.id: gate.slug for gate in gates if gate.takes_goods(day)}
    found: dict[str, list[int]] = defaultdict(list)
    for product_id, gate_id in session.execute(select(ProductGate.product_id, ProductGate.gate_id)):
        if product_id in place and gate_id in slugs:
            found[slugs[gate_id]].append(place[product_id])
    return found


def _by_certificate(session: Session, place: dict[int, int], day: date) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    query = select(Certificate.product_id, Certificate.kind, Certificate.stars).where(in_force(day))
    for product_id, kind, stars in session.execute(query):
        if product_id in place:
            for code in certificate_codes(kind, stars):
                found[code].append(place[product_id])
    return found


def _named(session: Session, things: Select[Any]) -> dict[str, Named]:
    return {
        thing.slug: Named(thing.slug, thing.name_vi, thing.name_en, thing.name_km)
        for thing in session.scalars(things)
    }


def bits(places: Iterable[int]) -> int:
    """The set with these places, built bytewise: or-ing one by one would copy the whole number each time."""
    found = list(places)
    if not found:
        return 0
    row = bytearray(max(found) // 8 + 1)
    for place in found:
        row[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(row, "little")
