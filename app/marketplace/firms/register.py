"""A person registers a firm, and its owner keeps its facts up to date."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.who import Caller
from app.db import now
from app.errors import Problem
from app.marketplace.catalogue import terms
from app.marketplace.firms import letters, members
from app.marketplace.firms.models import Firm, FirmState
from app.marketplace.firms.tax_codes import checked
from app.marketplace.slugs import free_slug

REGISTERED = ("name_vi", "country", "tax_code", "address")
"""What a moderator verifies; changing it sends a verified firm back to the moderators."""
PROFILE = ("name_en", "name_km", "phone", "email", "about_vi", "about_en", "about_km")
BANK = ("bank_name", "bank_account", "bank_holder")


class TaxCodeTaken(Problem):
    """One registration a tax code; whose it is stays untold."""

    status = 422
    message = _l(
        "A firm with this tax code is already registered. If it is yours, ask its owner to invite you, "
        "or write to the moderators."
    )


def register(session: Session, who: Caller, values: Mapping[str, Any]) -> Firm:
    """A new firm that waits for a moderator, owned by the caller; raises `TaxCodeTaken`."""
    members.must_be_free(session, who.id)
    facts = {**values, "tax_code": checked(values["country"], values["tax_code"])}
    firm = Firm(**{name: facts[name] for name in (*REGISTERED, *PROFILE) if name in facts})
    firm.slug = free_slug(session, Firm, facts["name_vi"], facts.get("name_en"))
    _keep_unique(session, firm)
    members.join(session, who.id, firm.id, "owner")
    audit.record(session, who, "firm.registered", firm, after=_facts(firm, REGISTERED), firm_id=firm.id)
    letters.tell_firm(session, firm, f"firm-registered:{firm.id}", lambda: letters.registered(firm))
    return firm


def change_profile(session: Session, who: Caller, firm: Firm, values: Mapping[str, Any]) -> None:
    """Names in other languages, how to reach the firm, and what it says about itself."""
    if _change(session, who, firm, PROFILE, values, "firm.profile_changed"):
        terms.rewrite_firm(session, firm.id)


def change_bank(session: Session, who: Caller, firm: Firm, values: Mapping[str, Any]) -> None:
    """Where buyers pay. Every owner is told, in case it was a thief. Orders placed before keep the old account."""
    if _change(session, who, firm, BANK, values, "firm.bank_changed"):
        key = f"firm-bank:{firm.id}:{now().isoformat()}"
        letters.tell_firm(session, firm, key, lambda: letters.bank_changed(firm), owners_only=True)


def change_registration(session: Session, who: Caller, firm: Firm, values: Mapping[str, Any]) -> None:
    """Registered facts. A verified firm waits for a moderator again; a rejected one is sent once more."""
    session.refresh(firm, with_for_update=True)  # a moderator may be deciding about the old ones
    facts = {**values, "tax_code": checked(values["country"], values["tax_code"])}
    taken = select(Firm.id).where(Firm.country == facts["country"], Firm.tax_code == facts["tax_code"])
    if session.scalar(taken.where(Firm.id != firm.id)) is not None:
        raise TaxCodeTaken()
    changed = _change(session, who, firm, REGISTERED, facts, "firm.registration_changed")
    if firm.state == FirmState.REJECTED or (changed and firm.state == FirmState.VERIFIED):
        before = {"state": firm.state}
        firm.state, firm.state_reason, firm.verified_at = FirmState.PENDING, "", None
        after = {"state": firm.state}
        audit.record(session, who, "firm.sent_again", firm, before=before, after=after, firm_id=firm.id)
    if changed:
        terms.rewrite_firm(session, firm.id)


def _keep_unique(session: Session, firm: Firm) -> None:
    try:
        with session.begin_nested():
            session.add(firm)
    except IntegrityError:
        raise TaxCodeTaken() from None


def _change(
    session: Session, who: Caller, firm: Firm, names: tuple[str, ...], values: Mapping[str, Any], action: str
) -> bool:
    """Set what is different and write it down; whether anything was."""
    before = {name: getattr(firm, name) for name in names if getattr(firm, name) != values.get(name)}
    if not before:
        return False
    for name in before:
        setattr(firm, name, values.get(name))
    audit.record(session, who, action, firm, before=before, after=_facts(firm, before), firm_id=firm.id)
    return True


def _facts(firm: Firm, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(firm, name) for name in names}
