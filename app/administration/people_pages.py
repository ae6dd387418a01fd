"""/{lang}/admin/people: find people, give roles, disable, enable, sign out everywhere, send a new password link."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app import forms
from app.accounts import administering, audit, people, resetting, signing_in
from app.accounts.models import Membership, Role
from app.accounts.who import require, signed_in
from app.administration import trail
from app.administration.schemas import RolesSchema
from app.administration.trail import Wanted
from app.administration.words import ROLES
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, pages_blueprint
from app.marketplace.firms.models import Firm

bp: Blueprint = pages_blueprint("admin_people", __name__)


@bp.get("/admin/people")
@require(Role.ADMIN)
def find() -> str:
    """People by part of a name or e-mail, and by role."""
    q, role, page = request.args.get("q", "").strip(), request.args.get("role", ""), forms.page_number()
    with reading() as session:
        found, total = people.search(session, q, role, page)
        return render_template(
            "admin/people.html",
            people=found,
            total=total,
            q=q,
            role=role,
            roles=ROLES,
            page=page,
            pages=forms.pages_of(total, people.PAGE),
            url_of=forms.page_url,
        )


@bp.get("/admin/people/<int:person_id>")
@require(Role.ADMIN)
def person(person_id: int) -> ResponseReturnValue:
    """One person: roles, firm, sessions, and what this person did and what was done to them."""
    return _page(person_id)


@bp.post("/admin/people/<int:person_id>/roles")
@require(Role.ADMIN)
def set_roles(person_id: int) -> ResponseReturnValue:
    """Give exactly the ticked roles."""
    try:
        values = forms.load(RolesSchema())
        with Session.begin() as session:
            administering.set_roles(session, signed_in(), people.by_id(session, person_id), values["roles"])
    except ValidationError as error:
        return _page(person_id, [said for found in forms.errors_of(error).values() for said in found], 422)
    except Problem as problem:
        return _page(person_id, [problem.text()], problem.status)
    return _back(person_id, _("The roles are saved."))


@bp.post("/admin/people/<int:person_id>/disable")
@require(Role.ADMIN)
def disable(person_id: int) -> ResponseReturnValue:
    """Shut a person out at once."""
    try:
        with Session.begin() as session:
            administering.disable(session, signed_in(), people.by_id(session, person_id))
    except (administering.NotYourself, administering.LastAdmin) as problem:
        return _page(person_id, [problem.text()], problem.status)
    return _back(person_id, _("This person can no longer sign in."))


@bp.post("/admin/people/<int:person_id>/enable")
@require(Role.ADMIN)
def enable(person_id: int) -> Response:
    """Let a person sign in again."""
    with Session.begin() as session:
        administering.enable(session, signed_in(), people.by_id(session, person_id))
    return _back(person_id, _("This person can sign in again."))


@bp.post("/admin/people/<int:person_id>/sign-out")
@require(Role.ADMIN)
def sign_out(person_id: int) -> Response:
    """End every session of a person."""
    with Session.begin() as session:
        ended = administering.end_sessions(session, signed_in(), people.by_id(session, person_id))
    return _back(person_id, _("Sessions ended: %(count)s.", count=ended))


@bp.post("/admin/people/<int:person_id>/reset")
@require(Role.ADMIN)
def send_reset(person_id: int) -> Response:
    """Send the person a link to set a new password; nobody else sees it."""
    with Session.begin() as session:
        person = people.by_id(session, person_id)
        resetting.send_link(session, person.email, current_app.config["PUBLIC_URL"])
        audit.record(session, signed_in(), "person.reset_sent", person)
        email = person.email
    return _back(person_id, _("A letter with a link is on its way to %(email)s.", email=email))


def _page(person_id: int, errors: list[str] | None = None, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        person = people.by_id(session, person_id)
        member = session.get(Membership, person_id)
        about = Wanted(subject_type="person", subject_id=str(person_id))
        facts: dict[str, Any] = {
            "person": person,
            "held": {row.role for row in person.roles},
            "firm": session.get(Firm, member.firm_id) if member else None,
            "member": member,
            "sessions": signing_in.live_sessions(session, person_id),
            "done": trail.entries(session, Wanted(who=person.email), size=10)[0],
            "undergone": trail.entries(session, about, size=10)[0],
        }
        return (
            render_template(
                "admin/person.html",
                roles=ROLES,
                given_by_hand=administering.GIVEN_BY_HAND,
                changes=trail.changes,
                errors=errors or [],
                **facts,
            ),
            status,
        )


def _back(person_id: int, words: str) -> Response:
    flash(words, "good")
    return redirect(f"/{language()}/admin/people/{person_id}", 303)
