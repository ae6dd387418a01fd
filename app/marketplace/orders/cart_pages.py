"""Pages of the cart, for visitors too, and the count in the header of every page."""

import logging
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app import forms
from app.accounts.who import caller
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, localized, pages_blueprint
from app.marketplace.catalogue import pricing
from app.marketplace.catalogue.showing import second_currency
from app.marketplace.orders import cart
from app.marketplace.orders.cart_cookie import cookie_name, owner, owner_or_new, remember
from app.marketplace.orders.schemas import AddForm, LineForm
from app.periods import today
from app.signin_state import chosen_currency

log = logging.getLogger(__name__)

bp: Blueprint = pages_blueprint("cart", __name__)


@bp.app_context_processor
def cart_words() -> dict[str, int]:
    """`cart_count` for the header, counted once a request; nothing is asked for a visitor without the cookie."""
    if "cart_count" not in g:
        g.cart_count = count()
    return {"cart_count": g.cart_count}


def count() -> int:
    """How many lines are in the cart of this request."""
    known = owner()
    if not known.exists:
        return 0
    try:
        with reading() as session:
            return cart.count(session, known)
    except SQLAlchemyError:
        log.exception("the cart could not be counted")  # a page about the failure must still come
        return 0


@bp.get("/cart")
def show() -> ResponseReturnValue:
    """What is in the cart, by firm and gate, with what stands against ordering it."""
    with reading() as session:
        return _page(session, {}, 200)


@bp.post("/cart/lines")
def add() -> ResponseReturnValue:
    """Put a product in the cart; a mistake leads back to the page the form was on."""
    known = owner_or_new()
    try:
        values = forms.load(AddForm())
        with Session.begin() as session:
            line = cart.add(
                session, known, values["product_id"], values["gate"], values["quantity"], chosen_currency()
            )
            name = localized(line.product, "name")
    except ValidationError as error:
        return _back(next(iter(forms.errors_of(error).values()))[0])
    except Problem as problem:
        return _back(problem.text())
    flash(_("“%(name)s” is in your cart.", name=name), "good")
    return remember(redirect(f"/{language()}/cart", 303), known)


@bp.post("/cart/lines/<int:line_id>")
def change(line_id: int) -> ResponseReturnValue:
    """Another quantity or gate; what cannot be read is told beside the line."""
    try:
        values = forms.load(LineForm())
        with Session.begin() as session:
            cart.change(session, owner(), line_id, values["quantity"], values["gate"], chosen_currency())
    except ValidationError as error:
        with reading() as session:
            return _page(session, {line_id: forms.errors_of(error)}, 422)
    return redirect(f"/{language()}/cart", 303)


@bp.post("/cart/lines/<int:line_id>/remove")
def remove(line_id: int) -> ResponseReturnValue:
    """Take a line out of the cart."""
    with Session.begin() as session:
        name = localized(cart.remove(session, owner(), line_id).product, "name")
    flash(_("“%(name)s” was taken out of your cart.", name=name))
    return redirect(f"/{language()}/cart", 303)


def merge_at_sign_in(session: OrmSession, person_id: int, cookies: Any) -> None:
    """What a visitor put in the cart before signing in is the person's afterwards."""
    if token := cookies.get(cookie_name(), ""):
        cart.merge(session, token, person_id)


def _page(session: OrmSession, errors: dict[int, dict[str, list[str]]], status: int) -> Response:
    who, currency, day = caller(), chosen_currency(), today()
    rates = pricing.newest(session, day)
    basket = cart.priced(session, owner(), currency, rates, day, who.firm_id if who else None)
    second = rates.convert(basket.total, second_currency(currency, language()))
    body = render_template(
        "orders/cart.html", basket=basket, second=second, errors=errors, typed=request.form, today=day
    )
    return remember(make_response(body, status), owner())


def _back(message: str) -> Response:
    flash(message, "bad")
    came_from = request.referrer or ""
    path = came_from.removeprefix(request.host_url.rstrip("/"))
    return redirect(forms.safe_target(path, f"/{language()}/cart"), 303)
