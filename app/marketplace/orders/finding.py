"""Lists of orders: what waits for the reader first, then the newest."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.marketplace.orders.models import WAITS_FOR, Order, OrderGroup, OrderState, Side
from app.marketplace.orders.moving import NoSuchOrder
from app.reference.models import Gate

PAGE = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """Which orders somebody wants to see; what is None or empty does not matter."""

    buyer_id: int | None = None
    firm_id: int | None = None
    states: Collection[OrderState] = ()
    gate: str = ""
    q: str = ""
    group_id: int | None = None

    def select(self) -> Select[Order]:
        query = select(Order)
        if self.buyer_id is not None:
            query = query.where(Order.buyer_id == self.buyer_id)
        if self.firm_id is not None:
            query = query.where(Order.firm_id == self.firm_id)
        if self.group_id is not None:
            query = query.where(Order.group_id == self.group_id)
        if self.states:
            query = query.where(Order.state.in_(self.states))
        if self.gate:
            query = query.where(Order.gate_id.in_(select(Gate.id).where(Gate.slug == self.gate)))
        if self.q:
            query = query.where(Order.number.contains(self.q.strip().upper(), autoescape=True))
        return query


def waiting_for(side: Side) -> tuple[OrderState, ...]:
    """The states in which it is this side's turn."""
    return tuple(state for state, sides in WAITS_FOR.items() if side in sides)


def orders(session: Session, wish: Wish, reader: Side, page: int = 1) -> tuple[list[Order], int]:
    """One page of orders and how many there are: first those in which it is the reader's turn, soonest due first."""
    query = wish.select()
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Order.id).subquery())) or 0
    mine = Order.state.in_(waiting_for(reader))
    ranked = query.order_by(case((mine, 0), else_=1), case((mine, Order.act_by)), Order.id.desc())
    return list(session.scalars(ranked.limit(PAGE).offset((page - 1) * PAGE))), total


def count_waiting(session: Session, wish: Wish, side: Side) -> int:
    """In how many of these orders it is this side's turn."""
    query = wish.select().where(Order.state.in_(waiting_for(side))).with_only_columns(Order.id)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def groups_of(session: Session, buyer_id: int, page: int = 1) -> tuple[list[OrderGroup], int]:
    """One page of what a buyer placed, newest first, and how many there are."""
    mine = select(OrderGroup).where(OrderGroup.buyer_id == buyer_id)
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    newest = mine.order_by(OrderGroup.id.desc())
    return list(session.scalars(newest.limit(PAGE).offset((page - 1) * PAGE))), total


def group_of(session: Session, buyer_id: int, group_id: int) -> OrderGroup:
    """What this buyer placed at once; somebody else's raises `NoSuchOrder`."""
    group = session.get(OrderGroup, group_id)
    if group is None or group.buyer_id != buyer_id:
        raise NoSuchOrder(number=group_id)
    return group
