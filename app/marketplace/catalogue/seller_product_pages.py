"""/{lang}/seller/products/…: the product form, its photos, and sending it for review."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app.accounts.who import Caller, firm_member, require
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, localized, pages_blueprint
from app.marketplace.catalogue import listing, photos, product_form
from app.marketplace.catalogue.categories import all_categories
from app.marketplace.catalogue.certificates import KINDS
from app.marketplace.catalogue.labels import WHAT_NOW, state_name
from app.marketplace.catalogue.media import folder
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.catalogue.product_form import Errors
from app.marketplace.catalogue.schemas import ProductSchema
from app.marketplace.firms import members
from app.periods import today
from app.reference import countries, gates, hs_codes
from app.reference.hs_codes import dotted
from app.units import UNITS

bp: Blueprint = pages_blueprint("seller_products", __name__)

PHOTO_REQUEST = 60_000_000
"""A phone sends several pictures at once; each is limited on its own."""
NEW = {
    "category": "",
    "origin": "VN",
    "unit": "KGM",
    "moq": "1",
    "multiple": "1",
    "lead_days": 2,
    "gates": ["moc-bai"],
}


@bp.get("/seller/products/new")
@require()
def blank() -> ResponseReturnValue:
    """An empty form."""
    return _page(firm_member(), None, NEW, {}, 200)


@bp.post("/seller/products/new")
@require()
def create() -> ResponseReturnValue:
    """Keep a draft; photos come next."""
    who, asked = firm_member(), request.form.get("then", "")
    typed = product_form.typed(request.form)
    if asked.startswith("more-"):
        return _page(who, None, typed, {}, 200, more=asked.removeprefix("more-"))
    try:
        with Session.begin() as session:
            values = _schema(session).load(typed)
            product_id = listing.draft(session, who, members.firm_of(session, who), values).id
    except ValidationError as error:
        return _page(who, None, typed, product_form.errors_of(error), 422)
    except (hs_codes.NoSuchCode, hs_codes.NotALine) as wrong:
        return _page(who, None, typed, {"hs_code": [wrong.text()]}, 422)
    flash(_("The draft is saved. Add photos, then send it for review."), "good")
    return redirect(f"/{language()}/seller/products/{product_id}#photos", 303)


@bp.get("/seller/products/<int:product_id>")
@require()
def form(product_id: int) -> ResponseReturnValue:
    """The form of a product."""
    return _page(firm_member(), product_id, None, {}, 200)


@bp.post("/seller/products/<int:product_id>")
@require()
def save(product_id: int) -> ResponseReturnValue:
    """Save what the form says, and send it for review when asked to."""
    who, asked = firm_member(), request.form.get("then", "")
    typed = product_form.typed(request.form)
    if asked.startswith("more-"):
        return _page(who, product_id, typed, {}, 200, more=asked.removeprefix("more-"))
    try:
        with Session.begin() as session:
            product = listing.own(session, who, product_id, lock=True)
            back = listing.edit(session, who, product, _schema(session).load(typed))
            problem = _submitted(session, who, product) if asked == "submit" else None
    except ValidationError as error:
        return _page(who, product_id, typed, product_form.errors_of(error), 422)
    except (hs_codes.NoSuchCode, hs_codes.NotALine) as wrong:
        return _page(who, product_id, typed, {"hs_code": [wrong.text()]}, 422)
    except listing.UnitInUse as wrong:
        return _page(who, product_id, typed, {"unit": [wrong.text()]}, 422)
    _tell_saved(back, asked == "submit", problem)
    return redirect(f"/{language()}/seller/products/{product_id}", 303)


@bp.post("/seller/products/<int:product_id>/submit")
@require()
def submit(product_id: int) -> Response:
    """Send it for review as it is."""
    return _step(product_id, listing.submit, _("The product is sent. A moderator looks at it next."))


@bp.post("/seller/products/<int:product_id>/withdraw")
@require()
def withdraw(product_id: int) -> Response:
    """Off the shelf, or out of the queue."""
    return _step(
        product_id, listing.withdraw, _("The product is withdrawn. Buyers do not see it; open orders go on.")
    )


@bp.post("/seller/products/<int:product_id>/photos")
@require()
def add_photos(product_id: int) -> Response:
    """Take over the pictures that are right, and say what is wrong with the others."""
    request.max_content_length = PHOTO_REQUEST
    who = firm_member()
    with reading() as session:
        room = photos.MOST_PHOTOS - len(listing.own(session, who, product_id).photos)
    sent = [file for file in request.files.getlist("photos") if file.filename]
    if not sent:
        flash(_("Choose at least one picture."), "bad")
    if len(sent) > room:  # a picture takes seconds: those without a place are not looked at
        flash(photos.TooManyPhotos(most=photos.MOST_PHOTOS).text(), "bad")
    for file in sent[:room]:
        try:
            ready = photos.prepare(file.stream.read(photos.LARGEST_BYTES + 1), str(file.filename)[:80])
            with Session.begin() as session:
                product = listing.own(session, who, product_id, lock=True)
                photos.attach(session, who, product, ready, folder())
        except photos.WrongPhoto as wrong:
            flash(wrong.text(), "bad")
    return redirect(f"/{language()}/seller/products/{product_id}#photos", 303)


@bp.post("/seller/products/<int:product_id>/photos/<int:photo_id>/remove")
@require()
def remove_photo(product_id: int, photo_id: int) -> Response:
    """Take a photo off."""
    who = firm_member()
    with Session.begin() as session:
        photos.remove(session, who, listing.own(session, who, product_id, lock=True), photo_id)
    return redirect(f"/{language()}/seller/products/{product_id}#photos", 303)


@bp.post("/seller/products/<int:product_id>/photos/<int:photo_id>/first")
@require()
def put_photo_first(product_id: int, photo_id: int) -> Response:
    """Show this photo on cards."""
    who = firm_member()
    with Session.begin() as session:
        photos.put_first(session, who, listing.own(session, who, product_id, lock=True), photo_id)
    return redirect(f"/{language()}/seller/products/{product_id}#photos", 303)


def _step(product_id: int, verb: Any, said: str) -> Response:
    who = firm_member()
    try:
        with Session.begin() as session:
            verb(session, who, listing.own(session, who, product_id, lock=True))
        flash(said, "good")
    except (listing.NotNow, listing.FirmNotVerified, listing.NoPriceYet, listing.NoGateYet) as problem:
        flash(problem.text(), "bad")
    return redirect(f"/{language()}/seller/products/{product_id}", 303)


def _submitted(session: OrmSession, who: Caller, product: Product) -> Problem | None:
    """Send it, or answer why not: what was typed is kept in either case."""
    try:
        listing.submit(session, who, product)
    except (listing.NotNow, listing.FirmNotVerified, listing.NoPriceYet, listing.NoGateYet) as problem:
        return problem
    return None


def _tell_saved(back: bool, sent: bool, problem: Problem | None) -> None:
    if problem is not None:
        flash(_("Everything is saved. %(problem)s", problem=problem.text()), "bad")
    elif sent:
        flash(_("Saved and sent. A moderator looks at it next."), "good")
    elif back:
        flash(_("Saved. A moderator looks at the changes before buyers see the product again."), "info")
    else:
        flash(_("Saved."), "good")


def _schema(session: OrmSession) -> ProductSchema:
    return ProductSchema(
        [category.slug for category in all_categories(session)],
        [gate.slug for gate in gates.for_goods(session, today())],
    )


def _page(
    who: Caller, product_id: int | None, typed: dict[str, Any] | None, errors: Errors, status: int, more: str = ""
) -> ResponseReturnValue:
    with reading() as session:
        product = listing.own(session, who, product_id) if product_id is not None else None
        values = typed or (product_form.of(product) if product else {})
        page = render_template(
            "seller/product.html",
            product=product,
            values=values,
            errors=errors,
            summary=product_form.summary_of(errors),
            rows=product_form.rows_shown(values, more),
            state=state_name(product.state) if product else "",
            what_now=str(WHAT_NOW[ProductState(product.state)]) if product else "",
            can=_can(product),
            **_choices(session, values),
        )
        return page, status


def _can(product: Product | None) -> set[str]:
    """Which steps the page offers."""
    if product is None:
        return set()
    steps = {
        ProductState.DRAFT: {"submit"},
        ProductState.PENDING: {"withdraw"},
        ProductState.PUBLISHED: {"withdraw"},
        ProductState.REJECTED: {"submit"},
        ProductState.WITHDRAWN: {"submit"},
    }
    return steps[ProductState(product.state)]


def _choices(session: OrmSession, values: dict[str, Any]) -> dict[str, Any]:
    code = hs_codes.plain(str(values.get("hs_code", "")))
    try:
        hit = hs_codes.line(session, code) if code else None
    except (hs_codes.NoSuchCode, hs_codes.NotALine):
        hit = None
    return {
        "categories": [("", "–"), *((c.slug, localized(c, "name")) for c in all_categories(session))],
        "countries": countries.options(session, language()),
        "units": [(unit.code, localized(unit, "name")) for unit in UNITS.values()],
        "gates": gates.for_goods(session, today()),
        "kinds": [("", "–"), *((code, str(name)) for code, name in KINDS.items())],
        "hs": hit,
        "dotted": dotted,
        "most_photos": photos.MOST_PHOTOS,
    }
