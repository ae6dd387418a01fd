"""One price for page, cart and order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.marketplace.catalogue import pricing
from app.marketplace.catalogue.models import PriceStep, Product
from app.marketplace.catalogue.pricing import NoPrice, Rates, entry_vnd, ladder, unit_price
from app.money import Money
from app.reference.models import Rate


def step(currency: str, quantity: str, amount: str) -> PriceStep:
    return PriceStep(currency=currency, min_quantity=Decimal(quantity), amount=Decimal(amount))


def rate(number: int, base: str, quote: str, value: str) -> Rate:
    return Rate(id=number, base=base, quote=quote, rate=Decimal(value), kind="market", day=date(2026, 11, 1))


USD_VND, USD_KHR = rate(1, "USD", "VND", "25000"), rate(2, "USD", "KHR", "4000")
RATES = Rates([USD_VND, USD_KHR])


def product(*steps: PriceStep, moq: str = "1") -> Product:
    return Product(prices=list(steps), moq=Decimal(moq))


RICE_PAPER = product(step("VND", "10", "30000"), step("VND", "100", "25000"), step("USD", "10", "1.30"))


def test_the_firms_own_price_wins_over_a_conversion():
    found = unit_price(RICE_PAPER, Decimal(10), "USD", RATES)
    assert (found.money, found.converted, found.rate_ids) == (Money(Decimal("1.30"), "USD"), False, ())


@pytest.mark.parametrize(("quantity", "amount"), [("1", 30000), ("10", 30000), ("99.999", 30000), ("100", 25000)])
def test_a_step_holds_from_its_quantity_on(quantity, amount):
    assert unit_price(RICE_PAPER, Decimal(quantity), "VND", RATES).money == Money(Decimal(amount), "VND")


def test_a_currency_the_firm_does_not_quote_is_converted_and_says_with_which_rates():
    found = unit_price(RICE_PAPER, Decimal(100), "KHR", RATES)
    assert (found.money, found.converted, found.rate_ids) == (Money(Decimal(4000), "KHR"), True, (1, 2))


def test_a_direct_rate_is_taken_before_a_way_around():
    direct = Rates([USD_VND, USD_KHR, rate(3, "KHR", "VND", "6.5")])
    found = unit_price(RICE_PAPER, Decimal(100), "KHR", direct)
    assert (found.money, found.rate_ids) == (Money(Decimal(3846), "KHR"), (3,))


def test_a_price_without_any_rate_is_refused():
    with pytest.raises(NoPrice):
        unit_price(product(step("VND", "1", "1000")), Decimal(1), "USD", Rates([]))


@given(st.decimals("1", "100000000", places=0), st.decimals("0.01", "1000", places=2))
def test_a_way_through_a_third_currency_rounds_once(amount, vnd_per_khr):
    way = Rates([USD_VND, rate(2, "USD", "KHR", str(vnd_per_khr))])
    exact = amount / 25000 * vnd_per_khr
    found = way.convert(Money(amount, "VND"), "KHR")
    assert found is not None
    assert abs(found.money.amount - exact) <= Decimal("0.5")


def test_the_newest_rate_of_each_pair_is_read_with_its_source(session, make):
    make.keep(
        Rate(base="USD", quote="VND", kind="market", day=date(2026, 11, 20), rate=Decimal(26000), source="Bank")
    )
    make.keep(
        Rate(base="USD", quote="VND", kind="customs", day=date(2026, 11, 20), rate=Decimal(26100), source="Tax")
    )
    try:
        found = pricing.newest(session, date(2026, 11, 24)).convert(Money(Decimal(1), "USD"), "VND")
        assert found is not None
        assert (found.money, found.rates[0].source) == (Money(Decimal(26100), "VND"), "Tax")
        before = pricing.newest(session, date(2026, 11, 19)).convert(Money(Decimal(1), "USD"), "VND")
        assert before is not None
        assert before.rates[0].day < date(2026, 11, 20)
    finally:
        session.query(Rate).where(Rate.source.in_(("Bank", "Tax"))).delete()
        session.commit()


def test_the_ladder_begins_at_the_minimum_order():
    steps = step("VND", "10", "300"), step("VND", "100", "250"), step("VND", "1000", "200")
    rungs = ladder(product(*steps, moq="100"), "VND", RATES)
    assert [(rung.quantity, rung.price.money.amount) for rung in rungs] == [(100, 250), (1000, 200)]


def test_a_minimum_order_below_the_first_step_is_sold_at_its_price():
    rungs = ladder(product(step("VND", "10", "300"), step("VND", "100", "250"), moq="5"), "VND", RATES)
    assert [(rung.quantity, rung.price.money.amount) for rung in rungs] == [(5, 300), (100, 250)]


def test_the_ladder_in_another_currency_says_that_it_is_converted():
    rungs = ladder(product(step("VND", "1", "25000")), "USD", RATES)
    assert [(rung.price.money, rung.price.converted) for rung in rungs] == [(Money(Decimal(1), "USD"), True)]


def test_lists_are_sorted_by_the_price_of_the_minimum_order_in_dong():
    assert entry_vnd(product(step("USD", "1", "2"), step("USD", "100", "1"), moq="100"), RATES) == Decimal(25000)
    assert entry_vnd(product(), RATES) is None
