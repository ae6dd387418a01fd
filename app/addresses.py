"""Numbers in addresses: as large as the databases can hold, else there is nothing at the address."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1  # of a row, on both databases
LAST_PAGE = 99_999


class IdConverter(IntegerConverter):
    """`<int:…>`: the number of a row."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ID, **options})


def init_app(app: Flask) -> None:
    """Before any address is registered."""
    app.url_map.converters["int"] = IdConverter
