"""Pages of the way in: register, sign in and out, confirm an e-mail address, choose a currency, the outbox."""

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask import Response as FlaskResponse
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from app import forms
from app.accounts import outbox, passwords, profile, registering, signing_in, throttling
from app.accounts.models import Role
from app.accounts.schemas import CurrencySchema, RegisterSchema, SignInSchema
from app.accounts.who import Caller, caller, signed_in
from app.db import Session, reading
from app.errors import NotFound, Problem
from app.forms import safe_target
from app.i18n import language, pages_blueprint
from app.reference import countries
from app.signin_state import caller_of, remember, session_token

bp: Blueprint = pages_blueprint("accounts", __name__)

YEAR = 31_536_000


@bp.after_request
def not_to_be_kept(response: FlaskResponse) -> FlaskResponse:
    """Forms and links of the way in are on no disk and in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/sign-in")
def sign_in_page() -> ResponseReturnValue:
    """The sign-in form; who is signed in already goes on."""
    target = request.args.get("next", "")
    if who := caller():
        return redirect(safe_target(target, home_of(who)), 303)
    return render_template("accounts/sign_in.html", values={"next": target}, errors={})


@bp.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Sign in with a new session token, and go where the person wanted to go."""
    try:
        values = forms.load(SignInSchema())
        token, who = _open_session(values["email"], values["password"])
    except ValidationError as error:
        return _again("accounts/sign_in.html", forms.errors_of(error), 422)
    except Problem as problem:
        return _again("accounts/sign_in.html", {"_": [problem.text()]}, problem.status)
    response = redirect(safe_target(values["next"], home_of(who)), 303)
    remember(response, token)
    return response


def _open_session(email: str, password: str) -> tuple[str, Caller]:
    """Counted first, recognised in a read-only transaction because hashing is slow, then the session is written."""
    address = request.remote_addr or ""
    with Session.begin() as session:
        attempts = throttling.count(session, throttling.sign_in_kinds(email, address))
    with reading() as session:
        recognised = signing_in.recognise(session, email, password, address)
    with Session.begin() as session:
        throttling.forgive(session, attempts)
        signing_in.end_session(session, session_token())
        agent = request.user_agent.string
        token = signing_in.enter(session, recognised, address=address, agent=agent, cookies=request.cookies)
        who = caller_of(session, recognised.person_id, address)
    assert who is not None
    return token, who


@bp.post("/sign-out")
def sign_out() -> Response:
    """End this session here and on the server."""
    if who := caller():
        with Session.begin() as session:
            signing_in.leave(session, who, session_token())
        flash(_("You are signed out."), "good")
    response = redirect(f"/{language()}/", 303)
    remember(response, "")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/register")
def register_page() -> ResponseReturnValue:
    """The registration form."""
    target = request.args.get("next", "")
    if who := caller():
        return redirect(safe_target(target, home_of(who)), 303)
    country = "KH" if language() == "km" else "VN"
    return _register_form({"next": target, "country": country}, {}, 200)


@bp.post("/register")
def register() -> ResponseReturnValue:
    """Open an account, sign the person in, and send the letter that proves the e-mail address."""
    address = request.remote_addr or ""
    try:
        with Session.begin() as session:
            throttling.count(session, {"register-from": throttling.place(address)})
        values = forms.load(RegisterSchema())
        target = values.pop("next")
        values["password_hash"] = passwords.digest(values.pop("password"))
        with Session.begin() as session:
            person = registering.register(
                session,
                site=current_app.config["PUBLIC_URL"],
                address=address,
                language=language(),
                **values,
            )
            recognised = signing_in.Recognised(person.id, person.password_hash, None)
            agent = request.user_agent.string
            token = signing_in.enter(session, recognised, address=address, agent=agent, cookies=request.cookies)
    except ValidationError as error:
        return _register_form(forms.submitted(RegisterSchema()), forms.errors_of(error), 422)
    except registering.EmailTaken as taken:
        return _register_form(forms.submitted(RegisterSchema()), {"email": [taken.text()]}, 422)
    flash(
        _("Welcome. We sent a letter to %(email)s; open the link in it to confirm the address.", email=person.email)
    )
    response = redirect(safe_target(target, f"/{language()}/account"), 303)
    remember(response, token)
    return response


def _register_form(values: dict[str, str], errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    with reading() as session:
        options = countries.options(session, language())
    return render_template("accounts/register.html", values=values, errors=errors, countries=options), status


@bp.get("/confirm/<token>")
def confirm_page(token: str) -> ResponseReturnValue:
    """A button, because programs that scan letters open links too."""
    return render_template("accounts/confirm.html", token=token)


@bp.post("/confirm/<token>")
def confirm(token: str) -> Response:
    """The address is proven."""
    with Session.begin() as session:
        person = registering.prove(session, token, request.remote_addr or "")
    flash(_("Thank you. %(email)s is confirmed.", email=person.email), "good")
    return redirect(f"/{language()}/account" if caller() else f"/{language()}/sign-in", 303)


@bp.post("/currency")
def choose_currency() -> Response:
    """Show prices in another currency, on this browser and for this person."""
    values = forms.load(CurrencySchema())
    if who := caller():
        with Session.begin() as session:
            profile.change(session, who, {"currency": values["currency"]})
    response = redirect(safe_target(values["next"], f"/{language()}/"), 303)
    secure = current_app.config["PUBLIC_URL"].startswith("https")
    response.set_cookie("currency", values["currency"], max_age=YEAR, samesite="Lax", secure=secure, httponly=True)
    return response


@bp.get("/outbox")
def outbox_page() -> str:
    """The letters: in the demonstration for everybody with their text, else for administrators without it."""
    demo = current_app.config["DEMO"]
    if not demo and not signed_in().has(Role.ADMIN):
        raise NotFound()
    page = forms.page_number()
    with reading() as session:
        letters, total = outbox.letters(session, request.args.get("to", "").strip(), page)
        return render_template(
            "accounts/outbox.html",
            letters=letters,
            page=page,
            pages=forms.pages_of(total, outbox.PAGE),
            url_of=forms.page_url,
            open_text=demo,
            mail_server=bool(current_app.config["SMTP_URL"]),
        )


def home_of(who: Caller) -> str:
    """Where a person's work begins."""
    for role, place in ((Role.ADMIN, "admin/"), (Role.MODERATOR, "moderation/"), (Role.ECONOMIST, "trade/imports")):
        if who.has(role):
            return f"/{language()}/{place}"
    return f"/{language()}/seller/" if who.firm_id else f"/{language()}/"


def _again(template: str, errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    return render_template(template, values=forms.submitted(SignInSchema()), errors=errors), status
