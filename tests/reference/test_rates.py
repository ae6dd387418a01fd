"""Dated exchange rates: which holds on a day, converting, adding by hand."""

from datetime import date
from decimal import Decimal

import pytest

from app.money import Money
from app.reference import rates
from app.reference.models import Rate

DAY = date(2031, 5, 20)


@pytest.fixture
def put(session):
    def add(day, rate, kind="market", base="USD", quote="VND"):
        row = Rate(base=base, quote=quote, kind=kind, day=day, rate=Decimal(rate), source="test")
        session.add(row)
        session.flush()
        return row

    yield add
    session.rollback()


def test_the_nearest_of_the_last_seven_days_holds(session, put) -> None:
    put(date(2031, 5, 12), "26000")
    near = put(date(2031, 5, 18), "26100")
    assert rates.on(session, "USD", "VND", DAY) is near


def test_a_rate_of_the_future_does_not_hold(session, put) -> None:
    put(date(2031, 5, 21), "26000")
    with pytest.raises(rates.NoRate):
        rates.on(session, "USD", "VND", DAY)


def test_customs_comes_before_central_and_market_within_the_week(session, put) -> None:
    put(DAY, "26500")
    put(date(2031, 5, 19), "26300", "central")
    customs = put(date(2031, 5, 14), "26100", "customs")
    assert rates.on(session, "USD", "VND", DAY) is customs


def test_without_a_dated_rate_the_one_of_the_month_holds(session, put) -> None:
    put(date(2031, 5, 1), "25000", "market")
    month = put(date(2031, 5, 2), "25900", "monthly")
    assert rates.on(session, "USD", "VND", DAY) is month
    with pytest.raises(rates.NoRate):
        rates.on(session, "USD", "VND", date(2031, 6, 20))


def test_for_showing_the_newest_serves_however_old(session, put) -> None:
    old = put(date(2030, 1, 1), "25000")
    assert rates.latest(session, "USD", "VND", DAY) is old


def test_money_is_converted_by_a_rate_of_either_direction_and_rounded_once(session, put) -> None:
    put(DAY, "26000")
    dong, rate = rates.convert(session, Money(Decimal("1.25"), "USD"), "VND", DAY)
    assert (dong, rate.rate) == (Money(Decimal(32500), "VND"), Decimal(26000))
    assert rates.convert(session, Money(Decimal(100_000), "VND"), "USD", DAY)[0] == Money(Decimal("3.85"), "USD")


def test_a_rate_added_by_hand_keeps_its_source(session, put) -> None:
    put(DAY, "26000", "central")
    added = rates.add(
        session, base="USD", quote="VND", kind="market", day=DAY, rate=Decimal("26100.5"), source="Vietcombank"
    )
    assert rates.table(session, "USD", "VND", 2)[1] is added
    assert rates.count(session, "USD", "VND") >= 2


def test_the_same_day_and_kind_has_one_rate(session, put) -> None:
    put(DAY, "26000")
    with pytest.raises(rates.RateKnown):
        rates.add(session, base="USD", quote="VND", kind="market", day=DAY, rate=Decimal(26001), source="x")


@pytest.mark.parametrize("slip", ["2600", "260000", "23399", "28601"])
def test_a_slip_of_the_keyboard_is_asked_about(session, put, slip) -> None:
    put(date(2031, 5, 19), "26000")
    values = {"base": "USD", "quote": "VND", "kind": "market", "day": DAY, "source": "x"}
    with pytest.raises(rates.UnlikelyRate):
        rates.add(session, rate=Decimal(slip), **values)
    assert rates.add(session, rate=Decimal(slip), sure=True, **values).rate == Decimal(slip)


def test_shipped_rates_have_the_pairs_prices_need(session) -> None:
    assert {("USD", "VND"), ("USD", "KHR")} <= set(rates.pairs(session))
