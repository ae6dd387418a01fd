"""One price for page, cart and order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.marketplace.catalogue import pricing
from app.marketplace.catalogue.models import PriceStep
from app.marketplace.catalogue.pricing import NoPrice, Rates, price_in
from app.money import Money
from app.reference.models import Rate


def step(currency: str, quantity: str, amount: str) -> PriceStep:
    return PriceStep(currency=currency, min_quantity=Decimal(quantity), amount=Decimal(amount))


def rate(number: int, base: str, quote: str, value: str) -> Rate:
    return Rate(id=number, base=base, quote=quote, rate=Decimal(value), kind="market", day=date(2026, 11, 1))


USD_VND, USD_KHR = rate(1, "USD", "VND", "25000"), rate(2, "USD", "KHR", "4000")
RATES = Rates([USD_VND, USD_KHR])
LADDER = [step("VND", "10", "30000"), step("VND", "100", "25000"), step("USD", "10", "1.30")]


def test_the_firms_own_price_wins_over_a_conversion():
    found = price_in(LADDER, Decimal(10), "USD", RATES)
    assert (found.money, found.converted, found.rate_ids) == (Money(Decimal("1.30"), "USD"), False, ())


@pytest.mark.parametrize(("quantity", "amount"), [("1", 30000), ("10", 30000), ("99.999", 30000), ("100", 25000)])
def test_a_step_holds_from_its_quantity_on(quantity, amount):
    assert price_in(LADDER, Decimal(quantity), "VND", RATES).money == Money(Decimal(amount), "VND")


def test_a_currency_the_firm_does_not_quote_is_converted_and_says_with_which_rates():
    found = price_in(LADDER, Decimal(100), "KHR", RATES)
    assert (found.money, found.converted, found.rate_ids) == (Money(Decimal(4000), "KHR"), True, (1, 2))


def test_a_direct_rate_is_taken_before_a_way_around():
    direct = Rates([USD_VND, USD_KHR, rate(3, "KHR", "VND", "6.5")])
    found = price_in(LADDER, Decimal(100), "KHR", direct)
    assert (found.money, found.rate_ids) == (Money(Decimal(3846), "KHR"), (3,))


def test_a_price_without_any_rate_is_refused():
    with pytest.raises(NoPrice):
        price_in([step("VND", "1", "1000")], Decimal(1), "USD", Rates([]))


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
