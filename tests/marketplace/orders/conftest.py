"""A buyer, a seller and an order between them."""

from decimal import Decimal
from itertools import count

import pytest

from app.db import Session
from app.marketplace.orders import moving, place
from app.marketplace.orders.models import Order, OrderState
from app.marketplace.orders.place import Item, Placing
from app.signin_state import caller_of

keys = count(1)


def who(session, person):
    """The person as the one who asks."""
    return caller_of(session, person.id)


def placing(*items, currency="VND", **more) -> Placing:
    """A request for (product, quantity) or (product, quantity, gate), at Mộc Bài unless said otherwise."""
    return Placing(
        currency,
        tuple(Item(item[0].id, item[2] if len(item) > 2 else "moc-bai", Decimal(item[1])) for item in items),
        **more,
    )


@pytest.fixture
def order_of(session):
    """`order_of(buyer, (product, "5"), …)`: what was placed, committed. The group's orders, or the only one."""

    def put(buyer, *items, key: str = "", **more):
        group = place.place(session, who(session, buyer), key or f"key-{next(keys)}", placing(*items, **more))
        session.commit()
        return group.orders[0] if len(group.orders) == 1 else group.orders

    return put


@pytest.fixture
def walk(session):
    """`walk(order, buyer, seller, OrderState.READY)`: the order, moved step by step up to a state."""

    def go(order: Order, buyer, seller, state: OrderState) -> Order:
        path = [OrderState.PLACED, OrderState.CONFIRMED, OrderState.READY, OrderState.AT_GATE]
        path += [OrderState.HANDED_OVER, OrderState.COMPLETED]
        for to in path[path.index(OrderState(order.state)) + 1 : path.index(state) + 1]:
            person = buyer if to == OrderState.COMPLETED else seller
            moving.move(session, who(session, person), order.number, to)
        session.commit()
        return order

    return go


@pytest.fixture
def fresh():
    """`fresh(thing)`: the same row as the database has it now."""

    def read(thing):
        with Session() as other:
            return other.get(type(thing), thing.id)

    return read
