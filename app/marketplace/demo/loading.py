"""Everything of the demonstration shop put in at once; the same on every installation but for the passwords."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.models import Person
from app.accounts.who import Caller
from app.marketplace.catalogue import terms
from app.marketplace.catalogue.categories import load_categories
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.demo.firms import add_firms
from app.marketplace.demo.orders import add_orders
from app.marketplace.demo.people import add_people
from app.marketplace.demo.products import add_products


def load(session: Session, _settings: Mapping[str, Any]) -> dict[str, str]:
    """Add people, firms, products and orders; returns e-mail → password, which are told nowhere else."""
    categories = load_categories(session)
    firms = add_firms(session)
    people, passwords = add_people(session, firms["dac-san-trang-non"])
    products = add_products(session, firms, categories)
    terms.rebuild(session)
    _note_decisions(session, people["moderator@demo.example"], products)
    add_orders(session, people, products)
    return passwords


def _note_decisions(session: Session, moderator: Person, products: Mapping[str, Product]) -> None:
    """The moderator's last decisions, as the audit log would have them."""
    who = Caller(moderator.id, moderator.email, moderator.name)
    for sku in ("DM-001", "TN-001", "TN-009", "DM-004"):
        product = products[sku]
        action = "product.published" if product.state == ProductState.PUBLISHED else "product.rejected"
        after = {"state": product.state} | ({"reason": product.state_reason} if product.state_reason else {})
        audit.record(session, who, action, product, after=after, firm_id=product.firm_id)
