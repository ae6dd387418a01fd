"""/{lang}/: the storefront's list, found by words, narrowed by facets, its whole state in the address."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session as OrmSession

from app.accounts.who import caller
from app.db import reading
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import cards as read_cards
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing
from app.marketplace.catalogue.facets import Question
from app.marketplace.catalogue.kept import Kept
from app.marketplace.catalogue.shop import Shop
from app.reference.models import Gate, Rate
from app.signin_state import chosen_currency

bp: Blueprint = pages_blueprint("shop", __name__)
bp.add_app_template_filter(showing.unit_name)
bp.add_app_template_global(showing.lang_of)

ABOVE_THE_FOLD = 4
BETWEEN = "\x1e"  # a record separator, which no text of ours contains
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
    keys = {id_: (kind, id_, gone, id_ in first) for id_, gone in read_cards.sold_out(session, ids).items()}
    found: dict[int, Markup | None] = {id_: _cards.get(key) for id_, key in keys.items()}
    if missing := [id_ for id_, card in found.items() if card is None]:
        for id_, drawn in _drawn(session, shop, missing, keys).items():
            found[id_] = _cards.put(keys[id_], drawn)
    return [card for id_ in ids if (card := found.get(id_))]


def _drawn(session: OrmSession, shop: Shop, ids: list[int], keys: dict[int, Any]) -> dict[int, Markup]:
    """New cards, all in one go of the template."""
    currency = chosen_currency()
    second = showing.second_currency(currency, language())
    goods = read_cards.read(session, shop.shelf, ids)
    shown = [
        (
            card,
            showing.price_of(card, card.moq, currency, shop.rates),
            showing.price_of(card, card.moq, second, shop.rates),
            *keys[card.id][2:],
        )
        for card in goods
    ]
    label = showing.certificate_label
    drawn = render_template("catalogue/_cards.html", cards=shown, certificate_label=label, separator=BETWEEN)
    # What a template rendered is escaped already.
    return {card.id: Markup(text) for card, text in zip(goods, drawn.split(BETWEEN), strict=False)}  # noqa: S704


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
