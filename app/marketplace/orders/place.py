"""Placing an order: all of it or nothing, once per key, at the prices that were shown."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from hashlib import sha256

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.models import Person
from app.accounts.who import Caller
from app.db import now
from app.errors import Problem
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.pricing import Rates, newest
from app.marketplace.fields import plain
from app.marketplace.orders import cart, letters, numbering, stock
from app.marketplace.orders.basket import Basket, OutOfStock, PriceChanged, Wanted, fill
from app.marketplace.orders.freezing import Contact, contact_of, order_of
from app.marketplace.orders.models import Order, OrderEvent, OrderGroup, OrderState, Side
from app.money import rounded
from app.periods import today
from app.reference import gates
from app.reference.gates import NoSuchGate
from app.reference.models import Gate


class KeyMissing(Problem):
    """Without a key a repeated request would be a second order."""

    status = 400
    message = _l("Send a header Idempotency-Key with 1 to 255 characters, a new one for each order.")


class KeyUsed(Problem):
    """The same key with another request is a mistake of the sender, never a second order."""

    status = 422
    message = _l("This was sent before with other contents and became order %(numbers)s. Nothing was ordered again.")


class NothingWanted(Problem):
    """An order has at least one line."""

    status = 422
    message = _l("There is nothing to order.")


class UnknownProduct(Problem):
    """A product that does not exist or was never published."""

    status = 422
    message = _l("There is no product %(product_id)s.")


class UnknownGate(NoSuchGate):
    """A gate that does not exist, in an order."""

    status = 422


@dataclass(frozen=True, slots=True)
class Item:
    """So much of a product at a gate; `unit_price` is what the buyer was shown, None when nothing was shown."""

    product_id: int
    gate: str
    quantity: Decimal
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Placing:
    """One request to order. `notes` are for the seller, by "firm id/gate"; the one under "" is for every seller."""

    currency: str
    items: tuple[Item, ...]
    contact: Contact | None = None
    notes: Mapping[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """The same for the same request, whatever the order of its lines and the zeros of its numbers."""
        items = sorted(
            (item.product_id, item.gate, plain(item.quantity), str(item.unit_price)) for item in self.items
        )
        contact = asdict(self.contact) if self.contact else None
        facts = [self.currency, items, contact, sorted(self.notes.items())]
        return sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    def note_for(self, order: Order) -> str:
        """What the buyer wrote for this order."""
        return self.notes.get(f"{order.firm.id}/{order.gate.slug}", self.notes.get("", ""))


def place(session: Session, who: Caller, key: str, placing: Placing, site: str = "") -> OrderGroup:
    """Reserve the stock and write one order for each firm and gate; the same key again gives the same group.

    Raises the first rule that says no (`OutOfStock`, `PriceChanged`, …), and then nothing was reserved.
    """
    group = OrderGroup(
        buyer_id=who.id, idempotency_key=_checked(key), request_hash=placing.digest(), currency=placing.currency
    )
    try:
        with session.begin_nested():
            session.add(group)
    except IntegrityError:
        return _placed_before(session, group)
    day = today()
    rates = newest(session, day)
    basket = fill(_wanted(session, placing), placing.currency, rates, day, who.firm_id)
    _judge(basket)
    stock.reserve(session, stock.summed((thing.product.id, thing.quantity) for thing in basket.wanted))
    cart.take_out(session, who.id, {(thing.product.id, thing.gate.id) for thing in basket.wanted})
    _write(session, who, group, basket, placing, rates)
    for order in group.orders:
        after = {"state": order.state, "number": order.number, "total": str(order.price)}
        audit.record(session, who, "order.placed", order, after=after, firm_id=order.firm_id)
        letters.tell(session, order, order.events[-1], site)
    return group


def _write(session: Session, who: Caller, group: OrderGroup, basket: Basket, placing: Placing, rates: Rates) -> None:
    """One order for each part of the basket, with its number and the first entry of its history."""
    person, moment = session.get_one(Person, who.id), now()
    contact = placing.contact or contact_of(person)
    orders = [order_of(part, person, contact, rates, moment) for part in basket.parts]
    for order, number in zip(orders, numbering.take(session, len(orders), moment), strict=True):
        order.number, order.note = number, placing.note_for(order)
        order.events.append(OrderEvent(person_id=who.id, side=Side.BUYER, to_state=OrderState.PLACED, at=moment))
        group.orders.append(order)
    session.flush()


def placed(session: Session, buyer_id: int, key: str) -> OrderGroup | None:
    """What this buyer placed with this key, if anything."""
    mine = select(OrderGroup).where(OrderGroup.buyer_id == buyer_id, OrderGroup.idempotency_key == key)
    return session.scalar(mine)


def _placed_before(session: Session, again: OrderGroup) -> OrderGroup:
    group = placed(session, again.buyer_id, again.idempotency_key)
    assert group is not None
    if group.request_hash != again.request_hash:
        raise KeyUsed(numbers=", ".join(order.number for order in group.orders))
    return group


def _checked(key: str) -> str:
    if not 0 < len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise KeyMissing()
    return key


def _wanted(session: Session, placing: Placing) -> Iterator[Wanted]:
    """The lines of the request, those of the same product and gate as one; raises for what does not exist."""
    if not placing.items:
        raise NothingWanted()
    ids = {item.product_id for item in placing.items}
    products = {product.id: product for product in session.scalars(select(Product).where(Product.id.in_(ids)))}
    sums: dict[tuple[int, str], Decimal] = {}
    seen: dict[tuple[int, str], Decimal | None] = {}
    for item in placing.items:
        product = products.get(item.product_id)
        if product is None or product.published_at is None:
            raise UnknownProduct(product_id=item.product_id)
        place_ = (item.product_id, item.gate)
        sums[place_] = sums.get(place_, Decimal(0)) + item.quantity
        seen[place_] = item.unit_price
    for (product_id, slug), quantity in sums.items():
        shown = seen[product_id, slug]
        price = None if shown is None else rounded(shown, placing.currency)
        yield Wanted(products[product_id], _gate(session, slug), quantity, price)


def _gate(session: Session, slug: str) -> Gate:
    try:
        return gates.by_slug(session, slug)
    except NoSuchGate as unknown:
        raise UnknownGate(**unknown.details) from None


def _judge(basket: Basket) -> None:
    """Raise what stands against ordering, but leave the stock to the statement that reserves it."""
    for line in basket.lines:
        for fault in line.faults:
            if not isinstance(fault, OutOfStock):
                raise fault
        if line.was is not None and line.price is not None:
            raise PriceChanged(line.wanted.product, was=line.was, now=line.price.money)
