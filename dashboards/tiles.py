"""Headline numbers: the period's totals with like-for-like change, the newest month, and what a total lacks."""

from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import gettext as _

from app.i18n import month
from app.trade import monthly
from app.trade.comparing import Total
from app.trade.flows import EXPORT, IMPORT
from app.trade.models import Basis
from dashboards import wording
from dashboards.board import Board
from dashboards.wording import Scale, scale_for


@dataclass(frozen=True)
class Tile:
    """`way` is up, down or flat; `note` is about the newest month; `lacks` names months a sum does without."""

    label: str
    value: str
    unit: str
    way: str
    change: str
    note: str = ""
    lacks: str = ""
    tone: str = ""


def tiles(board: Board) -> list[Tile]:
    """Exports, imports and turnover; transit apart; vehicles a day."""
    chosen, every = board.selection, board.monthly
    totals = {way: every.total(months=chosen.summed, ways=(way,)) for way in every.ways()}
    newest = {way: every.total(months=(chosen.last, chosen.last), ways=(way,)) for way in every.ways()}
    scale = scale_for(chosen.column, [total.value for total in totals.values()])
    labels = {EXPORT: _("Exports"), IMPORT: _("Imports")}
    found = [_tile(board, labels[way], totals[way], newest[way], scale) for way in labels if way in totals]
    if len(found) == len(labels):
        found.append(_turnover(board, totals, scale))
    return [*found, *_transit(board), *_crossings(board)]


def _turnover(board: Board, totals: dict[str, Total], scale: Scale) -> Tile:
    both = board.monthly.total(months=board.selection.summed)
    out, into = totals[EXPORT].value, totals[IMPORT].value
    tile = _tile(board, _("Exports and imports"), both, None, scale)
    if out is None or into is None or board.selection.measure != "value":
        return tile
    return replace(tile, note=_("Balance %(amount)s", amount=scale.worded(out - into)))


def _transit(board: Board) -> list[Tile]:
    chosen = board.selection
    scope = chosen.scope(summed=True, basis=Basis.TRANSIT, directions=())
    every = monthly.read(board.session, scope, chosen.column)
    total, newest = every.total(), every.total(months=(scope.last, scope.last))
    if not total.value:
        return []
    scale = scale_for(chosen.column, [total.value], least=5)
    return [_tile(board, _("Transit, not part of turnover"), total, newest, scale, tone="transit")]


def _crossings(board: Board) -> list[Tile]:
    chosen = board.selection
    total = board.counted.per_day(chosen.summed)
    if total.value is None:
        return []
    newest = board.counted.per_day((chosen.last, chosen.last))
    scale = Scale(Decimal(1), wording.a_day(chosen.kind), "", wording.kind_unit(chosen.kind))
    return [_tile(board, str(wording.KINDS[chosen.kind]), total, newest, scale)]


def _tile(board: Board, label: str, total: Total, newest: Total | None, scale: Scale, tone: str = "") -> Tile:
    change = total.change.percent
    way = "flat" if change is None or abs(change) < Decimal("0.05") else "up" if change > 0 else "down"
    return Tile(
        label,
        scale.text(total.value),
        scale.unit,
        way,
        _change(total),
        _of_month(board, newest, scale) if newest and newest.value is not None else "",
        _("without %(gaps)s", gaps=board.listed(total.missing)) if total.missing else "",
        tone,
    )


def _change(total: Total) -> str:
    if total.change.is_new:
        return _("new: nothing a year before")
    if total.change.percent is None:
        return _("not comparable with a year before")
    return _("%(change)s on a year before", change=wording.percent(total.change.percent, signed=True))


def _of_month(board: Board, newest: Total, scale: Scale) -> str:
    said = {"month": month(board.selection.last), "amount": scale.text(newest.value)}
    if newest.change.percent is None:
        return _("%(month)s: %(amount)s", **said)
    return _("%(month)s: %(amount)s (%(change)s)", **said, change=wording.percent(newest.change.percent, signed=True))
