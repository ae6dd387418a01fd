"""GET /api/v1/trade/flows: published figures by any dimensions the rollups hold. Aggregates are public."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.who import caller, signed_in
from app.api import blueprint
from app.db import reading
from app.errors import Forbidden, Problem
from app.periods import today
from app.reference.models import Country, Gate
from app.trade import aliases, flow_table, flows, flows_crossings
from app.trade.flow_schemas import FlowAnswer, FlowQuery
from app.trade.flow_table import MEASURES, Question, Table
from app.trade.freshness import Freshness, freshness, is_demo, tag
from app.trade.models import PROVINCE, Basis, Dataset
from app.trade.scope import DISTINCT, Scope

bp = blueprint("Trade figures", __name__, "/trade")
MOST_GAPS = 500
KINDS = frozenset(aliases.MEASURES.values())
STAFF = (Role.ECONOMIST, Role.ADMIN)


class NoSuchName(Problem):
    """A filter names something that does not exist."""

    status = 422
    message = _l("There is no %(kind)s “%(name)s”.")


@bp.get("/flows")
@bp.doc(security=[{}, {"token": []}])
@bp.arguments(FlowQuery, location="query")
@bp.response(200, FlowAnswer)
@bp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
@bp.alt_response(401, description="The measure is for economists, and there is no valid token (SignInNeeded)")
@bp.alt_response(403, description="The measure is for economists (Forbidden)")
@bp.alt_response(304, success=True, description="Nothing changed since the ETag in If-None-Match")
def get_flows(asked: dict[str, Any]) -> Response | dict[str, Any]:
    """Published trade figures

    Sums by any of month, quarter, year, gate, direction, chapter (hs2), heading (hs4) and partner that the published
    grains hold; anything else is a 422 that names what is possible. A missing month has no row; `complete` says
    whether a sum lacks one. Trade through gates, trade of the province and transit are different measures (`basis`).
    """
    if asked["measure"] in DISTINCT and not signed_in().has(*STAFF):
        raise Forbidden()
    as_csv = asked["format"] == "csv" or request.accept_mimetypes.best == "text/csv"
    with reading() as session:
        etag = tag(session, asked["dataset"], about=f"{request.query_string!r} {as_csv}")
        if request.if_none_match.contains(etag):
            return _marked(Response(status=304), etag)
        answer = _answer(session, asked)
        if as_csv:
            return _marked(Response(_csv(answer), mimetype="text/csv"), etag)
        return _marked(Response(FlowAnswer().dumps(answer), mimetype="application/json"), etag)


def _marked(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache" if caller() else "public, no-cache"
    response.vary.add("Accept")
    return response


def _answer(session: Session, asked: dict[str, Any]) -> dict[str, Any]:
    _check_names(session, asked)
    dataset, demo = asked["dataset"], is_demo(session)
    bases = _bases(session, asked, demo)
    table, known = Table(columns=()), Freshness()
    if (span := _span(session, asked, bases, demo)) is None:
        table = flow_table.nothing(_question(asked, _scope(asked, (today(), today()), bases[0], demo)))
    else:
        for basis in bases:
            scope = _scope(asked, span, basis, demo)
            found = flow_table.answer(session, _question(asked, scope))
            table = Table(found.columns, table.rows + found.rows, tuple({*table.missing, *found.missing}))
            known = freshness(session, scope)
    missing = sorted(table.missing, key=lambda gap: (gap[1], gap[0]))
    return {
        "dataset": dataset,
        "measure": asked["measure"] or MEASURES[dataset][0],
        "by": asked["by"] or ["month"],
        "period": {"from": f"{span[0]:%Y-%m}", "to": f"{span[1]:%Y-%m}"} if span else {},
        "columns": table.columns,
        "rows": [{name: _plain(value) for name, value in row.items()} for row in table.rows],
        "complete": bool(known.deliveries) and not missing,
        "missing": [{"gate": gate, "month": f"{month:%Y-%m}"} for gate, month in missing[:MOST_GAPS]],
        "missing_total": len(missing),
        "demonstration": demo,
        "as_of": known.as_of,
        "sources": known.deliveries,
        "held_rows": known.held,
        "excluded_lines": known.excluded,
    }


def _bases(session: Session, asked: dict[str, Any], demo: bool) -> list[str]:
    """Declarations count trade through gates unless asked otherwise; summaries answer for each basis on its own."""
    if basis := asked.get("basis"):
        return [basis]
    summaries = asked["dataset"] == Dataset.SUMMARIES
    return (flow_table.bases(session, Dataset.SUMMARIES, demo) if summaries else []) or [str(Basis.GATE)]


def _span(session: Session, asked: dict[str, Any], bases: list[str], demo: bool) -> tuple[date, date] | None:
    """The months asked for; an open end is where the figures end. None when there are no figures at all."""
    first, last = asked.get("from_"), asked.get("to")
    if not (first and last):
        if asked["dataset"] == Dataset.CROSSINGS:
            there = [flows_crossings.span(session, demo)]
        else:
            there = [flows.span(session, asked["dataset"], basis, demo=demo) for basis in bases]
        known = [month for span in there if span for month in span]
        if not known:
            return None
        first, last = first or min(known), last or max(known)
    return (first, last) if first <= last else None


def _scope(asked: dict[str, Any], span: tuple[date, date], basis: str, demo: bool) -> Scope:
    return Scope(
        *span,
        gates=tuple(asked["gate"]),
        directions=tuple(asked["direction"]),
        hs=tuple(asked["hs"]),
        partners=tuple(asked["partner"]),
        basis=basis,
        dataset=asked["dataset"],
        demo=demo,
    )


def _question(asked: dict[str, Any], scope: Scope) -> Question:
    """Of crossings `measure` may name the one kind that is counted: measure=truck."""
    measure, by = asked["measure"] or MEASURES[scope.dataset][0], tuple(asked["by"] or ["month"])
    if scope.dataset == Dataset.CROSSINGS and measure in KINDS:
        return Question(scope, "count", by, kinds=(measure,))
    return Question(scope, measure, by)


def _check_names(session: Session, asked: dict[str, Any]) -> None:
    gates = set(session.scalars(select(Gate.slug).where(Gate.slug.in_(asked["gate"])))) | {PROVINCE}
    countries = set(session.scalars(select(Country.iso2).where(Country.iso2.in_(asked["partner"])))) | {"XX"}
    for kind, names, known in ((_l("gate"), asked["gate"], gates), (_l("country"), asked["partner"], countries)):
        for name in names:
            if name not in known:
                raise NoSuchName(kind=str(kind), name=name)


def _plain(value: Any) -> Any:
    """Whole numbers stay whole; a decimal of up to 15 digits survives as a JSON number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _csv(answer: dict[str, Any]) -> str:
    columns: Iterable[str] = answer["columns"]
    names = [*columns, *(["demonstration"] if answer["demonstration"] else [])]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in answer["rows"]:
        writer.writerow(_cell(row.get(name, True)) for name in names)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
