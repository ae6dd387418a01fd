"""/{lang}/seller/register and /{lang}/seller/firm: registering a firm, its facts, bank account and people."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app import forms
from app.accounts.who import Caller, firm_member, require, signed_in
from app.db import Session, reading
from app.i18n import language, pages_blueprint
from app.marketplace.firms import members, register
from app.marketplace.firms.labels import WHAT_NOW, state_name
from app.marketplace.firms.models import Firm
from app.marketplace.firms.schemas import (
    BankSchema,
    InviteSchema,
    NewFirmSchema,
    ProfileSchema,
    RegistrationSchema,
)
from app.marketplace.firms.tax_codes import WrongTaxCode, shown

bp: Blueprint = pages_blueprint("firm_members", __name__)
Errors = dict[str, list[str]]
Verb = Callable[[OrmSession, Caller, Firm, dict[str, Any]], object]


@bp.get("/seller/register")
@require()
def registration_form() -> ResponseReturnValue:
    """The form of a new firm; somebody who has a firm is taken to it."""
    if signed_in().firm_id is not None:
        return redirect(f"/{language()}/seller/firm", 302)
    return _registration({"country": "KH" if language() == "km" else "VN"}, {}, 200)


@bp.post("/seller/register")
@require()
def register_firm() -> ResponseReturnValue:
    """Register a firm owned by the signed-in person."""
    try:
        values = forms.load(NewFirmSchema())
        with Session.begin() as session:
            register.register(session, signed_in(), values)
    except ValidationError as error:
        return _registration(forms.submitted(NewFirmSchema()), forms.errors_of(error), 422)
    except (register.TaxCodeTaken, WrongTaxCode) as taken:
        return _registration(forms.submitted(NewFirmSchema()), {"tax_code": [taken.text()]}, 422)
    flash(_("Your firm is registered. A moderator looks at it next."), "good")
    return redirect(f"/{language()}/seller/", 303)


@bp.get("/seller/firm")
@require()
def firm() -> ResponseReturnValue:
    """The firm as its members see it."""
    return _firm({}, {}, 200)


@bp.post("/seller/firm/profile")
@require()
def change_profile() -> ResponseReturnValue:
    """Names, telephone, e-mail and what the firm says about itself."""
    return _change(ProfileSchema(), register.change_profile, _("The profile is saved."), "profile")


@bp.post("/seller/firm/bank")
@require()
def change_bank() -> ResponseReturnValue:
    """The account buyers pay to."""
    return _change(BankSchema(), register.change_bank, _("The bank account is saved."), "bank")


@bp.post("/seller/firm/registration")
@require()
def change_registration() -> ResponseReturnValue:
    """The registered facts; a moderator looks at them again."""
    said = _("The registered facts are sent to a moderator.")
    return _change(RegistrationSchema(), register.change_registration, said, "registration")


@bp.post("/seller/firm/staff")
@require()
def invite() -> ResponseReturnValue:
    """Ask somebody to act for the firm."""
    who = firm_member()
    members.must_own(who)
    try:
        email = forms.load(InviteSchema())["email"]
        with Session.begin() as session:
            members.invite(session, who, members.firm_of(session, who), email)
    except ValidationError as error:
        return _firm(forms.submitted(InviteSchema()), _named(forms.errors_of(error)), 422)
    except (members.NobodyThere, members.ActsForAFirm) as refused:
        return _firm(forms.submitted(InviteSchema()), {"invite": [refused.text()]}, 422)
    flash(_("%(email)s is invited and got a letter.", email=email), "good")
    return redirect(f"/{language()}/seller/firm#people", 303)


@bp.post("/seller/firm/staff/<int:person_id>/remove")
@require()
def remove(person_id: int) -> Response:
    """End somebody's access."""
    who = firm_member()
    members.must_own(who)
    with Session.begin() as session:
        members.remove(session, who, members.firm_of(session, who), person_id)
    flash(_("This person no longer acts for your firm."), "good")
    return redirect(f"/{language()}/seller/firm#people", 303)


@bp.post("/seller/firm/invitations/<int:invitation_id>/withdraw")
@require()
def withdraw(invitation_id: int) -> Response:
    """Take an invitation back."""
    who = firm_member()
    members.must_own(who)
    with Session.begin() as session:
        members.withdraw(session, who, members.firm_of(session, who), invitation_id)
    flash(_("The invitation is taken back."), "good")
    return redirect(f"/{language()}/seller/firm#people", 303)


@bp.post("/seller/firm/leave")
@require()
def leave() -> Response:
    """Staff stop acting for the firm by themselves."""
    who = firm_member()
    with Session.begin() as session:
        members.remove(session, who, members.firm_of(session, who), who.id)
    flash(_("You no longer act for this firm."), "good")
    return redirect(f"/{language()}/seller/", 303)


@bp.post("/seller/invitations/<int:invitation_id>/accept")
@require()
def accept(invitation_id: int) -> Response:
    """Act for the firm that asked."""
    with Session.begin() as session:
        members.accept(session, signed_in(), invitation_id)
    flash(_("You now act for this firm."), "good")
    return redirect(f"/{language()}/seller/", 303)


@bp.post("/seller/invitations/<int:invitation_id>/decline")
@require()
def decline(invitation_id: int) -> Response:
    """Say no to the firm that asked."""
    with Session.begin() as session:
        members.decline(session, signed_in(), invitation_id)
    flash(_("You declined the invitation."), "good")
    return redirect(f"/{language()}/seller/", 303)


def _change(schema: Schema, verb: Verb, said: str, part: str) -> ResponseReturnValue:
    """Load, act, and come back to the same part of the page."""
    who = firm_member()
    members.must_own(who)
    try:
        values = forms.load(schema)
        with Session.begin() as session:
            verb(session, who, members.firm_of(session, who), values)
    except ValidationError as error:
        return _firm(forms.submitted(schema), forms.errors_of(error), 422)
    except (register.TaxCodeTaken, WrongTaxCode) as wrong:
        return _firm(forms.submitted(schema), {"tax_code": [wrong.text()]}, 422)
    flash(said, "good")
    return redirect(f"/{language()}/seller/firm#{part}", 303)


def _named(errors: Errors) -> Errors:
    """The field of the invitation is called otherwise on the page, where another one is called e-mail."""
    return {"invite" if name == "email" else name: said for name, said in errors.items()}


def _registration(values: dict[str, Any], errors: Errors, status: int) -> ResponseReturnValue:
    return render_template("firms/register.html", values=values, errors=errors), status


def _firm(typed: dict[str, Any], errors: Errors, status: int) -> ResponseReturnValue:
    who = firm_member()
    names = (*register.REGISTERED, *register.PROFILE, *register.BANK)
    with reading() as session:
        found = members.firm_of(session, who)
        kept = {name: getattr(found, name) for name in names}
        kept["tax_code"] = shown(found.country, found.tax_code)
        values = kept | typed if "invite" not in errors else kept | {"invite": typed.get("email", "")}
        page = render_template(
            "firms/member.html",
            firm=found,
            values=values,
            errors=errors,
            people=members.of(session, found),
            invited=members.invited(session, found),
            owner=who.firm_role == members.OWNER,
            state=state_name(found.state),
            what_now=str(WHAT_NOW[found.state]),
        )
        return page, status
