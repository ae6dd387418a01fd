"""/{lang}/admin/jobs: background work that waits or was given up, with the reason and a button to try again."""

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import forms
from app.accounts.models import Role
from app.accounts.who import require, signed_in
from app.administration import work
from app.administration.schemas import GateMonthSchema
from app.db import Session, reading
from app.i18n import language, pages_blueprint

bp: Blueprint = pages_blueprint("admin_work", __name__)


@bp.get("/admin/jobs")
@require(Role.ADMIN)
def overview() -> str:
    """Given up, stuck, alive, waiting."""
    page = forms.page_number()
    with reading() as session:
        failed, failed_total = work.deeds(session, failed=True, page=page)
        waiting, waiting_total = work.deeds(session, failed=False)
        return render_template(
            "admin/jobs.html",
            failed=failed,
            failed_total=failed_total,
            waiting=waiting,
            waiting_total=waiting_total,
            stuck=work.stuck_gate_months(session),
            beats=work.beats(session),
            kinds=work.KINDS,
            reason=work.reason,
            page=page,
            pages=forms.pages_of(failed_total, work.PAGE),
            url_of=forms.page_url,
        )


@bp.post("/admin/jobs/<int:deed_id>/retry")
@require(Role.ADMIN)
def retry(deed_id: int) -> Response:
    """One piece of work is due now."""
    with Session.begin() as session:
        work.try_again(session, signed_in(), deed_id)
    return _back(_("It is tried again now."))


@bp.post("/admin/jobs/retry")
@require(Role.ADMIN)
def retry_all() -> Response:
    """All that was given up is due now."""
    with Session.begin() as session:
        count = work.try_all_again(session, signed_in())
    return _back(_("Tried again now: %(count)s.", count=count))


@bp.post("/admin/jobs/gate-month")
@require(Role.ADMIN)
def compute_again() -> Response:
    """The figures of one gate and month are computed now."""
    values = forms.load(GateMonthSchema())
    with Session.begin() as session:
        work.compute_again(session, signed_in(), **values)
    return _back(_("It is tried again now."))


def _back(words: str) -> Response:
    flash(words, "good")
    return redirect(f"/{language()}/admin/jobs", 303)
