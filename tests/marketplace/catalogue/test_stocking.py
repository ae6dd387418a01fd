"""Stock as its seller counts it never undercuts open orders and never forgets a hand-over."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.marketplace.catalogue import stocking
from app.marketplace.catalogue.models import Product
from app.signin_state import caller_of

quantities = st.decimals(min_value=0, max_value=10**6, places=3)


@pytest.fixture
def product(make):
    return make.product(on_hand=Decimal(100), reserved=Decimal(30))


@pytest.fixture
def seller(session, make, product):
    return caller_of(session, make.member(product.firm).id)


def test_a_count_is_saved_and_written_down(session, product, seller) -> None:
    stocking.set_stock(session, seller, product, Decimal("80.5"), seen=Decimal(100))
    entry = session.scalar(select(AuditEntry))
    assert product.on_hand == Decimal("80.5")
    assert (entry.action, entry.before, entry.after) == ("product.stock_set", {"on_hand": "100"}, {"on_hand": "80.5"})


def test_a_count_made_before_a_hand_over_is_not_taken(session, product, seller) -> None:
    with pytest.raises(stocking.StockMoved) as moved:
        stocking.set_stock(session, seller, product, Decimal(120), seen=Decimal(110))
    assert moved.value.details == {"on_hand": "100"}
    assert product.on_hand == 100


def test_stock_is_never_less_than_open_orders_hold(session, product, seller) -> None:
    for change in (
        lambda: stocking.set_stock(session, seller, product, Decimal("29.999"), seen=Decimal(100)),
        lambda: stocking.adjust_stock(session, seller, product, Decimal("-70.001")),
    ):
        with pytest.raises(stocking.StockHeld) as held:
            change()
        assert held.value.details == {"reserved": "30"}
    assert product.on_hand == 100


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(on_hand=quantities, share=st.integers(0, 100), by=st.decimals(min_value=-(10**6), max_value=10**6, places=3))
def test_adjusting_keeps_the_invariant_whatever_the_figures(session, seller, product, on_hand, share, by) -> None:
    product.on_hand = on_hand
    product.reserved = (on_hand * share / 100).quantize(Decimal("0.001"), rounding="ROUND_DOWN")
    session.flush()
    try:
        stocking.adjust_stock(session, seller, product, by)
    except stocking.StockHeld:
        assert on_hand + by < product.reserved
    else:
        assert product.on_hand == on_hand + by
    session.flush()
    session.expire(product)
    assert 0 <= product.reserved <= session.get_one(Product, product.id).on_hand
