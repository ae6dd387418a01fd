"""/{lang}/reset: a new password by a link in a letter."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError

from app import forms
from app.accounts import passwords, people, resetting, throttling
from app.accounts.schemas import EmailSchema, NewPasswordSchema
from app.db import Session, reading
from app.i18n import language, pages_blueprint
from app.signin_state import remember

bp: Blueprint = pages_blueprint("reset", __name__)


@bp.after_request
def not_to_be_kept(response: Response) -> Response:
    """A link that opens an account is on no disk and in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/reset")
def reset_page() -> str:
    """Asks for the e-mail address."""
    return render_template("accounts/reset.html", values={"email": request.args.get("email", "")}, errors={})


@bp.post("/reset")
def send_link() -> ResponseReturnValue:
    """Sends the letter if there is such a person; the answer is the same if not."""
    try:
        email = people.address_of(forms.load(EmailSchema())["email"])
    except ValidationError as error:
        values = forms.submitted(EmailSchema())
        return render_template("accounts/reset.html", values=values, errors=forms.errors_of(error)), 422
    with Session.begin() as session:
        place = throttling.place(request.remote_addr or "")
        throttling.count(session, {"reset-from": place, "reset-to": email})
        resetting.send_link(session, email, current_app.config["PUBLIC_URL"])
    return render_template("accounts/reset_sent.html", email=email)


@bp.get("/reset/<token>")
def new_password_page(token: str) -> str:
    """Asks for the new password; the link is only used up by the form."""
    email, _name = _whose(token)
    return render_template("accounts/new_password.html", token=token, email=email, errors={})


@bp.post("/reset/<token>")
def set_password(token: str) -> ResponseReturnValue:
    """Sets it, once. Every device is signed out; the person signs in with the new password."""
    email, name = _whose(token)
    try:
        values = forms.load(NewPasswordSchema(email, name))
    except ValidationError as error:
        errors = forms.errors_of(error)
        return render_template("accounts/new_password.html", token=token, email=email, errors=errors), 422
    digest = passwords.digest(values["password"])
    with Session.begin() as session:
        resetting.set_password(session, token, digest, request.remote_addr or "")
    flash(_("The new password is set. Sign in with it."), "good")
    response = redirect(f"/{language()}/sign-in", 303)
    remember(response, "")
    return response


def _whose(token: str) -> tuple[str, str]:
    with reading() as session:
        person = resetting.person_of(session, token)
        return person.email, person.name
