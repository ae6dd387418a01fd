"""What an address may hold: numbers and letters that the databases can hold, else there is nothing there."""

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # of a row, on both databases
LAST_PAGE = 99_999


class IdConverter(IntegerConverter):
    """`<int:…>`: the number of a row."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ID, **options})


def number_of_row(text: str) -> int:
    """The same behind the question mark: `request.args.get(…, type=number_of_row)`."""
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return number


def init_app(app: Flask) -> None:
    """Before any address is registered."""
    app.url_map.converters["int"] = IdConverter

    @app.before_request
    def refuse_what_is_no_text() -> None:
        texts = [request.path]
        if not request.path.startswith("/api/"):  # whose schemas name the parameter that is wrong
            texts += [*request.args, *(text for _, found in request.args.lists() for text in found)]
        if any("\0" in text for text in texts):
            abort(404)
