"""Everything of the demonstration shop put in at once; the same on every installation but for the passwords."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.marketplace.catalogue import terms
from app.marketplace.catalogue.categories import load_categories
from app.marketplace.demo.firms import add_firms
from app.marketplace.demo.people import add_people
from app.marketplace.demo.products import add_products


def load(session: Session, _settings: Mapping[str, Any]) -> dict[str, str]:
    """Add people, firms and products; returns e-mail → password, which are told nowhere else."""
    categories = load_categories(session)
    firms = add_firms(session)
    passwords = add_people(session, firms["dac-san-trang-non"])
    add_products(session, firms, categories)
    terms.rebuild(session)
    return passwords
