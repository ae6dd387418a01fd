"""Stock: one conditional statement per product, products in the order of their ids, so that nobody deadlocks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from app.db import affected
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.firms.models import Firm, FirmState
from app.marketplace.orders.basket import NotForSale, OutOfStock


def reserve(session: Session, wanted: Mapping[int, Decimal]) -> None:
    """Keep these quantities for an order; raises for the first product that is short or not for sale any more."""
    for product_id, quantity in sorted(wanted.items()):
        if affected(session, reservation(product_id, quantity)) != 1:
            raise _why(session, product_id, quantity)


def give_back(session: Session, held: Mapping[int, Decimal]) -> None:
    """The order will not be: what was reserved can be ordered by others."""
    for product_id, quantity in sorted(held.items()):
        _must(session, _mine(product_id, quantity).values(reserved=Product.reserved - quantity))


def hand_over(session: Session, held: Mapping[int, Decimal]) -> None:
    """The goods left the firm: neither on hand nor reserved any more."""
    for product_id, quantity in sorted(held.items()):
        left = {"reserved": Product.reserved - quantity, "on_hand": Product.on_hand - quantity}
        _must(session, _mine(product_id, quantity).values(**left))


def summed(quantities: Iterable[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Product and quantity of each line → quantity per product: two lines of one product share its stock."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for product_id, quantity in quantities:
        sums[product_id] += quantity
    return sums


def reservation(product_id: int, quantity: Decimal) -> Update:
    """The statement that cannot oversell: it changes a row only while enough is left and it may be sold."""
    return (
        update(Product)
        .where(Product.id == product_id, Product.on_hand >= Product.reserved + quantity)
        .where(Product.state == ProductState.PUBLISHED)
        .where(Product.firm_id.in_(select(Firm.id).where(Firm.state == FirmState.VERIFIED)))
        .values(reserved=Product.reserved + quantity)
        .execution_options(synchronize_session=False)
    )


def _mine(product_id: int, quantity: Decimal) -> Update:
    held = update(Product).where(Product.id == product_id, Product.reserved >= quantity)
    return held.execution_options(synchronize_session=False)


def _must(session: Session, statement: Update) -> None:
    if affected(session, statement) != 1:
        raise AssertionError("an order holds more than its product has reserved")


def _why(session: Session, product_id: int, quantity: Decimal) -> NotForSale | OutOfStock:
    product = session.get_one(Product, product_id, populate_existing=True)
    if product.state != ProductState.PUBLISHED or not product.firm.is_verified:
        return NotForSale(product)
    return OutOfStock(product, wanted=quantity, available=product.available)
