"""The words products are found by."""

from decimal import Decimal

from sqlalchemy import select

from app.marketplace.catalogue import terms
from app.marketplace.catalogue.models import ProductState, SearchTerm
from app.marketplace.catalogue.terms import tokens
from app.periods import today
from app.reference.models import Rate


def terms_of(session, product) -> dict[str, int]:
    rows = session.execute(select(SearchTerm.term, SearchTerm.weight).where(SearchTerm.product_id == product.id))
    return {term: weight for term, weight in rows}


def test_a_published_product_has_its_words_as_spelled_and_without_diacritics(session, make):
    found = terms_of(session, make.product(name_vi="Đường thốt nốt"))
    assert found["đường"] > found["duong"] > found["thốt"] > found["thot"]


def test_khmer_names_are_cut_into_words(session, make):
    found = terms_of(session, make.product(name_km="អំបិលបង្គា"))
    assert {"អំបិល", "បង្គា"} <= found.keys()


def test_firm_category_and_hs_code_are_words_too(session, make):
    firm = make.firm(name_vi="HTX Núi Bà")
    shelf = make.category(name_en="Fresh farm produce")
    found = terms_of(session, make.product(firm=firm, category=shelf, hs_code="08109099"))
    assert {"núi", "nui", "produce", "08109099"} <= found.keys()


def test_the_best_field_gives_the_weight(session, make):
    product = make.product(name_vi="Muối tôm", description_vi="Muối ngon, tôm tươi, ớt")
    found = terms_of(session, product)
    assert (found["tôm"], found["ớt"]) == (2 * terms.NAME + 1, 2 * terms.DESCRIPTION + 1)


def test_a_product_that_is_withdrawn_loses_its_words(session, make):
    product = make.product()
    product.state = ProductState.WITHDRAWN
    terms.rewrite(session, product)
    assert terms_of(session, product) == {}


def test_from_vnd_is_the_price_of_the_minimum_order(make):
    product = make.product(prices=[("VND", "1", "26000"), ("VND", "100", "25000"), ("USD", "1", "0.10")])
    assert product.from_vnd == Decimal(26000)


def test_a_price_in_dollars_is_turned_into_dong_for_sorting(session, make):
    product = make.product(prices=[("USD", "1", "1.00")])
    assert product.from_vnd is not None
    assert Decimal(20000) < product.from_vnd < Decimal(35000)


def test_a_new_rate_reaches_what_is_not_quoted_in_dong(session, make):
    in_dollars, in_dong = make.product(prices=[("USD", "1", "2.00")]), make.product()
    before = in_dollars.from_vnd
    rate = make.keep(Rate(base="USD", quote="VND", kind="market", day=today(), rate=Decimal(30000), source="Test"))
    try:
        terms.reprice(session)
        assert before != in_dollars.from_vnd == Decimal(60000)
        assert in_dong.from_vnd == Decimal(25000)
    finally:
        session.delete(rate)
        session.commit()


def test_rebuilding_writes_the_same_words_again(session, make):
    product = make.product(name_vi="Bánh tráng")
    before = terms_of(session, product)
    terms.rebuild(session)
    assert terms_of(session, product) == before


def test_a_new_name_of_a_firm_reaches_its_products(session, make):
    product = make.product(firm=make.firm(name_vi="Cũ"))
    product.firm.name_vi = "Gò Dầu"
    terms.rewrite_firm(session, product.firm_id)
    found = terms_of(session, product)
    assert "gò" in found
    assert "cũ" not in found


def test_hs_codes_lose_their_dots_and_numbers_stand_apart_from_letters():
    assert tokens("HS 0801.32.00, bao 50kg, SVR10") == ["hs", "08013200", "bao", "50", "kg", "svr", "10"]


def test_an_hs_code_is_read_while_it_is_being_typed():
    assert tokens("0801.3") == ["08013"]
