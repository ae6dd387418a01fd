"""What a person decides about a customs file: its columns, yes or no, stop, once more, take back."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session as OrmSession

from app import forms
from app.accounts.models import Role
from app.accounts.who import caller, require
from app.db import Session, reading
from app.errors import Problem
from app.i18n import pages_blueprint
from app.trade import imports
from app.trade.imports import WrongState
from app.trade.pages import page_of
from app.trade.schemas import AcceptSchema, EmptySchema, MappingForm, RejectSchema

bp = pages_blueprint("trade_decisions", __name__)
Decision = Callable[[OrmSession, dict[str, Any]], Any]


def _decide(import_id: int, schema: Schema, decision: Decision, done: str, place: str = "_") -> ResponseReturnValue:
    """Load the form, decide in one transaction, go back to the import; a form that is not right comes back."""
    try:
        wanted = forms.load(schema)
        with Session.begin() as session:
            decision(session, wanted)
    except ValidationError as error:
        return _again(import_id, forms.errors_of(error), schema, 422)
    except WrongState as problem:
        flash(problem.text(), "bad")
    except Problem as problem:
        if problem.status != 422:
            raise
        return _again(import_id, {place: [problem.text()]}, schema, 422)
    else:
        flash(done, "good")
    return redirect(url_for("trade_imports.show", import_id=import_id), 303)


def _again(import_id: int, errors: dict[str, list[str]], schema: Schema, status: int) -> ResponseReturnValue:
    with reading() as session:
        return page_of(session, import_id, errors, forms.submitted(schema)), status


@bp.post("/trade/imports/<int:import_id>/mapping")
@require(Role.ECONOMIST, Role.ADMIN)
def confirm_mapping(import_id: int) -> ResponseReturnValue:
    """Say which column is which; the file is read again with that."""

    def decision(session: OrmSession, wanted: dict[str, Any]) -> None:
        imports.confirm_mapping(session, caller(), import_id, **wanted)

    done = gettext("Noted, and kept for the next file of this source. The file is being read again.")
    return _decide(import_id, MappingForm(), decision, done, "columns")


@bp.post("/trade/imports/<int:import_id>/accept")
@require(Role.ECONOMIST, Role.ADMIN)
def accept(import_id: int) -> ResponseReturnValue:
    """Publish the good rows, and those let through."""

    def decision(session: OrmSession, wanted: dict[str, Any]) -> None:
        imports.accept(session, caller(), import_id, wanted["release"])

    return _decide(
        import_id, AcceptSchema(), decision, gettext("Accepted. The figures are being computed."), "release"
    )


@bp.post("/trade/imports/<int:import_id>/reject")
@require(Role.ECONOMIST, Role.ADMIN)
def reject(import_id: int) -> ResponseReturnValue:
    """Do not use the file, with the reason."""

    def decision(session: OrmSession, wanted: dict[str, Any]) -> None:
        imports.reject(session, caller(), import_id, wanted["reason"])

    return _decide(import_id, RejectSchema(), decision, gettext("Rejected. Nothing of this file is used."))


@bp.post("/trade/imports/<int:import_id>/cancel")
@require(Role.ECONOMIST, Role.ADMIN)
def cancel(import_id: int) -> ResponseReturnValue:
    """Stop reading."""

    def decision(session: OrmSession, _wanted: dict[str, Any]) -> None:
        imports.cancel(session, caller(), import_id)

    return _decide(import_id, EmptySchema(), decision, gettext("Cancelled. The file can be read again any time."))


@bp.post("/trade/imports/<int:import_id>/retry")
@require(Role.ECONOMIST, Role.ADMIN)
def retry(import_id: int) -> ResponseReturnValue:
    """Once more, after a failure or a stop."""

    def decision(session: OrmSession, _wanted: dict[str, Any]) -> None:
        imports.retry(session, caller(), import_id)

    return _decide(import_id, EmptySchema(), decision, gettext("It is being tried again."))


@bp.post("/trade/imports/<int:import_id>/withdraw")
@require(Role.ECONOMIST, Role.ADMIN)
def withdraw(import_id: int) -> ResponseReturnValue:
    """Take published figures back, with the reason."""

    def decision(session: OrmSession, wanted: dict[str, Any]) -> None:
        imports.withdraw(session, caller(), import_id, wanted["reason"])

    done = gettext("Withdrawn. What this file had replaced counts again; the figures are being computed.")
    return _decide(import_id, RejectSchema(), decision, done)
