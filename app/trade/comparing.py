"""Sums of a period beside the same months a year before: like for like, and honest about what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
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
    """Of one key: the whole period, and the comparable months of it and of the year before, each with its rows."""

    period: Decimal | None
    rows: int
    now: Decimal | None
    rows_now: int
    before: Decimal | None
    rows_before: int


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
            *_sum_and_rows(in_period, value),
            *_sum_and_rows(FlowRollup.month.in_(months), value),
            *_sum_and_rows(FlowRollup.month.in_(year_before), value),
        )
        .where(*scope.conditions(grain), FlowRollup.month.between(scope.year_before().first, scope.last))
        .group_by(key)
    )
    return {row[0]: Sums(*row[1:]) for row in session.execute(query)}


def change(sums: Sums, months: list[date], scope: Scope) -> Change:
    """The comparable part of the sums."""
    now, before = _or_zero(sums.now, sums.rows_now), _or_zero(sums.before, sums.rows_before)
    return Change(now if months else None, before if months else None, len(months), len(scope.months))


def _sum_and_rows(condition: ColumnElement[bool], value: Any) -> tuple[Any, Any]:
    return func.sum(case((condition, value))), func.count(case((condition, 1)))


def _or_zero(value: Decimal | int | None, rows: int) -> Decimal | None:
    """No row in months that are there is zero; rows without the measure are unknown."""
    return Decimal(value or 0) if value is not None or rows == 0 else None
