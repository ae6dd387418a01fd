"""Finding products by words: each word is a range of the search terms, all words must be met, the best field counts.

The points of a word, from the strongest: spelled exactly as typed with its diacritics; the whole word rather than
its beginning; the field it stands in (`terms.weights_of`). docs/decisions/0004-search-terms.md says why.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Select, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from app.marketplace.catalogue.models import Product, SearchTerm
from app.marketplace.catalogue.shelf import Shelf, bits
from app.marketplace.catalogue.terms import tokens
from app.text import fold

EXACT, WHOLE = 64, 32
MOST_WORDS, MOST_TERMS = 10, 2000
_LAST = "\U0010ffff"
_DIGITS_ONLY = re.compile(r"[\d\s.]{2,}")
_HITS = (
    select(SearchTerm.weight, func.aggregate_strings(cast(SearchTerm.product_id, String), " "))
    .group_by(SearchTerm.weight)
    .order_by(SearchTerm.weight)
)
_SAME = _HITS.where(SearchTerm.term == bindparam("term"))
_LONGER = _HITS.where(SearchTerm.term > bindparam("term"), SearchTerm.term < bindparam("end"))
_EMPTY = {"và", "của", "cho", "với", "and", "of", "the", "for", "with", "និង"}


@dataclass(frozen=True, slots=True)
class Found:
    """Places on the shelf, the best first, and the same as a set."""

    ranked: tuple[int, ...]
    places: int


@dataclass(frozen=True, slots=True)
class WayOn:
    """A looser or corrected question, and how many products it finds."""

    q: str
    count: int
    corrected: bool


def find(session: Session, shelf: Shelf, q: str) -> Found | None:
    """The products on the shelf that meet every word of `q`, ranked; None when `q` has no words."""
    asked = asked_words(q)
    return shelf.kept.made(("found", *asked), lambda: _find(session, shelf, asked)) if asked else None


def asked_words(q: str) -> tuple[str, ...]:
    """The words of a question. Digits alone are an HS code, however spaced; words without meaning are dropped."""
    if _DIGITS_ONLY.fullmatch(q):
        q = re.sub(r"[\s.]", "", q)
    asked = tuple(dict.fromkeys(tokens(q)))[:MOST_WORDS]
    return tuple(word for word in asked if word not in _EMPTY) or asked


def ways_on(session: Session, shelf: Shelf, q: str) -> list[WayOn]:
    """What to ask instead when nothing is found: a word as the catalogue has it, or one word less."""
    asked = asked_words(q)
    return list(shelf.kept.made(("ways", *asked), lambda: _ways_on(session, shelf, asked)))


def _ways_on(session: Session, shelf: Shelf, asked: tuple[str, ...]) -> list[WayOn]:
    ways = [_way(session, shelf, words, corrected=True) for words in _corrected(session, shelf, asked)[:1]]
    if len(asked) > 1:
        shorter = (asked[:left_out] + asked[left_out + 1 :] for left_out in reversed(range(len(asked))))
        ways += [_way(session, shelf, words, corrected=False) for words in shorter]
    useful = {way.q: way for way in ways if way.count}
    return sorted(useful.values(), key=lambda way: (not way.corrected, -way.count))[:4]


def _corrected(session: Session, shelf: Shelf, asked: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The questions with one unknown word replaced by a near one that then finds something, the most first."""
    met: dict[tuple[str, ...], int] = {}
    for place, word in enumerate(asked):
        if not _points(session, shelf, word, begins=True):
            for near in _near(session, word):
                words = (*asked[:place], near, *asked[place + 1 :])
                met[words] = len(_met_by_all([_points(session, shelf, known, begins=False) for known in words]))
    best = sorted((words for words, count in met.items() if count), key=lambda words: -met[words])
    return [tuple(_spelled(session, word) if word not in asked else word for word in words) for words in best[:1]]


