"""Carts, order groups, orders, their lines and what happened to them."""

import enum
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Exact, Instant, now
from app.marketplace.catalogue.models import Product
from app.marketplace.firms.models import Firm
from app.money import Money, total
from app.reference.models import Gate


class OrderState(enum.StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    READY = "ready"
    AT_GATE = "at_gate"
    HANDED_OVER = "handed_over"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Side(enum.StrEnum):
    """Who may make a step."""

    BUYER = "buyer"
    SELLER = "seller"
    MODERATOR = "moderator"


S, W = OrderState, Side
NEXT: dict[OrderState, dict[OrderState, frozenset[Side]]] = {
    S.PLACED: {
        S.CONFIRMED: frozenset({W.SELLER}),
        S.REFUSED: frozenset({W.SELLER}),
        S.CANCELLED: frozenset({W.BUYER, W.MODERATOR}),
    },
    S.CONFIRMED: {
        S.READY: frozenset({W.SELLER}),
        S.CANCELLED: frozenset({W.BUYER, W.SELLER, W.MODERATOR}),
    },
    S.READY: {
        S.AT_GATE: frozenset({W.SELLER}),
        S.CANCELLED: frozenset({W.SELLER, W.MODERATOR}),
    },
    S.AT_GATE: {
        S.HANDED_OVER: frozenset({W.SELLER, W.BUYER}),
        S.REFUSED: frozenset({W.BUYER}),
        S.CANCELLED: frozenset({W.MODERATOR}),
    },
    S.HANDED_OVER: {S.COMPLETED: frozenset({W.BUYER, W.MODERATOR})},
    S.COMPLETED: {},
    S.CANCELLED: {},
    S.REFUSED: {},
}
NEED_REASON = frozenset({S.CANCELLED, S.REFUSED})
HOLDING = frozenset({S.PLACED, S.CONFIRMED, S.READY, S.AT_GATE})  # stock is reserved
"""Handing over takes the goods out of `on_hand`; cancelling and refusing give the reservation back."""
ACT_WITHIN = {
    S.PLACED: timedelta(days=2),
    S.CONFIRMED: timedelta(days=1),  # after the lead time of the slowest product
    S.READY: timedelta(days=3),
    S.AT_GATE: timedelta(days=1),
    S.HANDED_OVER: timedelta(days=7),
}
WAITS_FOR = {
    S.PLACED: frozenset({W.SELLER}),
    S.CONFIRMED: frozenset({W.SELLER}),
    S.READY: frozenset({W.SELLER}),
    S.AT_GATE: frozenset({W.SELLER, W.BUYER}),
    S.HANDED_OVER: frozenset({W.BUYER}),
}
"""Whose turn it is."""
PAYABLE = frozenset({S.CONFIRMED, S.READY, S.AT_GATE, S.HANDED_OVER})
PAID = "paid"
"""An event beside the states: the buyer says that the seller was paid. The platform itself never sees the money."""


class Cart(Base):
    """What somebody wants to order: of a person, or of a visitor known by a cookie until sign-in."""

    __tablename__ = "cart"
    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (token_hash IS NULL)", name="owner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    lines: Mapped[list["CartLine"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="CartLine.id"
    )


class CartLine(Base):
    """A product, how much of it, and the gate where it is to be handed over."""

    __tablename__ = "cart_line"
    __table_args__ = (
        UniqueConstraint("cart_id", "product_id", "gate_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(ForeignKey("cart.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    quantity: Mapped[Decimal] = mapped_column(Exact(3))
    seen_amount: Mapped[Decimal | None] = mapped_column(Exact(2))  # the unit price when it was put here or changed
    seen_currency: Mapped[str | None]
    product: Mapped[Product] = relationship(lazy="joined", innerjoin=True)
    gate: Mapped[Gate] = relationship(lazy="joined", innerjoin=True)


class OrderGroup(Base):
    """What one buyer placed at once; the same key again gives the same group."""

    __tablename__ = "order_group"
    __table_args__ = (UniqueConstraint("buyer_id", "idempotency_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    idempotency_key: Mapped[str]
    request_hash: Mapped[str]  # the same key with another request is refused
    currency: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the API answered, for the same key again
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    orders: Mapped[list["Order"]] = relationship(
        back_populates="group", lazy="selectin", cascade="all, delete-orphan", order_by="Order.id"
    )

    @property
    def price(self) -> Money:
        """What the buyer owes the sellers in all."""
        return total((order.price for order in self.orders), self.currency)


class Order(Base):
    """Goods of one firm handed over at one gate; names, prices, rates and addresses as they were when placed."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint(
            "state IN ('placed', 'confirmed', 'ready', 'at_gate', 'handed_over', 'completed', 'cancelled',"
            " 'refused')",
            name="state",
        ),
        CheckConstraint("total >= 0", name="total"),
        Index("ix_order_firm_state", "firm_id", "state"),
        Index("ix_order_buyer_created", "buyer_id", "created"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)  # MX-2611-00042, what people say on the telephone
    group_id: Mapped[int] = mapped_column(ForeignKey("order_group.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), index=True)
    state: Mapped[str] = mapped_column(default=OrderState.PLACED)
    currency: Mapped[str]
    total: Mapped[Decimal] = mapped_column(Exact(2))
    incoterm: Mapped[str] = mapped_column(default="FCA")
    rates: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # "USD/VND" -> {id, day, rate, source}
    firm_facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # name, tax code, address, bank account …
    buyer_facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # name, e-mail, phone, country
    note: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it was cancelled or refused
    act_by: Mapped[datetime | None] = mapped_column(Instant)  # when the next step is due
    lead_days: Mapped[int] = mapped_column(default=0)  # of the slowest product
    paid_at: Mapped[datetime | None] = mapped_column(Instant)  # when the buyer said so
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    demo: Mapped[bool] = mapped_column(default=False)

    group: Mapped[OrderGroup] = relationship(back_populates="orders")
    firm: Mapped[Firm] = relationship(lazy="joined", innerjoin=True)
    gate: Mapped[Gate] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", cascade="all, delete-orphan", lazy="selectin", order_by="OrderLine.position"
    )
    events: Mapped[list["OrderEvent"]] = relationship(
        cascade="all, delete-orphan", lazy="select", order_by="OrderEvent.id"
    )

    @property
    def price(self) -> Money:
        """What the buyer owes the seller."""
        return Money(self.total, self.currency)

    @property
    def seller(self) -> SimpleNamespace:
        """The firm as it was when the order was placed."""
        return SimpleNamespace(**self.firm_facts)

    @property
    def buyer(self) -> SimpleNamespace:
        """Who ordered, as given then."""
        return SimpleNamespace(**self.buyer_facts)

    @property
    def holds_stock(self) -> bool:
        return self.state in HOLDING

    def steps(self, sides: Collection[Side]) -> list[OrderState]:
        """What somebody on these sides may do now, in the order of the table."""
        return [to for to, allowed in NEXT[OrderState(self.state)].items() if allowed.intersection(sides)]

    def side_for(self, to: OrderState, sides: Collection[Side]) -> Side | None:
        """As whom somebody on these sides makes a step; None when it is not possible."""
        allowed = NEXT[OrderState(self.state)].get(to, frozenset())
        return next((side for side in Side if side in allowed and side in sides), None)

    def is_late(self, moment: datetime) -> bool:
        """Whether the next step should have been made before `moment`."""
        return self.act_by is not None and self.act_by < moment

    def enter(self, state: OrderState, moment: datetime) -> None:
        """Stand in a state from `moment` on, with the day by which it should be left."""
        within = ACT_WITHIN.get(state)
        preparing = timedelta(days=self.lead_days) if state == OrderState.CONFIRMED else timedelta()
        self.state = state
        self.act_by = moment + within + preparing if within else None


class OrderLine(Base):
    """A product as it was when ordered."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "position"), CheckConstraint("quantity > 0", name="quantity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    name_vi: Mapped[str]
    name_en: Mapped[str | None]
    name_km: Mapped[str | None]
    hs_code: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Exact(3))
    unit_price: Mapped[Decimal] = mapped_column(Exact(2))
    amount: Mapped[Decimal] = mapped_column(Exact(2))

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def price(self) -> Money:
        """What one unit costs."""
        return Money(self.unit_price, self.order.currency)

    @property
    def sum(self) -> Money:
        """What the line costs."""
        return Money(self.amount, self.order.currency)


class OrderEvent(Base):
    """One step of an order, as both sides see it."""

    __tablename__ = "order_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    side: Mapped[str]
    from_state: Mapped[str] = mapped_column(default="")
    to_state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")


class OrderCounter(Base):
    """The last number given to an order of a month."""

    __tablename__ = "order_counter"

    month: Mapped[str] = mapped_column(primary_key=True)  # 2611
    last: Mapped[int]
