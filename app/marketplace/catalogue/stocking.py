"""Stock as its seller counts it. The product is held (`listing.own(…, lock=True)`) while it changes."""

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.who import Caller
from app.errors import Problem
from app.marketplace.catalogue.models import Product
from app.marketplace.fields import plain


class StockHeld(Problem):
    """Open orders hold more than that."""

    status = 422
    message = _l("Open orders hold %(reserved)s: the stock cannot be less.")


class StockMoved(Problem):
    """Goods were handed over, or somebody else counted, since the page was shown."""

    message = _l("The stock changed meanwhile: it is now %(on_hand)s. Look at it and save again.")


def set_stock(session: Session, who: Caller, product: Product, on_hand: Decimal, seen: Decimal) -> None:
    """Say what is there after a count; `seen` is what the page said before. Raises `StockMoved` or `StockHeld`."""
    if product.on_hand != seen:
        raise StockMoved(on_hand=plain(product.on_hand))
    _change(session, who, product, "product.stock_set", on_hand)


def adjust_stock(session: Session, who: Caller, product: Product, by: Decimal) -> None:
    """Add what came in, or take away what was lost; raises `StockHeld`."""
    _change(session, who, product, "product.stock_adjusted", product.on_hand + by)


def _change(session: Session, who: Caller, product: Product, action: str, on_hand: Decimal) -> None:
    if on_hand < product.reserved:
        raise StockHeld(reserved=plain(product.reserved))
    before = {"on_hand": plain(product.on_hand)}
    product.on_hand = on_hand
    after = {"on_hand": plain(on_hand)}
    if before != after:
        audit.record(session, who, action, product, before=before, after=after, firm_id=product.firm_id)
