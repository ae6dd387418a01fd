"""What accepting an import changes, or changed: gates and months, rows that replace earlier ones, totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.trade.lake import Lake
from app.trade.models import Dataset, Import, LakeFile, StagedFile, TradeSource
from app.trade.reading import quoted

MANY_FILES = 2_000  # opening more than these takes longer than a person waits

# What makes two rows of one gate-month the same thing
_SAME = {
    Dataset.DECLARATIONS: "declaration, line",
    Dataset.CROSSINGS: "day, direction, measure",
    Dataset.SUMMARIES: "basis, period_kind, direction, hs, partner",
}
_SUMS = {
    Dataset.DECLARATIONS: ("basis, direction", "sum(value_usd)"),
    Dataset.CROSSINGS: ("measure, direction", "sum(count)"),
    Dataset.SUMMARIES: ("basis, direction", "NULL"),  # totals and their parts stand side by side in such files
}


@dataclass(frozen=True)
class GateChange:
    """The part of an import that is about one gate."""

    gate: str  # slug, or `PROVINCE`
    months: int
    first: date
    last: date
    rows: int


@dataclass(frozen=True)
class Total:
    """Rows of one kind and direction; `amount` is USD in declarations, a count in crossings."""

    kind: str
    direction: str
    rows: int
    amount: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """Good rows set beside what is published now. `replaced` is None where there was too much to count at once."""

    replaced: int | None
    totals: tuple[Total, ...]


def by_gate(session: Session, import_: Import) -> list[GateChange]:
    """The gates and months of an import: what is staged before it is accepted, what is in the lake afterwards."""
    for table in (LakeFile, StagedFile):
        rows = session.execute(
            select(table.gate, func.count(), func.min(table.month), func.max(table.month), func.sum(table.rows))
            .where(table.import_id == import_.id, *([~LakeFile.moved] if table is LakeFile else []))
            .group_by(table.gate)
            .order_by(func.sum(table.rows).desc(), table.gate)
        ).all()
        if rows:
            return [GateChange(*row) for row in rows]
    return []


def compare(session: Session, import_: Import, lake_url: str) -> Comparison:
    """How many of the good rows take the place of rows published before, and what the good rows add up to."""
    lake, dataset = Lake(lake_url), Dataset(import_.dataset)
    staged = list(session.scalars(select(StagedFile.path).where(StagedFile.import_id == import_.id)))
    if not staged or dataset not in _SAME:
        return Comparison(0, ())
    live = _live_beside(session, import_)
    if len(staged) > MANY_FILES or len(live) > MANY_FILES:
        return Comparison(None, ())
    with duckdb.connect(config={"memory_limit": "300MB", "threads": 1}) as connection:
        lake.attach(connection)
        kinds, amount = _SUMS[dataset]
        totals = connection.execute(
            f"SELECT {kinds}, count(*), {amount} FROM {_rows(lake, staged)} GROUP BY {kinds} ORDER BY 3 DESC"
        ).fetchall()
        replaced = _replaced(connection, _rows(lake, staged), _rows(lake, live), _SAME[dataset]) if live else 0
    return Comparison(replaced, tuple(Total(*row) for row in totals))


def _live_beside(session: Session, import_: Import) -> list[str]:
    """Live files of the same gate-months; declarations of any source, else of this source only."""
    query = (
        select(LakeFile.path)
        .join(StagedFile, (StagedFile.gate == LakeFile.gate) & (StagedFile.month == LakeFile.month))
        .join(TradeSource, (TradeSource.id == LakeFile.source_id) & (TradeSource.demo == import_.demo))
        .where(
            StagedFile.import_id == import_.id,
            LakeFile.dataset == import_.dataset,
            LakeFile.withdrawn_at.is_(None),
            ~LakeFile.moved,
        )
    )
    if import_.dataset != Dataset.DECLARATIONS:
        query = query.where(LakeFile.source_id == import_.source_id)
    return list(session.scalars(query))


def _replaced(connection: duckdb.DuckDBPyConnection, fresh: str, live: str, key: str) -> int:
    found: Any = connection.execute(
        f"SELECT count(*) FROM (SELECT gate, month, {key} FROM {fresh}"
        f" INTERSECT SELECT gate, month, {key} FROM {live})"
    ).fetchone()
    return int(found[0])


def _rows(lake: Lake, paths: Sequence[str]) -> str:
    listed = ", ".join(quoted(lake.location(path)) for path in paths)
    return f"read_parquet([{listed}], hive_partitioning=true, hive_types_autocast=false)"
