"""Cleaning, folding for search and cutting into words, for Vietnamese, Khmer and English alike."""

import re
import unicodedata
from functools import lru_cache
from threading import Lock

from khmercut import tokenize

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))  # not the soft hyphen: TCVN3 types ư with it
_SOFT_HYPHEN = "\u00ad"
_DIGITS = {ord("០") + value: ord("0") + value for value in range(10)}
_TO_KHMER = {ascii_: khmer for khmer, ascii_ in _DIGITS.items()}
_STROKES = str.maketrans("đð", "dd")  # ð is what some fonts leave of đ
_LATIN_MARKS = re.compile(r"([a-z])[\u0300-\u036f]+")
_WORD = re.compile(r"[\u1780-\u17d3\u17d7\u17dc\u17dd]+|[^\W_\u1780-\u17ff]+")
_cutting = Lock()


def clean(text: str) -> str:
    """NFC, without invisible characters, every run of white space one blank: how text is stored and compared."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def fold(text: str) -> str:
    """Lower case without Latin diacritics (đ → d) and with ASCII digits; Khmer vowels and signs stay as they are."""
    bare = unicodedata.normalize("NFD", clean(text.replace(_SOFT_HYPHEN, "")).translate(_DIGITS)).lower()
    bare = _LATIN_MARKS.sub(r"\1", unicodedata.normalize("NFD", bare).translate(_STROKES))
    return unicodedata.normalize("NFC", bare)


def khmer_digits(text: str) -> str:
    """The same text with ០–៩ for 0–9."""
    return text.translate(_TO_KHMER)


def ascii_digits(text: str) -> str:
    """The same text with 0–9 for ០–៩."""
    return text.translate(_DIGITS)


def words(text: str) -> list[str]:
    """The words in lower case, diacritics kept, in order; Khmer runs are segmented. For folded words fold first."""
    found: list[str] = []
    for run in _WORD.findall(ascii_digits(clean(text)).lower()):
        found.extend(_khmer_words(run) if run[0] >= "\u1780" and run[0] <= "\u17ff" else (run,))
    return found


@lru_cache(maxsize=20_000)
def _khmer_words(run: str) -> tuple[str, ...]:
    with _cutting:  # the tagger keeps the sentence it works on in itself
        return tuple(tokenize(run))
