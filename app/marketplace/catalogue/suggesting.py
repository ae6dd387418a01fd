"""What is offered while somebody types: products, firms, categories and HS codes that begin so."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.marketplace.catalogue import cards, searching
from app.marketplace.catalogue.cards import Card
from app.marketplace.catalogue.shelf import Named, Shelf
from app.marketplace.catalogue.shop import Shop
from app.marketplace.catalogue.terms import tokens
from app.reference.models import HsCode
from app.text import fold

PRODUCTS, OTHERS = 5, 3


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Each with the number of products it leads to, products apart."""

    q: str
    total: int
    products: list[Card]
    firms: list[tuple[Named, int]]
    categories: list[tuple[Named, int]]
    codes: list[tuple[HsCode, HsCode, int]]


def suggest(session: Session, shop: Shop, q: str) -> Suggestions | None:
    """The best of each kind for an unfinished question; None while nothing was typed."""
    q = " ".join(q.split())[:100]
    found = searching.find(session, shop.shelf, q)
    if found is None:
        return None
    best = tuple(shop.shelf.ids[place] for place in found.ranked[:PRODUCTS])
    return Suggestions(
        q=q,
        total=len(found.ranked),
        products=cards.read(session, shop.shelf, best),
        firms=_named(shop.shelf, "firm", q),
        categories=_named(shop.shelf, "category", q),
        codes=_codes(session, shop.shelf, found.ranked),
    )


def _named(shelf: Shelf, facet: str, q: str) -> list[tuple[Named, int]]:
    """Those with goods in whose names every word of the question begins a word, the largest first."""
    asked = [fold(word) for word in searching.asked_words(q)]
    names = shelf.firms if facet == "firm" else shelf.categories
    words = shelf.kept.made(("names", facet), lambda: {slug: _words(named) for slug, named in names.items()})
    met = [slug for slug in shelf.sets[facet] if all(any(w.startswith(a) for w in words[slug]) for a in asked)]
    sizes = {slug: shelf.sets[facet][slug].bit_count() for slug in met}
    return [(names[slug], sizes[slug]) for slug in sorted(met, key=lambda slug: (-sizes[slug], slug))[:OTHERS]]


def _words(named: Named) -> set[str]:
    names = (named.name_vi, named.name_en, named.name_km)
    return {fold(word) for name in names if name for word in tokens(name)}


def _codes(session: Session, shelf: Shelf, ranked: tuple[int, ...]) -> list[tuple[HsCode, HsCode, int]]:
    """The HS lines under which most of what was found is declared, each with its heading."""
    most = Counter(shelf.hs_codes[place] for place in ranked).most_common(OTHERS)
    wanted = {code[:size] for code, _ in most for size in (4, 8)}
    nodes = {node.code: node for node in session.scalars(select(HsCode).where(HsCode.code.in_(wanted)))}
    return [(nodes[code], nodes[code[:4]], count) for code, count in most if code in nodes]
