"""The words of the tariff: what each node is found by, in three languages, exact and folded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.reference.models import HsTerm
from app.text import fold, words

_EMPTY = {
    "loai", "khac", "va", "hoac", "cac", "cua", "cho", "tu", "trong", "duoc", "khong", "co", "chung", "voi",
    "the", "and", "of", "or", "in", "for", "not", "other", "than", "with", "a", "n", "e", "c", "from", "by", "to",
    "no", "on", "at", "its", "nos", "item", "heading", "whether",
}  # fmt: skip


def rebuild_terms(session: Session, nodes: Iterable[Mapping[str, Any]], names: Iterable[Mapping[str, str]]) -> None:
    """Write all terms anew. A node's own text weighs as many as its code has digits; `names` are traders' words."""
    weights: dict[tuple[str, str], int] = defaultdict(int)
    for node in nodes:
        for field in ("text_vi", "text_en", "text_km"):
            _add(weights, node["code"], node[field], len(node["code"]))
    for name in names:
        for lang in ("vi", "en", "km"):
            _add(weights, name["code"], name[lang], int(name["weight"]))
    session.execute(delete(HsTerm))
    rows = [{"term": term, "code": code, "weight": weight} for (code, term), weight in weights.items()]
    session.execute(insert(HsTerm.__table__), rows)  # type: ignore[arg-type]


def terms_of(text: str) -> set[str]:
    """The exact and the folded words of a text, without the words every line has."""
    found = {fold(word): word for word in words(text)}
    kept = {folded: word for folded, word in found.items() if folded not in _EMPTY}
    return set(kept) | set(kept.values())


def _add(weights: dict[tuple[str, str], int], code: str, text: str | None, weight: int) -> None:
    if text:
        for term in terms_of(text):
            weights[code, term] = max(weights[code, term], weight)
