"""What is asked of the storefront, and how many products each further choice would leave."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from app.marketplace.catalogue.pricing import Rates
from app.marketplace.catalogue.shelf import Shelf
from app.money import CURRENCIES, Money

FACETS = ("category", "gate", "certificate", "firm", "price")
SORTS = ("relevance", "newest", "price", "-price")
BANDS = {
    "VND": (20_000, 50_000, 200_000, 1_000_000),
    "KHR": (4_000, 10_000, 40_000, 200_000),
    "USD": (1, 2, 10, 50),
}
"""Where price bands part, in round numbers of each currency."""
LONGEST = 200
MOST = 20
BAND = r"([a-z]{3}):([0-9]{0,12})-([0-9]{0,12})"
_BAND = re.compile(BAND)


@dataclass(frozen=True, slots=True)
class Question:
    """The whole state of a list, as it stands in the address. Empty facets are not restricted."""

    q: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, Sequence[str]]) -> "Question":
        """From the lists of an address's arguments; what cannot be understood there is left out."""
        one = {name: values[0] for name, values in arguments.items() if values}
        chosen = {name: tuple(dict.fromkeys(arguments.get(name, ())))[:MOST] for name in FACETS}
        sort, page = one.get("sort", ""), one.get("page", "")
        return cls(
            q=" ".join(one.get("q", "").split())[:LONGEST],
            chosen={name: values for name, values in chosen.items() if any(values)},
            sort=sort if sort in SORTS else "",
            page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def address(self, **changes: Any) -> str:
        """The query string of this question with some parts changed; a changed question begins at page 1."""
        asked = replace(self, **({"page": 1} | changes))
        parts: list[tuple[str, str]] = [("q", asked.q)] if asked.q else []
        parts += [(name, value) for name in FACETS for value in asked.chosen.get(name, ())]
        parts += [("sort", asked.sort)] if asked.sort else []
        parts += [("page", str(asked.page))] if asked.page > 1 else []
        return "?" + urlencode(parts, safe=":") if parts else "?"

    def toggled(self, name: str, value: str) -> str:
        """The address with one facet value put in, or taken out."""
        values = self.chosen.get(name, ())
        rest = tuple(v for v in values if v != value) if value in values else (*values, value)
        return self.address(chosen={**self.chosen, name: rest})


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet with the number of products that choosing it shows."""

    value: str
    count: int
    chosen: bool


def narrowed(shelf: Shelf, question: Question, rates: Rates, found: int, but: str = "") -> int:
    """The set `found` within every chosen facet except `but`."""
    for name, values in question.chosen.items():
        if name != but:
            found &= _any_of(shelf, name, values, rates)
    return found


def counted(shelf: Shelf, question: Question, rates: Rates, found: int, currency: str) -> dict[str, list[Choice]]:
    """Facet → its values with their counts, which respect the question and all other facets but not its own."""
    return {
        name: _choices(shelf, name, narrowed(shelf, question, rates, found, but=name), question, rates, currency)
        for name in FACETS
    }


def band(value: str) -> tuple[str, int | None, int | None] | None:
    """`usd:1-5` as (USD, 1, 5); an open end is None; None for anything else."""
    match = _BAND.fullmatch(value)
    if not match or match[1].upper() not in CURRENCIES:
        return None
    return match[1].upper(), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None


def bands(currency: str) -> list[str]:
    """The price bands shown to a reader of this currency."""
    edges = ["", *map(str, BANDS[currency]), ""]
    return [f"{currency.lower()}:{low}-{high}" for low, high in pairwise(edges)]


def _any_of(shelf: Shelf, name: str, values: Iterable[str], rates: Rates) -> int:
    union = 0
    for value in values:
        union |= _priced(shelf, value, rates) if name == "price" else shelf.sets[name].get(value, 0)
    return union


def _choices(shelf: Shelf, name: str, within: int, question: Question, rates: Rates, currency: str) -> list[Choice]:
    chosen = question.chosen.get(name, ())
    if name == "price":
        shown = bands(currency)
        sets = {value: _priced(shelf, value, rates) for value in (*shown, *(v for v in chosen if v not in shown))}
    else:
        sets = shelf.sets[name]
    counts = ((value, (within & members).bit_count()) for value, members in sets.items())
    return [Choice(value, count, value in chosen) for value, count in counts if count or value in chosen]


def _priced(shelf: Shelf, value: str, rates: Rates) -> int:
    limits = band(value)
    if limits is None:
        return 0
    currency, low, high = limits
    return shelf.priced(_in_vnd(low, currency, rates), _in_vnd(high, currency, rates))


def _in_vnd(amount: int | None, currency: str, rates: Rates) -> Decimal | None:
    if amount is None:
        return None
    found = rates.convert(Money(Decimal(amount), currency), "VND")
    return found.money.amount if found else None
