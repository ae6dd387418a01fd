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


def gates(session: Session, demo: bool) -> list[str]:
    """The gates anything is counted at."""
    return sorted(session.scalars(select(CrossingRollup.gate).where(CrossingRollup.demo == demo).distinct()))


def span(session: Session, demo: bool) -> tuple[date, date] | None:
    """The first and the last month there are counts for."""
    months = select(CrossingRollup.month).where(CrossingRollup.demo == demo).limit(1)
    first = session.scalar(months.order_by(CrossingRollup.month))
    last = session.scalar(months.order_by(CrossingRollup.month.desc()))
    return (first, last) if first and last else None


@dataclass(frozen=True)
class Counted:
    """The counts of a question per gate and month, with the year before, and what there is at all of that kind."""

    asked: Asked
    there: Presence
    counts: Counts

    def series(self) -> list[Series]:
        """A series per gate, both ways together; a month without a count is None."""
        months = self.asked.months
        return [
            Series(
                gate,
                EITHER_WAY,
                tuple((month, self._at(gate, month)) for month in months),
                self.there.missing(months, (gate,)),
                self.there.since(gate),
            )
            for gate, _ in self.there.of(self.asked.gates)
        ]

    def total(self, months: tuple[date, date] | None = None) -> Total:
        """How many in the period or a part of it, with the like-for-like change and what is missing."""
        part = self._part(months)
        whole, whole_before = (self.there.whole(one.months, one.gates) for one in (part, part.year_before()))
        alike = [month for month in whole if add_months(month, -12) in whole_before]
        before = [add_months(month, -12) for month in alike]
        change = Change(_sum(self.counts, alike), _sum(self.counts, before), len(alike), len(part.months))
        return Total(_sum(self.counts, part.months), change, self.there.missing(part.months, part.gates))

    def per_day(self, months: tuple[date, date] | None = None) -> Total:
        """The same a calendar day, over the months in which no gate is missing."""
        part = self._part(months)
        whole = self.there.whole(part.months, part.gates)
        counted, days = _sum(self.counts, whole), sum(last_day(month).day for month in whole)
        return replace(self.total(months), value=None if counted is None else counted / days)

    def _part(self, months: tuple[date, date] | None) -> Asked:
        return replace(self.asked, first=months[0], last=months[1]) if months else self.asked

    def _at(self, gate: str, month: date) -> Decimal | None:
        return Decimal(self.counts[gate, month]) if (gate, month) in self.counts else None


def read(session: Session, asked: Asked) -> Counted:
    """Everything a page needs of one kind, in two queries."""
    measures = (VEHICLES, *PARTS) if asked.kind == VEHICLES else (asked.kind,)
    there = coverage.crossing_presence(session, asked.demo, measures)
    return Counted(asked, there, _counts(session, asked, measures))


def by_month(session: Session, asked: Asked) -> list[Series]:
    """A series per gate, both ways together."""
    return read(session, asked).series()


def total(session: Session, asked: Asked) -> Total:
    """How many in the period, with the like-for-like change."""
    return read(session, asked).total()


def _sum(counts: Counts, months: Iterable[date]) -> Decimal | None:
    wanted = set(months)
    found = [count for (_, month), count in counts.items() if month in wanted]
    return Decimal(sum(found)) if found else None


def _counts(session: Session, asked: Asked, measures: Sequence[str]) -> Counts:
    """Gate-month → count by one source, as a total or as its parts, each way once; the year before too."""
    query = (
        select(
            CrossingRollup.gate,
            CrossingRollup.month,
            CrossingRollup.source_id,
            CrossingRollup.measure,
            CrossingRollup.direction,
            func.sum(CrossingRollup.count),
        )
        .where(
            CrossingRollup.month.between(asked.year_before().first, asked.last), CrossingRollup.measure.in_(measures)
        )
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
