"""The storefront's list: the question's products, in order, on one page, with what narrowing further would leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.marketplace.catalogue import searching, version
from app.marketplace.catalogue import shelf as shelves
from app.marketplace.catalogue.facets import Choice, Question, counted, narrowed
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.pricing import Rates, newest
from app.marketplace.catalogue.searching import Found, WayOn
from app.marketplace.catalogue.shelf import Shelf, on_sale
from app.marketplace.catalogue.version import Version
from app.marketplace.firms.models import Firm
from app.periods import today

PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class Shop:
    """What is on sale on a day, and the rates its prices are shown with."""

    day: date
    version: Version
    shelf: Shelf
    rates: Rates

    @property
    def sold_out(self) -> frozenset[int]:
        """The products of which less is left than the smallest order."""
        return frozenset(map(int, (self.version.sold_out or "").split()))


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the answer to a question."""

    question: Question
    ids: tuple[int, ...]
    total: int
    firms: int
    page: int
    pages: int
    facets: dict[str, list[Choice]]
    unfiltered: int
    ways_on: list[WayOn]


_rates: dict[tuple[int | None, date], Rates] = {}


def enter(session: Session) -> Shop:
    """The shop of today."""
    day, now = today(), version.current(session)
    return Shop(day, now, shelves.at(session, now.catalogue, day), _newest_rates(session, now.last_rate, day))


def browse(session: Session, shop: Shop, question: Question, currency: str, per_page: int = PER_PAGE) -> Listing:
    """Answer a question. A page after the last one shows the last one."""
    key = ("listing", question.address(page=question.page), currency, shop.version.last_rate, per_page)
    listing: Listing = shop.shelf.kept.made(key, lambda: _browse(session, shop, question, currency, per_page))
    return listing


def _browse(session: Session, shop: Shop, question: Question, currency: str, per_page: int) -> Listing:
    shelf = shop.shelf
    found = searching.find(session, shelf, question.q)
    everything = found.places if found else shelf.everything
    places = narrowed(shelf, question, shop.rates, everything)
    total = places.bit_count()
    pages = max(1, -(-total // per_page))
    page = min(question.page, pages)
    shown = _in_order(shelf, question, found, places, (page - 1) * per_page, per_page)
    facets = counted(shelf, question, shop.rates, everything, currency)
    return Listing(
        question=question,
        ids=tuple(shelf.ids[place] for place in shown),
        total=total,
        firms=sum(1 for firm in facets["firm"] if firm.count and (firm.chosen or "firm" not in question.chosen)),
        page=page,
        pages=pages,
        facets=facets,
        unfiltered=everything.bit_count(),
        ways_on=searching.ways_on(session, shelf, question.q) if found and not found.places else [],
    )


def products(session: Session, ids: tuple[int, ...]) -> list[Product]:
    """The products on sale with these ids, in that order."""
    query = select(Product).join(Firm).where(Product.id.in_(ids), on_sale())
    by_id = {product.id: product for product in session.scalars(query)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _in_order(shelf: Shelf, question: Question, found: Found | None, places: int, skip: int, take: int) -> list[int]:
    """The places of one page. Places count from the newest, so that set order is the order of age."""
    bit = bin(places)[:1:-1].ljust(len(shelf.ids), "0")
    sort = question.sort or ("relevance" if found else "newest")
    order: Iterable[int]
    if sort == "relevance" and found:
        order = found.ranked
    elif sort == "price":
        order = shelf.cheapest
    elif sort == "-price":
        order = shelf.dearest
    else:
        order = range(len(shelf.ids))
    return list(islice((place for place in order if bit[place] == "1"), skip, skip + take))


def _newest_rates(session: Session, last_rate: int | None, day: date) -> Rates:
    """The rates, read again when one was added or the day is over."""
    key = (last_rate, day)
    if found := _rates.get(key):
        return found
    rates = newest(session, day)
    for rate in rates:
        session.expunge(rate)  # it outlives this session
    _rates.clear()
    _rates[key] = rates
    return rates
