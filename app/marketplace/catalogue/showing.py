"""How prices, certificates and facet values are put before a reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from app.i18n import lang_attribute, language, localized, money
from app.marketplace.catalogue.certificates import KINDS, is_valid, name_of
from app.marketplace.catalogue.facets import Choice, Question, band
from app.marketplace.catalogue.models import Certificate, Product
from app.marketplace.catalogue.pricing import NoPrice, Priced, Rates, UnitPrice, unit_price
from app.marketplace.catalogue.shelf import Shelf
from app.money import Money
from app.reference.models import Rate
from app.units import UNITS

TITLES = {
    "category": _l("Category"),
    "gate": _l("Handed over at"),
    "certificate": _l("Certificate"),
    "price": _l("Price of a unit"),
    "firm": _l("Firm"),
}
SHOWN = {"certificate": 6, "firm": 6}
MORE = 30


@dataclass(frozen=True, slots=True)
class Option:
    """A facet value as people read it."""

    facet: str
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet with its values: the ones shown at once, and the rest."""

    name: str
    title: str
    first: list[Option]
    rest: list[Option]


def unit_name(code: str) -> str:
    """A unit as people call it: gói, pack, កញ្ចប់."""
    return localized(UNITS[code], "name") if code in UNITS else code


def lang_of(thing: Any, field: str) -> Markup:
    """` lang="vi"` where a field has no text in the reader's language and another one's is shown."""
    shown = next((code for code in (language(), "vi", "en", "km") if getattr(thing, f"{field}_{code}", None)), None)
    return lang_attribute(shown) if shown else Markup()


def groups(facets: dict[str, list[Choice]], shelf: Shelf) -> list[Group]:
    """The facets that have something to choose, each in the order its values are read best."""
    found = []
    for name, title in TITLES.items():
        choices = _ordered(name, facets[name])
        many = SHOWN.get(name, len(choices))
        first = [choice for place, choice in enumerate(choices) if place < many or choice.chosen]
        rest = [choice for choice in choices[many : many + MORE] if not choice.chosen]
        if choices:
            found.append(Group(name, str(title), _options(name, first, shelf), _options(name, rest, shelf)))
    return found


def _options(facet: str, choices: list[Choice], shelf: Shelf) -> list[Option]:
    return [Option(facet, c.value, label(facet, c.value, shelf), c.count, c.chosen) for c in choices]


def label(facet: str, value: str, shelf: Shelf) -> str:
    """A facet value in the reader's language; a value nobody knows stays as it was typed."""
    if facet == "certificate":
        return certificate_label(value)
    if facet == "price":
        return _band_name(value)
    if facet == "gate":
        return localized(shelf.gates[value], "short") if value in shelf.gates else value
    names = shelf.categories if facet == "category" else shelf.firms
    return localized(names[value], "name") if value in names else value


def certificate_name(kind: str, stars: int | None = None) -> str:
    """OCOP ★★★★, HACCP …"""
    return f"{name_of(kind)} {'★' * min(stars or 0, 5)}".strip()


def certificate_label(code: str) -> str:
    """The same for what a facet is filtered by: ocop-4."""
    kind, _, stars = code.partition("-")
    return certificate_name(kind, int(stars) if stars in {"1", "2", "3", "4", "5"} else None)


def valid_certificates(product: Product) -> list[Certificate]:
    """Those in force, the most telling first: OCOP with its stars, then in the order of KINDS."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    valid = (certificate for certificate in product.certificates if is_valid(certificate))
    return sorted(valid, key=lambda c: (order.get(c.kind, len(order)), -(c.stars or 0), c.id or 0))


def price_of(product: Priced, quantity: Decimal, currency: str, rates: Rates) -> UnitPrice | None:
    """The unit price to show; None when there is none in this currency."""
    try:
        return unit_price(product, quantity, currency, rates)
    except NoPrice:
        return None


def second_currency(currency: str, lang: str) -> str:
    """The currency that stands small beside the chosen one."""
    if currency != "USD":
        return "USD"
    return "KHR" if lang == "km" else "VND"


def rates_between(rates: Rates, *currencies: str) -> list[Rate]:
    """The rates a page with prices in these currencies may convert with."""
    pairs = [(one, other) for one in ("VND", *currencies) for other in currencies if one != other]
    return [rate for pair in pairs for rate in rates.way(*pair)]


def by_source(rates: Iterable[Rate]) -> list[tuple[date, str, list[Rate]]]:
    """Each rate once, those of one day and source together."""
    found: dict[tuple[date, str], dict[int, Rate]] = {}
    for rate in rates:
        found.setdefault((rate.day, rate.source), {})[rate.id] = rate
    return [(day, source, list(same.values())) for (day, source), same in found.items()]


def heading(question: Question, shelf: Shelf) -> str:
    """What the list shows, in one line."""
    one = {name: values[0] for name, values in question.chosen.items() if len(values) == 1}
    if question.q:
        return gettext("Results for “%(words)s”", words=question.q)
    if one.get("firm") in shelf.firms:
        return label("firm", one["firm"], shelf)
    if one.get("category") in shelf.categories:
        return label("category", one["category"], shelf)
    if one.get("gate") in shelf.gates:
        return gettext("Tây Ninh goods handed over at %(gate)s", gate=label("gate", one["gate"], shelf))
    return gettext("Goods of Tây Ninh, handed over at the border gate")


def _ordered(name: str, choices: list[Choice]) -> list[Choice]:
    """Firms and certificates by size; a kind whose stars are listed is left out. The others are in order already."""
    if name not in {"firm", "certificate"}:
        return choices
    starred = {choice.value.partition("-")[0] for choice in choices if name == "certificate" and "-" in choice.value}
    kept = [choice for choice in choices if choice.value not in starred or choice.chosen]
    return sorted(kept, key=lambda choice: (-choice.count, choice.value))


def _band_name(value: str) -> str:
    limits = band(value)
    if limits is None:
        return value
    currency, low, high = limits
    least = money(Money(Decimal(low), currency)) if low is not None else ""
    most = money(Money(Decimal(high), currency)) if high is not None else ""
    if not least:
        return gettext("Under %(amount)s", amount=most)
    if not most:
        return gettext("%(amount)s and more", amount=least)
    return gettext("%(low)s to %(high)s", low=least, high=most)
