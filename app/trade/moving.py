"""Lines whose newest revision is in another gate-month than an older one: found when an import is published.

The gate-month that a line left gets a file with the key of the line as cancelled, so that every gate-month can still
be computed alone, in any order, as of any day.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.trade import lake, live
from app.trade.lake import Lake, Slice
from app.trade.models import Dataset, Import, LakeFile, StagedFile, State, TradeSource

Place = tuple[str, str, date]  # path in the lake, gate, month


@dataclass(frozen=True)
class Question:
    """The files of an import that is to be published, and the live ones it may take lines from or lose lines to."""

    name: str
    fresh: list[Place]
    live: list[tuple[str, str, date, int]]  # with the order of acceptance


def question(session: Session, import_: Import) -> Question | None:
    """What has to be compared before publishing; None when nothing, as for data sets whose rows cannot move."""
    if import_.dataset != Dataset.DECLARATIONS or import_.state != State.ACCEPTED:
        return None
    fresh = select(StagedFile.path, StagedFile.gate, StagedFile.month).where(StagedFile.import_id == import_.id)
    counting = (
        select(LakeFile.path, LakeFile.gate, LakeFile.month)
        .join(TradeSource, TradeSource.id == LakeFile.source_id)
        .where(LakeFile.dataset == import_.dataset, LakeFile.moved.is_(False), *live.counting())
        .where(TradeSource.demo == import_.demo)
        .order_by(LakeFile.accepted_at, LakeFile.import_id)
    )
    name = f"import-{import_.id}-{import_.attempt}-moved"
    if not import_.found["moves_itself"] and session.execute(counting.limit(1)).first() is None:
        return None
    there = [(path, gate, month, seq) for seq, (path, gate, month) in enumerate(session.execute(counting), start=1)]
    return Question(name, [(path, gate, month) for path, gate, month in session.execute(fresh)], there)


def answer(asked: Question, store: Lake, settings: Mapping[str, Any]) -> list[Slice]:
    """Files with the lines that leave a gate-month, written into the lake."""
    with tempfile.TemporaryDirectory(prefix="moving-", dir=_work(settings)) as folder:
        connection = lake.connect(settings["DUCKDB_MEMORY"], Path(folder))
        try:
            store.attach(connection)
            if not _find(connection, store, asked):
                return []
            parts = lake.write_parts(connection, f"SELECT {_COLUMNS} FROM gone", Path(folder) / "parts")
            return lake.store(store, Dataset.DECLARATIONS, asked.name, parts)
        finally:
            connection.close()


_COLUMNS = "declaration, revision, line, true AS cancelled, gate, month"
_KEY = "declaration, line"


def _find(connection: duckdb.DuckDBPyConnection, store: Lake, asked: Question) -> bool:
    """Make the table `gone`; whether there is anything in it."""
    newest = len(asked.live) + 1
    _read(connection, store, "fresh", [(*place, newest) for place in asked.fresh])
    amended = f"SELECT {_KEY} FROM fresh WHERE revision > 0"
    if asked.live:
        _read(connection, store, "live", asked.live)
        connection.execute(f"CREATE TABLE met AS SELECT * FROM live WHERE ({_KEY}) IN (SELECT ({_KEY}) FROM fresh)")
        connection.execute(f"CREATE TABLE asked AS {amended} UNION SELECT {_KEY} FROM met")
    else:
        connection.execute("CREATE TABLE met AS SELECT * FROM fresh LIMIT 0")
        connection.execute(f"CREATE TABLE asked AS {amended}")
    connection.execute(
        "CREATE TABLE gone AS WITH every AS ("
        f" SELECT * FROM met UNION ALL SELECT * FROM fresh WHERE ({_KEY}) IN (SELECT ({_KEY}) FROM asked)"
        "), ranked AS (SELECT *, first_value((revision, gate, month)) OVER ("
        f" PARTITION BY {_KEY} ORDER BY revision DESC, cancelled DESC, seq DESC) AS winner FROM every)"
        f" SELECT DISTINCT {_KEY}, winner[1] AS revision, gate, month FROM ranked"
        " WHERE (gate, month) <> (winner[2], winner[3])"
    )
    return connection.execute("SELECT count(*) FROM gone").fetchall() != [(0,)]


def _read(
    connection: duckdb.DuckDBPyConnection, store: Lake, name: str, places: Iterable[tuple[str, str, date, int]]
) -> None:
    rows = list(places)
    listing = pa.table(
        {
            "file": list(range(len(rows))),
            "path": [store.location(path) for path, *_ in rows],
            "gate": [gate for _, gate, *_ in rows],
            "month": pa.array([month for *_, month, _ in rows], pa.date32()),
            "seq": [order for *_, order in rows],
        }
    )
    connection.register(f"{name}_files", listing)
    connection.execute(f"SET VARIABLE {name}_paths = (SELECT list(path ORDER BY file) FROM {name}_files)")
    connection.execute(
        f"CREATE VIEW {name} AS SELECT declaration, revision, line, cancelled, gate, month, seq FROM"
        " (SELECT declaration, revision, line, cancelled, file_index AS file FROM"
        f" read_parquet(getvariable('{name}_paths'), hive_partitioning=false)) r"
        f" JOIN {name}_files f ON f.file = r.file"
    )


def _work(settings: Mapping[str, Any]) -> Path:
    work = Path(settings["DATA_DIR"]) / "work"
    work.mkdir(parents=True, exist_ok=True)
    return work
