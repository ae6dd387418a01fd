"""Price ladders: exact, one price a step, and never dearer for more."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.marketplace.catalogue.ladders import (
    RepeatedStep,
    RisingPrice,
    Step,
    UnusualAmount,
    WrongLadder,
    checked,
    set_ladder,
    steps_of,
)
from app.marketplace.catalogue.models import Product, step_price

steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(["VND", "USD", "KHR"]),
        st.integers(1, 30).map(Decimal),
        st.integers(1, 50).map(Decimal),
    ),
    max_size=12,
)


def test_the_same_quantity_twice_is_refused() -> None:
    with pytest.raises(RepeatedStep) as refused:
        checked([Step("VND", Decimal(1), Decimal(5)), Step("VND", Decimal("1.000"), Decimal(4))])
    assert refused.value.details == {"currency": "VND"}


def test_more_never_costs_more() -> None:
    with pytest.raises(RisingPrice):
        checked([Step("USD", Decimal(10), Decimal("1.01")), Step("USD", Decimal(1), Decimal("1.00"))])


def test_currencies_do_not_disturb_each_other() -> None:
    ladder = [Step("USD", Decimal(1), Decimal("1")), Step("VND", Decimal(1), Decimal(25000))]
    assert checked(ladder) == ladder


@pytest.mark.parametrize(
    "step",
    [
        Step("VND", Decimal(1), Decimal("25000.5")),
        Step("KHR", Decimal(1), Decimal("0.5")),
        Step("USD", Decimal(1), Decimal("0.999")),
        Step("USD", Decimal(1), Decimal(0)),
        Step("USD", Decimal(0), Decimal(1)),
        Step("THB", Decimal(1), Decimal(1)),
    ],
)
def test_amounts_nobody_can_pay_are_refused(step: Step) -> None:
    with pytest.raises(UnusualAmount):
        checked([step])


@given(steps, steps)
def test_a_ladder_is_taken_over_as_a_whole_or_refused(before: list[Step], after: list[Step]) -> None:
    product = Product(prices=[])
    for ladder in (before, after):
        try:
            wanted = checked(ladder)
        except WrongLadder:
            continue
        set_ladder(product, ladder)
        assert steps_of(product) == wanted
        for step in wanted:
            assert step_price(product.prices, step.min_quantity, step.currency).amount == step.amount


@given(steps, st.integers(1, 40).map(Decimal))
def test_the_price_never_rises_with_the_quantity(ladder: list[Step], quantity: Decimal) -> None:
    try:
        checked(ladder)
    except WrongLadder:
        return
    product = Product(prices=[])
    set_ladder(product, ladder)
    for currency in {step.currency for step in ladder}:
        here = step_price(product.prices, quantity, currency)
        more = step_price(product.prices, quantity + 1, currency)
        assert more.amount <= here.amount
