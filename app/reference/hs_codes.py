"""Finding HS codes: by words in Vietnamese, Khmer or English, by digits, with the path to each line."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound, Problem
from app.reference.hs_index import terms_of
from app.reference.models import HsCode, HsTerm
from app.text import fold, words

WHOLE_WORD = 4
LINE_DIGITS = 8


class NoSuchCode(NotFound):
    """The tariff has no such code."""

    message = _l("There is no HS code %(code)s in the tariff list AHTN 2022.")


class NotALine(Problem):
    """A product is declared under a full line of eight digits."""

    status = 422
    message = _l("%(code)s is not a full HS code of 8 digits in AHTN 2022. Choose one of the lines under it.")


@dataclass(frozen=True, slots=True)
class HsHit:
    """A node and the nodes above it, chapter first; each has `text_vi`, `text_en`, `text_km`."""

    line: HsCode
    path: tuple[HsCode, ...]

    @property
    def code(self) -> str:
        return self.line.code


def plain(code: str) -> str:
    """0801.32.00 → 08013200; codes are text and keep their leading zero."""
    return re.sub(r"[\s.]", "", code)


def dotted(code: str) -> str:
    """08013200 → 0801.32.00, as the tariff prints it."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8]) if part)


def lookup(session: Session, code: str) -> HsHit:
    """Any node with its path; raises `NoSuchCode`."""
    digits = plain(code)
    node = session.get(HsCode, digits) if digits.isascii() and digits.isdigit() else None
    if node is None:
        raise NoSuchCode(code=code)
    return _with_paths(session, [node])[0]


def line(session: Session, code: str) -> HsHit:
    """A full 8-digit line, for a product or a declaration; raises `NoSuchCode` or `NotALine`."""
    hit = lookup(session, code)
    if hit.line.level != LINE_DIGITS:
        raise NotALine(code=dotted(hit.code))
    return hit


def children(session: Session, code: str | None) -> list[HsCode]:
    """The nodes right under a node; the chapters under None."""
    under = HsCode.parent == code if code else HsCode.level == 2
    return list(session.scalars(select(HsCode).where(under).order_by(HsCode.code)))


def search(session: Session, q: str, limit: int = 20) -> list[HsHit]:
    """The lines found by every word of `q` (in the line or above it), traders' words and nearest texts first."""
    digits = plain(q)
    if digits.isascii() and digits.isdigit():
        return _with_paths(session, _lines_under(session, [digits], limit))
    asked = [word for word in words(q) if terms_of(word)]
    if not asked:
        return []
    hits = [_exact_or_folded(session, word) for word in asked]
    scores = _scores(hits)
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    return _with_paths(session, _lines_under(session, ranked, limit))


def _exact_or_folded(session: Session, word: str) -> dict[str, int]:
    """Nodes by weight for one word: as spelled when some text is spelled so, else without diacritics."""
    return _matching(session, word) or _matching(session, fold(word))


def _matching(session: Session, word: str) -> dict[str, int]:
    if len(word) == 1 and word.isascii():
        starts = HsTerm.term == word
    else:
        starts = (HsTerm.term >= word) & (HsTerm.term < word + "\U0010ffff")
    found: dict[str, int] = defaultdict(int)
    for term, code, weight in session.execute(select(HsTerm.term, HsTerm.code, HsTerm.weight).where(starts)):
        found[code] = max(found[code], weight + (WHOLE_WORD if term == word else 0))
    return found


def _scores(hits: list[dict[str, int]]) -> dict[str, int]:
    """Nodes at which every word is met there or above, with the sum of the best weights."""
    scores: dict[str, int] = {}
    for code in set().union(*hits):
        best = [max(found.get(code[:size], 0) for size in range(2, len(code) + 1, 2)) for found in hits]
        if all(best):
            scores[code] = sum(best)
    return scores


def _lines_under(session: Session, ranked: Iterable[str], limit: int) -> list[HsCode]:
    """The first `limit` lines under the nodes, in their order, each once."""
    found: dict[str, HsCode] = {}
    for code in ranked:
        if len(found) >= limit:
            break
        if code in found:
            continue
        under = HsCode.code.between(code, code + "9" * (LINE_DIGITS - len(code)))
        query = select(HsCode).where(under, func.length(HsCode.code) == LINE_DIGITS).order_by(HsCode.code)
        for node in session.scalars(query.limit(limit)):
            found.setdefault(node.code, node)
    return list(found.values())[:limit]


def _with_paths(session: Session, nodes: list[HsCode]) -> list[HsHit]:
    above = {node.code[:size] for node in nodes for size in range(2, len(node.code), 2)}
    by_code = {node.code: node for node in session.scalars(select(HsCode).where(HsCode.code.in_(above)))}
    return [HsHit(node, tuple(by_code[node.code[:size]] for size in range(2, len(node.code), 2))) for node in nodes]
