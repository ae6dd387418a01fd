"""A listing from draft to shelf: what it needs, who sees it, and what goes back to review."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.accounts.models import AuditEntry
from app.errors import NotFound
from app.marketplace.catalogue import listing, moderating
from app.marketplace.catalogue.ladders import Step
from app.marketplace.catalogue.models import NEXT, Product, ProductState, SearchTerm
from app.reference.hs_codes import NoSuchCode, NotALine
from app.signin_state import caller_of


@pytest.fixture
def firm(make):
    return make.firm()


@pytest.fixture
def seller(session, make, firm):
    return caller_of(session, make.member(firm).id)


@pytest.fixture
def moderator(session, make):
    return caller_of(session, make.person("moderator").id)


@pytest.fixture
def values(make) -> dict:
    make.category(slug="dac-san")
    return {
        "name_vi": "Bánh tráng phơi sương 500 g",
        "name_en": "Dew-dried rice paper",
        "name_km": "នំបាញ់ត្រាង",
        "description_vi": "Làm từ gạo.",
        "description_en": None,
        "description_km": None,
        "category": "dac-san",
        "hs_code": "19059070",
        "origin": "VN",
        "unit": "PK",
        "packaging": "20 × 500 g",
        "moq": Decimal(200),
        "multiple": Decimal(20),
        "lead_days": 2,
        "gates": ["moc-bai"],
        "steps": [Step("VND", Decimal(200), Decimal(25000))],
        "certificates": [
            {"kind": "ocop", "number": "12", "issuer": "UBND", "stars": 4, "valid_until": date(2028, 1, 1)}
        ],
    }


def terms_of(session, product: Product) -> int:
    return session.scalar(select(func.count()).where(SearchTerm.product_id == product.id))


def actions(session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_draft_has_a_slug_a_drawing_and_no_search_terms(session, seller, firm, values) -> None:
    product = listing.draft(session, seller, firm, values)
    assert (product.state, product.slug, product.drawing) == ("draft", "banh-trang-phoi-suong-500-g", "rice-paper")
    assert product.from_vnd == 25000
    assert terms_of(session, product) == 0
    assert actions(session) == ["product.drafted"]


def test_the_same_name_twice_gets_two_addresses(session, seller, firm, values) -> None:
    first = listing.draft(session, seller, firm, values)
    second = listing.draft(session, seller, firm, values)
    assert {first.slug, second.slug} == {"banh-trang-phoi-suong-500-g", "banh-trang-phoi-suong-500-g-2"}


@pytest.mark.parametrize(("code", "problem"), [("19059099", NoSuchCode), ("1905", NotALine)])
def test_a_product_is_declared_under_a_line_of_the_tariff(session, seller, firm, values, code, problem) -> None:
    with pytest.raises(problem):
        listing.draft(session, seller, firm, values | {"hs_code": code})


def test_a_listing_is_published_only_by_a_moderator_and_then_found(session, seller, moderator, firm, values) -> None:
    product = listing.draft(session, seller, firm, values)
    listing.submit(session, seller, product)
    assert (product.state, terms_of(session, product)) == ("pending", 0)
    moderating.publish(session, moderator, product, product.submitted_at)
    assert product.state == "published"
    assert product.published_at is not None
    assert terms_of(session, product) > 5
    assert actions(session) == ["product.drafted", "product.submitted", "product.published"]


def test_sending_needs_a_verified_firm_a_price_and_a_gate(session, seller, firm, values) -> None:
    product = listing.draft(session, seller, firm, values | {"steps": [], "gates": []})
    with pytest.raises(listing.NoPriceYet):
        listing.submit(session, seller, product)
    listing.edit(session, seller, product, values | {"gates": []})
    with pytest.raises(listing.NoGateYet):
        listing.submit(session, seller, product)
    listing.edit(session, seller, product, values)
    firm.state = "pending"
    with pytest.raises(listing.FirmNotVerified):
        listing.submit(session, seller, product)
    assert product.state == "draft"


@pytest.mark.parametrize(
    "change",
    [
        {"name_vi": "Khác"},
        {"description_km": "ថ្មី"},
        {"hs_code": "19059090"},
        {"origin": "KH"},
        {"unit": "KGM"},
        {"packaging": "1 kg"},
        {"certificates": []},
    ],
)
def test_what_a_moderator_judged_goes_back_to_review(session, make, values, change) -> None:
    product = make.product(category=make.category(), hs_code="19059070")
    seller = caller_of(session, make.member(product.firm).id)
    listing.edit(session, seller, product, values)
    product.state = ProductState.PUBLISHED
    assert listing.edit(session, seller, product, values | change)
    assert (product.state, terms_of(session, product)) == ("pending", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [Step("USD", Decimal(200), Decimal("0.98"))]},
        {"moq": Decimal(400)},
        {"multiple": Decimal(10)},
        {"lead_days": 5},
        {"gates": ["xa-mat", "moc-bai"]},
    ],
)
def test_prices_quantities_and_gates_change_without_review(session, make, values, change) -> None:
    product = make.product()
    seller = caller_of(session, make.member(product.firm).id)
    listing.edit(session, seller, product, values)
    product.state = ProductState.PUBLISHED
    assert not listing.edit(session, seller, product, values | change)
    assert product.state == "published"
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "product.edited"


def test_a_new_price_is_sorted_by_at_once(session, seller, firm, values) -> None:
    product = listing.draft(session, seller, firm, values)
    listing.edit(session, seller, product, values | {"steps": [Step("VND", Decimal(200), Decimal(24000))]})
    assert product.from_vnd == 24000


def test_saving_the_same_again_changes_nothing(session, seller, firm, values) -> None:
    product = listing.draft(session, seller, firm, values)
    rows = [row.id for row in (*product.prices, *product.certificates)]
    assert not listing.edit(session, seller, product, values)
    assert [row.id for row in (*product.prices, *product.certificates)] == rows
    assert actions(session) == ["product.drafted"]


def test_the_unit_stays_while_open_orders_hold_stock(session, make, values) -> None:
    product = make.product(unit="PK", reserved=Decimal(5))
    seller = caller_of(session, make.member(product.firm).id)
    with pytest.raises(listing.UnitInUse):
        listing.edit(session, seller, product, values | {"unit": "KGM"})


def test_withdrawing_hides_a_published_and_takes_back_a_waiting_product(session, make) -> None:
    product, waiting = make.product(), make.product(state="pending")
    listing.withdraw(session, caller_of(session, make.member(product.firm).id), product)
    listing.withdraw(session, caller_of(session, make.member(waiting.firm).id), waiting)
    assert (product.state, terms_of(session, product)) == ("withdrawn", 0)
    assert waiting.state == "draft"


@pytest.mark.parametrize("state", list(ProductState))
def test_a_listing_moves_only_as_the_table_says(session, make, seller, state) -> None:
    for to in ProductState:
        product = make.product(state=state)
        if to in NEXT[state]:
            listing.move(session, seller, product, "product.moved", to)
            assert product.state == to
        else:
            with pytest.raises(listing.NotNow):
                listing.move(session, seller, product, "product.moved", to)


def test_another_firm_s_product_is_not_there(session, make, seller) -> None:
    with pytest.raises(NotFound):
        listing.own(session, seller, make.product().id)
    with pytest.raises(NotFound):
        listing.own(session, caller_of(session, make.person().id), make.product().id)
