"""Sums of a period beside the same months a year before: like for like, and honest about what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from app.periods import add_months
from app.trade.coverage import GateMonthName, Presence
from app.trade.models import FlowRollup
from app.trade.scope import Scope


@dataclass(frozen=True, slots=True)
class Change:
    """Like for like: only months that are whole in both years. `asked`: how many months the period has."""

    now: Decimal | None
    before: Decimal | None
    compared: int
    asked: int

    @property
    def percent(self) -> Decimal | None:
        """Growth in per cent; None when there is nothing to compare with."""
        if self.now is None or not self.before:
            return None
        return (self.now / self.before - 1) * 100

    @property
    def is_new(self) -> bool:
        """Something now, nothing a year before."""
        return bool(self.now) and self.before == 0


@dataclass(frozen=True, slots=True)
class Total:
    """The sum over a period, and the gate-months that it lacks."""

    value: Decimal | None
    change: Change
    missing: tuple[GateMonthName, ...] = ()


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one key: the whole period, and the comparable months of it and of the year before; `rows` in the period."""

    period: Decimal | None = None
    now: Decimal | None = None
    before: Decimal | None = None
    rows: int = 0


def comparable(there: Presence, scope: Scope) -> list[date]:
    """The months of a period that are whole now and were whole a year before."""
    now = there.whole(scope.months, scope.gates, scope.directions)
    before = there.whole(scope.year_before().months, scope.gates, scope.directions)
    return sorted(month for month in now if add_months(month, -12) in before)


def both_years(
    session: Session,
    scope: Scope,
    measure: str,
    key: SQLCoreOperations[str],
    months: list[date],
    grain: str,
) -> Mapping[str, Sums]:
    """Key → sums of the period and, of the comparable `months`, in both years; one query."""
    value: Any = getattr(FlowRollup, measure)
    in_period = FlowRollup.month.between(scope.first, scope.last)
    year_before = [add_months(month, -12) for month in months]
    query = (
        select(
            key,
            func.sum(case((in_period, value))),
            func.sum(case((FlowRollup.month.in_(months), value))),
            func.sum(case((FlowRollup.month.in_(year_before), value))),
            func.count(case((in_period, 1))),
        )
        .where(*scope.conditions(grain), FlowRollup.month.between(scope.year_before().first, scope.last))
        .group_by(key)
    )
    return {row[0]: Sums(*row[1:]) for row in session.execute(query)}


def total(sums: Sums, there: Presence, scope: Scope) -> Total:
    """The sums of a scope as a total with its gaps."""
    missing = there.missing(scope.months, scope.gates, scope.directions)
    some = any(
        there.has(gate, way, month) for gate, way in there.of(scope.gates, scope.directions) for month in scope.months
    )
    return Total(_or_zero(sums.period, sums.rows, known=some), change(sums, comparable(there, scope), scope), missing)


def change(sums: Sums, months: list[date], scope: Scope) -> Change:
    """The comparable part of the sums."""
    known = bool(months)
    return Change(
        _or_zero(sums.now, 0, known=known), _or_zero(sums.before, 0, known=known), len(months), len(scope.months)
    )


def _or_zero(value: Decimal | int | None, rows: int, *, known: bool) -> Decimal | None:
    """No row in a month that is there is zero; rows without the measure, and months that are not there, are None."""
    if value is not None:
        return Decimal(value)
    return Decimal(0) if known and rows == 0 else None
