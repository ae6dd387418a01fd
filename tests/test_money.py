"""Money is exact, in one currency, and rounded in one place."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.money import (
    CURRENCIES,
    InexactAmount,
    MixedCurrencies,
    Money,
    MoneyError,
    UnknownCurrency,
    rounded,
    total,
    zero,
)

currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def amounts(draw, currency=None):
    code = currency or draw(currencies)
    return Money(Decimal(draw(st.integers(-(10**15), 10**15))).scaleb(-CURRENCIES[code]), code)


def usd(text):
    return Money(Decimal(text), "USD")


def test_an_amount_always_carries_the_decimals_of_its_currency():
    assert str(usd("1.5")) == "1.50 USD"
    assert str(Money(Decimal("25000.0"), "VND")) == "25000 VND"
    assert usd("1.5") == usd("1.50")
    assert hash(usd("1.5")) == hash(usd("1.50"))


@pytest.mark.parametrize("text", ["0.005", "NaN", "Infinity"])
def test_an_amount_that_the_currency_cannot_hold_is_refused(text):
    with pytest.raises(InexactAmount):
        usd(text)


def test_riel_and_dong_have_no_decimals():
    for code in ("KHR", "VND"):
        with pytest.raises(InexactAmount):
            Money(Decimal("0.5"), code)


def test_floats_and_unknown_currencies_are_refused():
    with pytest.raises(InexactAmount):
        Money(1.5, "USD")
    with pytest.raises(UnknownCurrency):
        Money(Decimal(1), "XAU")


def test_currencies_do_not_mix():
    with pytest.raises(MixedCurrencies):
        usd("1") + Money(Decimal(1), "VND")
    with pytest.raises(MixedCurrencies):
        assert usd("1") < Money(Decimal(2), "KHR")


def test_halves_round_away_from_zero_once():
    assert rounded(Decimal("0.125"), "USD") == usd("0.13")
    assert rounded(Decimal("-0.125"), "USD") == usd("-0.13")
    assert rounded(Decimal("0.1249999"), "USD") == usd("0.12")
    assert usd("1.25").times(Decimal("0.5")) == usd("0.63")


def test_minus_zero_is_zero():
    assert str(rounded(Decimal("-0.004"), "USD")) == "0.00 USD"


def test_converting_rounds_to_the_target_currency():
    assert usd("12.34").convert(Decimal("26100.49437"), "VND") == Money(Decimal(322080), "VND")
    assert Money(Decimal(322080), "VND").convert(1 / Decimal("26100.49437"), "USD") == usd("12.34")
    with pytest.raises(MoneyError):
        usd("1").convert(Decimal(0), "VND")


def test_amounts_compare_and_know_zero():
    assert usd("1") < usd("2") <= usd("2.00") < usd("3")
    assert usd("3") > usd("2") >= usd("2")
    assert not zero("USD")
    assert usd("0.01")


@given(st.data(), currencies)
def test_sums_are_exact_in_any_order(data, currency):
    parts = data.draw(st.lists(amounts(currency)))
    cents = sum(int(part.amount.scaleb(CURRENCIES[currency])) for part in parts)
    assert total(parts, currency) == total(parts[::-1], currency)
    assert total(parts, currency).amount.scaleb(CURRENCIES[currency]) == cents


@given(amounts(), st.integers(-(10**6), 10**6))
def test_times_a_whole_number_is_exact(money, count):
    assert money.times(count).amount == int(money.amount.scaleb(2)) * count / Decimal(100)


@given(amounts(), st.decimals(0, 10**6, places=4))
def test_times_a_fraction_is_off_by_half_a_unit_at_most(money, quantity):
    unit = Decimal(1).scaleb(-CURRENCIES[money.currency])
    exact = int(money.amount.scaleb(2)) * int(quantity.scaleb(4))
    got = int(money.times(quantity).amount.scaleb(2)) * 10**4
    assert abs(got - exact) * 2 <= int(unit.scaleb(6))


@given(st.data(), currencies)
def test_subtracting_undoes_adding(data, currency):
    one, other = data.draw(amounts(currency)), data.draw(amounts(currency))
    assert one + other - other == one
