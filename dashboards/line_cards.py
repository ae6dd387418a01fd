"""Cards of lines by month: each gate, both directions of all gates, crossings, transit and the province."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from app.trade import flows
from app.trade.coverage import GateMonthName
from app.trade.flows import EXPORT, IMPORT
from app.trade.models import Basis, Dataset
from app.trade.monthly import Series, across_gates
from app.trade.scope import Scope
from dashboards import findings, wording
from dashboards.board import Board, Card, values_of
from dashboards.figures import DASHES, Line, colour_of, over_time
from dashboards.tables import Column, Table
from dashboards.wording import DIRECTIONS, KINDS, Scale, scale_for

MOST_PANELS = 6


def volumes(board: Board, panel: str = "") -> list[Card]:
    """A card per gate, all on one scale, for the six greatest; or the one of a gate."""
    chosen = board.selection
    series = board.monthly.series()
    scale = scale_for(chosen.column, values_of(series))
    top = max(values_of(series), default=Decimal(0))
    greatest, more = _greatest_gates(series)
    gates = [gate for gate in chosen.gates if gate in greatest and panel in ("", gate)]
    left = _more(more)
    cards = [_volume(board, gate, [one for one in series if one.gate == gate], scale, top) for gate in gates]
    return [replace(card, notes=[*card.notes, *left]) if card is cards[-1] else card for card in cards]


def _greatest_gates(series: Sequence[Series]) -> tuple[set[str], int]:
    """The six gates with most both ways in the last year, and how many others there are."""
    worth: dict[str, Decimal] = {}
    for one in series:
        worth[one.gate] = worth.get(one.gate, Decimal(0)) + (_last_year(one) or 0)
    ranked = sorted(worth, key=lambda gate: -worth[gate])[:MOST_PANELS]
    return set(ranked), len(worth) - len(ranked)


def _volume(board: Board, gate: str, series: Sequence[Series], scale: Scale, top: Decimal) -> Card:
    chosen = board.selection
    every, summed = board.monthly, chosen.summed
    totals = {one.direction: every.total(months=summed, gates=(gate,), ways=(one.direction,)) for one in series}
    title = findings.of_gate(board.gate(gate), totals, series)
    facts = board.facts(chosen.scope())
    source = board.source(chosen.scope(), facts)
    ways = [str(DIRECTIONS[one.direction]) for one in series]
    colour = colour_of(gate, chosen.gates)
    lines = [_line(one, way, colour, DASHES[one.direction], scale) for one, way in zip(series, ways, strict=True)]
    return Card(
        name="volume",
        panel=gate,
        title=title,
        subtitle=_lines_subtitle(board, scale),
        table=_by_month(series, ways, scale),
        figure=over_time(lines, board.words(title, source), scale.of(top)) if series else None,
        source=source,
        facts=facts,
        notes=board.gaps(_gaps(series)),
        query=chosen.query() | {"panel": gate},
    )


def _lines_subtitle(board: Board, scale: Scale) -> str:
    chosen = board.selection
    said = _(
        "%(measure)s by month, %(unit)s, %(period)s; solid line exports, dotted line imports",
        measure=wording.MEASURES[chosen.measure], unit=scale.unit, period=wording.period(chosen.first, chosen.last),
    )  # fmt: skip
    return " · ".join(part for part in (said, _goods_and_partners(board)) if part)


def _goods_and_partners(board: Board) -> str:
    """The filters that a reader could overlook."""
    chosen = board.selection
    parts = [_("HS %(codes)s", codes=", ".join(chosen.hs))] if chosen.hs else []
    if chosen.partners:
        names = wording.partner_names(board.session, chosen.partners)
        parts.append(", ".join(names.get(code, code) for code in chosen.partners))
    return _("only %(filters)s", filters=", ".join(parts)) if parts else ""


def _line(one: Series, name: str, colour: str, dash: str, scale: Scale) -> Line:
    last = next((value for _, value in reversed(one.points) if value is not None), None)
    return Line(
        name,
        colour,
        dash,
        [(month, scale.of(value)) for month, value in one.points],
        [scale.worded(value) for _, value in one.points],
        f"{name} <b>{scale.text(last)}</b>",
    )


def _by_month(series: Sequence[Series], names: Sequence[str], scale: Scale) -> Table:
    """Month, a column per line, and turnover and balance where the two lines are exports and imports."""
    columns = [Column(_("Month"), "month"), *(Column(name, "number", scale) for name in names)]
    both = [one.direction for one in series] == [EXPORT, IMPORT]
    if both:
        columns += [Column(_("Turnover"), "number", scale), Column(_("Balance"), "number", scale)]
    rows = []
    for place, (month, _value) in enumerate(series[0].points if series else ()):
        values = [one.points[place][1] for one in series]
        rows.append([month, *values, *(_sums(*values) if both else ())])
    return Table(tuple(columns), rows[::-1])


def _sums(out: Decimal | None, into: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if out is None or into is None else (out + into, out - into)


def _gaps(series: Sequence[Series]) -> tuple[GateMonthName, ...]:
    return tuple(sorted({gap for one in series for gap in one.missing}, key=lambda gap: (gap[1], gap[0])))


def directions(board: Board, _panel: str = "") -> list[Card]:
    """Exports and imports of all chosen gates together; a month in which a gate is missing is a hole."""
    chosen = board.selection
    scope = chosen.scope()
    series = across_gates(board.monthly.series())
    scale = scale_for(chosen.column, values_of(series))
    turnover = board.monthly.total(months=chosen.summed)
    title = findings.of_turnover(turnover, wording.period(*chosen.summed), chosen.directions)
    facts = board.facts(scope)
    source = board.source(scope, facts)
    ways = [str(DIRECTIONS[one.direction]) for one in series]
    lines = [
        _line(one, way, "var(--ink)", DASHES[one.direction], scale) for one, way in zip(series, ways, strict=True)
    ]
    return [
        Card(
            name="directions",
            title=title,
            subtitle=" · ".join((_lines_subtitle(board, scale), _gates(board))),
            table=_by_month(series, ways, scale),
            figure=over_time(lines, board.words(title, source)) if series else None,
            source=source,
            facts=facts,
            notes=[*board.gaps(_gaps(series)), *board.compared(turnover.change)],
            query=chosen.query(),
        )
    ]


def _gates(board: Board) -> str:
    """Which gates are added up; of many, how many."""
    names = list(board.gates.values())
    if len(names) <= MOST_PANELS:
        return ", ".join(names)
    return ngettext("%(num)s gate", "%(num)s gates", len(names))


def crossings(board: Board, _panel: str = "") -> list[Card]:
    """Vehicles or people through each gate, both ways together."""
    chosen = board.selection
    series, more = _greatest(board.counted.series())
    if not series:
        return []
    scale = scale_for(wording.kind_unit(chosen.kind), values_of(series))
    scope = chosen.scope(dataset=Dataset.CROSSINGS, source_id=None)
    facts = board.facts(scope)
    source = board.source(scope, facts)
    recent = {one.gate: _last_year(one) for one in series}
    title = findings.of_crossings(recent, board.gates)
    lines = [_line(one, board.gate(one.gate), colour_of(one.gate, chosen.gates), "solid", scale) for one in series]
    subtitle = _(
        "%(kind)s both ways by month, %(unit)s, %(period)s",
        kind=KINDS[chosen.kind], unit=scale.unit, period=wording.period(chosen.first, chosen.last),
    )  # fmt: skip
    names = [board.gate(one.gate) for one in series]
    return [
        Card(
            name="crossings",
            title=title,
            subtitle=subtitle,
            table=_by_month(series, names, scale),
            figure=over_time(lines, board.words(title, source)) if series else None,
            source=source,
            facts=facts,
            notes=[*board.gaps(_gaps(series)), *_more(more)],
            query=chosen.query(),
        )
    ]


def _greatest(series: list[Series]) -> tuple[list[Series], int]:
    """The six gates with most in the last year, in their order, and how many others there are."""
    ranked = sorted(series, key=lambda one: -(_last_year(one) or 0))[:MOST_PANELS]
    return [one for one in series if one in ranked], len(series) - len(ranked)


def _more(count: int) -> list[str]:
    said = ngettext(
        "%(num)s gate more: choose it above to see it.", "%(num)s gates more: choose them above to see them.", count
    )
    return [said] if count > 0 else []


def _last_year(one: Series) -> Decimal | None:
    known = [value for _, value in one.points[-12:] if value is not None]
    return sum(known, Decimal(0)) if known else None


def transit(board: Board, _panel: str = "") -> list[Card]:
    """What merely crosses the territory, a line per gate; never part of turnover."""
    scope = board.selection.scope(basis=Basis.TRANSIT, directions=())
    return [_of_basis(board, "transit", scope, _("Transit through the gates, not part of turnover"), by_gate=True)]


def province(board: Board, _panel: str = "") -> list[Card]:
    """Trade of firms of the province wherever it crossed."""
    scope = board.selection.scope(basis=Basis.PROVINCE, gates=())
    title = _("Trade of the province's firms, wherever it crosses the border")
    return [_of_basis(board, "province", scope, title, by_gate=False)]


def _of_basis(board: Board, name: str, scope: Scope, title: str, *, by_gate: bool) -> Card:
    chosen = board.selection
    series = flows.by_month(board.session, scope, chosen.column)
    scale = scale_for(chosen.column, values_of(series))
    facts = board.facts(scope)
    source = board.source(scope, facts)
    names = [board.gate(one.gate) if by_gate else str(DIRECTIONS[one.direction]) for one in series]
    colour = "var(--dusk)" if by_gate else "var(--ink)"
    lines = [_line(one, said, colour, DASHES[one.direction], scale) for one, said in zip(series, names, strict=True)]
    subtitle = _(
        "%(measure)s by month, %(unit)s, %(period)s",
        measure=wording.MEASURES[chosen.measure], unit=scale.unit, period=wording.period(chosen.first, chosen.last),
    )  # fmt: skip
    return Card(
        name=name,
        title=title,
        subtitle=subtitle,
        table=_by_month(series, names, scale),
        figure=over_time(lines, board.words(title, source)) if series else None,
        source=source,
        facts=facts,
        notes=board.gaps(_gaps(series)),
        query=chosen.query(),
    )
