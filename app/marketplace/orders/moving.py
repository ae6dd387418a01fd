"""The steps of an order: who makes them, from where, and what they do to the stock."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.models import Role
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound, Problem
from app.marketplace.orders import letters, stock
from app.marketplace.orders.labels import state_name
from app.marketplace.orders.models import NEED_REASON, PAID, PAYABLE, Order, OrderEvent, OrderState, Side

Effect = Callable[[Session, Mapping[int, Decimal]], None]
EFFECTS: dict[OrderState, Effect] = {
    OrderState.HANDED_OVER: stock.hand_over,
    OrderState.CANCELLED: stock.give_back,
    OrderState.REFUSED: stock.give_back,
}


class NoSuchOrder(NotFound):
    """There is none with this number, or it is somebody else's."""

    message = _l("There is no order %(number)s.")


class NotPossible(Problem):
    """From where the order stands, this side cannot make this step."""

    message = _l("This is not possible: order %(number)s is “%(state_name)s” now.")


class MovedMeanwhile(Problem):
    """Somebody else moved the order after this page was shown."""

    message = _l(
        "Order %(number)s changed meanwhile and is “%(state_name)s” now. Look at it again before you decide."
    )


class ReasonNeeded(Problem):
    """Who cancels or refuses says why."""

    status = 422
    message = _l("Write the reason; the other side will read it.")


def sides_of(order: Order, who: Caller) -> frozenset[Side]:
    """On which sides of an order somebody stands; on none, it is not theirs to see."""
    stands = {
        Side.BUYER: order.buyer_id == who.id,
        Side.SELLER: order.firm_id == who.firm_id,
        Side.MODERATOR: who.has(Role.MODERATOR, Role.ADMIN),
    }
    return frozenset(side for side, here in stands.items() if here)


def find(session: Session, who: Caller, number: str) -> Order:
    """An order by its number, for those concerned; raises `NoSuchOrder`."""
    return _seen_by(who, number, session.scalar(select(Order).where(Order.number == number)))


def move(
    session: Session, who: Caller, number: str, to: OrderState, *, reason: str = "", seen: str = "", site: str = ""
) -> Order:
    """Make a step. Of two people at once one wins; the other is told where the order stands now.

    `seen` is the state the page showed: a step decided on an older one is refused.
    """
    order = _locked(session, who, number)
    if seen and seen != order.state:
        raise MovedMeanwhile(**_where(order))
    side = order.side_for(to, sides_of(order, who))
    if side is None:
        raise NotPossible(**_where(order))
    if to in NEED_REASON and not reason:
        raise ReasonNeeded()
    before = order.state
    if effect := EFFECTS.get(to):
        effect(session, stock.summed((line.product_id, line.quantity) for line in order.lines))
    order.enter(to, now())
    if to in NEED_REASON:
        order.reason = reason
    _note(session, who, order, side, before, to, reason, site)
    return order


def say_paid(session: Session, who: Caller, number: str, *, reference: str = "", site: str = "") -> Order:
    """The buyer's word that the seller was paid; the platform neither sees nor holds the money."""
    order = _locked(session, who, number)
    if Side.BUYER not in sides_of(order, who) or order.state not in PAYABLE or order.paid_at is not None:
        raise NotPossible(**_where(order))
    order.paid_at = now()
    _note(session, who, order, Side.BUYER, order.state, PAID, reference, site)
    return order


def _locked(session: Session, who: Caller, number: str) -> Order:
    mine = select(Order).where(Order.number == number).with_for_update(of=Order)
    return _seen_by(who, number, session.scalar(mine.execution_options(populate_existing=True)))


def _seen_by(who: Caller, number: str, order: Order | None) -> Order:
    if order is None or not sides_of(order, who):
        raise NoSuchOrder(number=number)
    return order


def _note(
    session: Session, who: Caller, order: Order, side: Side, before: str, to: str, reason: str, site: str
) -> None:
    event = OrderEvent(person_id=who.id, side=side, from_state=before, to_state=to, reason=reason)
    order.events.append(event)
    audit.record(
        session, who, f"order.{to}", order,
        before={"state": before}, after={"state": order.state, "reason": reason}, firm_id=order.firm_id,
    )  # fmt: skip
    letters.tell(session, order, event, site)


def _where(order: Order) -> dict[str, Any]:
    return {"number": order.number, "state": order.state, "state_name": state_name(order.state)}
