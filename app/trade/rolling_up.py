"""Gate-months under a lease: claimed, computed from the live files of the lake, written as a whole or not at all."""

import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import affected, now
from app.jobs import RETRY_AFTER, FencedOut
from app.trade import lake, live
from app.trade.lake import Lake
from app.trade.models import CrossingRollup, Dataset, FlowRollup, GateMonth, LakeFile, RollupVersion, TradeSource
from app.trade.rollup_sql import GRAINS, QUERIES
from app.trade.watching import Tell, Watch

MOST = 2_000  # gate-months in one claim
ENOUGH_ROWS = 500_000  # a claim takes no more gate-months once it has so many rows to read
PATIENT = 5  # after so many attempts in a row the lease doubles each time
LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class Held:
    """Gate-months of one data set under one lease; `token` fences out a worker that was thought dead."""

    dataset: str
    token: str
    attempts: int
    gate_months: tuple[tuple[str, date], ...]


@dataclass(frozen=True)
class Live:
    """A file that counts. `seq` is greater the later it was accepted."""

    path: str
    gate: str
    month: date
    source_id: int
    demo: bool
    moved: bool
    seq: int


def claim(session: Session, lease_seconds: int) -> Held | None:
    """Take due gate-months of one data set; one alone when it failed before, so that it cannot spoil others."""
    moment = now()
    due = session.scalars(
        select(GateMonth)
        .where(GateMonth.version > GateMonth.done_version)
        .where(or_(GateMonth.lease_until.is_(None), GateMonth.lease_until < moment))
        .order_by(GateMonth.attempts, GateMonth.dataset, GateMonth.month, GateMonth.gate)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return None
    taken = _as_many_as_fit(session, due)
    token = secrets.token_hex(8)
    for row in taken:
        row.attempts += 1
        row.lease_token, row.leased_version = token, row.version
        row.lease_until = moment + min(
            timedelta(seconds=lease_seconds) * 2 ** max(0, row.attempts - PATIENT), LONGEST
        )
    return Held(taken[0].dataset, token, taken[0].attempts, tuple((row.gate, row.month) for row in taken))


def _as_many_as_fit(session: Session, due: Any) -> list[GateMonth]:
    first = due[0]
    if first.attempts:
        return [first]
    fresh = [row for row in due if row.dataset == first.dataset and row.attempts == 0]
    counts = session.execute(
        select(LakeFile.gate, LakeFile.month, func.sum(LakeFile.rows))
        .where(LakeFile.dataset == first.dataset, LakeFile.month.between(fresh[0].month, fresh[-1].month))
        .group_by(LakeFile.gate, LakeFile.month)
    )
    rows = {(gate, month): count for gate, month, count in counts}
    taken, sum_ = [], 0
    for row in fresh:
        taken.append(row)
        sum_ += rows.get((row.gate, row.month), 0)
        if sum_ >= ENOUGH_ROWS:
            break
    return taken


def live_files(session: Session, held: Held, as_of: datetime | None = None) -> list[Live]:
    """The files that count in these gate-months, now or as they were at a moment."""
    query = (
        select(LakeFile.path, LakeFile.gate, LakeFile.month, LakeFile.source_id, TradeSource.demo, LakeFile.moved)
        .join(TradeSource, TradeSource.id == LakeFile.source_id)
        .where(LakeFile.dataset == held.dataset, *live.counting(as_of))
        .order_by(LakeFile.accepted_at, LakeFile.import_id, LakeFile.moved)
    )
    if len(held.gate_months) == 1:
        gate, month = held.gate_months[0]
        query = query.where(LakeFile.gate == gate, LakeFile.month == month)
    else:
        months = [month for _, month in held.gate_months]
        query = query.where(LakeFile.month.between(min(months), max(months)))
    wanted = set(held.gate_months)
    rows = [row for row in session.execute(query) if (row.gate, row.month) in wanted]
    return [Live(*row, seq) for seq, row in enumerate(rows, start=1)]


def compute(held: Held, files: list[Live], settings: Mapping[str, Any], tell: Tell) -> pa.Table | None:
    """The rollup rows of the gate-months; None when nothing counts there any more. Touches no database."""
    if not files:
        return None
    (Path(settings["DATA_DIR"]) / "work").mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="rollup-", dir=Path(settings["DATA_DIR"]) / "work"))
    connection = lake.connect(settings["DUCKDB_MEMORY"], work)
    try:
        with Watch(connection, tell):
            _bring_rows(connection, Lake(settings["LAKE_URL"]), held, files)
            return connection.sql(QUERIES[Dataset(held.dataset)]).to_arrow_table()
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


