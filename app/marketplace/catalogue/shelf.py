"""Everything on sale, as sets in memory: what facets are counted with and lists are sorted by.

A set of products is one integer with a bit for each place; places count from the newest product. Two sets are
intersected and counted in a microsecond, so counts are exact and never stored. A shelf belongs to one version of
the catalogue and one day (certificates expire); the next version makes the next shelf.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from threading import Lock
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.certificates import KINDS, STARRED
from app.marketplace.catalogue.kept import Kept
from app.marketplace.catalogue.models import Category, Certificate, Product, ProductGate, ProductState
from app.marketplace.firms.models import Firm, FirmState
from app.reference.gates import all_gates
from app.reference.models import Gate

CODES = (*(f"{STARRED}-{stars}" for stars in (5, 4, 3, 2, 1)), *KINDS)


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

    def values_at(self, facet: str, place: int) -> list[str]:
        """The values of a facet that the product at a place has, in the order people read them."""
        bit = 1 << place
        return [value for value, members in self.sets[facet].items() if members & bit]

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
    categories = _named(session, Category, Category.position, Category.id)
    firms = _named(session, Firm, Firm.id)
    known = {"category": categories, "firm": firms, "gate": [gate.slug for gate in gates], "certificate": CODES}
    members = {
        "category": _grouped((row[3], number) for number, row in enumerate(rows)),
        "firm": _grouped((row[4], number) for number, row in enumerate(rows)),
        "gate": _grouped(_by_gate(session, place, gates, day)),
        "certificate": _grouped(_by_certificate(session, place, day)),
    }
    return Shelf(
        version=version,
        day=day,
        ids=tuple(place),
        place=place,
        cheapest=(*(number for _, number in by_price), *unpriced),
        dearest=(*(number for _, number in sorted(by_price, key=lambda pair: (-pair[0], pair[1]))), *unpriced),
        prices=prices,
        hs_codes=tuple(row[2] for row in rows),
        sets={name: _in_order(values, known[name]) for name, values in members.items()},
        categories=categories,
        firms=firms,
        gates={gate.slug: gate for gate in gates},
    )


def on_sale() -> ColumnElement[bool]:
    """Published by a firm that is verified: the only products buyers see."""
    return (Product.state == ProductState.PUBLISHED) & (Firm.state == FirmState.VERIFIED)


def certificate_codes(kind: str, stars: int | None) -> tuple[str, ...]:
    """What a certificate is filtered by: ocop-4 and ocop, or just its kind."""
    return (f"{kind}-{stars}", kind) if stars else (kind,)


def in_force(day: date) -> ColumnElement[bool]:
    """Certificates that have not expired on a day."""
    return Certificate.valid_until.is_(None) | (Certificate.valid_until >= day)


def _remembered(version: str | None, day: date) -> Shelf | None:
    return next((shelf for shelf in _newest if (shelf.version, shelf.day) == (version, day)), None)


def _by_gate(session: Session, place: dict[int, int], gates: list[Gate], day: date) -> Iterator[tuple[str, int]]:
    """Where goods are handed over now; a gate that takes none at present is no choice."""
    slugs = {gate.id: gate.slug for gate in gates if gate.takes_goods(day)}
    for product_id, gate_id in session.execute(select(ProductGate.product_id, ProductGate.gate_id)):
        if product_id in place and gate_id in slugs:
            yield slugs[gate_id], place[product_id]


def _by_certificate(session: Session, place: dict[int, int], day: date) -> Iterator[tuple[str, int]]:
    query = select(Certificate.product_id, Certificate.kind, Certificate.stars).where(in_force(day))
    for product_id, kind, stars in session.execute(query):
        if product_id in place:
            for code in certificate_codes(kind, stars):
                yield code, place[product_id]


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for value, number in pairs:
        found[value].append(number)
    return found


def _in_order(values: dict[str, list[int]], known: Iterable[str]) -> dict[str, int]:
    """The sets, known values first and in their order."""
    ordered = dict.fromkeys([*(value for value in known if value in values), *sorted(values)])
    return {value: bits(values[value]) for value in ordered}


def _named(session: Session, table: Any, *order: Any) -> dict[str, Named]:
    names = select(table.slug, table.name_vi, table.name_en, table.name_km).order_by(*order)
    return {row.slug: Named(*row) for row in session.execute(names)}


def bits(places: Iterable[int]) -> int:
    """The set with these places, built bytewise: or-ing one by one would copy the whole number each time."""
    found = list(places)
    if not found:
        return 0
    row = bytearray(max(found) // 8 + 1)
    for place in found:
        row[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(row, "little")
