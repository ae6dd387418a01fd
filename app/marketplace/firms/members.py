"""The people of a firm: its owners, the staff they invite, and finding the firm somebody acts for."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import audit, people
from app.accounts.models import Membership, Person, PersonRole, Role
from app.accounts.who import Caller
from app.db import now
from app.errors import Forbidden, NotFound, Problem
from app.marketplace.firms import letters
from app.marketplace.firms.models import Firm, Invitation

OWNER, STAFF = "owner", "staff"


class AlreadyInAFirm(Problem):
    """One firm a person."""

    message = _l("You already act for a firm. Leave it before you register or join another one.")


class ActsForAFirm(Problem):
    """The invited person acts for a firm."""

    status = 422
    message = _l("%(email)s already acts for a firm.")


class NobodyThere(Problem):
    """Only people with an account are invited."""

    status = 422
    message = _l("Nobody has an account with %(email)s. Ask them to register on Mộc Xa first.")


class LastOwner(Problem):
    """A firm keeps somebody who may do everything."""

    message = _l("An owner cannot be removed. Staff can.")


def firm_of(session: Session, who: Caller) -> Firm:
    """The firm the caller acts for; raises `Forbidden` for somebody without one."""
    if who.firm_id is None:
        raise Forbidden()
    return session.get_one(Firm, who.firm_id)


def must_own(who: Caller) -> None:
    """Staff look after products and orders, not after the firm; raises `Forbidden`."""
    if who.firm_role != OWNER:
        raise Forbidden()


def of(session: Session, firm: Firm) -> list[tuple[Person, str]]:
    """The people of a firm with their role, owners first."""
    query = select(Person, Membership.role).join(Membership, Membership.person_id == Person.id)
    return [(person, role) for person, role in session.execute(
        query.where(Membership.firm_id == firm.id).order_by(Membership.role, Person.name)
    )]  # fmt: skip


def must_be_free(session: Session, person_id: int) -> None:
    """Raises `AlreadyInAFirm` for somebody who acts for a firm."""
    if session.get(Membership, person_id) is not None:
        raise AlreadyInAFirm()


def join(session: Session, person_id: int, firm_id: int, role: str) -> None:
    """Make somebody a member; the role of a seller comes with it, and other invitations lapse."""
    session.add(Membership(person_id=person_id, firm_id=firm_id, role=role))
    session.merge(PersonRole(person_id=person_id, role=Role.SELLER))
    session.execute(delete(Invitation).where(Invitation.person_id == person_id))
    session.flush()


def invite(session: Session, who: Caller, firm: Firm, email: str) -> Invitation:
    """Ask somebody with an account to act for the firm; inviting twice is inviting once."""
    person = people.find(session, email)
    if person is None:
        raise NobodyThere(email=people.address_of(email))
    if session.get(Membership, person.id) is not None:
        raise ActsForAFirm(email=person.email)
    query = select(Invitation).where(Invitation.firm_id == firm.id, Invitation.person_id == person.id)
    if (standing := session.scalar(query)) is not None:
        return standing
    invitation = Invitation(firm_id=firm.id, person_id=person.id)
    session.add(invitation)
    audit.record(session, who, "firm.staff_invited", firm, after={"email": person.email}, firm_id=firm.id)
    session.flush()
    letters.tell(session, person, f"firm-invited:{invitation.id}", lambda: letters.invited(firm))
    return invitation


def invited(session: Session, firm: Firm) -> list[tuple[Invitation, Person]]:
    """Who was asked and has not answered."""
    query = select(Invitation, Person).join(Person, Person.id == Invitation.person_id)
    return [(row, person) for row, person in session.execute(query.where(Invitation.firm_id == firm.id))]


def invitations(session: Session, person_id: int) -> list[tuple[Invitation, Firm]]:
    """Which firms ask this person."""
    query = select(Invitation, Firm).join(Firm, Firm.id == Invitation.firm_id)
    return [(row, firm) for row, firm in session.execute(query.where(Invitation.person_id == person_id))]


def accept(session: Session, who: Caller, invitation_id: int) -> Firm:
    """Become staff of the firm that asked."""
    invitation = _asked(session, who, invitation_id)
    must_be_free(session, who.id)
    firm = session.get_one(Firm, invitation.firm_id)
    join(session, who.id, firm.id, STAFF)
    audit.record(session, who, "firm.staff_joined", firm, after={"email": who.email}, firm_id=firm.id)
    return firm


def decline(session: Session, who: Caller, invitation_id: int) -> None:
    """Say no."""
    invitation = _asked(session, who, invitation_id)
    firm = session.get_one(Firm, invitation.firm_id)
    session.delete(invitation)
    audit.record(session, who, "firm.invitation_declined", firm, before={"email": who.email}, firm_id=firm.id)


def withdraw(session: Session, who: Caller, firm: Firm, invitation_id: int) -> None:
    """Take an invitation back."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.firm_id != firm.id:
        raise NotFound()
    email = session.get_one(Person, invitation.person_id).email
    session.delete(invitation)
    audit.record(session, who, "firm.invitation_withdrawn", firm, before={"email": email}, firm_id=firm.id)


def remove(session: Session, who: Caller, firm: Firm, person_id: int) -> None:
    """Somebody no longer acts for the firm, from this moment on."""
    member = session.get(Membership, person_id)
    if member is None or member.firm_id != firm.id:
        raise NotFound()
    if member.role == OWNER:
        raise LastOwner()
    person = session.get_one(Person, person_id)
    session.delete(member)
    session.execute(delete(PersonRole).where(PersonRole.person_id == person_id, PersonRole.role == Role.SELLER))
    audit.record(session, who, "firm.staff_removed", firm, before={"email": person.email}, firm_id=firm.id)
    letters.tell(session, person, f"firm-left:{firm.id}:{now().isoformat()}", lambda: letters.removed(firm))


def _asked(session: Session, who: Caller, invitation_id: int) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.person_id != who.id:
        raise NotFound()
    return invitation
