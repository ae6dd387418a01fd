"""The price ladder of a product: unit prices per currency, each from a quantity on, replaced as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from app.errors import Problem
from app.marketplace.catalogue.models import PriceStep, Product
from app.money import CURRENCIES


class WrongLadder(Problem):
    """The prices do not make a ladder."""

    status = 422


class RepeatedStep(WrongLadder):
    message = _l("There are two prices in %(currency)s from the same quantity.")


class RisingPrice(WrongLadder):
    message = _l("In %(currency)s the price must not rise when the quantity rises.")


class UnusualAmount(WrongLadder):
    message = _l("Prices are above zero; VND and KHR in whole units, USD with at most 2 decimals.")


@dataclass(frozen=True, slots=True)
class Step:
    """A unit price from a quantity on."""

    currency: str
    min_quantity: Decimal
    amount: Decimal


def checked(steps: Iterable[Step]) -> list[Step]:
    """The steps by currency and quantity; raises when a step is repeated or a larger quantity costs more."""
    ladder = sorted(steps, key=lambda step: (step.currency, step.min_quantity))
    if any(step.amount <= 0 or step.min_quantity <= 0 or not _payable(step) for step in ladder):
        raise UnusualAmount()
    for lower, higher in pairwise(ladder):
        if lower.currency != higher.currency:
            continue
        if lower.min_quantity == higher.min_quantity:
            raise RepeatedStep(currency=lower.currency)
        if lower.amount < higher.amount:
            raise RisingPrice(currency=lower.currency)
    return ladder


def set_ladder(product: Product, steps: Iterable[Step]) -> bool:
    """Replace all prices; whether anything changed. A step that stays keeps its row, as its key is unique."""
    before = steps_of(product)
    wanted = {(step.currency, step.min_quantity): step.amount for step in checked(steps)}
    for row in list(product.prices):
        amount = wanted.pop((row.currency, row.min_quantity), None)
        if amount is None:
            product.prices.remove(row)
        else:
            row.amount = amount
    product.prices.extend(
        PriceStep(currency=currency, min_quantity=quantity, amount=amount)
        for (currency, quantity), amount in wanted.items()
    )
    return steps_of(product) != before


def steps_of(product: Product) -> list[Step]:
    """The ladder as plain facts, by currency and quantity."""
    steps = [Step(row.currency, row.min_quantity, row.amount) for row in product.prices]
    return sorted(steps, key=lambda step: (step.currency, step.min_quantity))


def as_facts(steps: Iterable[Step]) -> list[str]:
    """The ladder for the audit log: "VND 25000 from 200"."""
    return [f"{step.currency} {step.amount:f} from {step.min_quantity:f}" for step in steps]


def _payable(step: Step) -> bool:
    return step.currency in CURRENCIES and step.amount == round(step.amount, CURRENCIES[step.currency])
