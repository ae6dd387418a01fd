"""The steps of an order with their stock, letters and history."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.checks import INVARIANTS
from app.db import Session
from app.errors import Problem
from app.marketplace.orders import moving
from app.marketplace.orders.models import Order, OrderState
from app.marketplace.orders.moving import MovedMeanwhile, NoSuchOrder, NotPossible, ReasonNeeded
from tests.marketplace.orders.conftest import who

S = OrderState


@pytest.fixture
def deal(make, order_of):
    """(order, product, buyer, seller): 10 of 100 ordered."""
    product, buyer = make.product(), make.person()
    seller = make.member(product.firm)
    return order_of(buyer, (product, "10")), product, buyer, seller


def stock(product, fresh) -> tuple[int, int]:
    row = fresh(product)
    return int(row.on_hand), int(row.reserved)


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (S.PLACED, (100, 10)),
        (S.CONFIRMED, (100, 10)),
        (S.READY, (100, 10)),
        (S.AT_GATE, (100, 10)),
        (S.HANDED_OVER, (90, 0)),
        (S.COMPLETED, (90, 0)),
    ],
)
def test_goods_are_reserved_until_they_are_handed_over(deal, walk, fresh, state, left) -> None:
    order, product, buyer, seller = deal
    assert walk(order, buyer, seller, state).state == state
    assert stock(product, fresh) == left


@pytest.mark.parametrize(
    ("state", "to", "as_buyer"),
    [
        (S.PLACED, S.CANCELLED, True),
        (S.PLACED, S.REFUSED, False),
        (S.CONFIRMED, S.CANCELLED, True),
        (S.CONFIRMED, S.CANCELLED, False),
        (S.READY, S.CANCELLED, False),
        (S.AT_GATE, S.REFUSED, True),
    ],
)
def test_cancelling_and_refusing_give_the_goods_back(session, deal, walk, fresh, state, to, as_buyer) -> None:
    order, product, buyer, seller = deal
    walk(order, buyer, seller, state)
    moving.move(session, who(session, buyer if as_buyer else seller), order.number, to, reason="Truck broke down")
    session.commit()
    assert stock(product, fresh) == (100, 0)
    assert (fresh(order).state, fresh(order).reason, fresh(order).act_by) == (to, "Truck broke down", None)


def test_a_moderator_cancels_what_is_stuck(session, make, deal, walk, fresh) -> None:
    order, product, buyer, seller = deal
    walk(order, buyer, seller, S.AT_GATE)
    moving.move(session, who(session, make.person("moderator")), order.number, S.CANCELLED, reason="Gate closed")
    session.commit()
    assert stock(product, fresh) == (100, 0)
    assert [event.side for event in order.events][-1] == "moderator"


@pytest.mark.parametrize("to", [S.CANCELLED, S.REFUSED])
def test_ending_an_order_without_a_reason_is_refused(session, deal, to) -> None:
    order, _, buyer, seller = deal
    with pytest.raises(ReasonNeeded):
        moving.move(session, who(session, buyer if to == S.CANCELLED else seller), order.number, to)


def test_a_step_of_the_other_side_is_refused_with_the_present_state(session, deal) -> None:
    order, _, buyer, _ = deal
    with pytest.raises(NotPossible) as caught:
        moving.move(session, who(session, buyer), order.number, S.CONFIRMED)
    assert caught.value.details == {"number": order.number, "state": "placed", "state_name": "placed"}


def test_a_step_decided_on_an_older_state_is_refused(session, deal, walk) -> None:
    order, _, buyer, seller = deal
    walk(order, buyer, seller, S.CONFIRMED)
    with pytest.raises(MovedMeanwhile) as caught:
        moving.move(session, who(session, buyer), order.number, S.CANCELLED, reason="Too late", seen="placed")
    assert caught.value.details["state"] == "confirmed"


@pytest.mark.parametrize("stranger", ["buyer", "member", "economist"])
def test_an_order_is_not_there_for_others(session, make, deal, stranger) -> None:
    order = deal[0]
    person = make.member() if stranger == "member" else make.person(stranger)
    with pytest.raises(NoSuchOrder):
        moving.find(session, who(session, person), order.number)
    with pytest.raises(NoSuchOrder):
        moving.move(session, who(session, person), order.number, S.CANCELLED, reason="x")


def test_a_suspended_firm_still_finishes_its_open_orders(session, deal, walk) -> None:
    order, product, buyer, seller = deal
    product.firm.state = "suspended"
    session.commit()
    assert walk(order, buyer, seller, S.COMPLETED).state == "completed"


def test_each_step_is_in_the_history_and_in_the_audit_log(session, deal, walk) -> None:
    order, _, buyer, seller = deal
    walk(order, buyer, seller, S.COMPLETED)
    steps = [(event.side, event.from_state, event.to_state, event.person_id) for event in order.events]
    assert steps == [
        ("buyer", "", "placed", buyer.id),
        ("seller", "placed", "confirmed", seller.id),
        ("seller", "confirmed", "ready", seller.id),
        ("seller", "ready", "at_gate", seller.id),
        ("seller", "at_gate", "handed_over", seller.id),
        ("buyer", "handed_over", "completed", buyer.id),
    ]
    audit = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "order").order_by(AuditEntry.id))
    found = [(entry.action, (entry.before or {}).get("state"), entry.after["state"]) for entry in audit]
    assert found[1:] == [(f"order.{to}", before, to) for _, before, to, _ in steps[1:]]


def test_the_day_to_prepare_by_follows_the_slowest_product(session, make, order_of, walk) -> None:
    slow = make.product(lead_days=9)
    buyer, seller = make.person(), make.member(slow.firm)
    order = order_of(buyer, (slow, "1"), (make.product(firm=slow.firm, lead_days=2), "1"))
    walk(order, buyer, seller, S.CONFIRMED)
    assert order.act_by - order.events[-1].at >= timedelta(days=9, hours=23)


def test_the_buyer_says_once_that_the_seller_was_paid(session, deal, walk, fresh) -> None:
    order, _, buyer, seller = deal
    walk(order, buyer, seller, S.CONFIRMED)
    moving.say_paid(session, who(session, buyer), order.number, reference="FT2632812345")
    session.commit()
    kept = fresh(order)
    assert (kept.state, kept.paid_at is not None) == ("confirmed", True)
    assert (order.events[-1].to_state, order.events[-1].reason) == ("paid", "FT2632812345")
    with pytest.raises(NotPossible):
        moving.say_paid(session, who(session, buyer), order.number)


@pytest.mark.parametrize("state", [S.PLACED, S.COMPLETED])
def test_nothing_is_paid_before_the_seller_agreed_or_after_the_end(session, deal, walk, state) -> None:
    order, _, buyer, seller = deal
    walk(order, buyer, seller, state)
    with pytest.raises(NotPossible):
        moving.say_paid(session, who(session, buyer), order.number)


def test_the_seller_cannot_say_for_the_buyer_that_it_was_paid(session, deal, walk) -> None:
    order, _, buyer, seller = deal
    walk(order, buyer, seller, S.CONFIRMED)
    with pytest.raises(NotPossible):
        moving.say_paid(session, who(session, seller), order.number)


def test_of_two_people_pressing_at_once_one_wins_and_the_stock_moves_once(session, deal, fresh) -> None:
    order, product, buyer, seller = deal
    callers = [(who(session, buyer), S.CANCELLED), (who(session, seller), S.REFUSED)] * 4
    number, outcomes, start = order.number, [], Barrier(len(callers))
    session.commit()

    def press(caller, to) -> None:
        start.wait()
        try:
            with Session.begin() as own:
                moving.move(own, caller, number, to, reason="Changed my mind")
            outcomes.append("won")
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [Thread(target=press, args=pair) for pair in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotPossible"] * 7 + ["won"]
    assert stock(product, fresh) == (100, 0)
    with Session() as other:
        assert len(other.get(Order, order.id).events) == 2
        assert [name for name, rule in INVARIANTS.items() if other.connection().exec_driver_sql(rule).scalar()] == []
