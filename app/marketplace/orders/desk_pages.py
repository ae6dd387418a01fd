"""Lists of orders at work: those to a firm, and all of them for moderators."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.models import Role
from app.accounts.who import firm_member, require
from app.db import reading
from app.i18n import pages_blueprint
from app.marketplace.orders import finding
from app.marketplace.orders.finding import Wish, waiting_for
from app.marketplace.orders.models import NEXT, OrderState, Side
from app.marketplace.orders.order_pages import listing
from app.reference import gates

bp: Blueprint = pages_blueprint("order_desk", __name__)

OPEN = tuple(state for state, steps in NEXT.items() if steps)
SHOWN = {
    "waiting": waiting_for(Side.SELLER),
    "open": OPEN,
    "ended": tuple(state for state in OrderState if state not in OPEN),
}


@bp.get("/seller/orders")
@require()
def of_firm() -> ResponseReturnValue:
    """Orders to the person's firm, those that wait for it first."""
    who = firm_member()
    with reading() as session:
        wish = _wish(firm_id=who.firm_id)
        return render_template(
            "orders/of_firm.html",
            **listing(session, wish, Side.SELLER),
            **_filters(session),
            waiting=finding.count_waiting(session, Wish(firm_id=who.firm_id), Side.SELLER),
        )


@bp.get("/moderation/orders")
@require(Role.MODERATOR, Role.ADMIN)
def all_of_them() -> ResponseReturnValue:
    """Every order, to find the one somebody complains about."""
    with reading() as session:
        return render_template(
            "orders/moderation.html", **listing(session, _wish(), Side.MODERATOR), **_filters(session)
        )


def _wish(**whose: Any) -> Wish:
    asked = request.args
    states = SHOWN.get(asked.get("show", ""), ())
    return Wish(states=states, gate=asked.get("gate", ""), q=asked.get("q", "")[:20], **whose)


def _filters(session: Any) -> dict[str, Any]:
    return {
        "gate_choices": gates.all_gates(session),
        "chosen": {name: request.args.get(name, "") for name in ("show", "gate", "q")},
    }
