"""What an operator or administrator does with people: add, give roles, disable, enable, end their sessions."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import api_tokens, audit, passwords, registering, signing_in
from app.accounts.models import Person, PersonRole, Role
from app.accounts.who import Caller
from app.db import now
from app.errors import Problem

GIVEN_BY_HAND = (Role.BUYER, Role.ECONOMIST, Role.MODERATOR, Role.ADMIN)


class LastAdmin(Problem):
    """Somebody must be left who can let others in."""

    message = _l("This is the last administrator. Make somebody else an administrator first.")


class NotYourself(Problem):
    """Administrators do not lock themselves out by a slip."""

    message = _l("You cannot do this to your own account. Ask another administrator.")


def add_person(
    session: Session,
    who: Caller | None,
    *,
    email: str,
    name: str,
    roles: Iterable[str] = (Role.BUYER,),
    language: str = "vi",
    password_hash: str = passwords.UNSET,
) -> Person:
    """A new person; raises `EmailTaken`. Without a password hash the person sets one by a link."""
    person = registering.new_person(
        session, email=email, name=name, password_hash=password_hash, roles=roles, language=language
    )
    given = sorted(row.role for row in person.roles)
    audit.record(session, who, "person.added", person, after={"email": person.email, "name": name, "roles": given})
    return person


def set_roles(session: Session, who: Caller | None, person: Person, roles: Iterable[str]) -> None:
    """Give exactly these roles; that of a seller comes and goes with the firm. Their sessions end, to begin anew."""
    before = {row.role for row in person.roles}
    after = {Role(role).value for role in roles if role != Role.SELLER} | (before & {Role.SELLER.value})
    if before == after:
        return
    if Role.ADMIN in before - after:
        _not_oneself(who, person)
        _not_the_last_admin(session, person)
    person.roles = [row for row in person.roles if row.role in after]
    person.roles += [PersonRole(role=role) for role in sorted(after - before)]
    audit.record(
        session,
        who,
        "person.roles_changed",
        person,
        before={"roles": sorted(before)},
        after={"roles": sorted(after)},
    )


def disable(session: Session, who: Caller | None, person: Person) -> None:
    """Shut a person out at once: every session and API token ends."""
    _not_oneself(who, person)
    _not_the_last_admin(session, person)
    if person.disabled_at is None:
        person.disabled_at = now()
        signing_in.end_sessions(session, person.id)
        api_tokens.revoke_all(session, person.id)
        audit.record(session, who, "person.disabled", person)


def enable(session: Session, who: Caller | None, person: Person) -> None:
    """Let a person sign in again."""
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.record(session, who, "person.enabled", person)


def end_sessions(session: Session, who: Caller, person: Person) -> int:
    """Sign a person out everywhere; how many sessions ended."""
    ended = signing_in.end_sessions(session, person.id)
    audit.record(session, who, "person.sessions_ended", person, before={"sessions": ended})
    return ended


def _not_oneself(who: Caller | None, person: Person) -> None:
    if who is not None and who.id == person.id:
        raise NotYourself()


def _not_the_last_admin(session: Session, person: Person) -> None:
    others = (
        select(func.count())
        .select_from(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.ADMIN, Person.disabled_at.is_(None), Person.id != person.id)
    )
    is_admin = any(row.role == Role.ADMIN for row in person.roles)
    if is_admin and not session.scalar(others):
        raise LastAdmin()
