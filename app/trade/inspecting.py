"""One reading of one delivered file, from bytes to staged rows; touches no database."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from flask_babel import lazy_gettext as _l

from app.text.dates import DateStyle
from app.trade import lake, staging
from app.trade.detecting import BadFile
from app.trade.facts import Facts
from app.trade.labels import Reader
from app.trade.lake import Lake
from app.trade.mapping import Known, Mapping, match
from app.trade.profiles import profile_for
from app.trade.reading import Table, open_table
from app.trade.staging import Stage, Staged
from app.trade.validating import Plan

PREVIEW_ROWS = 20


@dataclass(frozen=True)
class Order:
    """What to read, and how. Plain values: made in one transaction, used without any."""

    import_id: int
    attempt: int
    dataset: str
    path: Path
    work: Path
    lake: Lake
    facts: Facts
    memory: str = "900MB"
    size_limit: int = 2_000_000_000
    known: dict[str, Known] = field(default_factory=dict)  # header key -> what a person confirmed
    creates_gates: bool = False
    released: tuple[str, ...] = ()


@dataclass
class Outcome:
    """`staged` is None when a person has to answer `mapping.missing` or `mapping.unclear` first."""

    found: dict[str, Any]
    mapping: Mapping
    preview: list[list[str]]
    header_key: str
    staged: Staged | None = None


def inspect(order: Order, header_key: Callable[[list[str]], str], progress: staging.Progress) -> Outcome:
    """Read the file of an order. Raises `BadFile` when it cannot be read at all."""
    shutil.rmtree(order.work, ignore_errors=True)
    order.work.mkdir(parents=True)
    connection = lake.connect(order.memory, order.work)
    try:
        return _inspect(order, header_key, progress, connection)
    except duckdb.OutOfMemoryException:
        raise BadFile(reason=_l("it holds a cell or a row too large to read.")) from None
    finally:
        connection.close()


def _inspect(
    order: Order,
    key_of: Callable[[list[str]], str],
    progress: staging.Progress,
    connection: duckdb.DuckDBPyConnection,
) -> Outcome:
    table = open_table(order.path, order.work, order.size_limit)
    sample = table.sample(connection)
    if not sample:
        raise BadFile(reason=_l("it has column names but no rows."))
    headers = table.found.headers
    layout = key_of(headers)
    profile = profile_for(order.dataset, headers)
    mapping = match(order.dataset, headers, profile, order.known.get(layout, Known()), sample)
    preview = [[cell or "" for cell in row] for row in sample[:PREVIEW_ROWS]]
    outcome = Outcome(_shape(table, profile.code, mapping), mapping, preview, layout)
    if not mapping.sure:
        return outcome
    plan = Plan(order.dataset, table, mapping, profile, order.facts.today, bool(order.facts.hs8), order.released)
    style: DateStyle = "us" if mapping.date_style == "%m/%d/%Y" else "vi"
    reader = Reader(
        order.dataset, profile, order.facts, style, mapping.number_style, mapping.columns.get("period", "")
    )
    stage = Stage(plan, reader, order.facts, order.work, connection, order.creates_gates, progress)
    outcome.staged = staging.run(stage, order.lake, f"import-{order.import_id}-{order.attempt}")
    return outcome


def _shape(table: Table, profile: str, mapping: Mapping) -> dict[str, Any]:
    found = table.found
    return {
        "format": found.format,
        "compression": found.compression,
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "header_row": found.header_row,
        "headers": found.headers,
        "sheet": found.sheet,
        "profile": profile,
        "columns": mapping.columns,
        "number_style": mapping.number_style or "",
        "date_style": mapping.date_style,
        "missing": list(mapping.missing),
        "unclear": list(mapping.unclear),
    }
