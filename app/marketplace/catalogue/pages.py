"""/{lang}/: the storefront's list, found by words, narrowed by facets, its whole state in the address."""

from decimal import Decimal

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from app.accounts.who import caller
from app.db import reading
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing
from app.marketplace.catalogue.facets import Question
from app.marketplace.catalogue.kept import Kept
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.shop import Shop
from app.reference.models import Gate, Rate
from app.signin_state import chosen_currency

bp: Blueprint = pages_blueprint("shop", __name__)
bp.add_app_template_filter(showing.unit_name)
bp.add_app_template_global(showing.lang_of)

ABOVE_THE_FOLD = 4
QUICK = ("gate", "category", "certificate")
SORTS = (
    ("relevance", _l("Best match")),
    ("newest", _l("Newest")),
    ("price", _l("Price, lowest first")),
    ("-price", _l("Price, highest first")),
)
_cards = Kept(8000)


@bp.get("/")
def goods() -> Response:
    """The products that answer the question in the address."""
    question = Question.of(request.args.to_dict(flat=False))
    with reading() as session:
        shop = shops.enter(session)
        listing = shops.browse(session, shop, question, chosen_currency())
        groups = showing.groups(listing.facets, shop.shelf)
        page = render_template(
            "catalogue/list.html",
            listing=listing,
            question=question,
            heading=showing.heading(question, shop.shelf),
            groups=groups,
            quick=[option for name in QUICK for group in groups if group.name == name for option in group.first],
            applied=_applied(question, shop),
            gate=_only_gate(question, shop),
            notices=notices(question, shop),
            cards=cards(session, shop, listing.ids),
            rates=rates_shown(shop),
            sorts=SORTS if question.q else SORTS[1:],
            sorted_by=question.sort or ("relevance" if question.q else "newest"),
            page_address=lambda page: question.address(page=page),
        )
    return revalidated(page)


def cards(session: OrmSession, shop: Shop, ids: tuple[int, ...]) -> list[Markup]:
    """The cards of products in this order. A card is drawn once for a version, language and currency."""
    kind, first = (shop.version, shop.day, language(), chosen_currency()), ids[:ABOVE_THE_FOLD]
    keys = {id_: (kind, id_, sold_out, id_ in first) for id_, sold_out in _sold_out(session, ids).items()}
    missing = tuple(id_ for id_, key in keys.items() if _cards.get(key) is None)
    drawn = {
        product.id: _cards.put(keys[product.id], _card(product, shop, *keys[product.id][2:]))
        for product in (shops.products(session, missing) if missing else ())
    }
    found = (drawn.get(id_) or _cards.get(keys[id_]) for id_ in ids if id_ in keys)
    return [card for card in found if card is not None]


def revalidated(page: str) -> Response:
    """A page that a visitor's browser may keep and ask about; what is signed in for is never kept."""
    response = make_response(page)
    response.vary.add("Cookie")
    if caller() is None:
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag(weak=True)
        response.make_conditional(request)
    return response


def rates_shown(shop: Shop) -> list[Rate]:
    """The rates behind the prices marked ≈."""
    currency = chosen_currency()
    return showing.rates_between(shop.rates, currency, showing.second_currency(currency, language()))


def notices(question: Question, shop: Shop) -> list[Gate]:
    """The gates with something to tell: those chosen, else all."""
    chosen = question.chosen.get("gate")
    return [
        gate
        for slug, gate in shop.shelf.gates.items()
        if gate.shows_notice(shop.day) and (not chosen or slug in chosen)
    ]


def _sold_out(session: OrmSession, ids: tuple[int, ...]) -> dict[int, bool]:
    """Stock is not part of the catalogue's version, so it is read each time."""
    rows = session.execute(
        select(Product.id, Product.on_hand, Product.reserved, Product.moq).where(Product.id.in_(ids))
    )
    return {id_: on_hand - reserved < moq for id_, on_hand, reserved, moq in rows}


def _card(product: Product, shop: Shop, sold_out: bool, at_once: bool) -> Markup:
    currency, quantity = chosen_currency(), Decimal(product.moq)
    second = showing.second_currency(currency, language())
    return Markup(  # noqa: S704 (rendered by a template, which escapes)
        render_template(
            "catalogue/_card.html",
            product=product,
            price=showing.price_of(product, quantity, currency, shop.rates),
            second=showing.price_of(product, quantity, second, shop.rates),
            certificates=showing.valid_certificates(product),
            certificate_name=showing.certificate_name,
            gates=[gate for gate in product.gates if gate.takes_goods(shop.day)],
            sold_out=sold_out,
            at_once=at_once,
        )
    )


def _applied(question: Question, shop: Shop) -> list[tuple[str, str]]:
    """What is chosen, each with the address without it."""
    return [
        (showing.label(facet, value, shop.shelf), question.toggled(facet, value))
        for facet, values in question.chosen.items()
        for value in values
    ]


def _only_gate(question: Question, shop: Shop) -> Gate | None:
    values = question.chosen.get("gate", ())
    return shop.shelf.gates.get(values[0]) if len(values) == 1 else None
