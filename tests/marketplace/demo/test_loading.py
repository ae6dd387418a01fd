"""The demonstration shop comes whole and cannot be mistaken for the real world."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as OrmSession

from app.accounts.models import Membership, Person
from app.accounts.passwords import matches
from app.db import Session, reading
from app.marketplace import demo
from app.marketplace.catalogue.certificates import KINDS, is_valid
from app.marketplace.catalogue.ladders import checked, steps_of
from app.marketplace.catalogue.models import Category, Certificate, Product, SearchTerm
from app.marketplace.demo.people import PEOPLE
from app.marketplace.firms import tax_codes
from app.marketplace.firms.models import Firm
from app.marketplace.orders.models import Order, OrderState
from app.reference import hs_codes


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> dict[str, str]:
    return {"DATA_DIR": str(tmp_path_factory.mktemp("demo"))}


@pytest.fixture(scope="module")
def loaded(engine, settings) -> Iterator[dict[str, str]]:
    """The demonstration, loaded once for the tests that only look at it."""
    with Session.begin() as session:
        passwords = demo.load(session, settings)
    yield passwords
    with Session.begin() as session:
        demo.remove(session, settings)
        session.execute(delete(Category))


@pytest.fixture
def shop(loaded) -> Iterator[OrmSession]:
    with reading() as session:
        yield session


def test_the_five_people_can_sign_in_and_each_has_its_role(shop, loaded) -> None:
    assert set(loaded) == {f"{who}@demo.example" for who in ("buyer", "seller", "economist", "moderator", "admin")}
    for email, _, _, _, _, roles in PEOPLE:
        person = shop.scalar(select(Person).where(Person.email == email))
        assert person.demo
        assert matches(person.password_hash, loaded[email])
        assert {row.role for row in person.roles} == set(roles)
    assert len(set(loaded.values())) == 5


def test_the_seller_owns_a_verified_firm_with_stock_to_sell(shop) -> None:
    seller = shop.scalar(select(Person).where(Person.email == "seller@demo.example"))
    member = shop.get(Membership, seller.id)
    firm = shop.get(Firm, member.firm_id)
    published = shop.scalars(select(Product).where(Product.firm_id == firm.id, Product.state == "published")).all()
    assert (member.role, firm.state) == ("owner", "verified")
    assert len(published) >= 8
    assert {state for state in shop.scalars(select(Product.state).where(Product.firm_id == firm.id))} == {
        "published", "pending", "draft", "rejected",
    }  # fmt: skip


def test_the_first_product_can_be_ordered_piece_by_piece_at_moc_bai(shop, loaded) -> None:
    first = shop.scalar(select(Product).where(Product.state == "published").order_by(Product.id))
    assert first.moq == 1
    assert first.available >= 1000
    assert "moc-bai" in {gate.slug for gate in first.gates}
    assert {step.currency for step in first.prices} == {"VND", "USD", "KHR"}


def test_every_published_product_is_complete_in_three_languages(shop, loaded) -> None:
    published = shop.scalars(select(Product).where(Product.state == "published")).all()
    assert len(published) >= 113
    for product in published:
        assert all((product.name_vi, product.name_en, product.name_km))
        assert all((product.description_vi, product.description_en, product.description_km))
        assert hs_codes.line(shop, product.hs_code)
        assert product.gates
        assert product.from_vnd > 0
        assert product.moq % product.multiple == 0
        assert checked(steps_of(product)) == steps_of(product)
        assert {certificate.kind for certificate in product.certificates} <= set(KINDS)
        assert shop.scalar(select(func.count()).where(SearchTerm.product_id == product.id)) > 5


def test_one_certificate_is_out_of_date_and_not_valid(shop, loaded) -> None:
    certificates = shop.scalars(select(Certificate)).all()
    assert len([certificate for certificate in certificates if not is_valid(certificate)]) == 1


def test_firms_say_that_they_are_invented_and_use_no_province_s_numbers(shop, loaded) -> None:
    firms = shop.scalars(select(Firm)).all()
    assert len(firms) >= 30
    for firm in firms:
        assert firm.demo
        assert firm.name_en.endswith("(demo)")
        assert firm.name_km.endswith("(គំរូ)")
        assert firm.tax_code.startswith("9990" if firm.country == "VN" else "E999-9000")
        assert tax_codes.checked(firm.country, firm.tax_code) == firm.tax_code


def test_orders_stand_at_every_step_of_the_way_and_hold_their_stock(shop) -> None:
    orders = shop.scalars(select(Order)).all()
    assert {order.state for order in orders} == set(OrderState)
    assert all(order.demo and order.events and order.total > 0 for order in orders)
    held: dict[int, Decimal] = defaultdict(Decimal)
    for order in orders:
        for line in order.lines if order.holds_stock else ():
            held[line.product_id] += line.quantity
    assert {p.id: p.reserved for p in shop.scalars(select(Product).where(Product.reserved > 0))} == held


def test_moderators_find_something_to_decide(shop, loaded) -> None:
    assert shop.scalar(select(func.count()).where(Firm.state == "pending")) == 1
    assert shop.scalar(select(func.count()).where(Product.state == "pending")) >= 3
