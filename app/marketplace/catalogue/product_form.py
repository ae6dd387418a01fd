"""The product form as it travels: rows of prices and certificates, what was typed, and errors beside their cells."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from app.i18n import number
from app.marketplace.catalogue.labels import FACT_NAMES
from app.marketplace.catalogue.listing import WORDS
from app.marketplace.catalogue.models import Product
from app.money import CURRENCIES

Errors = dict[str, list[str]]
PLAIN = (*WORDS, "category", "hs_code", "origin", "unit", "packaging", "moq", "multiple", "lead_days")
ROWS = {
    "steps": ("from", *CURRENCIES),
    "certificates": ("kind", "number", "issuer", "stars", "valid_until"),
}
SPARE = {"steps": 4, "certificates": 1}
"""How many rows are shown at least; there is always an empty one."""


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What the person typed, in the shape of `ProductSchema`; empty fields and rows are absent."""
    values: dict[str, Any] = {name: text for name in PLAIN if (text := form.get(name, "").strip())}
    values["gates"] = form.getlist("gates")
    for kind, columns in ROWS.items():
        rows = [_row(form, kind, place, columns) for place in range(_count(form, kind))]
        values[kind] = [row for row in rows if row]
    return values


def of(product: Product) -> dict[str, Any]:
    """A stored product in the same shape, its numbers as the reader's language writes them."""
    values: dict[str, Any] = {name: getattr(product, name) for name in PLAIN if name != "category"}
    values |= {name: number(values[name]) for name in ("moq", "multiple")}
    values |= {"category": product.category.slug, "gates": [gate.slug for gate in product.gates]}
    table: dict[Any, dict[str, str]] = {}
    for step in sorted(product.prices, key=lambda step: step.min_quantity):
        row = table.setdefault(step.min_quantity, {"from": number(step.min_quantity)})
        row[step.currency] = number(step.amount, CURRENCIES[step.currency])
    values["steps"] = list(table.values())
    values["certificates"] = [
        {
            "kind": row.kind,
            "number": row.number,
            "issuer": row.issuer,
            "stars": str(row.stars or ""),
            "valid_until": row.valid_until.isoformat() if row.valid_until else "",
        }
        for row in product.certificates
    ]
    return values


def rows_shown(values: Mapping[str, Any], more: str = "") -> dict[str, list[dict[str, str]]]:
    """The rows of each table with empty ones to write into; the table named `more` gets three beside."""
    shown = {}
    for kind, least in SPARE.items():
        filled = list(values.get(kind) or [])
        empty = max(1, least - len(filled)) + (3 if kind == more else 0)
        shown[kind] = filled + [{} for _ in range(empty)]
    return shown


def errors_of(error: ValidationError) -> Errors:
    """Field or cell → sentences: name_vi, steps-0-VND, certificates-1-number."""
    found: Errors = {}
    _flatten("", error.normalized_messages(), found)
    return found


def summary_of(errors: Errors) -> Errors:
    """The same with each sentence telling the field it is about, for the box on top of a long page."""
    return {place: [_named(place, sentence) for sentence in said] for place, said in errors.items()}


def _named(place: str, sentence: str) -> str:
    table, row, *_ = [*place.split("-"), "", ""]
    field = str(FACT_NAMES.get({"steps": "prices"}.get(table, table), ""))
    if row.isdigit():
        return gettext("%(field)s, row %(row)s: %(problem)s", field=field, row=int(row) + 1, problem=sentence)
    return gettext("%(field)s: %(problem)s", field=field, problem=sentence) if field else sentence


def _flatten(path: str, messages: Any, into: Errors) -> None:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            _flatten(f"{path}-{key}" if path else str(key), inner, into)
    else:
        into.setdefault(path, []).extend(map(str, messages if isinstance(messages, list) else [messages]))


def _row(form: MultiDict[str, str], kind: str, place: int, columns: tuple[str, ...]) -> dict[str, str]:
    cells = {column: form.get(f"{kind}-{place}-{column}", "").strip() for column in columns}
    return {column: text for column, text in cells.items() if text}


def _count(form: MultiDict[str, str], kind: str) -> int:
    """How many rows the form had, never more than a person would write."""
    return min(100, sum(name.startswith(f"{kind}-") and name.endswith(f"-{ROWS[kind][0]}") for name in form))
