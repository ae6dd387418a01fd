"""Every gate, direction and month of a scope, read once with the year before it: series and totals are made of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.periods import add_months
from app.trade import coverage
from app.trade.comparing import Change, Total, comparable
from app.trade.coverage import GateMonthName, Presence
from app.trade.models import FlowRollup
from app.trade.scope import Scope

ALL_GATES = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a figure. `missing`: gate-months that left a hole in it; before `since` there was nothing."""

    gate: str
    direction: str
    points: tuple[tuple[date, Decimal | None], ...]
    missing: tuple[GateMonthName, ...]
    since: date

    @property
    def known(self) -> list[Decimal]:
        return [value for _, value in self.points if value is not None]


@dataclass(frozen=True)
class Monthly:
    """The sums of a measure per gate, direction and month, and what there is at all."""

    scope: Scope
    there: Presence
    sums: dict[tuple[str, str, date], Decimal | None]

    def at(self, gate: str, way: str, month: date) -> Decimal | None:
        """No such goods in a month that is there are zero; a missing month, or one without the measure, is None."""
        return self.sums.get((gate, way, month), Decimal(0)) if self.there.has(gate, way, month) else None

    def series(self) -> list[Series]:
        """A series per gate and direction."""
        months = self.scope.months
        return [
            Series(
                gate,
                way,
                tuple((month, self.at(gate, way, month)) for month in months),
                self.there.missing(months, (gate,), (way,)),
                self.there.since(gate),
            )
            for gate, way in self.there.of(self.scope.gates, self.scope.directions)
        ]

    def ways(self) -> list[str]:
        """The directions there are."""
        return sorted({way for _, way in self.there.of(self.scope.gates, self.scope.directions)})

    def total(
        self, *, months: tuple[date, date] | None = None, gates: Sequence[str] = (), ways: Sequence[str] = ()
    ) -> Total:
        """The sum over some of the months, gates and directions, or all, with its like-for-like change."""
        first, last = months or (self.scope.first, self.scope.last)
        part = replace(
            self.scope,
            first=first,
            last=last,
            gates=tuple(gates) or self.scope.gates,
            directions=tuple(ways) or self.scope.directions,
        )
        pairs = self.there.of(part.gates, part.directions)
        alike = comparable(self.there, part)
        change = Change(
            self._sum(pairs, alike),
            self._sum(pairs, [add_months(month, -12) for month in alike]),
            len(alike),
            len(part.months),
        )
        missing = self.there.missing(part.months, part.gates, part.directions)
        return Total(self._sum(pairs, part.months), change, missing)

    def _sum(self, pairs: Iterable[tuple[str, str]], months: Sequence[date]) -> Decimal | None:
        values = [self.at(gate, way, month) for gate, way in pairs for month in months]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if known else None


def read(session: Session, scope: Scope, measure: str) -> Monthly:
    """One query over the scope and the year before it."""
    keys = (FlowRollup.gate, FlowRollup.direction, FlowRollup.month)
    query = (
        select(*keys, func.sum(getattr(FlowRollup, measure)))
        .where(*scope.conditions(scope.grain()))
        .where(FlowRollup.month.between(scope.year_before().first, scope.last))
        .group_by(*keys)
    )
    sums = {
        (gate, way, month): None if value is None else Decimal(value)
        for gate, way, month, value in session.execute(query)
    }
    return Monthly(scope, coverage.presence(session, scope), sums)


def across_gates(series: Iterable[Series]) -> list[Series]:
    """The series of each direction added up; a month in which a gate is missing is a hole, not a smaller sum."""
    by_direction: dict[str, list[Series]] = defaultdict(list)
    for one in series:
        by_direction[one.direction].append(one)
    return [
        Series(
            ALL_GATES,
            direction,
            tuple(_added(group, place) for place in range(len(group[0].points))),
            tuple(sorted({gap for one in group for gap in one.missing}, key=lambda gap: (gap[1], gap[0]))),
            min(one.since for one in group),
        )
        for direction, group in by_direction.items()
    ]


def _added(group: Sequence[Series], place: int) -> tuple[date, Decimal | None]:
    """One month of several gates; None when a gate is missing there, or has figures without this measure."""
    month = group[0].points[place][0]
    lacking = {one.gate for one in group if (one.gate, month) in one.missing}
    values = [one.points[place][1] for one in group]
    known = [value for value in values if value is not None]
    return month, sum(known, Decimal(0)) if known and not lacking else None
