"""/{lang}/products/{slug}: one product with its price ladder, hand-over and facts; and suggestions while typing."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as OrmSession

from app import forms
from app.db import reading
from app.errors import NotFound
from app.i18n import language, number, pages_blueprint
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing, suggesting, whole_pages
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.pages import cards, kind_of
from app.marketplace.catalogue.pricing import NoPrice, Rung, UnitPrice, ladder
from app.marketplace.catalogue.shelf import on_sale
from app.marketplace.catalogue.shop import Shop
from app.marketplace.fields import TypedQuantity
from app.marketplace.firms.models import Firm
from app.money import Money
from app.reference import hs_codes
from app.reference.models import Country, Gate, Rate
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
    total: Money | None
    second_total: UnitPrice | None

    @property
    def rates(self) -> list[Rate]:
        """What the prices marked ≈ were converted with."""
        shown = (*(rung.price for rung in self.rungs), self.second, self.second_total)
        return [rate for price in shown if price for rate in price.rates]


@bp.get("/products/<slug>")
def product(slug: str) -> Response:
    """A product on sale; the quantity and gate of the form are in the address."""
    with reading() as session:
        shop = shops.enter(session)
        found = session.scalar(select(Product).join(Firm).where(Product.slug == slug, on_sale()))
        if found is None:
            raise NotFound()
        offered = [gate for gate in found.gates if gate.takes_goods(shop.day)]
        gate, offer = _chosen(offered), _offer(found, shop)
        page = render_template(
            "catalogue/product.html",
            product=found,
            offer=offer,
            offered=offered,
            gate=gate,
            notices=[place for place in offered if place.shows_notice(shop.day)],
            certificates=showing.valid_certificates(found),
            certificate_name=showing.certificate_name,
            hs=hs_codes.lookup(session, found.hs_code),
            origin=session.get(Country, found.origin),
            crossing=flows.under_hs(session, found.hs_code[:4], gate.slug) if gate else None,
            similar=cards(session, shop, _similar(session, found)),
            rates=showing.by_source(offer.rates),
        )
    return whole_pages.revalidated(page)


@bp.get("/search/suggest")
def suggest() -> Response:
    """What begins so, for the list under the search box."""
    with reading() as session:
        shop = shops.enter(session)
        return whole_pages.answer(kind_of(shop), lambda: _suggestions(session, shop, request.args.get("q", "")))


def _suggestions(session: OrmSession, shop: Shop, q: str) -> str:
    found = suggesting.suggest(session, shop, q)
    goods = found.products if found else []
    prices = [showing.price_of(good, good.moq, chosen_currency(), shop.rates) for good in goods]
    return render_template("catalogue/suggestions.html", found=found, prices=prices)


def _chosen(offered: list[Gate]) -> Gate | None:
    """The gate of the address, else the first one there is."""
    asked = request.args.get("gate", "")
    return next((gate for gate in offered if gate.slug == asked), offered[0] if offered else None)


def _offer(found: Product, shop: Shop) -> Offer:
    quantity, wrong = _quantity(found)
    currency = chosen_currency()
    second = showing.second_currency(currency, language())
    try:
        rungs = ladder(found, currency, shop.rates)
    except NoPrice:
        return Offer(quantity, wrong, [], 0, None, None, None)
    reached = max((place for place, rung in enumerate(rungs) if rung.quantity <= quantity), default=0)
    total = rungs[reached].price.money.times(quantity)
    beside = showing.price_of(found, quantity, second, shop.rates)
    return Offer(
        quantity=quantity,
        wrong=wrong,
        rungs=rungs,
        reached=reached,
        second=beside,
        total=total,
        second_total=_times(beside, quantity) or shop.rates.convert(total, second),
    )


def _times(price: UnitPrice | None, quantity: Decimal) -> UnitPrice | None:
    """The sum by the firm's own price; None when it quotes none."""
    return UnitPrice(price.money.times(quantity)) if price and not price.converted else None


def _quantity(found: Product) -> tuple[Decimal, str]:
    """The quantity asked for, and what is wrong with it; the smallest order when nothing is asked."""
    typed = request.args.get("quantity", "").strip()
    if not typed:
        return Decimal(found.moq), ""
    try:
        quantity = TypedQuantity().deserialize(typed)
    except ValidationError as error:
        return Decimal(found.moq), " ".join(*forms.errors_of(error).values())
    if quantity < found.moq:
        return quantity, _("The smallest order is %(quantity)s.", quantity=number(found.moq))
    if quantity % found.multiple:
        return quantity, _("Order in steps of %(multiple)s.", multiple=number(found.multiple))
    if quantity > found.available:
        return quantity, _("Only %(quantity)s can be ordered now.", quantity=number(found.available))
    return quantity, ""


def _similar(session: OrmSession, found: Product) -> tuple[int, ...]:
    """Other goods of the same category: those under the same HS heading first, then the newest."""
    same_heading = case((func.substr(Product.hs_code, 1, 4) == found.hs_code[:4], 0), else_=1)
    others = select(Product.id).join(Firm).where(on_sale(), Product.id != found.id)
    nearest = others.where(Product.category_id == found.category_id).order_by(
        same_heading, Product.published_at.desc(), Product.id.desc()
    )
    return tuple(session.scalars(nearest.limit(SIMILAR)))
