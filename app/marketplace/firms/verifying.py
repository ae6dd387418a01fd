"""What a moderator decides about a firm, and the questions the decisions rest on."""

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


class ReasonNeeded(Problem):
    """Whoever is refused is told why."""

    status = 422
    message = _l("Write the reason: it is sent to the firm.")


def verify(session: Session, who: Caller, firm: Firm) -> None:
    """The facts agree with the register: the firm may sell."""
    _move(session, who, firm, "firm.verified", FirmState.PENDING, FirmState.VERIFIED)
    firm.verified_at = now()


def reject(session: Session, who: Caller, firm: Firm, reason: str) -> None:
    """The facts do not agree; the firm can mend them and ask again."""
    _move(session, who, firm, "firm.rejected", FirmState.PENDING, FirmState.REJECTED, _reason(reason))


def suspend(session: Session, who: Caller, firm: Firm, reason: str) -> None:
    """Hide the firm's products from buyers; open orders go on."""
    _move(session, who, firm, "firm.suspended", FirmState.VERIFIED, FirmState.SUSPENDED, _reason(reason))


def reinstate(session: Session, who: Caller, firm: Firm) -> None:
    """Show them again."""
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


def _move(
    session: Session, who: Caller, firm: Firm, action: str, from_: FirmState, to: FirmState, reason: str = ""
) -> None:
    session.refresh(firm, with_for_update=True)  # two moderators may decide at once
    if firm.state != from_ or to not in NEXT[from_]:
        raise NotNow()
    firm.state, firm.state_reason = to, reason
    after = {"state": to.value} | ({"reason": reason} if reason else {})
    audit.record(session, who, action, firm, before={"state": from_.value}, after=after, firm_id=firm.id)
    letters.tell_firm(session, firm, f"{action}:{firm.id}:{now().isoformat()}", lambda: LETTERS[action](firm))