def _way(session: Session, shelf: Shelf, words: tuple[str, ...], *, corrected: bool) -> WayOn:
    found = find(session, shelf, " ".join(words))
    return WayOn(" ".join(words), len(found.ranked) if found else 0, corrected)


def _find(session: Session, shelf: Shelf, asked: tuple[str, ...]) -> Found:
    """The last word may be unfinished; when nothing is found so, all may be, and a lone last letter is left out."""
    *whole, last = asked
    ending = _points(session, shelf, last, begins=True)
    total = _met_by_all([*(_points(session, shelf, word, begins=False) for word in whole), ending])
    if not total and whole:
        begun = asked if len(last) > 1 else asked[:-1]
        total = _met_by_all([_points(session, shelf, word, begins=True) for word in begun])
    ranked = sorted((-points, place) for place, points in total.items())
    return Found(tuple(place for _, place in ranked), bits(total))


def _met_by_all(hits: list[dict[int, int]]) -> dict[int, int]:
    if len(hits) == 1:
        return hits[0]
    met = set.intersection(*(set(found) for found in hits))
    return {place: sum(found[place] for found in hits) for place in met}


def _points(session: Session, shelf: Shelf, word: str, *, begins: bool) -> dict[int, int]:
    """Place → points for one word; `begins` also takes longer words that begin so."""
    return shelf.kept.made(("points", word, begins), lambda: _read_points(session, shelf, word, begins))


def _read_points(session: Session, shelf: Shelf, word: str, begins: bool) -> dict[int, int]:
    """From the weakest kind of hit to the strongest, so that the strongest stays."""
    bare = fold(word)
    longer = len(bare) > 1 and (begins or bare[0] >= "\u1780" or (bare.isdigit() and len(bare) >= 4))
    found: dict[int, int] = {}
    for term, bonus in ((bare, 0), (word, EXACT)) if word != bare else ((bare, 0),):
        if longer:
            found |= _hits(session, shelf, _LONGER, {"term": term, "end": term + _LAST}, bonus)
        found |= _hits(session, shelf, _SAME, {"term": term}, bonus + WHOLE)
    return found


def _hits(
    session: Session, shelf: Shelf, query: Select[int, str], terms: dict[str, str], bonus: int
) -> dict[int, int]:
    """Each weight comes as one row with all its products: ten times fewer objects than a row for each product."""
    place = shelf.place
    found: dict[int, int] = {}
    for weight, ids in session.connection().execute(query, terms).all():
        found |= dict.fromkeys([place[id_] for id_ in map(int, ids.split()) if id_ in place], weight + bonus)
    return found


def _near(session: Session, word: str) -> list[str]:
    """The catalogue's words nearest to one it does not have, folded, of the most used that begin alike."""
    bare = fold(word)
    if len(bare) < 3 or bare.isdigit():
        return []
    inside = (SearchTerm.term >= bare[0]) & (SearchTerm.term < bare[0] + _LAST)
    alike = func.length(SearchTerm.term).between(len(bare) - 1, len(bare) + 1)
    terms = select(SearchTerm.term).where(inside, alike).group_by(SearchTerm.term)
    most_used = session.scalars(terms.order_by(func.count().desc(), SearchTerm.term).limit(MOST_TERMS))
    return get_close_matches(bare, [term for term in most_used if fold(term) == term], n=5, cutoff=0.7)


def _spelled(session: Session, bare: str) -> str:
    """A folded word as the product where it counts most spells it: duong → đường."""
    with_it = select(Product).join(SearchTerm).where(SearchTerm.term == bare)
    product = session.scalars(with_it.order_by(SearchTerm.weight.desc(), Product.id).limit(1)).one()
    names = (product.name_vi, product.name_en, product.name_km, product.firm.name_vi, product.category.name_vi)
    spellings = (word for name in names if name for word in tokens(name))
    return next((word for word in spellings if fold(word) == bare), bare)
