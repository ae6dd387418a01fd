"""What a seller finds on the desk: their products by state, and those whose stock runs out."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Float, Select, cast, func, select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.models import Product, ProductState
from app.text import fold

PAGE = 24
ORDERS_LEFT = 3
"""A product runs out when fewer than so many smallest orders are left."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of a firm's products to list."""

    firm_id: int
    state: str = ""
    q: str = ""
    scarce: bool = False

    def select(self) -> Select[Product]:
        query = select(Product).where(Product.firm_id == self.firm_id)
        if self.state:
            query = query.where(Product.state == self.state)
        if self.scarce:
            query = query.where(Product.state == ProductState.PUBLISHED, orders_left() < ORDERS_LEFT)
        return query


def orders_left() -> ColumnElement[float | Decimal]:
    """For how many smallest orders there is stock; only compared and sorted by, so a float will do."""
    return cast(Product.on_hand - Product.reserved, Float) / cast(Product.moq, Float)


def products(session: Session, wish: Wish, page: int = 1) -> tuple[list[Product], int]:
    """One page of a firm's products, the last edited first, and how many there are."""
    query = wish.select()
    if wish.q:
        query = query.where(Product.id.in_(_named(session, wish)))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Product.id).subquery())) or 0
    found = query.order_by(Product.updated.desc(), Product.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return list(session.scalars(found)), total


def running_out(session: Session, firm_id: int, limit: int = 6) -> tuple[list[Product], int]:
    """The published products with least left, and how many run out."""
    query = Wish(firm_id, scarce=True).select()
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(Product.id).subquery())) or 0
    return list(session.scalars(query.order_by(orders_left(), Product.id).limit(limit))), total


def count_by_state(session: Session, firm_id: int) -> dict[str, int]:
    """How many products stand in each state."""
    query = select(Product.state, func.count()).where(Product.firm_id == firm_id).group_by(Product.state)
    counted = {state: count for state, count in session.execute(query)}
    return {state.value: counted.get(state.value, 0) for state in ProductState}


def to_mend(session: Session, firm_id: int) -> list[Product]:
    """The products a moderator sent back, the last one first."""
    query = Wish(firm_id, state=ProductState.REJECTED).select()
    return list(session.scalars(query.order_by(Product.updated.desc(), Product.id)))


def _named(session: Session, wish: Wish) -> list[int]:
    """The firm's products with the words in a name or the code, with or without diacritics."""
    asked = fold(wish.q)
    names = select(Product.id, Product.hs_code, Product.name_vi, Product.name_en, Product.name_km)
    rows = session.execute(names.where(Product.firm_id == wish.firm_id))
    return [id_ for id_, *words in rows if any(asked in fold(word) for word in words if word)]
