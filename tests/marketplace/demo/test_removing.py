"""The demonstration shop goes without a trace, and leaves alone what is real."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import AuditEntry, Person, PersonRole
from app.db import Base
from app.marketplace import demo
from app.marketplace.catalogue.models import Category, Product
from tests.conftest import REFERENCE


@pytest.fixture
def settings(session, tmp_path) -> dict[str, str]:
    """Those of an installation with the demonstration loaded."""
    found = {"DATA_DIR": str(tmp_path)}
    demo.load(session, found)
    session.commit()
    return found


def test_removing_leaves_only_the_categories_and_the_counters(session, settings) -> None:
    demo.remove(session, settings)
    session.commit()
    left = {
        table.name for table in Base.metadata.sorted_tables
        if session.scalar(select(func.count()).select_from(table))
    }  # fmt: skip
    assert left - REFERENCE - {"reference_file"} == {"category", "catalogue_version", "order_counter"}
    assert session.scalar(select(func.count()).select_from(Category)) == 11


def test_removing_keeps_what_real_people_have(session, make, settings) -> None:
    product = make.product()
    owner = make.member(product.firm)
    make.keep(AuditEntry(action="product.published", subject_type="product", subject_id=str(product.id), actor="x@y"))
    demo.remove(session, settings)
    session.commit()
    assert session.scalars(select(Product.id)).all() == [product.id]
    assert session.scalars(select(Person.id)).all() == [owner.id]
    assert session.scalar(select(func.count()).select_from(PersonRole)) == 2
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1
