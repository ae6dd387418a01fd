"""/{lang}/admin/: what needs attention, and the audit log."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from marshmallow import ValidationError

from app import forms
from app.accounts.models import Role
from app.accounts.who import require
from app.administration import attention, trail
from app.administration.schemas import TrailSchema
from app.administration.trail import Wanted
from app.db import reading
from app.i18n import pages_blueprint

bp: Blueprint = pages_blueprint("admin", __name__)


@bp.get("/admin/")
@require(Role.ADMIN)
def home() -> str:
    """What waits for somebody, and the latest changes."""
    with reading() as session:
        entries, _total = trail.entries(session, Wanted(), size=8)
        return render_template(
            "admin/home.html",
            waiting=attention.what_waits(session),
            figures=attention.figures(session),
            entries=entries,
            changes=trail.changes,
        )


@bp.get("/admin/audit")
@require(Role.ADMIN)
def audit_log() -> str:
    """Who changed what, filtered by the address."""
    asked = {name: text for name, text in request.args.items() if name != "page" and text.strip()}
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    try:
        values = TrailSchema().load(asked)
    except ValidationError as error:
        errors = forms.errors_of(error)
    page = forms.page_number()
    with reading() as session:
        entries, total = trail.entries(session, Wanted(**values), page)
        return render_template(
            "admin/audit.html",
            entries=entries,
            total=total,
            changes=trail.changes,
            actions=[("", _("anything")), *((action, action) for action in trail.actions(session))],
            values=asked,
            errors=errors,
            page=page,
            pages=forms.pages_of(total, trail.PAGE),
            url_of=forms.page_url,
        )
