"""Taking the demonstration figures out of the database, and naming the files that nothing refers to any more."""

from dataclasses import dataclass, field

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from app.accounts.models import AuditEntry
from app.db import now
from app.trade import live
from app.trade.models import (
    ColumnMapping,
    CrossingRollup,
    Dataset,
    FlowRollup,
    GateMonth,
    Import,
    LakeFile,
    RollupVersion,
    StagedFile,
    TradeSource,
)

DEMO_SOURCES = select(TradeSource.id).where(TradeSource.demo)
DEMO_IMPORTS = select(Import.id).where(Import.source_id.in_(DEMO_SOURCES))


@dataclass
class Left:
    """Files to delete once the rows are gone."""

    lake: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)


def has_real_figures(session: Session) -> bool:
    """Whether anything that is no demonstration counts or is about to."""
    real = select(LakeFile.id).where(LakeFile.source_id.not_in(DEMO_SOURCES), LakeFile.withdrawn_at.is_(None))
    return session.scalar(real.limit(1)) is not None


def clear(session: Session) -> Left:
    """Delete all rows of demonstration sources."""
    if session.scalar(DEMO_SOURCES.limit(1)) is None:
        return Left()
    for dataset in sorted((Dataset.CROSSINGS, Dataset.DECLARATIONS, Dataset.SUMMARIES)):
        live.lock(session, dataset)
    left = Left(_lake_paths(session), _uploads(session))
    for rollup in (FlowRollup, CrossingRollup):
        session.execute(delete(rollup).where(rollup.demo))
    _forget_gate_months(session)
    _forget_records(session)
    for of_import in (LakeFile, StagedFile):
        session.execute(delete(of_import).where(of_import.import_id.in_(DEMO_IMPORTS)))
    session.execute(delete(Import).where(Import.source_id.in_(DEMO_SOURCES)))
    session.execute(delete(ColumnMapping).where(ColumnMapping.source_id.in_(DEMO_SOURCES)))
    session.execute(delete(TradeSource).where(TradeSource.demo))
    session.execute(
        update(RollupVersion).values(version=RollupVersion.version + 1, lake=RollupVersion.lake + 1, updated=now())
    )
    return left


def _lake_paths(session: Session) -> list[str]:
    paths = [
        path
        for table in (LakeFile, StagedFile)
        for path in session.scalars(select(table.path).where(table.import_id.in_(DEMO_IMPORTS)))
    ]
    found = session.scalars(select(Import.found).where(Import.id.in_(DEMO_IMPORTS)))
    return [*paths, *(facts["findings"] for facts in found if "findings" in facts)]


def _uploads(session: Session) -> list[str]:
    """Delivered files that no real import shares."""
    real = select(Import.sha256).where(Import.source_id.not_in(DEMO_SOURCES))
    mine = select(Import.sha256).where(Import.source_id.in_(DEMO_SOURCES), Import.sha256.not_in(real)).distinct()
    return list(session.scalars(mine))


def _forget_gate_months(session: Session) -> None:
    """Gate-months of the demonstration alone go; those with real files are computed again."""
    key = tuple_(GateMonth.dataset, GateMonth.gate, GateMonth.month)
    files = select(LakeFile.dataset, LakeFile.gate, LakeFile.month)
    invented = key.in_(files.where(LakeFile.source_id.in_(DEMO_SOURCES)))
    real = key.in_(files.where(LakeFile.source_id.not_in(DEMO_SOURCES)))
    apart = {"synchronize_session": False}
    session.execute(delete(GateMonth).where(invented, ~real).execution_options(**apart))
    raised = update(GateMonth).where(invented, real).values(version=GateMonth.version + 1)
    session.execute(raised.execution_options(**apart))


def _forget_records(session: Session) -> None:
    for table, ids in (("trade_import", DEMO_IMPORTS), ("trade_source", DEMO_SOURCES)):
        about = [str(number) for number in session.scalars(ids)]
        session.execute(delete(AuditEntry).where(AuditEntry.subject_type == table, AuditEntry.subject_id.in_(about)))
