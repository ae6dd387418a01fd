"""How fresh the figures are, who delivered them, and what was left out."""

import hashlib
from dataclasses import dataclass, replace
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

    as_of: datetime | None = None
    deliveries: tuple[Delivery, ...] = ()
    held: int = 0
    excluded: int = 0

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
    return hashlib.sha256("\n".join([about, str(is_demo(session)), *facts]).encode()).hexdigest()[:24]


def is_demo(session: Session) -> bool:
    """Whether the demonstration is shown: only while nothing real is published, so that the two never mix."""
    live = select(LakeFile.id).join(TradeSource, LakeFile.source_id == TradeSource.id).limit(1)
    live = live.where(LakeFile.withdrawn_at.is_(None))
    if session.scalar(live.where(TradeSource.demo.is_(False))) is not None:
        return False
    return session.scalar(live.where(TradeSource.demo)) is not None


def freshness(session: Session, scope: Scope) -> Freshness:
    """Where the figures of a scope come from: its dataset, gates and months."""
    stamp = session.get(RollupVersion, scope.dataset)
    live = _live(scope)
    deliveries = tuple(Delivery(*row) for row in session.execute(_deliveries(live)))
    held = session.scalar(select(func.sum(Import.bad)).where(Import.id.in_(select(live.c.import_id).distinct())))
    excluded = session.scalar(_excluded(scope))
    return Freshness(stamp.updated if stamp else None, deliveries, int(held or 0), int(excluded or 0))


def _live(scope: Scope) -> Subquery:
    query = (
        select(LakeFile.import_id, LakeFile.source_id, LakeFile.rows, LakeFile.month, LakeFile.accepted_at)
        .join(TradeSource, LakeFile.source_id == TradeSource.id)
        .where(LakeFile.dataset == scope.dataset, LakeFile.withdrawn_at.is_(None), LakeFile.moved.is_(False))
        .where(LakeFile.month.between(scope.first, scope.last), TradeSource.demo == scope.demo)
    )
    if scope.source_id is not None:
        query = query.where(LakeFile.source_id == scope.source_id)
    return (query.where(LakeFile.gate.in_(scope.gates)) if scope.gates else query).subquery()


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


def _excluded(scope: Scope) -> Select[int]:
    """Lines that are kept but are no trade by their procedure code."""
    apart = replace(scope, basis=Basis.EXCLUDED, directions=(), hs=(), partners=())
    return select(func.sum(FlowRollup.lines)).where(
        *apart.conditions("all"), FlowRollup.month.between(scope.first, scope.last)
    )
