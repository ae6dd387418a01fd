"""Who delivers customs files: the list with the last delivery of each, adding and changing one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession

from app import forms
from app.accounts.models import Role
from app.accounts.who import caller, require
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, pages_blueprint
from app.reference import countries
from app.trade import desk, sources, words
from app.trade.fields import FIELDS
from app.trade.formats import FORMATS
from app.trade.models import TradeSource
from app.trade.schemas import NewSourceSchema, SourceSchema

bp = pages_blueprint("trade_sources", __name__)


@bp.get("/trade/sources")
@require(Role.ECONOMIST, Role.ADMIN)
def listing() -> str:
    """Every source with its last delivery per data set."""
    with reading() as session:
        return render_template(
            "trade/sources.html",
            sources=sources.listing(session),
            deliveries=desk.deliveries(session),
            formats=FORMATS,
            words=words,
        )


@bp.get("/trade/sources/new")
@require(Role.ECONOMIST, Role.ADMIN)
def new() -> str:
    """The form for a new source."""
    with reading() as session:
        return _form(session, None, {"reporter": "VN"})


@bp.post("/trade/sources/new")
@require(Role.ECONOMIST, Role.ADMIN)
def add() -> ResponseReturnValue:
    """Add a source."""
    schema = NewSourceSchema()
    try:
        wanted = forms.load(schema)
        with Session.begin() as session:
            sources.add(session, caller(), **wanted)
    except ValidationError as error:
        return _again(None, forms.submitted(schema), forms.errors_of(error), 422)
    except Problem as problem:
        return _again(None, forms.submitted(schema), {"code": [problem.text()]}, problem.status)
    flash(gettext("“%(name)s” was added.", name=wanted["name"]), "good")
    return redirect(url_for("trade_sources.listing"), 303)


@bp.get("/trade/sources/<code>")
@require(Role.ECONOMIST, Role.ADMIN)
def edit(code: str) -> str:
    """One source: what may change, and the column mappings it taught us."""
    with reading() as session:
        source = sources.named(session, code)
        return _form(session, source, {name: getattr(source, name) for name in SourceSchema().fields})


@bp.post("/trade/sources/<code>")
@require(Role.ECONOMIST, Role.ADMIN)
def change(code: str) -> ResponseReturnValue:
    """Change what may change; the code stays, since scripts use it."""
    schema = SourceSchema()
    try:
        wanted = forms.load(schema)
        with Session.begin() as session:
            sources.change(session, caller(), sources.named(session, code), **wanted)
    except ValidationError as error:
        return _again(code, forms.submitted(schema), forms.errors_of(error), 422)
    flash(gettext("Saved."), "good")
    return redirect(url_for("trade_sources.listing"), 303)


def _again(
    code: str | None, values: dict[str, Any], errors: dict[str, list[str]], status: int
) -> ResponseReturnValue:
    with reading() as session:
        return _form(session, sources.named(session, code) if code else None, values, errors), status


def _form(
    session: OrmSession,
    source: TradeSource | None,
    values: dict[str, Any],
    errors: dict[str, list[str]] | None = None,
) -> str:
    return render_template(
        "trade/source.html",
        source=source,
        values=values,
        errors=errors or {},
        countries=countries.options(session, language()),
        formats=FORMATS,
        titles={name: {field.name: field.title for field in found} for name, found in FIELDS.items()},
        words=words,
        mappings=desk.mappings_of(session, source) if source else [],
    )
