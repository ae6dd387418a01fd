"""Pages of orders: one's own list, and one order as each side sees it."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app import forms
from app.accounts.who import Caller, require, signed_in
from app.addresses import number_of_row
from app.db import Session, now, reading
from app.errors import NotFound, Problem
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue.pricing import UnitPrice
from app.marketplace.catalogue.showing import second_currency
from app.marketplace.orders import finding, labels, moving
from app.marketplace.orders.finding import Wish
from app.marketplace.orders.freezing import in_currency
from app.marketplace.orders.models import NEED_REASON, PAYABLE, Order, Side
from app.marketplace.orders.moving import sides_of
from app.marketplace.orders.schemas import PaidForm, StepForm
from app.periods import today
from app.reference import countries
from app.reference.models import Rate
from app.signin_state import chosen_currency

bp: Blueprint = pages_blueprint("orders", __name__)


@bp.get("/orders")
@require()
def mine() -> str:
    """What the person ordered, what waits for an answer first; `group` shows what was placed at once."""
    group = request.args.get("group", type=number_of_row)
    with reading() as session:
        wish = Wish(buyer_id=signed_in().id, group_id=group)
        return render_template("orders/mine.html", **listing(session, wish, Side.BUYER), group=group)


@bp.get("/orders/<number>")
@require()
def show(number: str) -> ResponseReturnValue:
    """An order, for its buyer, the members of its firm, and moderators."""
    with reading() as session:
        return _page(session, signed_in(), number, {}, 200)


@bp.post("/orders/<number>/steps")
@require()
def step(number: str) -> ResponseReturnValue:
    """Make a step; what stands against it is told on the page as it is now."""
    try:
        values = forms.load(StepForm())
        with Session.begin() as session:
            moving.move(session, signed_in(), number, site=current_app.config["PUBLIC_URL"], **values)
    except (ValidationError, Problem) as error:
        return _again(number, error)
    return redirect(url_for("orders.show", number=number), 303)


@bp.post("/orders/<number>/paid")
@require()
def paid(number: str) -> ResponseReturnValue:
    """The buyer says that the seller was paid."""
    try:
        values = forms.load(PaidForm())
        with Session.begin() as session:
            moving.say_paid(session, signed_in(), number, site=current_app.config["PUBLIC_URL"], **values)
    except (ValidationError, Problem) as error:
        return _again(number, error)
    flash(_("The seller was told that you paid."), "good")
    return redirect(url_for("orders.show", number=number), 303)


def _again(number: str, error: ValidationError | Problem) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        raise error
    errors = {"_": [error.text()]} if isinstance(error, Problem) else forms.errors_of(error)
    with reading() as session:
        return _page(session, signed_in(), number, errors, getattr(error, "status", 422))


def _page(
    session: OrmSession, who: Caller, number: str, errors: dict[str, list[str]], status: int
) -> ResponseReturnValue:
    order = moving.find(session, who, number)
    sides = sides_of(order, who)
    page = render_template(
        "orders/order.html",
        order=order,
        say=labels,
        sides=sides,
        side=next(side for side in Side if side in sides),
        steps=order.steps(sides),
        need_reason=NEED_REASON,
        may_say_paid=Side.BUYER in sides and order.state in PAYABLE and order.paid_at is None,
        second=_second(session, order),
        country=dict(countries.options(session, language())).get(order.buyer.country, order.buyer.country),
        errors=errors,
        typed=request.form,
        today=today(),
        now=now(),
    )
    return page, status


def _second(session: OrmSession, order: Order) -> UnitPrice | None:
    """The total in the reader's currency, else in a second one, with the rates of the day it was placed."""
    chosen = chosen_currency()
    currency = chosen if chosen != order.currency else second_currency(order.currency, language())
    ids = [facts["id"] for facts in order.rates.values()]
    return in_currency(order.price, currency, session.scalars(select(Rate).where(Rate.id.in_(ids))))


def listing(session: OrmSession, wish: Wish, side: Side) -> dict[str, Any]:
    """What every list of orders shows."""
    page = forms.page_number()
    orders, total = finding.orders(session, wish, side, page)
    return {
        "orders": orders,
        "total": total,
        "say": labels,
        "now": now(),
        "page": page,
        "pages": forms.pages_of(total, finding.PAGE),
        "url_of": forms.page_url,
    }
