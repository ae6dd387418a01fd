"""Vehicles and people through the gates: counts by kind, which are never added across kinds that overlap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.periods import add_months, last_day, months_between
from app.trade import coverage
from app.trade.comparing import Change, Total
from app.trade.coverage import EITHER_WAY, Presence
from app.trade.models import CrossingRollup
from app.trade.monthly import Series

VEHICLES = "vehicle"  # all motor vehicles: as counted, else the kinds below added up
PARTS = ("truck", "container", "bus", "car")  # kinds of one sheet that do not overlap
PEOPLE = "person"
Counts = dict[tuple[str, date], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted, where and when. No gate named: all of them."""

    first: date
    last: date
    kind: str = VEHICLES
    gates: tuple[str, ...] = ()
    demo: bool = False

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first, self.last))

    def year_before(self) -> "Asked":
        """The same months one year earlier."""
        return replace(self, first=add_months(self.first, -12), last=add_months(self.last, -12))


def kinds(session: Session, demo: bool) -> list[str]:
    """The kinds that are counted anywhere."""
    return sorted(session.scalars(select(CrossingRollup.measure).where(CrossingRollup.demo == demo).distinct()))


def span(session: Session, demo: bool) -> tuple[date, date] | None:
    """The first and the last month there are counts for."""
    query = select(func.min(CrossingRollup.month), func.max(CrossingRollup.month))
    first, last = session.execute(query.where(CrossingRollup.demo == demo)).one()
    return (first, last) if first else None


def by_month(session: Session, asked: Asked) -> list[Series]:
    """A series per gate, both ways together; a month without a sheet is None."""
    there = coverage.crossing_presence(session, asked.demo)
    counts = _counts(session, asked)
    return [
        Series(
            gate,
            EITHER_WAY,
            tuple((month, _point(counts, there, gate, month)) for month in asked.months),
            there.missing(asked.months, (gate,)),
            there.since(gate),
        )
        for gate, _ in there.of(asked.gates)
    ]


def total(session: Session, asked: Asked) -> Total:
    """How many in the period, with the like-for-like change and what is missing."""
    there = coverage.crossing_presence(session, asked.demo)
    now, before = _counts(session, asked), _counts(session, asked.year_before())
    whole = there.whole(asked.months, asked.gates)
    whole_before = there.whole(asked.year_before().months, asked.gates)
    months = [month for month in whole if add_months(month, -12) in whole_before]
    change = Change(
        _sum(now, months), _sum(before, [add_months(month, -12) for month in months]), len(months), len(asked.months)
    )
    return Total(_sum(now, {month for _, month in now}), change, there.missing(asked.months, asked.gates))


def per_day(session: Session, asked: Asked) -> Total:
    """The same a calendar day, over the months in which no gate is missing."""
    found, months = (
        total(session, asked),
        coverage.crossing_presence(session, asked.demo).whole(asked.months, asked.gates),
    )
    counted = _sum(_counts(session, asked), months)
    days = sum(last_day(month).day for month in months)
    return replace(found, value=counted / days if counted is not None else None)


def _point(counts: Counts, there: Presence, gate: str, month: date) -> Decimal | None:
    if not there.has(gate, EITHER_WAY, month) or (gate, month) not in counts:
        return None
    return Decimal(counts[gate, month])


def _sum(counts: Counts, months: Iterable[date]) -> Decimal | None:
    wanted = set(months)
    found = [count for (_, month), count in counts.items() if month in wanted]
    return Decimal(sum(found)) if found else None


def _counts(session: Session, asked: Asked) -> Counts:
    """Gate-month → count by one source, as a total or as its parts, each way once."""
    measures = (VEHICLES, *PARTS) if asked.kind == VEHICLES else (asked.kind,)
    query = (
        select(
            CrossingRollup.gate,
            CrossingRollup.month,
            CrossingRollup.source_id,
            CrossingRollup.measure,
            CrossingRollup.direction,
            func.sum(CrossingRollup.count),
        )
        .where(CrossingRollup.month.between(asked.first, asked.last), CrossingRollup.measure.in_(measures))
        .where(CrossingRollup.demo == asked.demo)
        .group_by(
            CrossingRollup.gate,
            CrossingRollup.month,
            CrossingRollup.source_id,
            CrossingRollup.measure,
            CrossingRollup.direction,
        )
    )
    if asked.gates:
        query = query.where(CrossingRollup.gate.in_(asked.gates))
    sheets: dict[tuple[str, date], dict[int, dict[tuple[str, str], int]]] = defaultdict(lambda: defaultdict(dict))
    for gate, month, source, measure, direction, count in session.execute(query):
        sheets[gate, month][source][measure, direction] = int(count)
    return {key: _of_sheet(by_source[max(by_source)]) for key, by_source in sheets.items()}


def _of_sheet(cells: dict[tuple[str, str], int]) -> int:
    """A sheet's count both ways: the total when it gives one, else its parts."""
    counted = [measure for measure, _ in cells]
    measures: Sequence[str] = (VEHICLES,) if VEHICLES in counted else counted
    return sum(_both_ways(cells, measure) for measure in set(measures))


def _both_ways(cells: dict[tuple[str, str], int], measure: str) -> int:
    ways = {direction: count for (name, direction), count in cells.items() if name == measure}
    return ways["both"] if "both" in ways else sum(ways.values())
