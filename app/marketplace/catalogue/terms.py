"""The words a published product is found by, kept up with it; see docs/decisions/0004-search-terms.md."""

import re
from collections.abc import Iterator

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from app.marketplace.catalogue import version
from app.marketplace.catalogue.models import PriceStep, Product, ProductState, SearchTerm
from app.marketplace.catalogue.pricing import entry_vnd, newest
from app.periods import today
from app.text import fold, words

NAME_START, NAME, HS, FIRM, CATEGORY, DESCRIPTION = 6, 5, 4, 3, 2, 1
LANGS = ("vi", "en", "km")
LONGEST = 60
BATCH = 500
_PARTS = re.compile(r"\d+|\D+")
_HS_DOTS = re.compile(r"(?<![\d.])(\d{4})\.(\d{1,2})(?:\.(\d{1,2}))?(?!\d)")


def rewrite(session: Session, product: Product) -> None:
    """Write the terms and `from_vnd` of one product; a product that is not published has no terms."""
    session.flush()
    _rewrite(session, [product])


def rewrite_firm(session: Session, firm_id: int) -> None:
    """The same for everything a firm sells, when its name changes."""
    _rewrite_many(session, select(Product).where(Product.firm_id == firm_id))


def rebuild(session: Session) -> None:
    """The same for every product: after many changes at once, or when rates or categories changed."""
    _rewrite_many(session, select(Product))


def reprice(session: Session) -> None:
    """Follow the newest rates with `from_vnd` of what is not quoted in VND."""
    rates = newest(session, today())
    in_dong = select(PriceStep.product_id).where(PriceStep.currency == "VND")
    for product in session.scalars(select(Product).where(Product.id.not_in(in_dong)).order_by(Product.id)):
        product.from_vnd = entry_vnd(product, rates)


def weights_of(product: Product) -> dict[str, int]:
    """Term → weight: twice that of the best field it stands in, and one more when it is spelled so there."""
    weights: dict[str, int] = {}
    for weight, text in _texts(product):
        for place, word in enumerate(tokens(text)):
            best = NAME_START if weight == NAME and place == 0 else weight
            for term, points in ((word, 2 * best + 1), (fold(word), 2 * best + (fold(word) == word))):
                weights[term] = max(points, weights.get(term, 0))
    return weights


def tokens(text: str) -> list[str]:
    """The words of a text, numbers cut from letters (50kg, 50 kg), the dots of HS codes taken out."""
    joined = _HS_DOTS.sub(lambda found: "".join(part for part in found.groups() if part), text)
    return [part[:LONGEST] for word in words(joined) for part in _PARTS.findall(word)]


def _texts(product: Product) -> Iterator[tuple[int, str]]:
    yield HS, product.hs_code
    for lang in LANGS:
        for weight, thing, field in (
            (NAME, product, "name"),
            (FIRM, product.firm, "name"),
            (CATEGORY, product.category, "name"),
            (DESCRIPTION, product, "description"),
        ):
            if text := getattr(thing, f"{field}_{lang}"):
                yield weight, text
    if product.packaging:
        yield DESCRIPTION, product.packaging


def _rewrite_many(session: Session, wanted: Select[Product]) -> None:
    session.flush()
    last = 0
    while found := list(session.scalars(wanted.where(Product.id > last).order_by(Product.id).limit(BATCH))):
        _rewrite(session, found)
        last = found[-1].id


def _rewrite(session: Session, products: list[Product]) -> None:
    rates = newest(session, today())
    rows = []
    for product in products:
        product.from_vnd = entry_vnd(product, rates)
        if product.state == ProductState.PUBLISHED:
            weights = weights_of(product).items()
            rows += [{"term": term, "product_id": product.id, "weight": weight} for term, weight in weights]
    session.execute(delete(SearchTerm).where(SearchTerm.product_id.in_([product.id for product in products])))
    if rows:
        session.execute(insert(SearchTerm), rows)
    version.renew(session)
