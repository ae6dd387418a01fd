"""What a moderator decides about a firm, and the questions the decisions rest on."""

import json
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.models import AuditEntry
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound, Problem
from app.marketplace.firms import letters
from app.marketplace.firms.models import NEXT, Firm, FirmState
from app.marketplace.firms.register import REGISTERED
from app.marketplace.slugs import slug_of

PAGE = 30
LETTERS = {
    "firm.verified": letters.verified,
    "firm.rejected": letters.rejected,
    "firm.suspended": letters.suspended,
    "firm.reinstated": letters.reinstated,
}


class NotNow(Problem):
    """The firm stands elsewhere: somebody else decided meanwhile, or it was never to be decided."""

    message = _l("This cannot be decided now: the firm is in another state. Look at it again.")


class ChangedMeanwhile(Problem):
    """The facts that were compared with the register are not those that would be verified."""

    message = _l("The firm changed its registered facts while you were reading. Look at them again.")


class ReasonNeeded(Problem):
    """Whoever is refused is told why."""

    status = 422
    message = _l("Write the reason: it is sent to the firm.")


def facts_in_short(firm: Firm) -> str:
    """The registered facts as one word, which is another when one of them changes."""
    facts = json.dumps([getattr(firm, name) for name in REGISTERED])
    return sha256(facts.encode()).hexdigest()[:16]


def verify(session: Session, who: Caller, firm: Firm, seen: str) -> None:
    """The facts agree with the register: the firm may sell. `seen` are those the moderator read, in short."""
    _hold(session, firm)
    _must_be_as_read(firm, seen)
    _move(session, who, firm, "firm.verified", FirmState.PENDING, FirmState.VERIFIED)
    firm.verified_at = now()


def reject(session: Session, who: Caller, firm: Firm, reason: str) -> None:
    """The facts do not agree; the firm can mend them and ask again."""
    _move(session, who, firm, "firm.rejected", FirmState.PENDING, FirmState.REJECTED, _reason(reason))


def suspend(session: Session, who: Caller, firm: Firm, reason: str) -> None:
    """Hide the firm's products from buyers; open orders go on."""
    _move(session, who, firm, "firm.suspended", FirmState.VERIFIED, FirmState.SUSPENDED, _reason(reason))


def reinstate(session: Session, who: Caller, firm: Firm, seen: str) -> None:
    """Show them again; its facts may be others than before it was suspended."""
    _hold(session, firm)
    _must_be_as_read(firm, seen)
    _move(session, who, firm, "firm.reinstated", FirmState.SUSPENDED, FirmState.VERIFIED)


def waiting(session: Session) -> list[Firm]:
    """The firms to decide, the longest waiting first."""
    return list(session.scalars(select(Firm).where(Firm.state == FirmState.PENDING).order_by(Firm.created, Firm.id)))


def waiting_count(session: Session) -> int:
    """How many firms wait for a decision."""
    return session.scalar(select(func.count()).where(Firm.state == FirmState.PENDING)) or 0


def search(session: Session, q: str = "", state: str = "", page: int = 1) -> tuple[list[Firm], int]:
    """One page of the firms whose name or tax code has `q`, and how many there are."""
    query = select(Firm)
    if q:
        query = query.where(_has(q))
    if state:
        query = query.where(Firm.state == state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(Firm.name_vi, Firm.id).limit(PAGE).offset((page - 1) * PAGE))), total


def by_id(session: Session, firm_id: int) -> Firm:
    """A firm by its number; raises `NotFound`."""
    if (firm := session.get(Firm, firm_id)) is None:
        raise NotFound()
    return firm


def history(session: Session, firm: Firm) -> list[AuditEntry]:
    """What was done with the firm's registration, newest first."""
    about = (AuditEntry.subject_type == "firm") & (AuditEntry.subject_id == str(firm.id))
    kept = AuditEntry.action.in_((*LETTERS, "firm.registered", "firm.registration_changed", "firm.sent_again"))
    return list(session.scalars(select(AuditEntry).where(about, kept).order_by(AuditEntry.id.desc()).limit(30)))


def _has(q: str) -> ColumnElement[bool]:
    names: list[Any] = [Firm.name_vi, Firm.name_en, Firm.name_km]
    found = [name.icontains(q, autoescape=True) for name in names]
    found.append(Firm.tax_code.startswith(q.replace(" ", "").replace(".", ""), autoescape=True))
    if slug := slug_of(q):  # without diacritics, as the address was made of the name
        found.append(Firm.slug.contains(slug, autoescape=True))
    return or_(*found)


def _reason(text: str) -> str:
    if not (reason := text.strip()):
        raise ReasonNeeded()
    return reason


def _hold(session: Session, firm: Firm) -> None:
    """Two moderators may decide at once, and the owner may change the facts."""
    session.refresh(firm, with_for_update=True)


def _must_be_as_read(firm: Firm, seen: str) -> None:
    if seen != facts_in_short(firm):
        raise ChangedMeanwhile()


def _move(
    session: Session, who: Caller, firm: Firm, action: str, from_: FirmState, to: FirmState, reason: str = ""
) -> None:
    _hold(session, firm)
    if firm.state != from_ or to not in NEXT[from_]:
        raise NotNow()
    firm.state, firm.state_reason = to, reason
    after = {"state": to.value} | ({"reason": reason} if reason else {})
    audit.record(session, who, action, firm, before={"state": from_.value}, after=after, firm_id=firm.id)
    letters.tell_firm(session, firm, f"{action}:{firm.id}:{now().isoformat()}", lambda: LETTERS[action](firm))
