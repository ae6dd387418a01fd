"""An order as it was agreed: names, prices, rates and addresses copied, so that later changes do not reach it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.accounts.models import Person
from app.marketplace.catalogue.pricing import Rates, UnitPrice
from app.marketplace.firms.models import Firm
from app.marketplace.orders.basket import Part, PricedLine
from app.marketplace.orders.models import Order, OrderLine, OrderState
from app.money import CURRENCIES, Money
from app.reference.models import Rate

FIRM_FACTS = (
    "id", "slug", "name_vi", "name_en", "name_km", "country", "tax_code", "address", "phone", "email",
    "bank_name", "bank_account", "bank_holder",
)  # fmt: skip
LINE_FACTS = ("name_vi", "name_en", "name_km", "hs_code", "unit")


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the seller asks for at the gate."""

    name: str
    phone: str
    country: str
    company: str = ""
    address: str = ""


def contact_of(person: Person) -> Contact:
    """What an account knows of its person."""
    return Contact(person.name, person.phone, person.country)


def order_of(part: Part, person: Person, contact: Contact, rates: Rates, moment: datetime) -> Order:
    """One order of a part of the basket; number and group are given by whoever places it."""
    currency = part.total.currency
    used = [rate for line in part.lines for rate in line.rates]
    shown = [rate for other in CURRENCIES if other != currency for rate in rates.way(currency, other)]
    lines = [_line(position, line) for position, line in enumerate(part.lines, 1)]
    order = Order(
        buyer_id=person.id,
        firm=part.firm,
        gate=part.gate,
        currency=currency,
        total=part.total.amount,
        rates=rate_facts([*used, *shown]),
        firm_facts=_facts(part.firm),
        buyer_facts={"email": person.email, "language": person.language, **asdict(contact)},
        lead_days=max(line.wanted.product.lead_days for line in part.lines),
        lines=lines,
        created=moment,
        demo=part.firm.demo,
    )
    order.enter(OrderState.PLACED, moment)
    return order


def rate_facts(rates: Iterable[Rate]) -> dict[str, Any]:
    """What an order keeps of each rate: "USD/VND" → row, day, rate and source."""
    return {
        f"{rate.base}/{rate.quote}": {
            "id": rate.id, "day": rate.day.isoformat(), "rate": str(rate.rate), "kind": rate.kind,
            "source": rate.source,
        }
        for rate in rates
    }  # fmt: skip


def in_currency(amount: Money, currency: str, frozen: Iterable[Rate]) -> UnitPrice | None:
    """An amount of an order in another currency with the rates of the day it was placed; None without a rate."""
    return Rates(frozen).convert(amount, currency)


def _line(position: int, line: PricedLine) -> OrderLine:
    assert line.price is not None
    assert line.amount is not None
    product = line.wanted.product
    return OrderLine(
        position=position,
        product_id=product.id,
        quantity=line.wanted.quantity,
        unit_price=line.price.money.amount,
        amount=line.amount.amount,
        **{name: getattr(product, name) for name in LINE_FACTS},
    )


def _facts(firm: Firm) -> dict[str, Any]:
    return {name: getattr(firm, name) for name in FIRM_FACTS}
