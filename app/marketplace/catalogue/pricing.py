"""The one price of a quantity: the firm's own where it quotes the currency, else converted with dated rates.

Page, cart and order all ask `unit_price`, with the rates of `newest(session, day)`; an order keeps the rates' ids.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Problem
from app.marketplace.catalogue.models import Product
from app.money import CURRENCIES, Money
from app.reference.models import Rate
from app.reference.rates import PRECEDENCE, apply

ASK_FIRST = ("VND", "USD", "KHR")
"""Which of a firm's own prices is converted when the wanted currency is not among them."""


class NoPrice(Problem):
    """Neither the firm nor a rate gives a price in this currency."""

    message = _l("There is no price in %(currency)s: the firm quotes none and no exchange rate is known.")


class Priced(Protocol):
    """Whatever has a ladder of prices: a product, or what a card shows of one."""

    def price(self, quantity: Decimal, currency: str) -> Money | None: ...


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """The price of one unit. `rates` are those it was converted with: none when it is the firm's own price."""

    money: Money
    rates: tuple[Rate, ...] = ()

    @property
    def converted(self) -> bool:
        return bool(self.rates)

    @property
    def rate_ids(self) -> tuple[int, ...]:
        return tuple(rate.id for rate in self.rates)


@dataclass(frozen=True, slots=True)
class Rung:
    """From this quantity on, this price."""

    quantity: Decimal
    price: UnitPrice


class Rates:
    """Rates between our currencies, one for a pair."""

    def __init__(self, found: Iterable[Rate]) -> None:
        self._pairs: dict[tuple[str, str], Rate] = {}
        for rate in found:
            self._pairs.setdefault((rate.base, rate.quote), rate)

    def __iter__(self) -> Iterator[Rate]:
        return iter(self._pairs.values())

    def way(self, base: str, quote: str) -> tuple[Rate, ...]:
        """The rates that lead from one currency to another: one, or two through a third; none if there is no way."""
        if direct := self._either(base, quote):
            return (direct,)
        for middle in CURRENCIES:
            first, second = self._either(base, middle), self._either(middle, quote)
            if first and second:
                return first, second
        return ()

    def convert(self, money: Money, currency: str) -> UnitPrice | None:
        """The amount in another currency; None when no rate leads there."""
        if money.currency == currency:
            return UnitPrice(money)
        way = self.way(money.currency, currency)
        if not way:
            return None
        if len(way) == 2:
            middle = ({way[0].base, way[0].quote} - {money.currency}).pop()
            return UnitPrice(_across(money, way, middle, currency), way)
        return UnitPrice(apply(way[0], money, currency), way)

    def _either(self, base: str, quote: str) -> Rate | None:
        return self._pairs.get((base, quote)) or self._pairs.get((quote, base))


def newest(session: Session, day: date) -> Rates:
    """The newest rate of each pair of our currencies that is not after a day, in one query."""
    ours = Rate.base.in_(CURRENCIES) & Rate.quote.in_(CURRENCIES) & (Rate.day <= day)
    last = select(Rate.base, Rate.quote, func.max(Rate.day).label("day")).where(ours).group_by(Rate.base, Rate.quote)
    of_last = last.subquery()
    query = select(Rate).join(
        of_last, (Rate.base == of_last.c.base) & (Rate.quote == of_last.c.quote) & (Rate.day == of_last.c.day)
    )
    ranks = {kind: rank for rank, kind in enumerate(PRECEDENCE)}
    return Rates(sorted(session.scalars(query), key=lambda rate: (ranks.get(rate.kind, len(ranks)), rate.id)))


def unit_price(product: Priced, quantity: Decimal, currency: str, rates: Rates) -> UnitPrice:
    """The price of one unit when `quantity` is bought; raises `NoPrice`."""
    for quoted in _to_ask(currency):
        own = product.price(quantity, quoted)
        if own is not None and (found := rates.convert(own, currency)):
            return found
    raise NoPrice(currency=currency)


def ladder(product: Product, currency: str, rates: Rates) -> list[Rung]:
    """The prices a buyer can reach, from the minimum order on."""
    rungs: list[Rung] = []
    later = sorted({step.min_quantity for step in product.prices if step.min_quantity > product.moq})
    for quantity in (product.moq, *later):
        price = unit_price(product, quantity, currency, rates)
        if not rungs or price.money != rungs[-1].price.money:
            rungs.append(Rung(quantity, price))
    return rungs


def entry_vnd(product: Product, rates: Rates) -> Decimal | None:
    """The unit price of the minimum order in VND, which lists are sorted and filtered by; None when there is none."""
    try:
        return unit_price(product, product.moq, "VND", rates).money.amount
    except NoPrice:
        return None


def _to_ask(currency: str) -> tuple[str, ...]:
    return currency, *(other for other in ASK_FIRST if other != currency)


def _across(money: Money, way: tuple[Rate, ...], middle: str, currency: str) -> Money:
    """Through a third currency, rounded once at the end."""
    factor = Decimal(1)
    for rate, source in zip(way, (money.currency, middle), strict=True):
        factor = factor * rate.rate if rate.base == source else factor / rate.rate
    return money.convert(factor, currency)
