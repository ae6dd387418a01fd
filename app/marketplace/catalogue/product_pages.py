"""/{lang}/products/{slug}: one product with its price ladder, hand-over and facts; and suggestions while typing."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.db import reading
from app.errors import NotFound
from app.i18n import language, number, pages_blueprint
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing, suggesting
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.pages import cards, rates_shown, revalidated
from app.marketplace.catalogue.pricing import NoPrice, Rung, UnitPrice, ladder
from app.marketplace.catalogue.shelf import on_sale
from app.marketplace.catalogue.shop import Shop
from app.marketplace.fields import TypedQuantity
from app.marketplace.firms.models import Firm
from app.money import Money
from app.reference import hs_codes
from app.reference.models import Country, Gate
from app.signin_state import chosen_currency
from app.trade import flows

bp: Blueprint = pages_blueprint("products", __name__)
bp.add_app_template_filter(hs_codes.dotted, "hs_dotted")

SIMILAR = 4


@dataclass(frozen=True, slots=True)
class Offer:
    """What a quantity costs. `reached` is the rung it falls in; `wrong` says why it cannot be ordered."""

    quantity: Decimal
    wrong: str
    rungs: list[Rung]
    reached: int
    second: UnitPrice | None

    @property
    def total(self) -> Money | None:
        return self.rungs[self.reached].price.money.times(self.quantity) if self.rungs else None

    @property
    def second_total(self) -> Money | None:
        return self.second.money.times(self.quantity) if self.second else None


@bp.get("/products/<slug>")
def product(slug: str) -> Response:
    """A product on sale; the quantity and gate of the form are in the address."""
    with reading() as session:
        shop = shops.enter(session)
        found = session.scalar(select(Product).join(Firm).where(Product.slug == slug, on_sale()))
        if found is None:
            raise NotFound()
        offered = [gate for gate in found.gates if gate.takes_goods(shop.day)]
        gate = _chosen(offered)
        page = render_template(
            "catalogue/product.html",
            product=found,
            offer=_offer(found, shop),
            offered=offered,
            gate=gate,
            notices=[place for place in offered if place.shows_notice(shop.day)],
            certificates=showing.valid_certificates(found),
            certificate_name=showing.certificate_name,
            hs=hs_codes.lookup(session, found.hs_code),
            origin=session.get_one(Country, found.origin),
            crossing=flows.under_hs(session, found.hs_code[:4], gate.slug) if gate else None,
            similar=cards(session, shop, _similar(session, found)),
            rates=rates_shown(shop),
        )
    return revalidated(page)


@bp.get("/search/suggest")
def suggest() -> str:
    """What begins so, for the list under the search box."""
    with reading() as session:
        shop = shops.enter(session)
        found = suggesting.suggest(session, shop, request.args.get("q", ""))
        products = found.products if found else []
        prices = [showing.price_of(good, Decimal(good.moq), chosen_currency(), shop.rates) for good in products]
        return render_template("catalogue/suggestions.html", found=found, prices=prices)


def _chosen(offered: list[Gate]) -> Gate | None:
    """The gate of the address, else the first one there is."""
    asked = request.args.get("gate", "")
    return next((gate for gate in offered if gate.slug == asked), offered[0] if offered else None)


def _offer(found: Product, shop: Shop) -> Offer:
    quantity, wrong = _quantity(found)
    currency = chosen_currency()
    try:
        rungs = ladder(found, currency, shop.rates)
    except NoPrice:
        return Offer(quantity, wrong, [], 0, None)
    reached = max((place for place, rung in enumerate(rungs) if rung.quantity <= quantity), default=0)
    second = showing.price_of(found, quantity, showing.second_currency(currency, language()), shop.rates)
    return Offer(quantity, wrong, rungs, reached, second)


def _quantity(found: Product) -> tuple[Decimal, str]:
    """The quantity asked for, and what is wrong with it; the smallest order when nothing is asked."""
    typed = request.args.get("quantity", "").strip()
    if not typed:
        return Decimal(found.moq), ""
    try:
        quantity = TypedQuantity().deserialize(typed)
    except ValidationError as error:
        return Decimal(found.moq), " ".join(map(str, error.messages))
    if quantity < found.moq:
        return quantity, _("At least %(least)s can be ordered.", least=number(found.moq))
    if quantity % found.multiple:
        return quantity, _("It is sold in steps of %(step)s.", step=number(found.multiple))
    if quantity > found.available:
        return quantity, _("Only %(left)s is left.", left=number(found.available))
    return quantity, ""


def _similar(session: OrmSession, found: Product) -> tuple[int, ...]:
    """The nearest goods by HS code: under the same heading first, then of the same category."""
    others = select(Product.id).join(Firm).where(on_sale(), Product.id != found.id)
    heading = others.where(Product.hs_code.startswith(found.hs_code[:4]))
    shelf = others.where(Product.category_id == found.category_id)
    ids = [
        *session.scalars(heading.limit(SIMILAR)),
        *session.scalars(shelf.order_by(Product.id.desc()).limit(SIMILAR)),
    ]
    return tuple(dict.fromkeys(ids))[:SIMILAR]
