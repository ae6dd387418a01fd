"""Orders for programs: place, look up, list, and make a step."""

from typing import Any

from flask import Response, current_app, jsonify, request, url_for

from app.accounts.who import firm_member, require, signed_in
from app.api import StrictSchema, blueprint
from app.db import Session, reading
from app.marketplace.orders import finding, moving, place
from app.marketplace.orders.finding import Wish
from app.marketplace.orders.models import Side
from app.marketplace.orders.place import Item, Placing
from app.marketplace.orders.schemas import (
    FirmOrdersIn,
    OrderGroupListOut,
    OrderGroupOut,
    OrderIn,
    OrderListOut,
    OrderOut,
    OrdersIn,
    OrderStepIn,
)

bp = blueprint("Orders", __name__)

KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
    "description": "A new random text for each order; the same text again gives the same answer and orders nothing.",
}
NO_FIRM = "The person of the token belongs to no firm (Forbidden)"


@bp.post("/orders")
@require()
@bp.doc(parameters=[KEY])
@bp.arguments(OrderIn)
@bp.response(201, OrderGroupOut)
@bp.alt_response(400, description="No Idempotency-Key (KeyMissing), or the body is not valid JSON (NotJson)")
@bp.alt_response(409, description="A product is short (OutOfStock: product_id, name, available) or its price changed")
def place_order(wanted: dict[str, Any]) -> Response:
    """Order goods, one order for each firm and gate; all of it or nothing

    The answer to a key is kept: the same key with the same body is answered with it again, whatever happened since.
    """
    who, key = signed_in(), request.headers.get("Idempotency-Key", "")
    with Session.begin() as session:
        group = place.place(session, who, key, _placing(wanted), current_app.config["PUBLIC_URL"])
        if group.answer is None:
            session.refresh(group)
            group.answer = OrderGroupOut().dump(group)
        answer = jsonify(group.answer)
        answer.status_code, answer.location = 201, url_for(".get_order", group_id=group.id)
        return answer


@bp.get("/orders")
@require()
@bp.arguments(OrdersIn, location="query")
@bp.response(200, OrderGroupListOut)
def list_orders(asked: dict[str, Any]) -> Response:
    """What you ordered, newest first"""
    with reading() as session:
        groups, total = finding.groups_of(session, signed_in().id, asked["page"])
        return _json(OrderGroupListOut(), {"items": groups, "total": total})


@bp.get("/orders/<int:group_id>")
@require()
@bp.response(200, OrderGroupOut)
def get_order(group_id: int) -> Response:
    """What you placed at once, as it stands now"""
    with reading() as session:
        return _json(OrderGroupOut(), finding.group_of(session, signed_in().id, group_id))


@bp.post("/orders/steps")
@require()
@bp.arguments(OrderStepIn)
@bp.response(200, OrderOut)
@bp.alt_response(404, description="You have no such order, as buyer or as seller (NoSuchOrder)")
@bp.alt_response(409, description="Not possible from where the order stands now")
def make_step(step: dict[str, Any]) -> Response:
    """Confirm, refuse, cancel, hand over …: one step of one order, by the buyer or the seller"""
    with Session.begin() as session:
        order = moving.move(session, signed_in(), **step, site=current_app.config["PUBLIC_URL"])
        return _json(OrderOut(), order)


@bp.get("/seller/orders")
@require()
@bp.arguments(FirmOrdersIn, location="query")
@bp.response(200, OrderListOut)
@bp.alt_response(403, description=NO_FIRM)
def list_firm_orders(asked: dict[str, Any]) -> Response:
    """Orders to your firm, those that wait for you first"""
    who = firm_member()
    states = [asked["state"]] if "state" in asked else []
    wish = Wish(firm_id=who.firm_id, states=states, gate=asked.get("gate", ""))
    with reading() as session:
        orders, total = finding.orders(session, wish, Side.SELLER, asked["page"])
        return _json(OrderListOut(), {"items": orders, "total": total})


@bp.get("/seller/orders/<number>")
@require()
@bp.response(200, OrderOut)
@bp.alt_response(403, description=NO_FIRM)
def get_firm_order(number: str) -> Response:
    """One order to your firm"""
    with reading() as session:
        return _json(OrderOut(), moving.find(session, firm_member(), number))


def _json(schema: StrictSchema, thing: Any) -> Response:
    """Written while the transaction is open, since an order reads its history when asked."""
    return jsonify(schema.dump(thing))


def _placing(wanted: dict[str, Any]) -> Placing:
    items = tuple(
        Item(line["product_id"], line.get("gate", wanted["gate"]), line["quantity"], line.get("unit_price"))
        for line in wanted["lines"]
    )
    notes = {"": wanted["note"]} if wanted["note"] else {}
    return Placing(wanted["currency"], items, notes=notes)
