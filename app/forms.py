"""HTML forms through the same marshmallow schemas as the API, and other small things pages share."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import request
from marshmallow import Schema, ValidationError
from marshmallow.fields import List, String

from app.addresses import LAST_PAGE


class Secret(String):
    """A password in a form: taken exactly as typed and never shown again."""


def load(schema: Schema) -> dict[str, Any]:
    """The posted form as a checked dict. Empty fields count as absent; raises `ValidationError` with all errors."""
    return schema.load(submitted(schema))


def submitted(schema: Schema) -> dict[str, Any]:
    """The posted form as the person typed it: lists where the schema has a list, text elsewhere.

    White space around text is dropped, but not from a `Secret`.
    """
    values: dict[str, Any] = {}
    for name in request.form:
        field = schema.fields.get(name)
        if isinstance(field, Secret):
            values[name] = request.form[name]
        elif isinstance(field, List):
            values[name] = [item for item in request.form.getlist(name) if item.strip()]
        elif (text := request.form[name].strip()) or (field is not None and field.allow_none):
            values[name] = text or None
    return values


def errors_of(error: ValidationError) -> dict[str, list[str]]:
    """Field -> sentences, for the form macros."""
    messages = error.normalized_messages()
    return {name: _sentences(found) for name, found in messages.items()}


def _sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [sentence for inner in found.values() for sentence in _sentences(inner)]
    return [str(item) for item in found] if isinstance(found, list) else [str(found)]


def is_htmx() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def safe_target(target: str | None, fallback: str) -> str:
    """Where to go after a form: only an address on this site."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and not urlsplit(target).netloc:
        return target
    return fallback


def page_number() -> int:
    """The page asked for in the address, the first if none."""
    return min(max(1, request.args.get("page", 1, int)), LAST_PAGE)


def page_url(number: int) -> str:
    """This address with another page number; all else in it stays."""
    asked = request.args.to_dict(flat=False) | {"page": [str(number)]}
    return f"{request.path}?{urlencode(asked, doseq=True)}"


def pages_of(total: int, size: int) -> int:
    """How many pages so many entries fill."""
    return max(1, -(-total // size))
