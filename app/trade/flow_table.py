"""Published figures as a table by any dimensions that the rollups hold; what they do not hold is refused by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from app.errors import Problem
from app.periods import add_months, months_between
from app.trade import coverage
from app.trade.coverage import GateMonthName, Presence
from app.trade.models import CrossingRollup, Dataset, FlowRollup, TradeSource
from app.trade.scope import DISTINCT, SUMS, Scope

FLOW_DIMENSIONS = ("month", "quarter", "year", "gate", "direction", "hs2", "hs4", "partner")
DIMENSIONS: dict[str, tuple[str, ...]] = {
    Dataset.DECLARATIONS: FLOW_DIMENSIONS,
    Dataset.SUMMARIES: FLOW_DIMENSIONS,
    Dataset.CROSSINGS: ("month", "quarter", "year", "gate", "direction", "measure"),
}
MEASURES: dict[str, tuple[str, ...]] = {
    Dataset.DECLARATIONS: (*SUMS, *DISTINCT),
    Dataset.SUMMARIES: ("value_usd", "value_vnd", "net_kg", "lines"),
    Dataset.CROSSINGS: ("count",),
}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
MOST_ROWS = 100_000


class NoSuchDimension(Problem):
    """This dataset has no such dimension."""

    status = 422
    message = _l("%(dataset)s can be asked by %(possible)s; “%(asked)s” is not one of these.")


class NoSuchMeasure(Problem):
    """This dataset has no such measure."""

    status = 422
    message = _l("%(dataset)s have the measures %(possible)s; “%(asked)s” is not one of these.")


class NotAdded(Problem):
    """Counts of distinct things are not sums."""

    status = 422
    message = _l(
        "Numbers of %(measure)s are counted once each and cannot be added up. Ask for them by %(needed)s, "
        "or filter those to one value."
    )


class KindsNotAdded(Problem):
    """Trucks, containers and people are different things."""

    status = 422
    message = _l(
        "Kinds of vehicles and people are not added up. Add measure to “by”, or ask for measure=%(example)s."
    )


class TooManyRows(Problem):
    """More than one answer should carry."""

    status = 422
    message = _l("The answer would have more than %(most)s rows. Ask for fewer months, gates or goods.")


@dataclass(frozen=True)
class Question:
    """What is asked. `kinds`: of crossings, the kinds counted; empty means each."""

    scope: Scope
    measure: str
    by: tuple[str, ...]
    kinds: tuple[str, ...] = ()


@dataclass
class Table:
    """`missing`: gate-months without figures in the period, which every sum over them lacks."""

    columns: tuple[str, ...]
    rows: list[dict[str, Any]] = field(default_factory=list)
    missing: tuple[GateMonthName, ...] = ()


def answer(session: Session, question: Question) -> Table:
    """The table; rows come in the order of their keys. `complete` is false where a sum lacks a gate-month."""
    _check(question)
    scope = question.scope
    crossings = scope.dataset == Dataset.CROSSINGS
    there = coverage.crossing_presence(session, scope.demo) if crossings else coverage.presence(session, scope)
    names, query = _crossings(question) if crossings else _flows(question)
    found = session.execute(query.limit(MOST_ROWS + 1)).all()
    if len(found) > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    keys = (*question.by, *(name for name in names if name in ("source", "basis")))
    sums: dict[tuple[str, ...], Decimal | int | None] = {}
    unknown: dict[tuple[str, ...], int] = {}
    for *values, amount, lacking in found:
        key = _key(keys, dict(zip(names, values, strict=True)))
        sums[key] = _plus(sums.get(key), amount)
        unknown[key] = unknown.get(key, 0) + int(lacking)
    whole = _completeness(there, question)
    rows = [_row(keys, key, question, (sums[key], unknown[key]), whole) for key in sorted(sums)]
    missing = there.missing(scope.months, scope.gates, () if crossings else scope.directions)
    return Table((*keys, *_measured(question), "complete"), rows, missing)


def nothing(question: Question) -> Table:
    """The table of a question that is in order, when there are no figures at all."""
    _check(question)
    return Table((*question.by, *_measured(question), "complete"))


def _check(question: Question) -> None:
    dataset = question.scope.dataset
    goods = dataset == Dataset.CROSSINGS and (question.scope.hs or question.scope.partners)
    for name in (*question.by, *(["goods"] if goods else [])):
        if name not in DIMENSIONS[dataset]:
            raise NoSuchDimension(dataset=dataset, possible=", ".join(DIMENSIONS[dataset]), asked=name)
    if question.measure not in MEASURES[dataset]:
        raise NoSuchMeasure(dataset=dataset, possible=", ".join(MEASURES[dataset]), asked=question.measure)
    if dataset != Dataset.CROSSINGS:
        question.scope.grain(*question.by)
    if dataset == Dataset.CROSSINGS and "measure" not in question.by and len(question.kinds) != 1:
        raise KindsNotAdded(example=question.kinds[0] if question.kinds else "truck")
    if question.measure in DISTINCT and (needed := _needed_for_one_row(question)):
        raise NotAdded(measure=question.measure, needed=", ".join(needed))


def _needed_for_one_row(question: Question) -> list[str]:
    """The dimensions that must be told apart so that every answer is one published row."""
    scope = question.scope
    grain = scope.grain(*question.by)
    single = {
        "month": scope.first == scope.last,
        "gate": len(scope.gates) == 1,
        "direction": len(scope.directions) == 1,
        "hs2": len(scope.hs) == 1 and len(scope.hs[0]) == 2,
        "hs4": len(scope.hs) == 1 and len(scope.hs[0]) == 4,
        "partner": len(scope.partners) == 1,
    }
    needed = ["month", "gate", "direction", *(part for part in grain.split("_") if part in single)]
    return [name for name in needed if name not in question.by and not single[name]]


# --- the queries: the columns named, a sum, and how many lines lack the measure ---


def _flows(question: Question) -> tuple[list[str], Select[*tuple[Any, ...]]]:
    scope, by = question.scope, question.by
    grain = scope.grain(*by)
    columns: dict[str, Any] = {"month": FlowRollup.month} if MONTHS_OF.keys() & set(by) else {}
    for name in by:
        if name in ("gate", "direction", "partner"):
            columns[name] = getattr(FlowRollup, name)
        elif name in ("hs2", "hs4"):
            columns[name] = func.substr(FlowRollup.hs, 1, int(name[2:]))
    if scope.dataset == Dataset.SUMMARIES:
        columns |= {"source": TradeSource.code, "basis": FlowRollup.basis}
    lacking = func.sum(FlowRollup.lines - FlowRollup.weighed) if question.measure == "net_kg" else literal(0)
    query = select(*columns.values(), func.sum(getattr(FlowRollup, question.measure)), lacking).where(
        *scope.conditions(grain), FlowRollup.month.between(scope.first, scope.last)
    )
    if scope.dataset == Dataset.SUMMARIES:
        query = query.join(TradeSource, TradeSource.id == FlowRollup.source_id)
    return list(columns), query.group_by(*columns.values())


def _crossings(question: Question) -> tuple[list[str], Select[*tuple[Any, ...]]]:
    scope, by = question.scope, question.by
    columns: dict[str, Any] = {"month": CrossingRollup.month} if MONTHS_OF.keys() & set(by) else {}
    columns |= {name: getattr(CrossingRollup, name) for name in by if name in ("gate", "direction", "measure")}
    columns["source"] = TradeSource.code
    query = (
        select(*columns.values(), func.sum(CrossingRollup.count), literal(0))
        .join(TradeSource, TradeSource.id == CrossingRollup.source_id)
        .where(CrossingRollup.month.between(scope.first, scope.last), CrossingRollup.demo == scope.demo)
    )
    if scope.gates:
        query = query.where(CrossingRollup.gate.in_(scope.gates))
    if scope.directions:
        query = query.where(CrossingRollup.direction.in_(scope.directions))
    if question.kinds:
        query = query.where(CrossingRollup.measure.in_(question.kinds))
    return list(columns), query.group_by(*columns.values())


# --- rows ---


def _key(keys: Iterable[str], values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(period(name, values["month"]) if name in MONTHS_OF else values[name] for name in keys)


def period(kind: str, month: date) -> str:
    """2025-03, 2025-Q1 or 2025."""
    if kind == "month":
        return f"{month:%Y-%m}"
    return f"{month.year}-Q{(month.month + 2) // 3}" if kind == "quarter" else f"{month.year}"


def months_of(kind: str, name: str) -> list[date]:
    """All months of a period named as above, whether asked for or not."""
    if kind == "month":
        return [date.fromisoformat(f"{name}-01")]
    year = int(name[:4])
    first = date(year, 3 * int(name[-1]) - 2, 1) if kind == "quarter" else date(year, 1, 1)
    return list(months_between(first, add_months(first, MONTHS_OF[kind] - 1)))


def _plus(one: Decimal | int | None, other: Decimal | int | None) -> Decimal | int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _measured(question: Question) -> tuple[str, ...]:
    """Of weight it is also said how many lines have none."""
    return (question.measure, *(["lines_without_weight"] if question.measure == "net_kg" else []))


def _row(
    keys: tuple[str, ...],
    key: tuple[str, ...],
    question: Question,
    found: tuple[Any, int],
    whole: Callable[..., bool],
) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(keys, key, strict=True))
    times = [(name, row[name]) for name in MONTHS_OF if name in row]
    complete = whole(row.get("gate"), row.get("direction"), *(times[0] if times else ("", "")))
    measured = dict(zip(_measured(question), found, strict=False))
    return row | measured | {"complete": complete and found[1] == 0}


def _completeness(there: Presence, question: Question) -> Callable[..., bool]:
    """(gate, direction, kind of period, its name) → whether every month of the whole period has figures."""
    scope = question.scope
    asked = set(scope.months)
    known: dict[tuple[Any, ...], bool] = {}

    def complete(gate: str | None, direction: str | None, kind: str, name: str) -> bool:
        cell = (gate, direction, kind, name)
        if cell not in known:
            months = months_of(kind, name) if kind else scope.months
            gates = (gate,) if gate else scope.gates
            ways = () if scope.dataset == Dataset.CROSSINGS else (direction,) if direction else scope.directions
            known[cell] = asked.issuperset(months) and not there.missing(months, gates, ways)
        return known[cell]

    return complete


def bases(session: Session, dataset: str, demo: bool) -> list[str]:
    """Which bases a dataset has figures of."""
    query = select(FlowRollup.basis).where(FlowRollup.dataset == dataset, FlowRollup.grain == "all")
    return sorted(session.scalars(query.where(FlowRollup.demo == demo).distinct()))
