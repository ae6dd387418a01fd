"""/{lang}/: the storefront's list, found by words, narrowed by facets, its whole state in the address."""

from collections.abc import Hashable
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session as OrmSession

from app.assets import asset
from app.db import reading
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import cards as read_cards
from app.marketplace.catalogue import shop as shops
from app.marketplace.catalogue import showing, whole_pages
from app.marketplace.catalogue.facets import Question
from app.marketplace.catalogue.kept import Kept
from app.marketplace.catalogue.shop import Listing, Shop
from app.reference.models import Gate
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
_cards, _frames = Kept(8000), Kept(500)


class Frame(NamedTuple):
    """What stands around the cards of a list."""

    heading: str
    before: Markup
    pages: Markup
    rates: Markup


@bp.get("/")
def goods() -> Response:
    """The products that answer the question in the address."""
    question = Question.of(request.args.to_dict(flat=False))
    with reading() as session:
        shop = shops.enter(session)
        return whole_pages.answer((*kind_of(shop), shop.version.sold_out), lambda: _draw(session, shop, question))


def _draw(session: OrmSession, shop: Shop, question: Question) -> str:
    listing = shops.browse(session, shop, question, chosen_currency())
    key = (kind_of(shop), question.address(page=question.page))
    frame = _frames.made(key, lambda: _frame(shop, question, listing))
    shown = cards(session, shop, listing.ids)
    return render_template(
        "catalogue/list.html", frame=frame, cards=shown, converted=any("≈" in card for card in shown)
    )


def kind_of(shop: Shop) -> tuple[Hashable, ...]:
    """What drawn parts depend on: the catalogue, the rates, the day, the reader, and the icons they point to."""
    version = shop.version
    return version.catalogue, version.last_rate, shop.day, language(), chosen_currency(), asset("icons.svg")


def _frame(shop: Shop, question: Question, listing: Listing) -> Frame:
    groups = showing.groups(listing.facets, shop.shelf)
    heading = showing.heading(question, shop.shelf)
    facts = {
        "listing": listing,
        "question": question,
        "heading": heading,
        "groups": groups,
        "quick": [option for name in QUICK for group in groups if group.name == name for option in group.first],
        "applied": _applied(question, shop),
        "gate": _only_gate(question, shop),
        "notices": _notices(question, shop),
        "rates": showing.by_source(
            showing.rates_between(
                shop.rates, chosen_currency(), showing.second_currency(chosen_currency(), language())
            )
        ),
        "sorts": SORTS if question.q else SORTS[1:],
        "sorted_by": question.sort or ("relevance" if question.q else "newest"),
        "page_address": lambda page: question.address(page=page),
    }
    parts = (render_template(f"catalogue/_{part}.html", **facts) for part in ("before", "pages", "rates"))
    return Frame(heading, *map(Markup, parts))  # a template escaped them


def cards(session: OrmSession, shop: Shop, ids: tuple[int, ...]) -> list[Markup]:
    """The cards of products in this order. A card is drawn once for a version, language and currency."""
    kind, gone = kind_of(shop), shop.sold_out
    keys = {id_: (kind, id_, id_ in gone, place < ABOVE_THE_FOLD) for place, id_ in enumerate(ids)}
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
    drawn = render_template(
        "catalogue/_cards.html",
        cards=shown,
        gates={gate.slug: gate for card in goods for gate in card.gates}.values(),
        certificate_label=showing.certificate_label,
        separator=BETWEEN,
    )
    # What a template rendered is escaped already.
    return {card.id: Markup(text) for card, text in zip(goods, drawn.split(BETWEEN), strict=False)}  # noqa: S704


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


def _notices(question: Question, shop: Shop) -> list[Gate]:
    """The gates with something to tell: those chosen, else all."""
    chosen = question.chosen.get("gate")
    return [
        gate
        for slug, gate in shop.shelf.gates.items()
        if gate.shows_notice(shop.day) and (not chosen or slug in chosen)
    ]
