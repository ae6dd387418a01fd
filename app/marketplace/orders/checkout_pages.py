"""The checkout: shows exactly what will be charged, and places it once however often the button is pressed."""

import secrets
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app import forms
from app.accounts.models import Person
from app.accounts.who import Caller, caller, require, signed_in
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import pricing
from app.marketplace.catalogue.showing import second_currency
from app.marketplace.orders import cart, labels, place
from app.marketplace.orders.cart import Owner
from app.marketplace.orders.freezing import Contact
from app.marketplace.orders.models import Order, OrderGroup
from app.marketplace.orders.place import Placing
from app.marketplace.orders.schemas import CheckoutForm, ItemText
from app.periods import today
from app.reference import countries
from app.signin_state import chosen_currency

bp: Blueprint = pages_blueprint("checkout", __name__)

CONTACT = ("name", "phone", "country", "company", "address")
NOTE_FOR = "note-"


@bp.get("/checkout")
def show() -> ResponseReturnValue:
    """What will be ordered and charged, and whom the sellers meet at the gate; visitors sign in first."""
    who = caller()
    if who is None:
        flash(_("Sign in or open an account to order; your cart comes with you."))
        return redirect(url_for("accounts.sign_in_page", next=url_for("checkout.show")), 303)
    with reading() as session:
        return _page(session, who, _known_contact(session, who), {}, 200)


@bp.post("/checkout")
@require()
def order() -> ResponseReturnValue:
    """Place what the page showed. The second press of a double click leads to the orders of the first."""
    who = signed_in()
    try:
        values = _schema_values()
        with Session.begin() as session:
            group = place.place(session, who, values["key"], _placing(values), current_app.config["PUBLIC_URL"])
            return _placed(group)
    except ValidationError as error:
        errors, status = forms.errors_of(error), 422
    except Problem as problem:
        errors, status = {"_": [problem.text()]}, problem.status
    with reading() as session:
        return _page(session, who, forms.submitted(CheckoutForm()), errors, status)


def _schema_values() -> dict[str, Any]:
    """The form, with the notes for each seller gathered under "firm id/gate"."""
    schema = CheckoutForm()
    typed = forms.submitted(schema)
    notes = {name: typed.pop(name) for name in list(typed) if name.startswith(NOTE_FOR)}
    keyed = {name.removeprefix(NOTE_FOR).replace("-", "/", 1): note for name, note in notes.items()}
    return schema.load(typed | {"notes": keyed})


def _placing(values: dict[str, Any]) -> Placing:
    contact = Contact(**{name: values[name] for name in CONTACT})
    return Placing(values["currency"], tuple(values["lines"]), contact, values["notes"])


def _placed(group: OrderGroup) -> Response:
    many = len(group.orders)
    flash(ngettext("Your order was placed.", "Your %(num)s orders were placed.", many), "good")
    if many == 1:
        return redirect(url_for("orders.show", number=group.orders[0].number), 303)
    return redirect(url_for("orders.mine", group=group.id), 303)


def _page(
    session: OrmSession, who: Caller, values: dict[str, Any], errors: dict[str, list[str]], status: int
) -> ResponseReturnValue:
    currency, day = chosen_currency(), today()
    rates = pricing.newest(session, day)
    basket = cart.priced(session, Owner(who.id), currency, rates, day, who.firm_id)
    if basket.faults or not basket.parts:
        if errors:
            flash(next(iter(errors.values()))[0], "bad")
        elif basket.faults:
            flash(_("Some lines of your cart cannot be ordered as they are. They say why."), "bad")
        return redirect(f"/{language()}/cart", 303)
    page = render_template(
        "orders/checkout.html",
        basket=basket,
        say=labels,
        second=rates.convert(basket.total, second_currency(currency, language())),
        key=request.form.get("key") or secrets.token_urlsafe(18),
        write=ItemText.write,
        values=values,
        errors=errors,
        countries=countries.options(session, language()),
    )
    return page, status


def _known_contact(session: OrmSession, who: Caller) -> dict[str, Any]:
    """What the buyer gave with the last order, else what the account knows."""
    last = select(Order.buyer_facts).where(Order.buyer_id == who.id).order_by(Order.id.desc()).limit(1)
    facts = session.scalar(last)
    if facts is None:
        person = session.get_one(Person, who.id)
        facts = {"name": person.name, "phone": person.phone, "country": person.country}
    return {name: facts.get(name, "") for name in CONTACT}
