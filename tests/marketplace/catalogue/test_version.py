"""The catalogue has a new version after each change that buyers see, and only then."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from app.marketplace.catalogue import version
from app.marketplace.catalogue.models import Certificate, Photo, Product


@pytest.fixture
def token(session):
    return lambda: version.current(session).catalogue


CHANGES = {
    "a name": lambda p: setattr(p, "name_vi", "Khác"),
    "a state": lambda p: setattr(p, "state", "withdrawn"),
    "a price": lambda p: setattr(p.prices[0], "amount", Decimal(1)),
    "a price less": lambda p: p.prices.clear(),
    "a certificate": lambda p: p.certificates.append(Certificate(kind="halal")),
    "a photo": lambda p: p.photos.append(Photo(sha256="0", width=1, height=1)),
    "a gate less": lambda p: p.gates.clear(),
    "the firm's name": lambda p: setattr(p.firm, "name_vi", "Khác"),
    "the firm's state": lambda p: setattr(p.firm, "state", "suspended"),
    "the category": lambda p: setattr(p.category, "name_vi", "Khác"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_buyers_see_makes_a_new_version(session, make, token, change):
    product, before = make.product(), token()
    CHANGES[change](product)
    session.commit()
    assert token() != before


def test_stock_is_not_part_of_the_version(session, make, token):
    product, before = make.product(), token()
    session.execute(update(Product).where(Product.id == product.id).values(reserved=5))
    product.on_hand = Decimal(7)
    session.commit()
    assert token() == before


def test_what_is_rolled_back_makes_no_new_version(session, make, token):
    product, before = make.product(), token()
    product.name_vi = "Khác"
    session.flush()
    session.rollback()
    assert token() == before


def test_a_change_in_a_savepoint_counts(session, make, token):
    product, before = make.product(), token()
    with session.begin_nested():
        product.name_vi = "Khác"
    session.commit()
    assert token() != before


def test_an_empty_catalogue_has_no_version(token):
    assert token() is None