def _bring_rows(connection: duckdb.DuckDBPyConnection, store: Lake, held: Held, files: list[Live]) -> None:
    """The relations `row` and `place` that the rollup queries read."""
    store.attach(connection)
    places = list(dict.fromkeys(_place(held, file) for file in files))
    number = {place: at for at, place in enumerate(places)}
    kind = pa.struct([("demo", pa.bool_()), ("source_id", pa.int64()), ("gate", pa.string()), ("month", pa.date32())])
    rows = pa.array([dict(zip(kind.names, place, strict=True)) for place in places], kind)
    connection.register(
        "place",
        pa.Table.from_batches([pa.RecordBatch.from_struct_array(rows)]).append_column(
            "place", _ints(range(len(places)))
        ),
    )
    listing = pa.table(
        {
            "file": _ints(range(len(files))),
            "path": [store.location(file.path) for file in files],
            "place": _ints([number[_place(held, file)] for file in files]),
            "moved": [file.moved for file in files],
            "seq": _ints([file.seq for file in files]),
        }
    )
    connection.register("listing", listing)
    ragged = any(file.moved for file in files)  # files of moved lines lack most columns
    connection.execute("SET VARIABLE paths = (SELECT list(path ORDER BY file) FROM listing)")
    connection.execute(
        "CREATE VIEW row AS SELECT lake.*, listing.* EXCLUDE (file, path) FROM"
        " (SELECT *, file_index AS file FROM"
        f" read_parquet(getvariable('paths'), hive_partitioning=false, union_by_name={ragged})) lake"
        " JOIN listing ON listing.file = lake.file"
    )


def _place(held: Held, file: Live) -> tuple[bool, int | None, str, date]:
    """What is rolled up together: sources of declarations speak of the same lines, others stand side by side."""
    return (file.demo, None if held.dataset == Dataset.DECLARATIONS else file.source_id, file.gate, file.month)


def _ints(values: Iterable[int]) -> pa.Array:
    return pa.array(values, pa.int32())


def extend(session: Session, held: Held, lease_seconds: int) -> None:
    """A sign of life during a long computation. Raises `FencedOut` if the lease was lost."""
    until = now() + timedelta(seconds=lease_seconds)
    _all_mine(session, held, update(GateMonth).values(lease_until=until))


def write(session: Session, held: Held, rows: pa.Table | None) -> None:
    """Replace the rollups of the gate-months. Raises `FencedOut`, writing nothing, if the lease was lost."""
    live.lock(session, held.dataset)
    _clear(session, held)
    done = {"done_version": GateMonth.leased_version, "done_at": now(), "attempts": 0, "error": ""}
    _all_mine(session, held, update(GateMonth).values(done | {"lease_until": None, "lease_token": None}))
    if rows is not None:
        db.fill(session, CrossingRollup if held.dataset == Dataset.CROSSINGS else FlowRollup, rows)
    session.execute(
        update(RollupVersion)
        .where(RollupVersion.dataset == held.dataset)
        .values(version=RollupVersion.version + 1, updated=now())
    )
    live.note_progress(session, held.dataset)


def _clear(session: Session, held: Held) -> None:
    gates: dict[date, list[str]] = {}
    for gate, month in held.gate_months:
        gates.setdefault(month, []).append(gate)
    for month, names in gates.items():
        if held.dataset == Dataset.CROSSINGS:
            old = delete(CrossingRollup).where(CrossingRollup.month == month, CrossingRollup.gate.in_(names))
        else:
            old = delete(FlowRollup).where(FlowRollup.dataset == held.dataset, FlowRollup.grain.in_(GRAINS))
            old = old.where(FlowRollup.month == month, FlowRollup.gate.in_(names))
        session.execute(old.execution_options(synchronize_session=False))


def give_back(session: Session, held: Held, error: str) -> None:
    """Note a failure and wait before the next attempt; of many gate-months each is then tried alone."""
    if len(held.gate_months) > 1:
        values: dict[str, Any] = {"lease_until": None, "lease_token": None}
    else:
        wait = timedelta(seconds=RETRY_AFTER[min(held.attempts, len(RETRY_AFTER)) - 1])
        values = {"lease_until": now() + wait, "lease_token": None, "error": error[:1000]}
    _all_mine(session, held, update(GateMonth).values(values))


def _all_mine(session: Session, held: Held, statement: Any) -> None:
    mine = statement.where(GateMonth.dataset == held.dataset, GateMonth.lease_token == held.token)
    if affected(session, mine.execution_options(synchronize_session=False)) != len(held.gate_months):
        raise FencedOut()
