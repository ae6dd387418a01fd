"""What a reading found in a file: its first rows, and every row that was wrong, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from app.trade import reasons
from app.trade.lake import Lake
from app.trade.models import Import
from app.trade.reading import quoted

PAGE_SIZE = 50


@dataclass(frozen=True)
class BadRow:
    """One finding. `number` is the row in the file as a spreadsheet counts it; an error holds the row back."""

    number: int
    severity: Literal["error", "warning"]
    rule: str
    field: str
    column: str  # the header as written in the file
    value: str
    other: str = ""  # the row it repeats, the value it should have
    suggestion: str = ""  # the known word most like the value
    cells: tuple[str, ...] = ()  # the whole row

    @property
    def reason(self) -> str:
        """What is wrong, in the reader's language."""
        return self._explained()[0]

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self._explained()[1]

    def _explained(self) -> tuple[str, str]:
        return reasons.explain(self.rule, self.field, self.value, self.other, self.suggestion)


@dataclass(frozen=True)
class Preview:
    """The first rows as read, and which field each column was taken for."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, str]  # field -> header, or "=text"
    missing: tuple[str, ...]  # fields nobody found a column for
    unclear: tuple[str, ...]  # "date_style": day or month first
    number_style: str
    date_style: str


def preview(import_: Import) -> Preview:
    """What the mapping page shows; empty before the first reading."""
    found: dict[str, Any] = import_.found
    return Preview(
        tuple(found.get("headers", ())),
        tuple(tuple(row) for row in found.get("preview", ())),
        dict(found.get("columns", {})),
        tuple(found.get("missing", ())),
        tuple(found.get("unclear", ())),
        str(found.get("number_style", "")),
        str(found.get("date_style", "")),
    )


def bad_rows(import_: Import, lake_url: str, *, rule: str = "", page: int = 1) -> tuple[list[BadRow], int]:
    """One page of findings in the order of the file, and how many there are (of one rule, if named)."""
    source = _findings(import_, lake_url, rule)
    if source is None:
        return [], 0
    connection, query = source
    with connection:
        total = connection.execute(f"SELECT count(*) {query}").fetchone()
        here = f"LIMIT {PAGE_SIZE} OFFSET {(page - 1) * PAGE_SIZE}"
        rows = connection.execute(f"SELECT {_COLUMNS} {query} {_ORDER} {here}").fetchall()
    return [_row(row) for row in rows], int(total[0]) if total else 0


def all_bad_rows(import_: Import, lake_url: str, *, rule: str = "") -> Iterator[BadRow]:
    """Every finding in the order of the file, for a download."""
    source = _findings(import_, lake_url, rule)
    if source is None:
        return
    connection, query = source
    with connection:
        result = connection.execute(f"SELECT {_COLUMNS} {query} {_ORDER}")
        while rows := result.fetchmany(1_000):
            yield from map(_row, rows)


_COLUMNS = "n, severity, code, field, header, value, other, suggestion, cells"
_ORDER = "ORDER BY n, severity, code, field"


def _findings(import_: Import, lake_url: str, rule: str) -> tuple[duckdb.DuckDBPyConnection, str] | None:
    """A connection and the end of a SELECT over the findings of the last reading."""
    path = import_.found.get("findings")
    if not path:
        return None
    lake = Lake(lake_url)
    connection = duckdb.connect(config={"memory_limit": "200MB", "threads": 1})
    lake.attach(connection)
    wanted = f" WHERE code = {quoted(rule)}" if rule else ""
    return connection, f"FROM read_parquet({quoted(lake.location(path))}){wanted}"


def _row(row: tuple[Any, ...]) -> BadRow:
    number, severity, code, field, header, value, other, suggestion, cells = row
    return BadRow(
        number,
        severity,
        code,
        field or "",
        header or "",
        value or "",
        other or "",
        suggestion or "",
        tuple(cell or "" for cell in cells or ()),
    )
