"""/{lang}/seller/: the seller's desk, and the list of the firm's products with their stock."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from app import forms
from app.accounts.who import Caller, firm_member, require, signed_in
from app.db import Session, now, reading
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import listing, overview, stocking
from app.marketplace.catalogue.labels import STATE_NAMES, state_name
from app.marketplace.catalogue.models import Product, step_price
from app.marketplace.catalogue.pricing import ASK_FIRST
from app.marketplace.catalogue.schemas import AdjustSchema, StockSchema
from app.marketplace.firms import labels as firm_labels
from app.marketplace.firms import members
from app.marketplace.orders import finding
from app.marketplace.orders import labels as order_labels
from app.marketplace.orders.models import Side
from app.money import Money
from app.reference.hs_codes import dotted

bp: Blueprint = pages_blueprint("seller", __name__)

ORDERS_SHOWN = 6


@bp.get("/seller/")
@require()
def desk() -> str:
    """What waits for the seller; for somebody without a firm, the way to one."""
    who = signed_in()
    if who.firm_id is None:
        with reading() as session:
            return render_template("seller/welcome.html", invitations=members.invitations(session, who.id))
    return _desk(who, who.firm_id)


@bp.get("/seller/products")
@require()
def products() -> str:
    """The firm's products, narrowed by state, words or scarcity."""
    who = firm_member()
    asked = request.args
    wish = overview.Wish(
        firm_id=who.firm_id or 0,
        state=asked.get("state", "") if asked.get("state") in STATE_NAMES else "",
        q=asked.get("q", "").strip()[:100],
        scarce=asked.get("show") == "scarce",
    )
    page = forms.page_number()
    with reading() as session:
        found, total = overview.products(session, wish, page)
        return render_template(
            "seller/products.html",
            products=found,
            total=total,
            wish=wish,
            page=page,
            pages=forms.pages_of(total, overview.PAGE),
            counts=overview.count_by_state(session, wish.firm_id),
            scarce=overview.running_out(session, wish.firm_id, 0)[1],
            states=STATE_NAMES,
            state_name=state_name,
            own_price=own_price,
            dotted=dotted,
            url_of=forms.page_url,
        )


@bp.post("/seller/products/<int:product_id>/stock")
@require()
def count_stock(product_id: int) -> ResponseReturnValue:
    """What is there after a count; for htmx only the row."""
    who = firm_member()
    try:
        values = forms.load(StockSchema())
        with Session.begin() as session:
            product = listing.own(session, who, product_id, lock=True)
            stocking.set_stock(session, who, product, values["on_hand"], values["seen"])
    except ValidationError as error:
        return _stock_answer(product_id, " ".join(s for said in forms.errors_of(error).values() for s in said), 422)
    except (stocking.StockHeld, stocking.StockMoved) as refused:
        return _stock_answer(product_id, refused.text(), refused.status)
    return _stock_answer(product_id, "", 200)


@bp.post("/seller/products/<int:product_id>/adjust")
@require()
def adjust_stock(product_id: int) -> ResponseReturnValue:
    """What came in or was lost."""
    who = firm_member()
    try:
        values = forms.load(AdjustSchema())
        by = values["by"] if values["way"] == "in" else -values["by"]
        with Session.begin() as session:
            stocking.adjust_stock(session, who, listing.own(session, who, product_id, lock=True), by)
    except ValidationError as error:
        flash(" ".join(s for said in forms.errors_of(error).values() for s in said), "bad")
    except stocking.StockHeld as refused:
        flash(refused.text(), "bad")
    else:
        flash(_("The stock is saved."), "good")
    return redirect(f"/{language()}/seller/products/{product_id}#stock", 303)


def own_price(product: Product) -> Money | None:
    """The first step of the firm's own ladder, in VND where it quotes VND."""
    found = (step_price(product.prices, product.moq, currency) for currency in ASK_FIRST)
    return next((price for price in found if price), None)


def _stock_answer(product_id: int, problem: str, status: int) -> ResponseReturnValue:
    """The cell of the list again, or the page the form came from."""
    if not forms.is_htmx():
        flash(problem or _("The stock is saved."), "bad" if problem else "good")
        target = forms.safe_target(request.args.get("next"), f"/{language()}/seller/products")
        return redirect(target, 303)
    with reading() as session:
        product = listing.own(session, firm_member(), product_id)
        cell = render_template("seller/_stock.html", product=product, problem=problem, saved=not problem)
        return cell, status


def _desk(who: Caller, firm_id: int) -> str:
    with reading() as session:
        firm = members.firm_of(session, who)
        mine = finding.Wish(firm_id=firm_id, states=finding.waiting_for(Side.SELLER))
        orders, waiting = finding.orders(session, mine, Side.SELLER)
        scarce, scarce_total = overview.running_out(session, firm_id)
        return render_template(
            "seller/desk.html",
            firm=firm,
            firm_state=firm_labels.state_name(firm.state),
            what_now=str(firm_labels.WHAT_NOW[firm.state]),
            orders=orders[:ORDERS_SHOWN],
            waiting=waiting,
            say=order_labels,
            now=now(),
            scarce=scarce,
            scarce_total=scarce_total,
            counts=overview.count_by_state(session, firm_id),
            to_mend=overview.to_mend(session, firm_id),
            states=STATE_NAMES,
            owner=who.firm_role == members.OWNER,
        )
