"""Numbers as people type them: 1.234,5 · 1,234.5 · 12,5 triệu · (123) · ១២៣; unclear ones are said to be unclear."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.text.folding import ascii_digits, clean, fold

Style = Literal["vi", "en"]
STYLES: tuple[Style, ...] = ("vi", "en")
Reason = Literal["separator", "grouping", "wrong_style", "malformed", "scientific", "excel_error"]

MISSING = {"", "-", "–", "—", "−", "…", "...", "..", ".", "x", "n/a", "na", "null", "none"}
SCALES = {
    **dict.fromkeys(("nghin", "ngan", "k", "thousand", "ពាន់"), 1_000),
    **dict.fromkeys(("ម៉ឺន",), 10_000),
    **dict.fromkeys(("trieu", "tr", "m", "mn", "mio", "million", "លាន"), 1_000_000),
    **dict.fromkeys(("ty", "ti", "bn", "billion", "ប៊ីលាន"), 1_000_000_000),
}
CURRENCY_WORDS = {
    **dict.fromkeys(("usd", "us$", "$", "do la my", "dollar", "dollars", "do la"), "USD"),
    **dict.fromkeys(("vnd", "d", "dong", "₫"), "VND"),
    **dict.fromkeys(("khr", "riel", "riels", "៛", "រៀល"), "KHR"),
}


@dataclass(frozen=True, slots=True)
class Number:
    """What was read. No value and no reason: the cell says "nothing here", which is not zero.

    `value` already includes `scale` (12,5 triệu → 12500000, scale 1000000). `unit` is USD, VND, KHR, "%" or the
    words after the number as typed (see `units.unit_code`). `readings` are what an ambiguous number may mean.
    """

    value: Decimal | None = None
    ambiguous: bool = False
    reason: Reason | None = None
    scale: int = 1
    unit: str | None = None
    readings: tuple[Decimal, ...] = ()


_NOTE = re.compile(r"(?<=[^\s(])\s*\([^()]*%\s*\)$")  # "1.325 triệu USD (↑ 24%)": growth said again, recomputed by us
_SHAPE = re.compile(
    r"(?P<sign>[-+−–]?)\s*(?P<before>US\$|\$|₫|៛)?\s*(?P<sign2>[-−]?)(?P<digits>\d[\d.,\s]*)(?P<after>\D*)"
)
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_PLAIN = re.compile(r"\d+")
_VIETNAMESE_SCALE = re.compile(r"(?:nghin|ngan|trieu|tr|ty|ti)\b")


def parse_number(text: str, style: Style | None = None) -> Number:
    """Read a typed number. `style` is the file's: vi 1.234,5 · en 1,234.5 · None not known yet."""
    raw = clean(text)
    if raw.lower() in MISSING:
        return Number()
    if raw.startswith("#"):
        return Number(reason="excel_error")
    if _SCIENTIFIC.fullmatch(raw):
        return Number(reason="scientific")
    body = _NOTE.sub("", raw)
    negative = body.startswith("(") and body.endswith(")")
    found = _SHAPE.fullmatch(ascii_digits(body[1:-1].strip() if negative else body))
    if not found:
        return Number(reason="malformed")
    written: Style | None = "vi" if body != ascii_digits(body) else style  # ១.២៣៤,៥ groups with a point (CLDR)
    negative = negative or found["sign"] in ("-", "−", "–") or bool(found["sign2"])
    return _read(found, written, negative)


def number_style(texts: Iterable[str]) -> Style | None:
    """The style the unambiguous numbers of a column agree on, or None."""
    votes: Counter[Style] = Counter()
    for text in texts:
        readable = [style for style in STYLES if parse_number(text, style).value is not None]
        values = {parse_number(text, style).value for style in readable}
        if len(readable) == 1 and len(values) == 1:
            votes[readable[0]] += 1
    return next(iter(votes)) if len(votes) == 1 else None


def _read(found: re.Match[str], style: Style | None, negative: bool) -> Number:
    scale, unit = _suffix(found["after"])
    if found["before"]:
        unit = CURRENCY_WORDS[fold(found["before"])]
    digits = found["digits"].strip()
    if re.search(r"[.,]\s|\s[.,]|[.,]{2}|[.,]$", digits):
        return Number(reason="malformed")
    readings = _readings(digits)
    factor = -scale if negative else scale
    values = {way: value * factor for way, value in readings.items()}
    if not values:
        return Number(reason="malformed")
    if style is None and "vi" not in values and _VIETNAMESE_SCALE.match(fold(found["after"])):
        style = "vi"  # "2.1485 triệu": Vietnamese words around a number that is not well formed in Vietnamese
    return _choose(values, style, scale, unit, both="." in digits and "," in digits)


def _choose(values: dict[Style, Decimal], style: Style | None, scale: int, unit: str | None, both: bool) -> Number:
    readings = tuple(dict.fromkeys(values.values()))
    if style in values:
        return Number(values[style], scale=scale, unit=unit)
    if style is None and len(readings) == 1:
        return Number(readings[0], scale=scale, unit=unit)
    if style is None:
        return Number(ambiguous=True, reason="separator", scale=scale, unit=unit, readings=readings)
    reason: Reason = "wrong_style" if both else "grouping"
    return Number(ambiguous=not both, reason=reason, scale=scale, unit=unit, readings=readings)


def _readings(digits: str) -> dict[Style, Decimal]:
    """What the digits mean in each style in which they are well formed."""
    ways: dict[Style, tuple[str, str]] = {"vi": (".", ","), "en": (",", ".")}
    return {
        style: value
        for style, (group, point) in ways.items()
        if (value := _as_written(digits, group, point)) is not None
    }


def _as_written(digits: str, group: str, point: str) -> Decimal | None:
    whole, _, fraction = digits.partition(point)
    if fraction and not _PLAIN.fullmatch(fraction):
        return None
    if " " in whole:
        if group in whole:
            return None
        group = " "
    first, *rest = whole.split(group)
    grouped = not rest or (1 <= len(first) <= 3 and first != "0" and all(len(part) == 3 for part in rest))
    if not grouped or not _PLAIN.fullmatch(first + "".join(rest)):
        return None
    return Decimal(f"{first}{''.join(rest)}.{fraction or 0}") if fraction else Decimal(first + "".join(rest))


def _suffix(after: str) -> tuple[int, str | None]:
    """Magnitude and unit in what follows the digits: "triệu USD", "tr.USD", "tỷ đồng", "K", "%", "nghìn tấn"."""
    scale, rest = 1, after.strip()
    while rest:
        word = re.match(r"[^\s.]+", rest)
        if not word or fold(word.group()) not in SCALES:
            break
        scale *= SCALES[fold(word.group())]
        rest = rest[word.end() :].lstrip(" .")
    if not rest:
        return scale, None
    return scale, CURRENCY_WORDS.get(fold(rest), rest)
