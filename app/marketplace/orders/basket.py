"""What somebody wants, priced and judged: the same figures in the cart, at checkout and on the order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Problem
from app.i18n import localized, money, number
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.catalogue.pricing import NoPrice, Rates, UnitPrice, unit_price
from app.marketplace.fields import plain
from app.marketplace.firms.models import Firm
from app.money import Money, total
from app.reference.gates import GateClosed
from app.reference.models import Gate, Rate
from app.units import UNITS

LARGEST_AMOUNT = Decimal(10) ** 13


class LineProblem(Problem):
    """A rule about one product said no. Details are exact text, the sentence has the reader's numbers and names."""

    status = 422

    def __init__(self, product: Product, **facts: Any) -> None:
        name = localized(product, "name")
        exact = {key: _exact(value) for key, value in facts.items()}
        super().__init__(product_id=product.id, name=name, unit=product.unit, **exact)
        spoken = {key: _spoken(value) for key, value in facts.items()}
        self._words = {"name": name, "unit": localized(UNITS[product.unit], "name"), **spoken}

    def text(self) -> str:
        """The sentence for the reader."""
        return str(self.message) % self._words


class NotForSale(LineProblem):
    """Withdrawn, or its firm may not sell now."""

    status = 409
    message = _l("“%(name)s” is not for sale now.")


class OutOfStock(LineProblem):
    """Less is left than was asked for."""

    status = 409
    message = _l("Only %(available)s %(unit)s of “%(name)s” are left.")


class BelowMinimum(LineProblem):
    """The firm does not sell so little."""

    message = _l("Order at least %(minimum)s %(unit)s of “%(name)s”.")


class NotAMultiple(LineProblem):
    """The firm sells in whole packs."""

    message = _l("“%(name)s” is sold in multiples of %(multiple)s %(unit)s.")


class GateNotOffered(LineProblem):
    """The firm hands this product over at other gates."""

    message = _l("“%(name)s” is not handed over at %(gate)s. Choose another gate.")


class OwnGoods(LineProblem):
    """Members of a firm do not order from it: the figures would count trade that is none."""

    message = _l("“%(name)s” is sold by your own firm.")


class PriceChanged(LineProblem):
    """Nobody is charged another price than the one that was shown."""

    status = 409
    message = _l("The price of “%(name)s” was %(was)s and is now %(now)s. Check it and order again.")


class OrderTooLarge(Problem):
    """More money than one order can carry."""

    status = 422
    message = _l("This order is too large. Divide it into several.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of a product at a gate. `seen` is the unit price the buyer was shown; `line_id` that of the cart."""

    product: Product
    gate: Gate
    quantity: Decimal
    seen: Money | None = None
    line_id: int = 0


@dataclass(frozen=True, slots=True)
class PricedLine:
    """The same with its price and what stands against ordering it. `was` is the price seen before, if it changed."""

    wanted: Wanted
    price: UnitPrice | None
    amount: Money | None
    was: Money | None
    faults: tuple[Problem, ...]

    @property
    def rates(self) -> tuple[Rate, ...]:
        return self.price.rates if self.price else ()


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one order: the goods of one firm at one gate."""

    firm: Firm
    gate: Gate
    lines: tuple[PricedLine, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything wanted, by firm and gate."""

    parts: tuple[Part, ...]
    total: Money

    @property
    def lines(self) -> tuple[PricedLine, ...]:
        return tuple(line for part in self.parts for line in part.lines)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(line.wanted for line in self.lines)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """What stands against ordering, in the order of the lines."""
        return tuple(fault for line in self.lines for fault in line.faults)

    @property
    def rates(self) -> tuple[Rate, ...]:
        """The rates prices were converted with, each once."""
        return tuple({rate.id: rate for line in self.lines for rate in line.rates}.values())


def fill(wanted: Iterable[Wanted], currency: str, rates: Rates, day: date, buyers_firm: int | None = None) -> Basket:
    """Price and judge what is wanted, grouped by firm and gate in the order of first mention."""
    things = list(wanted)
    in_all: dict[int, Decimal] = defaultdict(Decimal)
    for thing in things:
        in_all[thing.product.id] += thing.quantity
    grouped: dict[tuple[int, int], list[PricedLine]] = {}
    for thing in things:
        line = _priced(thing, in_all[thing.product.id], currency, rates, day, buyers_firm)
        grouped.setdefault((thing.product.firm_id, thing.gate.id), []).append(line)
    parts = tuple(_part(lines, currency) for lines in grouped.values())
    return Basket(parts, total((part.total for part in parts), currency))


def _part(lines: list[PricedLine], currency: str) -> Part:
    first = lines[0].wanted
    sum_ = total((line.amount for line in lines if line.amount is not None), currency)
    return Part(first.product.firm, first.gate, tuple(lines), sum_)


def _priced(
    thing: Wanted, in_all: Decimal, currency: str, rates: Rates, day: date, buyers_firm: int | None
) -> PricedLine:
    faults = list(_faults(thing, in_all, day, buyers_firm))
    try:
        price = unit_price(thing.product, thing.quantity, currency, rates)
    except NoPrice as no_price:
        return PricedLine(thing, None, None, None, (*faults, no_price))
    amount = price.money.times(thing.quantity)
    if amount.amount > LARGEST_AMOUNT:
        faults.append(OrderTooLarge())
    return PricedLine(thing, price, amount, _changed(thing, price, rates), tuple(faults))


def _faults(thing: Wanted, in_all: Decimal, day: date, buyers_firm: int | None) -> Iterator[Problem]:
    product, quantity = thing.product, thing.quantity
    if product.state != ProductState.PUBLISHED or not product.firm.is_verified:
        yield NotForSale(product)
        return
    if product.firm_id == buyers_firm:
        yield OwnGoods(product)
    if thing.gate not in product.gates:
        yield GateNotOffered(product, gate=localized(thing.gate, "short"))
    elif not thing.gate.takes_goods(day):
        yield GateClosed(gate=localized(thing.gate, "short"))
    if quantity < product.moq:
        yield BelowMinimum(product, minimum=product.moq)
    elif not product.accepts(quantity):
        yield NotAMultiple(product, multiple=product.multiple)
    if in_all > product.available:
        yield OutOfStock(product, wanted=in_all, available=product.available)


def _changed(thing: Wanted, price: UnitPrice, rates: Rates) -> Money | None:
    """The price seen before, if it is another now; compared in the currency it was seen in."""
    if thing.seen is None:
        return None
    now_ = price.money
    if thing.seen.currency != now_.currency:
        try:
            now_ = unit_price(thing.product, thing.quantity, thing.seen.currency, rates).money
        except NoPrice:
            return None
    return thing.seen if thing.seen != now_ else None


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, Money) else value


def _spoken(value: Any) -> Any:
    if isinstance(value, Decimal):
        return number(value)
    return money(value) if isinstance(value, Money) else value
