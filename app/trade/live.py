"""Which lake files count, and the gate-months that have to be computed because that changed."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.orm import Session

from app import jobs
from app.accounts import audit
from app.db import Instant, affected, now
from app.errors import Problem
from app.trade.lake import Slice
from app.trade.models import GateMonth, Import, LakeFile, RollupVersion, StagedFile, State


class Overtaken(Problem):
    """Another import of the data set was published in between: what was prepared has to be prepared again."""


def counting(as_of: datetime | None = None) -> list[ColumnElement[bool]]:
    """What makes a file count now, or made it count at a moment."""
    if as_of is None:
        return [LakeFile.withdrawn_at.is_(None)]
    still = or_(LakeFile.withdrawn_at.is_(None), LakeFile.withdrawn_at > as_of)
    return [LakeFile.accepted_at <= as_of, still]


def lake_version(session: Session, dataset: str) -> int:
    """A number that changes whenever files become live or are withdrawn."""
    return session.scalar(select(RollupVersion.lake).where(RollupVersion.dataset == dataset)) or 0


def lock(session: Session, dataset: str) -> int:
    """Hold the data set until the end of the transaction, so that publications come one after the other.

    Always the first lock to be taken, so that no two transactions wait for one another. Returns the lake version.
    """
    session.execute(
        text(
            "INSERT INTO rollup_version (dataset, version, lake, updated) VALUES (:dataset, 0, 0, :moment)"
            " ON CONFLICT (dataset) DO UPDATE SET lake = rollup_version.lake"
        ).bindparams(bindparam("moment", type_=Instant)),
        {"dataset": dataset, "moment": now()},
    )
    return lake_version(session, dataset)


def go_live(session: Session, import_: Import, moved: Iterable[Slice], seen: int) -> None:
    """The staged files of an accepted import count from now on.

    `seen` is the lake version on which `moved` was found; raises `Overtaken` when it is not the present one.
    """
    if lock(session, import_.dataset) != seen:
        raise Overtaken()
    moment = now()
    session.execute(
        text(
            "INSERT INTO lake_file (import_id, source_id, dataset, gate, month, path, rows, bytes, moved, version,"
            " accepted_at) SELECT import_id, :source, :dataset, gate, month, path, rows, bytes, :no, 0, :moment"
            " FROM staged_file WHERE import_id = :id"
        ).bindparams(bindparam("moment", type_=Instant)),
        {"source": import_.source_id, "dataset": import_.dataset, "no": False, "moment": moment, "id": import_.id},
    )
    session.execute(delete(StagedFile).where(StagedFile.import_id == import_.id))
    keys = {"import_id": import_.id, "source_id": import_.source_id, "dataset": import_.dataset}
    gone = [
        keys
        | {"gate": one.gate, "month": one.month, "path": one.path, "bytes": one.bytes}
        | {"rows": 0, "moved": True, "accepted_at": moment}
        for one in moved
    ]
    if gone:
        session.execute(insert(LakeFile), gone)
    _raise_gate_months(session, import_)


def withdraw(session: Session, import_: Import) -> None:
    """The files of an import count no more."""
    lock(session, import_.dataset)
    session.execute(update(LakeFile).where(LakeFile.import_id == import_.id).values(withdrawn_at=now()))
    _raise_gate_months(session, import_)


def _raise_gate_months(session: Session, import_: Import) -> None:
    session.execute(
        update(RollupVersion).where(RollupVersion.dataset == import_.dataset).values(lake=RollupVersion.lake + 1)
    )
    mine = {"id": import_.id}
    session.execute(
        text(
            "INSERT INTO gate_month (dataset, gate, month, version, done_version, leased_version, attempts, error)"
            " SELECT DISTINCT dataset, gate, month, 1, 0, 0, 0, '' FROM lake_file WHERE import_id = :id"
            " ON CONFLICT (dataset, gate, month) DO UPDATE SET version = gate_month.version + 1, attempts = 0"
        ),
        mine,
    )
    session.execute(
        text(
            "UPDATE lake_file SET version = (SELECT g.version FROM gate_month g WHERE g.dataset = lake_file.dataset"
            " AND g.gate = lake_file.gate AND g.month = lake_file.month) WHERE import_id = :id"
        ),
        mine,
    )
    jobs.ring_after_commit(session)


def try_now(session: Session, import_: Import) -> None:
    """Let the failed gate-months of an import be computed at once, whatever wait they are in."""
    mine = text("(gate, month) IN (SELECT gate, month FROM lake_file WHERE import_id = :id)")
    affected(
        session,
        update(GateMonth)
        .where(GateMonth.dataset == import_.dataset, GateMonth.version > GateMonth.done_version)
        .where(GateMonth.error != "", mine.bindparams(id=import_.id))
        .values(lease_until=None, lease_token=None, attempts=0, error="")
        .execution_options(synchronize_session=False),
    )
    jobs.ring_after_commit(session)


def compute_anew(session: Session, *, gate: str = "", month: date | None = None) -> int:
    """Have every gate-month computed again, or those of one gate or month; how many these are."""
    wanted = update(GateMonth).values(version=GateMonth.version + 1, attempts=0)
    wanted = wanted.where(GateMonth.gate == gate) if gate else wanted
    wanted = wanted.where(GateMonth.month == month) if month else wanted
    count = affected(session, wanted.execution_options(synchronize_session=False))
    jobs.ring_after_commit(session)
    return count


def failing(session: Session, import_: Import) -> list[GateMonth]:
    """The gate-months of an import that could not be computed, each with its error; they are tried again later."""
    mine = text("(gate, month) IN (SELECT gate, month FROM lake_file WHERE import_id = :id)")
    return list(
        session.scalars(
            select(GateMonth)
            .where(GateMonth.dataset == import_.dataset, GateMonth.version > GateMonth.done_version)
            .where(GateMonth.error != "", mine.bindparams(id=import_.id))
            .order_by(GateMonth.gate, GateMonth.month)
        )
    )


def note_progress(session: Session, dataset: str) -> None:
    """Bring the imports that are being published up to date; those whose gate-months are all done are published."""
    rows = session.execute(
        text(
            "SELECT f.import_id, count(*), sum(CASE WHEN g.done_version >= f.version THEN 1 ELSE 0 END)"
            " FROM trade_import i JOIN lake_file f ON f.import_id = i.id"
            " JOIN gate_month g ON g.dataset = f.dataset AND g.gate = f.gate AND g.month = f.month"
            " WHERE i.state = 'publishing' AND i.dataset = :dataset GROUP BY f.import_id ORDER BY f.import_id"
        ),
        {"dataset": dataset},
    ).all()
    for import_id, total, done in rows:
        import_ = session.get_one(Import, import_id)
        import_.done, import_.total = done, total
        if done == total:
            import_.state, import_.step, import_.published_at = State.PUBLISHED, "published", now()
            audit.record(session, None, "import.published", import_, after={"gate_months": total})
