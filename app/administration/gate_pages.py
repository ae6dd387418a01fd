"""/{lang}/admin/gates: status, notice and hours of the border gates."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from app import forms
from app.accounts import audit
from app.accounts.models import Role
from app.accounts.who import require, signed_in
from app.administration.schemas import GateSchema
from app.db import Session, reading
from app.i18n import language, pages_blueprint
from app.periods import today
from app.reference import gates
from app.reference.words import GATE_STATES, GATE_TYPES

bp: Blueprint = pages_blueprint("admin_gates", __name__)


@bp.get("/admin/gates")
@require(Role.ADMIN)
def overview() -> str:
    """The gates with what is told about them."""
    with reading() as session:
        return render_template(
            "admin/gates.html",
            gates=gates.all_gates(session),
            states=GATE_STATES,
            types=GATE_TYPES,
            today=today(),
        )


@bp.get("/admin/gates/<slug>")
@require(Role.ADMIN)
def gate_form(slug: str) -> ResponseReturnValue:
    """The form of one gate."""
    return _form(slug, None, {}, 200)


@bp.post("/admin/gates/<slug>")
@require(Role.ADMIN)
def change(slug: str) -> ResponseReturnValue:
    """Save it; the public pages show it at once."""
    try:
        values = forms.load(GateSchema())
        with Session.begin() as session:
            gate, before, after = gates.change(session, slug, values)
            if after:
                audit.record(session, signed_in(), "gate.changed", gate, before=before, after=after)
    except ValidationError as error:
        return _form(slug, forms.submitted(GateSchema()), forms.errors_of(error), 422)
    except gates.HoursUnverified as problem:
        return _form(slug, forms.submitted(GateSchema()), {"hours_source": [problem.text()]}, 422)
    flash(_("The gate is saved."), "good")
    return redirect(f"/{language()}/admin/gates", 303)


def _form(slug: str, values: dict[str, Any] | None, errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    with reading() as session:
        gate = gates.by_slug(session, slug)
        shown = values if values is not None else {name: _text(getattr(gate, name)) for name in GateSchema().fields}
        return render_template("admin/gate.html", gate=gate, values=shown, errors=errors, states=GATE_STATES), status


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return value.isoformat()[:10] if hasattr(value, "year") else value.strftime("%H:%M")
