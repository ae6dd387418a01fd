"""What states and steps are called, and what each side is to do next, in one sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.i18n import day, instant, localized, number
from app.marketplace.orders.models import PAID, Order, OrderState, Side
from app.reference.models import Rate

S, W = OrderState, Side

STATE_NAMES: dict[str, Any] = {
    S.PLACED: _l("placed"),
    S.CONFIRMED: _l("confirmed"),
    S.READY: _l("ready"),
    S.AT_GATE: _l("at the gate"),
    S.HANDED_OVER: _l("handed over"),
    S.COMPLETED: _l("completed"),
    S.CANCELLED: _l("cancelled"),
    S.REFUSED: _l("refused"),
    PAID: _l("payment reported"),
}
SIDE_NAMES: dict[str, Any] = {
    W.BUYER: _l("Buyer"),
    W.SELLER: _l("Seller"),
    W.MODERATOR: _l("Moderator"),
}
STEP_NAMES: dict[tuple[OrderState, Side], Any] = {
    (S.CONFIRMED, W.SELLER): _l("Confirm the order"),
    (S.READY, W.SELLER): _l("The goods are ready"),
    (S.AT_GATE, W.SELLER): _l("The goods are at the gate"),
    (S.HANDED_OVER, W.SELLER): _l("I handed the goods over"),
    (S.HANDED_OVER, W.BUYER): _l("I received the goods"),
    (S.COMPLETED, W.BUYER): _l("Everything is right: complete the order"),
    (S.COMPLETED, W.MODERATOR): _l("Complete the order"),
    (S.REFUSED, W.SELLER): _l("Refuse the order"),
    (S.REFUSED, W.BUYER): _l("Refuse the goods"),
    (S.CANCELLED, W.BUYER): _l("Cancel the order"),
    (S.CANCELLED, W.SELLER): _l("Cancel the order"),
    (S.CANCELLED, W.MODERATOR): _l("Cancel the order"),
}
NOTHING_MORE = {
    S.COMPLETED: _l("This order is complete. There is nothing more to do."),
    S.CANCELLED: _l("This order was cancelled. There is nothing more to do."),
    S.REFUSED: _l("This order was refused. There is nothing more to do."),
}
SELLER_IS_LATE = _l("%(firm)s should act by %(when)s.")
NEXT_FOR: dict[tuple[OrderState, Side], Any] = {
    (S.PLACED, W.BUYER): _l("%(firm)s should confirm by %(when)s. Until the goods are ready you can cancel."),
    (S.PLACED, W.SELLER): _l("Confirm or refuse this order by %(when)s."),
    (S.PLACED, W.MODERATOR): SELLER_IS_LATE,
    (S.CONFIRMED, W.BUYER): _l(
        "%(firm)s is preparing the goods, to be ready by %(when)s. Pay as agreed with the firm."
    ),
    (S.CONFIRMED, W.SELLER): _l("Prepare the goods and mark them ready by %(when)s."),
    (S.CONFIRMED, W.MODERATOR): SELLER_IS_LATE,
    (S.READY, W.BUYER): _l("The goods are ready. %(firm)s brings them to %(gate)s by %(when)s."),
    (S.READY, W.SELLER): _l("Bring the goods to %(gate)s by %(when)s."),
    (S.READY, W.MODERATOR): SELLER_IS_LATE,
    (S.AT_GATE, W.BUYER): _l("The goods are at %(gate)s. Check and receive them by %(when)s."),
    (S.AT_GATE, W.SELLER): _l("Hand the goods over to %(buyer)s at %(gate)s by %(when)s."),
    (S.AT_GATE, W.MODERATOR): _l("%(firm)s and %(buyer)s should meet at %(gate)s by %(when)s."),
    (S.HANDED_OVER, W.BUYER): _l(
        "Pay what is still open, and complete the order by %(when)s if everything is right."
    ),
    (S.HANDED_OVER, W.SELLER): _l("%(buyer)s should complete the order by %(when)s. You have nothing more to do."),
    (S.HANDED_OVER, W.MODERATOR): _l("%(buyer)s should complete the order by %(when)s."),
}
HAPPENED: dict[str, Any] = {
    S.PLACED: _l("%(buyer)s placed an order with %(firm)s."),
    S.CONFIRMED: _l("%(firm)s confirmed the order and prepares the goods."),
    S.READY: _l("The goods are ready."),
    S.AT_GATE: _l("The goods are at %(gate)s."),
    S.HANDED_OVER: _l("The goods were handed over at %(gate)s."),
    S.COMPLETED: _l("The order is complete."),
    S.CANCELLED: _l("The order was cancelled."),
    S.REFUSED: _l("The order was refused."),
    PAID: _l("%(buyer)s says that %(firm)s was paid. Check your account."),
}


def names(order: Order) -> dict[str, str]:
    """What the sentences about an order name, in the reader's language."""
    return {
        "number": order.number,
        "firm": localized(order.seller, "name"),
        "buyer": order.buyer.name,
        "gate": localized(order.gate, "short"),
        "when": instant(order.act_by),
    }


def what_next(order: Order, side: Side) -> str:
    """What this side is to do, or waits for, and by when."""
    state = S(order.state)
    return str(NOTHING_MORE.get(state) or NEXT_FOR[state, side]) % names(order)


def what_happened(order: Order, to_state: str) -> str:
    """A step in a sentence."""
    return str(HAPPENED[to_state]) % names(order)


def step_name(to: OrderState, side: Side) -> str:
    """The word on the button."""
    return str(STEP_NAMES[to, side])


def state_name(state: str) -> str:
    """A state in a word."""
    return str(STATE_NAMES[state])


def side_name(side: str) -> str:
    """A side in a word."""
    return str(SIDE_NAMES[side])


def order_title(order: Order) -> str:
    """What a page or a letter about an order is called."""
    return str(gettext("Order %(number)s", number=order.number))


def rate_words(rates: Iterable[Rate]) -> str:
    """The rates something was converted with, each with its day and source."""
    return "; ".join(
        gettext(
            "1 %(base)s = %(rate)s %(quote)s on %(day)s (%(source)s)",
            base=rate.base,
            rate=number(rate.rate, 2 if rate.rate < 100 else 0),
            quote=rate.quote,
            day=day(rate.day),
            source=rate.source,
        )
        for rate in rates
    )


PATH = (S.PLACED, S.CONFIRMED, S.READY, S.AT_GATE, S.HANDED_OVER, S.COMPLETED)


@dataclass(frozen=True, slots=True)
class Mark:
    """A state on the line of states: when it was reached, None if it is still to come."""

    state: OrderState
    name: str
    at: datetime | None
    here: bool


def line_of_states(order: Order) -> list[Mark]:
    """The whole way of an order; of one that ended badly, the way it went."""
    reached = {event.to_state: event.at for event in order.events}
    way = PATH if order.state in PATH else (*(state for state in PATH if state in reached), S(order.state))
    return [Mark(state, state_name(state), reached.get(state), state == order.state) for state in way]
