"""The shelves of the storefront, shipped with the product."""

import csv
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.models import Category

FILE = Path(__file__).parent.parent / "data" / "categories.csv"


def load_categories(session: Session) -> dict[str, Category]:
    """Add or rename the shipped categories; safe to run at every start. Returns them by slug."""
    stored = {category.slug: category for category in session.scalars(select(Category))}
    with FILE.open(encoding="utf-8", newline="") as file:
        for position, row in enumerate(csv.DictReader(file), start=1):
            category = stored.setdefault(row["slug"], Category(slug=row["slug"]))
            category.name_vi, category.name_en, category.name_km = row["name_vi"], row["name_en"], row["name_km"]
            category.position = position
            session.add(category)
    session.flush()
    return stored


def all_categories(session: Session) -> list[Category]:
    """The categories in the order of the storefront."""
    return list(session.scalars(select(Category).order_by(Category.position, Category.id)))
