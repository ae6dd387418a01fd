"""What everybody may know about a firm: the facts a moderator verified, where it hands over and how much it sells."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.marketplace.catalogue.models import Product, ProductGate, ProductState
from app.marketplace.firms.models import Firm, FirmState
from app.reference.models import Gate

SEEN = (FirmState.VERIFIED, FirmState.SUSPENDED)


@dataclass(frozen=True)
class Profile:
    """A firm as its public page shows it."""

    firm: Firm
    gates: list[Gate]
    products: int


def profile(session: Session, slug: str) -> Profile:
    """The page of a firm that is or was verified; raises `NotFound` for the others."""
    firm = session.scalar(select(Firm).where(Firm.slug == slug, Firm.state.in_(SEEN)))
    if firm is None:
        raise NotFound()
    if not firm.is_verified:
        return Profile(firm, [], 0)
    on_sale = (Product.firm_id == firm.id) & (Product.state == ProductState.PUBLISHED)
    at = select(ProductGate.gate_id).join(Product, Product.id == ProductGate.product_id).where(on_sale)
    found = session.scalars(select(Gate).where(Gate.id.in_(at)).order_by(Gate.priority, Gate.id)).all()
    return Profile(firm, list(found), session.scalar(select(func.count()).where(on_sale)) or 0)
