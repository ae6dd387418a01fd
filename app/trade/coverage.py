"""Which gate-months there are, and which are missing or not final."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.i18n import ZONE
from app.periods import add_months
from app.trade.models import CrossingRollup, Dataset, FlowRollup, GateMonth, LakeFile, Status
from app.trade.scope import Scope

EITHER_WAY = ""
SHORT = 12  # months; a series shorter than this is not judged regular or not
NOT_FINAL = (Status.ESTIMATE, Status.PRELIMINARY)
GateMonthName = tuple[str, date]


@dataclass(frozen=True)
class Presence:
    """Which months there are. What is not there is missing, never zero.

    A gate with figures in fewer than half of the months in which others have some is not missed when it is absent.
    A direction is there in a month when any gate has it, so that a month whose import file is lacking is noticed.
    """

    gates: dict[str, frozenset[date]]  # gate → the months it has figures for
    ways: dict[str, frozenset[date]]  # direction → the months any gate has figures for
    pairs: tuple[tuple[str, str], ...]  # (gate, direction) that ever occur

    def has(self, gate: str, direction: str, month: date) -> bool:
        return month in self.gates.get(gate, frozenset()) and month in self.ways.get(direction, frozenset())

    def since(self, gate: str) -> date:
        """The first month of a gate; before it there was nothing to miss."""
        return min(self.gates[gate])

    def regular(self, gate: str) -> bool:
        return gate not in self._irregular

    @cached_property
    def _irregular(self) -> frozenset[str]:
        delivered = sorted({month for months in self.gates.values() for month in months})
        return frozenset(
            gate
            for gate, months in self.gates.items()
            if (asked := len(delivered) - bisect_left(delivered, min(months))) >= SHORT and 2 * len(months) < asked
        )

    def of(self, gates: Sequence[str] = (), directions: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The (gate, direction) pairs that are asked for; all gates when none is named."""
        return [
            (gate, way)
            for gate, way in self.pairs
            if (not gates or gate in gates) and (not directions or way in directions)
        ]

    def missing(
        self, months: Iterable[date], gates: Sequence[str] = (), directions: Sequence[str] = ()
    ) -> tuple[GateMonthName, ...]:
        """Gate-months that lack a direction, or all, from the first month of each gate on; oldest first."""
        wanted = list(months)
        lacking = {
            (month, gate)
            for gate, way in self.of(gates, directions)
            if self.regular(gate)
            for month in wanted
            if month >= self.since(gate) and not self.has(gate, way, month)
        }
        return tuple((gate, month) for month, gate in sorted(lacking))

    def whole(self, months: Iterable[date], gates: Sequence[str] = (), directions: Sequence[str] = ()) -> set[date]:
        """The months in which every regular gate has every direction that was asked for."""
        asked = [pair for pair in self.of(gates, directions) if self.regular(pair[0])]
        return {month for month in months if asked and all(self.has(*pair, month) for pair in asked)}


def presence(session: Session, scope: Scope) -> Presence:
    """What there is of declarations or summaries of a basis, whatever gates, goods and partners the scope names."""
    query = (
        select(FlowRollup.gate, FlowRollup.direction, FlowRollup.month)
        .where(FlowRollup.dataset == scope.dataset, FlowRollup.basis == scope.basis, FlowRollup.grain == "all")
        .where(FlowRollup.period_kind == "month", FlowRollup.demo == scope.demo)
        .distinct()
    )
    if scope.source_id is not None:
        query = query.where(FlowRollup.source_id == scope.source_id)
    return _presence(session.execute(query))


def crossing_presence(session: Session, demo: bool, measures: Sequence[str] = ()) -> Presence:
    """What there is of border-guard counts, of some kinds or of any; a sheet counts both ways or is missing."""
    query = select(CrossingRollup.gate, CrossingRollup.month).where(CrossingRollup.demo == demo).distinct()
    query = query.where(CrossingRollup.measure.in_(measures)) if measures else query
    return _presence((gate, EITHER_WAY, month) for gate, month in session.execute(query))


def _presence(rows: Iterable[Row[str, str, date] | tuple[str, str, date]]) -> Presence:
    gates: dict[str, set[date]] = defaultdict(set)
    ways: dict[str, set[date]] = defaultdict(set)
    pairs = set()
    for gate, way, month in rows:
        gates[gate].add(month)
        ways[way].add(month)
        pairs.add((gate, way))
    return Presence(_frozen(gates), _frozen(ways), tuple(sorted(pairs)))


def _frozen(found: dict[str, set[date]]) -> dict[str, frozenset[date]]:
    return {name: frozenset(months) for name, months in found.items()}


# --- the strip: gate × month ---


@dataclass(frozen=True, slots=True)
class Cell:
    """`state`: present, preliminary, partial (a direction lacks), pending (to be computed), missing, none, before."""

    month: date
    state: str


def strip(session: Session, scope: Scope) -> dict[str, list[Cell]]:
    """Gate → one cell per month of the scope."""
    crossings = scope.dataset == Dataset.CROSSINGS
    there = crossing_presence(session, scope.demo) if crossings else presence(session, scope)
    soft = _not_final(session, scope)
    pending = {(row.gate, row.month) for row in session.scalars(_pending(scope))}
    gates = [gate for gate in there.gates if not scope.gates or gate in scope.gates]
    return {
        gate: [Cell(month, _state(there, (gate, month), soft, pending)) for month in scope.months]
        for gate in sorted(gates)
    }


def _state(there: Presence, cell: GateMonthName, soft: set[GateMonthName], pending: set[GateMonthName]) -> str:
    gate, month = cell
    if cell in pending:
        return "pending"
    if month < there.since(gate):
        return "before"
    if month not in there.gates[gate]:
        return "missing" if there.regular(gate) else "none"
    if there.missing([month], (gate,)):
        return "partial"
    return "preliminary" if cell in soft else "present"


def _pending(scope: Scope) -> Select[GateMonth]:
    """Gate-months with something accepted that is not computed yet."""
    return select(GateMonth).where(
        GateMonth.dataset == scope.dataset,
        GateMonth.done_version < GateMonth.version,
        GateMonth.month.between(scope.first, scope.last),
    )


def _not_final(session: Session, scope: Scope) -> set[GateMonthName]:
    """Gate-months whose figures carry a weak status, or whose file came before the month was over."""
    early = (
        select(LakeFile.gate, LakeFile.month, func.max(LakeFile.accepted_at))
        .where(LakeFile.dataset == scope.dataset, LakeFile.withdrawn_at.is_(None), LakeFile.moved.is_(False))
        .where(LakeFile.month.between(scope.first, scope.last))
        .group_by(LakeFile.gate, LakeFile.month)
    )
    found = {
        (gate, month)
        for gate, month, accepted in session.execute(early)
        if accepted.astimezone(ZONE).date() < add_months(month, 1)
    }
    if scope.dataset == Dataset.SUMMARIES:
        weak = (
            select(FlowRollup.gate, FlowRollup.month)
            .where(FlowRollup.dataset == scope.dataset, FlowRollup.basis == scope.basis, FlowRollup.grain == "all")
            .where(FlowRollup.status.in_(NOT_FINAL), FlowRollup.month.between(scope.first, scope.last))
            .where(FlowRollup.demo == scope.demo)
            .distinct()
        )
        found |= {(gate, month) for gate, month in session.execute(weak)}
    return found
