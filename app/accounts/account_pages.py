"""/{lang}/account: what a person changes about themselves, where they are signed in, and their API tokens."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app import forms
from app.accounts import (
    api_tokens,
    devices,
    passwords,
    people,
    profile,
    registering,
    resetting,
    signing_in,
    throttling,
    tokens,
)
from app.accounts.schemas import ApiTokenSchema, PasswordChangeSchema, PresentPasswordSchema, ProfileSchema
from app.accounts.who import Caller, require, signed_in
from app.db import Session, reading
from app.errors import Problem
from app.i18n import language, pages_blueprint
from app.reference import countries
from app.signin_state import remember, session_token

bp: Blueprint = pages_blueprint("account", __name__)


@bp.get("/account")
@require()
def account() -> ResponseReturnValue:
    """Everything about the signed-in person on one page."""
    return _page({}, 200)


@bp.post("/account")
@require()
def change_profile() -> ResponseReturnValue:
    """Name, telephone, country, language, currency."""
    try:
        values = forms.load(ProfileSchema())
    except ValidationError as error:
        return _page(forms.errors_of(error), 422, forms.submitted(ProfileSchema()))
    with Session.begin() as session:
        person = profile.change(session, signed_in(), values)
    flash(_("Your account is saved."), "good")
    response = redirect(f"/{person.language}/account", 303)
    response.delete_cookie("currency")  # what the person chose here counts from now on
    return response


@bp.post("/account/password")
@require()
def change_password() -> ResponseReturnValue:
    """Another password, for which the present one is asked; other devices are signed out."""
    who = signed_in()
    try:
        values = forms.load(PasswordChangeSchema(who.email, who.name))
        _check_present(who, values["present"])
    except ValidationError as error:
        return _page(forms.errors_of(error), 422)
    except Problem as problem:
        return _page({"present": [problem.text()]}, problem.status)
    digest = passwords.digest(values["password"])
    with Session.begin() as session:
        person = resetting.change_password(session, who, digest)
        agent = request.user_agent.string
        token = signing_in.open_session(session, person, address=who.address, agent=agent)
    flash(_("Your password is changed, and every other device is signed out."), "good")
    response = redirect(f"/{language()}/account", 303)
    remember(response, token)
    return response


@bp.post("/account/sessions/end")
@require()
def end_other_sessions() -> ResponseReturnValue:
    """Sign out every other device; the present password is asked."""
    who = signed_in()
    try:
        _check_present(who, forms.load(PresentPasswordSchema())["present"])
    except ValidationError as error:
        return _page({"sessions": [s for said in forms.errors_of(error).values() for s in said]}, 422)
    except Problem as problem:
        return _page({"sessions": [problem.text()]}, problem.status)
    with Session.begin() as session:
        ended = resetting.end_others(session, who, session_token())
    flash(_("Signed out elsewhere: %(count)s.", count=ended), "good")
    return redirect(f"/{language()}/account", 303)


@bp.post("/account/tokens")
@require()
def create_token() -> ResponseReturnValue:
    """A bearer token, shown this once; the present password is asked."""
    who = signed_in()
    try:
        values = forms.load(ApiTokenSchema())
        _check_present(who, values["present"])
    except ValidationError as error:
        said = forms.errors_of(error)
        errors = {"token_present" if name == "present" else name: found for name, found in said.items()}
        return _page(errors, 422, forms.submitted(ApiTokenSchema()))
    except Problem as problem:
        return _page({"token_present": [problem.text()]}, problem.status, forms.submitted(ApiTokenSchema()))
    with Session.begin() as session:
        token = api_tokens.create(session, who, people.by_id(session, who.id), values["label"])
    return _page({}, 201, new_token=token)


@bp.post("/account/tokens/<int:token_id>/revoke")
@require()
def revoke_token(token_id: int) -> Response:
    """Make a token useless."""
    with Session.begin() as session:
        api_tokens.revoke(session, signed_in(), token_id)
    flash(_("The token no longer works."), "good")
    return redirect(f"/{language()}/account", 303)


@bp.post("/account/confirm")
@require()
def ask_for_proof() -> Response:
    """Send the confirmation letter again."""
    who = signed_in()
    with Session.begin() as session:
        throttling.count(session, {"confirm-to": who.email})
        person = people.by_id(session, who.id)
        registering.ask_for_proof(session, person, current_app.config["PUBLIC_URL"])
    flash(_("A letter is on its way to %(email)s.", email=who.email), "good")
    return redirect(f"/{language()}/account", 303)


def _check_present(who: Caller, password: str) -> None:
    with Session.begin() as session:
        attempts = throttling.count(session, {"password": who.email})
    with reading() as session:
        right = passwords.matches(people.by_id(session, who.id).password_hash, password)
    if not right:
        raise passwords.WrongPassword()
    with Session.begin() as session:
        throttling.forgive(session, attempts)


def _page(
    errors: dict[str, list[str]], status: int, values: dict[str, Any] | None = None, **more: Any
) -> ResponseReturnValue:
    with reading() as session:
        facts = _facts(session, signed_in(), values) | more
        return render_template("accounts/account.html", errors=errors, **facts), status


def _facts(session: OrmSession, who: Caller, values: dict[str, Any] | None) -> dict[str, Any]:
    person = people.by_id(session, who.id)
    kept = {name: getattr(person, name) for name in ("name", "phone", "country", "language", "currency")}
    return {
        "person": person,
        "values": kept | (values or {}),
        "countries": countries.options(session, language()),
        "sessions": [(row, devices.name_of(row.agent)) for row in signing_in.live_sessions(session, who.id)],
        "this_session": tokens.hashed(session_token()),
        "api_tokens": api_tokens.of(session, who.id),
    }
