"""Cards of ranks: goods and partners, the greatest first, with the change beside the value."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.trade import flows
from app.trade.flows import Ranked, Ranking
from dashboards import findings, wording
from dashboards.board import Board, Card
from dashboards.figures import Bar, ranks
from dashboards.tables import Column, Table
from dashboards.wording import Scale, scale_for

SHOWN = 8
LISTED = 30
Names = dict[str, str]


def goods(board: Board, _panel: str = "") -> list[Card]:
    """Chapters; under a chapter its headings."""
    chosen = board.selection
    by = "hs4" if chosen.hs and not chosen.partners else "hs2"
    ranking = flows.ranking(board.session, chosen.scope(summed=True), chosen.column, by, LISTED)
    names = wording.goods_names(board.session, [row.code for row in ranking.rows])
    named = {code: f"{code} {names.get(code, '')}".strip() for code in (row.code for row in ranking.rows)}

    def deeper(code: str) -> dict[str, Any]:
        return chosen.query(hs=[code]) if by == "hs2" and not chosen.partners else {}

    level = _("headings of the HS (4 digits)") if by == "hs4" else _("chapters of the HS (2 digits)")
    return [_card(board, "goods", ranking, named, findings.of_goods(ranking, named), level, deeper)]


def partners(board: Board, _panel: str = "") -> list[Card]:
    """Countries of last destination for exports, of origin for imports."""
    chosen = board.selection
    if any(len(code) == 4 for code in chosen.hs):
        return [_not_published(board)]
    ranking = flows.ranking(board.session, chosen.scope(summed=True), chosen.column, "partner", LISTED)
    names = wording.partner_names(board.session, [row.code for row in ranking.rows])
    level = _("last destination of exports, origin of imports")

    def deeper(code: str) -> dict[str, Any]:
        return chosen.query(partner=[code]) if code != "XX" and not chosen.partners else {}

    return [_card(board, "partners", ranking, names, findings.of_partners(ranking, names), level, deeper)]


def _card(
    board: Board,
    name: str,
    ranking: Ranking,
    names: Names,
    title: str,
    level: str,
    deeper: Callable[[str], dict[str, Any]],
) -> Card:
    chosen = board.selection
    scope = chosen.scope(summed=True)
    scale = scale_for(chosen.column, [row.value for row in ranking.rows], least=5)
    facts = board.facts(scope)
    source = board.source(scope, facts)
    bars = [
        Bar(
            names.get(row.code, row.code),
            row.value / scale.factor,
            _beside(row, scale),
            _link(deeper(row.code)),
            place == 0,
        )
        for place, row in enumerate(ranking.rows[:SHOWN])
        if row.value is not None
    ]
    subtitle = _(
        "%(measure)s, %(unit)s, %(period)s, and the change on a year before; %(level)s",
        measure=wording.MEASURES[chosen.measure], unit=scale.unit, period=wording.period(*chosen.summed), level=level,
    )  # fmt: skip
    return Card(
        name=name,
        title=title,
        subtitle=subtitle,
        table=_table(ranking, names, scale, deeper, name),
        figure=ranks(bars, board.words(title, source)) if bars else None,
        source=source,
        facts=facts,
        notes=[*board.gaps(ranking.whole.missing), *board.compared(ranking.whole.change)],
        query=chosen.query(),
    )


def _link(choices: dict[str, Any]) -> str:
    return url_for("dashboards.overview", **choices) if choices else ""


def _beside(row: Ranked, scale: Scale) -> str:
    """“61,2  +38,1 %”."""
    change = _("new") if row.change.is_new else wording.percent(row.change.percent, signed=True)
    return f"<b>{scale.text(row.value)}</b>  {change}"


def _table(ranking: Ranking, names: Names, scale: Scale, deeper: Callable[[str], dict[str, Any]], name: str) -> Table:
    columns = (
        Column(_("Code"), "code"),
        Column(_("Goods") if name == "goods" else _("Partner")),
        Column(_("Value in the period"), "number", scale),
        Column(_("Share, percent"), "share"),
        Column(_("Comparable months now"), "number", scale),
        Column(_("The same a year before"), "number", scale),
        Column(_("Change, percent"), "percent"),
        Column(_("Contribution to growth, points"), "points"),
    )
    rows: list[list[Any]] = [
        [
            row.code, names.get(row.code, row.code).removeprefix(f"{row.code} "), row.value, row.share,
            row.change.now, row.change.before, row.change.percent, row.contribution,
        ]
        for row in ranking.rows
    ]  # fmt: skip
    links = [deeper(row.code) for row in ranking.rows]
    if ranking.others is not None:
        rows.append(["", _("All others"), ranking.others, None, None, None, None, None])
        links.append({})
    return Table(columns, rows, links)


def _not_published(board: Board) -> Card:
    scope = board.selection.scope(summed=True)
    facts = board.facts(scope)
    return Card(
        name="partners",
        title=_("Partners are not published by heading"),
        subtitle=_("Choose a chapter of 2 digits to see its partners."),
        table=Table((Column(_("Partner")),), []),
        figure=None,
        source=board.source(scope, facts),
        facts=facts,
        query=board.selection.query(),
    )
