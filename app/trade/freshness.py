"""How fresh the figures are, who delivered them, and what was left out."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from app.trade.models import Basis, FlowRollup, Import, LakeFile, RollupVersion, TradeSource
from app.trade.scope import Scope


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one source has delivered that is live now."""

    code: str
    name: str
    demo: bool
    imports: int
    files: int
    rows: int
    first: date
    last: date
    accepted_at: datetime


@dataclass(frozen=True)
class Freshness:
    """`as_of`: when the figures last changed. `held`: rows that were not good; `excluded`: lines outside trade."""

    version: int
    as_of: datetime | None
    deliveries: tuple[Delivery, ...] = ()
    held: int = 0
    excluded: int = 0

    @property
    def demo(self) -> bool:
        return any(delivery.demo for delivery in self.deliveries)

    @property
    def imports(self) -> int:
        return sum(delivery.imports for delivery in self.deliveries)

    @property
    def first(self) -> date | None:
        return min((delivery.first for delivery in self.deliveries), default=None)

    @property
    def last(self) -> date | None:
        return max((delivery.last for delivery in self.deliveries), default=None)


def tag(session: Session, *datasets: str, about: str) -> str:
    """An ETag for an answer `about` something, made of these datasets: the same while nothing is published anew."""
    rows = session.execute(
        select(RollupVersion.dataset, RollupVersion.version, RollupVersion.updated)
        .where(RollupVersion.dataset.in_(datasets))
        .order_by(RollupVersion.dataset)
    )
    facts = [f"{dataset} {version} {updated.isoformat()}" for dataset, version, updated in rows]
    return hashlib.sha256("\n".join([about, *facts]).encode()).hexdigest()[:24]


def is_demo(session: Session) -> bool:
    """Whether the published figures are those of the demonstration; they are never mixed with real ones."""
    live = select(LakeFile.id).join(TradeSource, LakeFile.source_id == TradeSource.id)
    return session.scalar(live.where(TradeSource.demo, LakeFile.withdrawn_at.is_(None)).limit(1)) is not None


def freshness(session: Session, dataset: str, scope: Scope | None = None) -> Freshness:
    """Where the figures of a dataset come from; with a scope, only its gates and months."""
    stamp = session.get(RollupVersion, dataset)
    live = _live(dataset, scope)
    deliveries = tuple(Delivery(*row) for row in session.execute(_deliveries(live)))
    held = session.scalar(select(func.sum(Import.bad)).where(Import.id.in_(select(live.c.import_id).distinct())))
    excluded = session.scalar(_excluded(dataset, scope))
    return Freshness(
        stamp.version if stamp else 0,
        stamp.updated if stamp else None,
        deliveries,
        int(held or 0),
        int(excluded or 0),
    )


def _live(dataset: str, scope: Scope | None) -> Subquery:
    query = select(LakeFile.import_id, LakeFile.source_id, LakeFile.rows, LakeFile.month, LakeFile.accepted_at).where(
        LakeFile.dataset == dataset, LakeFile.withdrawn_at.is_(None)
    )
    if scope is not None:
        query = query.where(LakeFile.month.between(scope.first, scope.last))
        query = query.where(LakeFile.gate.in_(scope.gates)) if scope.gates else query
    return query.subquery()


def _deliveries(live: Subquery) -> Select[*tuple[Any, ...]]:
    column = live.c
    return (
        select(
            TradeSource.code,
            TradeSource.name,
            TradeSource.demo,
            func.count(column.import_id.distinct()),
            func.count(),
            func.sum(column.rows),
            func.min(column.month),
            func.max(column.month),
            func.max(column.accepted_at),
        )
        .join(live, column.source_id == TradeSource.id)
        .group_by(TradeSource.id, TradeSource.code, TradeSource.name, TradeSource.demo)
        .order_by(TradeSource.code)
    )


def _excluded(dataset: str, scope: Scope | None) -> Select[int]:
    """Lines that are kept but are no trade by their procedure code."""
    query = select(func.sum(FlowRollup.lines)).where(
        FlowRollup.dataset == dataset, FlowRollup.grain == "all", FlowRollup.basis == Basis.EXCLUDED
    )
    if scope is not None:
        query = query.where(FlowRollup.month.between(scope.first, scope.last))
        query = query.where(FlowRollup.gate.in_(scope.gates)) if scope.gates else query
    return query
