"""What crosses the border: one function per question, reading rollups only. A missing month is None, never zero."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from app.periods import add_months
from app.trade import comparing, freshness, monthly
from app.trade.comparing import Change, Sums, Total
from app.trade.models import Basis, Dataset, FlowRollup
from app.trade.monthly import Series
from app.trade.scope import Scope

EXPORT, IMPORT = "export", "import"


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking. `share` is of all goods or partners in the scope, not only of those listed."""

    code: str
    value: Decimal | None
    change: Change
    share: Decimal | None
    contribution: Decimal | None  # points of per cent of the growth of the whole


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first lines, what all others add up to, and the whole."""

    rows: tuple[Ranked, ...]
    others: Decimal | None
    whole: Total


@dataclass(frozen=True, slots=True)
class UnderHeading:
    """What crossed one gate under one heading in its last published year."""

    hs4: str
    gate: str
    first: date
    last: date
    months: int  # how many of the twelve have figures
    export_usd: Decimal | None
    import_usd: Decimal | None
    demo: bool


# --- questions ---


def under_hs(session: Session, hs4: str, gate_slug: str) -> UnderHeading | None:
    """Exports and imports under a heading in the last 12 published months of a gate; None when nothing is known."""
    demo = freshness.is_demo(session)
    published = span(session, Dataset.DECLARATIONS, gate=gate_slug, demo=demo)
    if published is None:
        return None
    last = published[1]
    scope = Scope(add_months(last, -11), last, gates=(gate_slug,), hs=(hs4[:4],), demo=demo)
    every = monthly.read(session, scope, "value_usd")
    found = {way: every.total(ways=(way,)) for way in every.ways()}
    if not any(total.value for total in found.values()):
        return None
    there = every.there.gates[gate_slug]
    known = sum(month in there for month in scope.months)
    value = {direction: total.value for direction, total in found.items()}
    return UnderHeading(hs4[:4], gate_slug, scope.first, last, known, value.get(EXPORT), value.get(IMPORT), demo)


def span(
    session: Session,
    dataset: str,
    basis: str = Basis.GATE,
    *,
    gate: str = "",
    source_id: int | None = None,
    demo: bool = False,
) -> tuple[date, date] | None:
    """The first and the last month there are figures for; through one gate, or of one source, when it is named."""
    query = select(func.min(FlowRollup.month), func.max(FlowRollup.month)).where(
        FlowRollup.dataset == dataset,
        FlowRollup.grain == "all",
        FlowRollup.basis == basis,
        FlowRollup.period_kind == "month",
        FlowRollup.demo == demo,
    )
    query = query.where(FlowRollup.gate == gate) if gate else query
    query = query.where(FlowRollup.source_id == source_id) if source_id is not None else query
    first, last = session.execute(query).one()
    return (first, last) if first else None


def by_month(session: Session, scope: Scope, measure: str) -> list[Series]:
    """A series per gate and direction."""
    return monthly.read(session, scope, measure).series()


def totals(session: Session, scope: Scope, measure: str) -> dict[str, Total]:
    """Direction → the sum of the period with its like-for-like change."""
    every = monthly.read(session, scope, measure)
    return {way: every.total(ways=(way,)) for way in every.ways()}


def whole(session: Session, scope: Scope, measure: str) -> Total:
    """Everything in the scope together (both directions: turnover), with the like-for-like change."""
    return monthly.read(session, scope, measure).total()


def ranking(session: Session, scope: Scope, measure: str, by: str, limit: int = 10) -> Ranking:
    """The greatest chapters (hs2), headings (hs4) or partners of a period, each with its like-for-like change."""
    grain = scope.grain(by)
    every = monthly.read(session, scope, measure)
    months = comparing.comparable(every.there, scope)
    column: SQLCoreOperations[str] = (
        FlowRollup.partner if by == "partner" else func.substr(FlowRollup.hs, 1, int(by[2:]))
    )
    found = comparing.both_years(session, scope, measure, column, months, grain)
    together = every.total()
    ordered = sorted(
        (item for item in found.items() if item[1].rows), key=lambda item: (-(item[1].period or 0), item[0])
    )
    rows = tuple(_ranked(code, sums, together, months, scope) for code, sums in ordered[:limit])
    rest = [sums.period for _, sums in ordered[limit:] if sums.period is not None]
    return Ranking(rows, sum(rest, Decimal(0)) if rest else None, together)


def codes(session: Session, scope: Scope, by: str) -> list[str]:
    """The chapters (hs2) or partners there is anything of, whatever goods and partners the scope names."""
    column = FlowRollup.partner if by == "partner" else FlowRollup.hs
    anything = replace(scope, hs=(), partners=(), directions=())
    query = select(column).where(*anything.conditions(by), FlowRollup.month.between(scope.first, scope.last))
    return sorted(session.scalars(query.distinct()))


def sources_of(session: Session, dataset: str, basis: str, demo: bool = False) -> list[int]:
    """The sources that have figures of a basis, the one with the newest and most first. Never add two of them."""
    query = (
        select(FlowRollup.source_id)
        .where(FlowRollup.dataset == dataset, FlowRollup.basis == basis, FlowRollup.grain == "all")
        .where(FlowRollup.period_kind == "month", FlowRollup.source_id.is_not(None), FlowRollup.demo == demo)
        .group_by(FlowRollup.source_id)
        .order_by(func.max(FlowRollup.month).desc(), func.count().desc(), FlowRollup.source_id)
    )
    return [source_id for source_id in session.scalars(query) if source_id is not None]


# --- how they are answered ---


def _ranked(code: str, sums: Sums, together: Total, months: list[date], scope: Scope) -> Ranked:
    change = comparing.change(sums, months, scope)
    share = sums.period / together.value * 100 if sums.period is not None and together.value else None
    return Ranked(code, sums.period, change, share, _contribution(change, together.change.before))


def _contribution(change: Change, base: Decimal | None) -> Decimal | None:
    if not base or change.now is None or change.before is None:
        return None
    return (change.now - change.before) / base * 100
