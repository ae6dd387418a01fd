"""The cart of a person, or of a visitor known by a cookie until sign-in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import now
from app.errors import NotFound, Problem
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.catalogue.pricing import NoPrice, Rates, newest, unit_price
from app.marketplace.fields import LARGEST
from app.marketplace.orders.basket import Basket, GateNotOffered, Wanted, fill
from app.marketplace.orders.models import Cart, CartLine
from app.money import Money
from app.periods import today
from app.reference import gates

MOST_LINES = 100
KEPT_FOR = timedelta(days=60)


class NoSuchProduct(NotFound):
    """Never published, or not a product at all."""

    message = _l("This product is not for sale.")


class NotInCart(NotFound):
    """The line was removed meanwhile, or belongs to somebody else."""

    message = _l("This is not in your cart any more.")


class CartFull(Problem):
    """More lines than one can look over."""

    message = _l("A cart holds at most %(most)s products. Order these first.")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart: a person's, else the holder's of a cookie."""

    person_id: int | None = None
    token: str = ""

    @property
    def exists(self) -> bool:
        return self.person_id is not None or bool(self.token)

    def owns(self) -> ColumnElement[bool]:
        """The condition that a cart is this one's."""
        if self.person_id is not None:
            return Cart.person_id == self.person_id
        return Cart.token_hash == hashed(self.token)

    def new_cart(self) -> Cart:
        if self.person_id is not None:
            return Cart(person_id=self.person_id)
        return Cart(token_hash=hashed(self.token))


def hashed(token: str) -> str:
    """What the database keeps of a visitor's token."""
    return sha256(token.encode()).hexdigest()


def count(session: Session, owner: Owner) -> int:
    """How many lines are in the cart."""
    if not owner.exists:
        return 0
    query = select(func.count()).select_from(CartLine).join(Cart, Cart.id == CartLine.cart_id)
    return session.scalar(query.where(owner.owns())) or 0


def lines_of(session: Session, owner: Owner) -> list[CartLine]:
    """What is in the cart, in the order it was put there."""
    cart = session.scalar(select(Cart).where(owner.owns())) if owner.exists else None
    return list(cart.lines) if cart else []


def priced(
    session: Session, owner: Owner, currency: str, rates: Rates, day: date, buyers_firm: int | None = None
) -> Basket:
    """The cart by firm and gate, with the prices of the day and what stands against ordering each line."""
    wanted = [
        Wanted(line.product, line.gate, line.quantity, _seen(line), line.id) for line in lines_of(session, owner)
    ]
    return fill(wanted, currency, rates, day, buyers_firm)


def add(
    session: Session, owner: Owner, product_id: int, gate_slug: str, quantity: Decimal, currency: str
) -> CartLine:
    """Put a quantity of a product in the cart, to be handed over at a gate; more of what is there is added to it."""
    product = session.get(Product, product_id)
    if product is None or product.state != ProductState.PUBLISHED:
        raise NoSuchProduct()
    gate = gates.by_slug(session, gate_slug)
    if gate not in product.gates:
        raise GateNotOffered(product, gate=gate.short_vi)
    cart = _locked(session, owner)
    line = next((old for old in cart.lines if (old.product_id, old.gate_id) == (product.id, gate.id)), None)
    if line is None:
        if len(cart.lines) >= MOST_LINES:
            raise CartFull(most=MOST_LINES)
        line = CartLine(product=product, gate=gate, quantity=Decimal(0))
        cart.lines.append(line)
    line.quantity = min(line.quantity + quantity, LARGEST)
    _look(line, currency, newest(session, today()))
    return line


def change(session: Session, owner: Owner, line_id: int, quantity: Decimal, gate_slug: str, currency: str) -> None:
    """Another quantity or gate; a line that meets another of the same product and gate becomes one with it."""
    cart = _locked(session, owner)
    line = _line(cart, line_id)
    gate = gates.by_slug(session, gate_slug)
    same = (other for other in cart.lines if other.product_id == line.product_id and other.gate_id == gate.id)
    if (twin := next(same, line)) is not line:
        cart.lines.remove(twin)
        session.flush()
        quantity += twin.quantity
    line.quantity, line.gate = min(quantity, LARGEST), gate
    _look(line, currency, newest(session, today()))


def remove(session: Session, owner: Owner, line_id: int) -> CartLine:
    """Take a line out; it is returned, so that it can be named and put back."""
    cart = _locked(session, owner)
    line = _line(cart, line_id)
    cart.lines.remove(line)
    return line


def take_out(session: Session, person_id: int, ordered: Collection[tuple[int, int]]) -> None:
    """What was ordered, as pairs of product and gate, leaves the cart of the person who ordered it."""
    if cart := _held(session, Owner(person_id)):
        cart.lines = [line for line in cart.lines if (line.product_id, line.gate_id) not in ordered]


def merge(session: Session, token: str, person_id: int) -> None:
    """At sign-in the visitor's cart becomes the person's: of a product in both, the larger quantity stays."""
    guest = _held(session, Owner(token=token))
    if guest is None:
        return
    mine = _locked(session, Owner(person_id))
    there = {(line.product_id, line.gate_id): line for line in mine.lines}
    for line in guest.lines:
        if known := there.get((line.product_id, line.gate_id)):
            known.quantity = max(known.quantity, line.quantity)
        elif len(mine.lines) < MOST_LINES:
            mine.lines.append(_copy(line))
    session.delete(guest)
    session.flush()


def forget_old_carts(session: Session) -> None:
    """Visitors' carts that nobody came back for."""
    session.execute(delete(Cart).where(Cart.token_hash.is_not(None), Cart.created < now() - KEPT_FOR))


def _held(session: Session, owner: Owner) -> Cart | None:
    """The cart if there is one, held until the end of the transaction, so that two clicks at once add up."""
    mine = select(Cart).where(owner.owns()).with_for_update(of=Cart)
    return session.scalar(mine.execution_options(populate_existing=True))


def _locked(session: Session, owner: Owner) -> Cart:
    """The same, made when there is none."""
    if not owner.exists:
        raise NotInCart()
    if cart := _held(session, owner):
        return cart
    try:
        with session.begin_nested():
            session.add(owner.new_cart())
    except IntegrityError:
        pass  # another click made it a moment ago
    cart = _held(session, owner)
    assert cart is not None
    return cart


def _line(cart: Cart, line_id: int) -> CartLine:
    if line := next((line for line in cart.lines if line.id == line_id), None):
        return line
    raise NotInCart()


def _copy(line: CartLine) -> CartLine:
    return CartLine(
        product=line.product, gate=line.gate, quantity=line.quantity,
        seen_amount=line.seen_amount, seen_currency=line.seen_currency,
    )  # fmt: skip


def _look(line: CartLine, currency: str, rates: Rates) -> None:
    """Remember the price that is shown now, so that a change can be told."""
    try:
        price = unit_price(line.product, line.quantity, currency, rates).money
    except NoPrice:
        line.seen_amount = line.seen_currency = None
    else:
        line.seen_amount, line.seen_currency = price.amount, price.currency


def _seen(line: CartLine) -> Money | None:
    if line.seen_amount is None or line.seen_currency is None:
        return None
    return Money(line.seen_amount, line.seen_currency)
