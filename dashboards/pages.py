"""The dashboards under /{lang}/trade/: overview, transit, the province, sources, and the data of each figure."""

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Response, make_response, render_template, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession

from app.accounts.models import Role
from app.accounts.who import caller
from app.db import reading
from app.errors import NotFound
from app.forms import errors_of
from app.i18n import pages_blueprint
from app.trade import coverage, flows
from app.trade.freshness import tag
from app.trade.models import Basis, Dataset
from dashboards import exports, line_cards, provenance, rank_cards
from dashboards.board import Board, Card
from dashboards.selection import (
    FigureQuery,
    Selection,
    SelectionQuery,
    presets,
    select_from,
)
from dashboards.tiles import tiles
from dashboards.wording import KINDS, gate_names, goods_names, partner_names, period

bp = pages_blueprint("dashboards", __name__)
CARDS: dict[str, Callable[..., list[Card]]] = {
    "volume": line_cards.volumes,
    "directions": line_cards.directions,
    "goods": rank_cards.goods,
    "partners": rank_cards.partners,
    "crossings": line_cards.crossings,
    "transit": line_cards.transit,
    "province": line_cards.province,
}
OVERVIEW = ("volume", "directions", "goods", "partners", "crossings")
DATASETS = (Dataset.CROSSINGS, Dataset.DECLARATIONS, Dataset.SUMMARIES)
BASES = {"transit": Basis.TRANSIT, "province": Basis.PROVINCE}
MOST_STRIPS = 18  # the province has so many gates
LISTS = ("gate", "direction", "hs", "partner")
TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# New code may draw the same figures otherwise: it makes new ETags.
EDITION = hashlib.sha256(
    b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
).hexdigest()


@bp.get("/trade/")
def overview() -> Response | str:
    """Trade through the gates: headlines, figures, and how complete they are."""
    return _page("dashboards/overview.html", OVERVIEW, with_tiles=True)


@bp.get("/trade/transit")
def transit() -> Response | str:
    """What merely crosses the territory; no part of turnover."""
    return _page("dashboards/basis.html", ("transit",))


@bp.get("/trade/province")
def province() -> Response | str:
    """Trade of the province's firms wherever it crosses; never added to trade through gates."""
    return _page("dashboards/basis.html", ("province",))


@bp.get("/trade/provenance")
def provenance_page() -> str:
    """Where the figures come from, what is missing and what was left out."""
    staff = (who := caller()) is not None and who.has(Role.ECONOMIST, Role.ADMIN)
    with reading() as session:
        return render_template("dashboards/sources.html", staff=staff, **provenance.told(session, staff))


@bp.get("/trade/figures/<name>.<any(json, csv, xlsx):kind>")
def figure(name: str, kind: str) -> Response:
    """The data of one figure: for Plotly, for a spreadsheet, for a program."""
    if name not in CARDS:
        raise NotFound()
    with reading() as session:
        etag = tag(session, *DATASETS, about=f"{EDITION} {request.full_path}")
        if request.if_none_match.contains(etag):
            return _marked(Response(status=304), etag)
        card, board = _card(session, name)
        response = _as(kind, board, card)
    return _marked(response, etag)


def _card(session: OrmSession, name: str) -> tuple[Card, Board]:
    asked = FigureQuery().load(_arguments())
    selection = select_from(session, asked, BASES.get(name, Basis.GATE))
    if selection is None:
        raise NotFound()
    board = Board(session, selection)
    cards = CARDS[name](board, asked["panel"])
    if not cards:
        raise NotFound()
    return cards[0], board


def _as(kind: str, board: Board, card: Card) -> Response:
    if kind == "json":
        if card.figure is None:
            raise NotFound()
        return make_response(card.figure)
    content = exports.as_csv(board, card) if kind == "csv" else exports.as_xlsx(board, card)
    response = Response(content, mimetype=TYPES[kind])
    chosen = board.selection
    name = f"{'du-lieu-mau-' if chosen.demo else ''}{card.key}-{chosen.first:%Y-%m}-{chosen.last:%Y-%m}.{kind}"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _marked(response: Response, etag: str) -> Response:
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


# --- pages ---


def _arguments() -> dict[str, Any]:
    """The query of the address without what was left empty: lists where there may be several, else the last text."""
    return {
        name: values if name in LISTS else values[-1]
        for name, values in request.args.lists()
        if any(value.strip() for value in values)
    }


def _page(template: str, names: tuple[str, ...], *, with_tiles: bool = False) -> Response | str:
    errors: dict[str, list[str]] = {}
    basis = BASES.get(names[0], Basis.GATE)
    with reading() as session:
        try:
            selection = select_from(session, SelectionQuery().load(_arguments()), basis)
        except ValidationError as error:
            errors = errors_of(error)
            selection = select_from(session, SelectionQuery().load({}), basis)
        if selection is None:
            return render_template("dashboards/empty.html")
        board = Board(session, selection)
        names = names if selection.ground or basis != Basis.GATE else ("crossings",)
        page = render_template(
            template,
            name=basis,
            board=board,
            chosen=selection,
            errors=errors,
            cards=[card for name in names for card in CARDS[name](board)],
            tiles=tiles(board) if with_tiles else [],
            **_surroundings(session, board),
        )
    return make_response(page, 422) if errors else page


def _surroundings(session: OrmSession, board: Board) -> dict[str, Any]:
    """What stands around the figures: choices, presets, freshness and the strip."""
    chosen: Selection = board.selection
    everything = chosen.scope(first=chosen.span[0], last=chosen.span[1], gates=())
    partners = partner_names(session, flows.codes(session, everything, "partner"))
    shown = chosen.scope() if chosen.ground else chosen.scope(dataset=Dataset.CROSSINGS)
    strip = coverage.strip(session, shown)
    return {
        "span": chosen.span,
        "gate_choices": gate_names(session, chosen.there),
        "partner_choices": sorted(
            ((code, name) for code, name in partners.items() if code != "XX"), key=lambda p: p[1]
        ),
        "chapter_choices": sorted(goods_names(session, flows.codes(session, everything, "hs2")).items()),
        "periods": presets(chosen.span),
        "facts": board.facts(shown),
        "strip": dict(islice(((slug, strip[slug]) for slug in chosen.gates if slug in strip), MOST_STRIPS)),
        "strip_names": gate_names(session, strip),
        "kinds": KINDS,
        "summed": period(*chosen.summed),
        "shown_period": period(chosen.first, chosen.last),
    }
