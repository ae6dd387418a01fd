"""One reading of one delivered file, from bytes to staged rows; touches no database."""

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from flask_babel import lazy_gettext as _l

from app.text.dates import DateStyle
from app.trade import lake
from app.trade.detecting import BadFile, kind
from app.trade.facts import Facts
from app.trade.labels import Reader
from app.trade.lake import Lake
from app.trade.mapping import Known, Mapping, header_key, match
from app.trade.plan import Plan
from app.trade.profiles import Profile, profile_for
from app.trade.reading import Table, open_table
from app.trade.staging import Stage, Staged
from app.trade.watching import Tell, Watch

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

    @property
    def name(self) -> str:
        """How the files of this reading are called in the lake."""
        return f"import-{self.import_id}-{self.attempt}"


@dataclass
class Outcome:
    """`staged` is None when a person has to answer `mapping.missing` or `mapping.unclear` first."""

    table: Table
    profile: Profile
    mapping: Mapping
    preview: list[list[str]]
    layout: str  # one value per row of headers, see `mapping.header_key`
    staged: Staged | None = None

    def facts(self) -> dict[str, Any]:
        """What is kept with the import, for the pages."""
        shape = asdict(self.table.found)
        return shape | {
            "layout": self.layout,
            "preview": self.preview,
            "profile": self.profile.code,
            "given": sorted(self.profile.given()),
            "columns": self.mapping.columns,
            "number_style": self.mapping.number_style or "",
            "date_style": self.mapping.date_style,
            "missing": list(self.mapping.missing),
            "unclear": list(self.mapping.unclear),
            **(self._staged() if self.staged else {}),
        }

    def _staged(self) -> dict[str, Any]:
        staged = self.staged or Staged()
        return {"new_gates": staged.new_gates, "moves_itself": staged.moves_itself, **staged.files}


def inspect(order: Order, tell: Tell) -> Outcome:
    """Read the file of an order. Raises `BadFile` when it cannot be read at all, and whatever `tell` raises."""
    shutil.rmtree(order.work, ignore_errors=True)
    order.work.mkdir(parents=True)
    connection = lake.connect(order.memory, order.work)
    try:
        with Watch(connection, tell) as watch:
            return _inspect(order, connection, watch)
    except duckdb.OutOfMemoryException:
        raise BadFile(
            _l("The file holds a cell or a row too large to read. Was a quotation mark left open?")
        ) from None
    except (duckdb.InvalidInputException, duckdb.IOException):
        if kind(order.path)[0] != "parquet":
            raise
        raise BadFile(_l("The file is cut off or damaged. Export it again and send the new copy.")) from None
    finally:
        connection.close()
        shutil.rmtree(order.work, ignore_errors=True)


def _inspect(order: Order, connection: duckdb.DuckDBPyConnection, watch: Watch) -> Outcome:
    table = open_table(order.path, order.work, order.size_limit)
    sample = table.sample(connection)
    if not sample:
        raise BadFile(_l("The file has column names but no rows."))
    headers = table.found.headers
    layout = header_key(headers)
    profile = profile_for(order.dataset, headers)
    mapping = match(order.dataset, headers, profile, order.known.get(layout, Known()), sample)
    preview = [[cell or "" for cell in row] for row in sample[:PREVIEW_ROWS]]
    outcome = Outcome(table, profile, mapping, preview, layout)
    if mapping.sure:
        plan = Plan(order.dataset, table, mapping, profile, order.facts.today, bool(order.facts.hs8), order.released)
        stage = Stage(plan, _reader(order, plan), order.facts, order.work, connection, watch, order.creates_gates)
        outcome.staged = stage.run(order.lake, order.name)
    return outcome


def _reader(order: Order, plan: Plan) -> Reader:
    mapping = plan.mapping
    style: DateStyle = "us" if mapping.date_style == "%m/%d/%Y" else "vi"
    return Reader(
        order.dataset, plan.profile, order.facts, style, mapping.number_style, mapping.columns.get("period", "")
    )
