"""The rules of the state machine, without a database: every pair of states for every side."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from app.marketplace.orders.labels import HAPPENED, NEXT_FOR, NOTHING_MORE, STATE_NAMES, STEP_NAMES
from app.marketplace.orders.models import ACT_WITHIN, HOLDING, NEED_REASON, NEXT, PAID, Order, OrderState, Side

ALLOWED = {
    ("placed", "confirmed"): "seller",
    ("placed", "refused"): "seller",
    ("placed", "cancelled"): "buyer moderator",
    ("confirmed", "ready"): "seller",
    ("confirmed", "cancelled"): "buyer seller moderator",
    ("ready", "at_gate"): "seller",
    ("ready", "cancelled"): "seller moderator",
    ("at_gate", "handed_over"): "buyer seller",
    ("at_gate", "refused"): "buyer",
    ("at_gate", "cancelled"): "moderator",
    ("handed_over", "completed"): "buyer moderator",
}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(("state", "to", "side"), list(product(OrderState, OrderState, Side)))
def test_a_side_can_make_exactly_its_own_steps(state, to, side) -> None:
    order = Order(state=state)
    may = side in ALLOWED.get((state, to), "").split()
    assert order.side_for(to, {side}) == (side if may else None)
    assert (to in order.steps({side})) == may


def test_somebody_on_no_side_can_make_no_step() -> None:
    assert [Order(state=state).steps(set()) for state in OrderState] == [[]] * len(OrderState)


def test_somebody_on_two_sides_acts_as_the_buyer_before_the_moderator() -> None:
    order = Order(state=OrderState.PLACED)
    assert order.side_for(OrderState.CANCELLED, {Side.MODERATOR, Side.BUYER}) == Side.BUYER


def test_every_order_can_end_and_ends_are_ends() -> None:
    ends = {state for state, steps in NEXT.items() if not steps}
    assert ends == {OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUSED}
    reached = {OrderState.PLACED}
    for _ in OrderState:
        reached |= {to for state in reached for to in NEXT[state]}
    assert reached == set(OrderState)


def test_stock_is_held_until_the_goods_are_gone_or_given_back() -> None:
    leaving = {(state, to) for state, steps in NEXT.items() for to in steps if state in HOLDING and to not in HOLDING}
    assert {to for _, to in leaving} == {OrderState.HANDED_OVER, OrderState.CANCELLED, OrderState.REFUSED}
    back = {to for state, steps in NEXT.items() for to in steps if state not in HOLDING and to in HOLDING}
    assert back == set()


def test_only_ending_badly_needs_a_reason() -> None:
    assert {OrderState.CANCELLED, OrderState.REFUSED} == NEED_REASON


@pytest.mark.parametrize(
    ("state", "days"),
    [("placed", 2), ("confirmed", 6), ("ready", 3), ("at_gate", 1), ("handed_over", 7)],
)
def test_each_open_state_has_a_day_by_which_it_is_left(state, days) -> None:
    order = Order(lead_days=5)
    order.enter(OrderState(state), NOON)
    assert (order.state, order.act_by) == (state, NOON + timedelta(days=days))
    assert (order.is_late(NOON), order.is_late(NOON + timedelta(days=days, seconds=1))) == (False, True)


@pytest.mark.parametrize("state", [state for state in OrderState if not NEXT[state]])
def test_an_ended_order_is_never_late(state) -> None:
    order = Order(lead_days=0)
    order.enter(state, NOON)
    assert order.act_by is None
    assert not order.is_late(NOON + timedelta(days=1000))


def test_every_state_step_and_side_has_its_words() -> None:
    assert STATE_NAMES.keys() == HAPPENED.keys() == {*OrderState, PAID}
    assert STEP_NAMES.keys() == {
        (to, side) for steps in NEXT.values() for to, sides in steps.items() for side in sides
    }
    assert NEXT_FOR.keys() == set(product(ACT_WITHIN, Side))
    assert NOTHING_MORE.keys() == set(OrderState) - set(ACT_WITHIN)
