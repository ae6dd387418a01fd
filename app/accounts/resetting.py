"""Links by e-mail: to set a new password, and to prove that an e-mail address is one's own."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import api_tokens, audit, letters, passwords, people, signing_in, tokens
from app.accounts.models import PasswordReset, Person
from app.accounts.who import Caller
from app.db import affected, now
from app.errors import Problem

GOOD_FOR = timedelta(minutes=30)
INVITED_FOR = timedelta(hours=24)


class LinkUsed(Problem):
    """A link works once and for a short time."""

    status = 410
    message = _l("This link was used already or is too old. Ask for a new one.")


def link_token(session: Session, person: Person, good_for: timedelta = GOOD_FOR) -> str:
    """A one-time token to set a new password; earlier ones of this person stop working."""
    session.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id))
    token = tokens.new()
    session.add(PasswordReset(token_hash=tokens.hashed(token), person_id=person.id, expires=now() + good_for))
    return token


def send_link(session: Session, email: str, site: str) -> None:
    """Send a link to whoever has this e-mail address; nobody learns whether somebody has."""
    person = people.find(session, email)
    if person is not None and person.disabled_at is None:
        token = link_token(session, person)
        link = f"{site}/{person.language}/reset/{token}"
        minutes = int(GOOD_FOR.total_seconds() // 60)
        letters.reset_password(session, person, link, tokens.hashed(token)[:16], minutes)
        audit.record(session, None, "person.reset_asked", person)


def person_of(session: Session, token: str) -> Person:
    """Whose link this is; raises `LinkUsed`."""
    row = session.get(PasswordReset, tokens.hashed(token))
    person = session.get(Person, row.person_id) if row and row.used_at is None and row.expires >= now() else None
    if person is None or person.disabled_at is not None:
        raise LinkUsed()
    return person


def set_password(session: Session, token: str, password_hash: str, address: str = "") -> Person:
    """Set the new password once; every session and API token of the person ends. The e-mail is proven by this."""
    person = person_of(session, token)
    used = update(PasswordReset).where(
        PasswordReset.token_hash == tokens.hashed(token), PasswordReset.used_at.is_(None)
    )
    if affected(session, used.values(used_at=now())) != 1:
        raise LinkUsed()
    person.password_hash = password_hash
    person.email_verified_at = person.email_verified_at or now()
    signing_in.end_sessions(session, person.id)
    api_tokens.revoke_all(session, person.id)
    who = Caller(id=person.id, email=person.email, name=person.name, address=address)
    audit.record(session, who, "person.password_reset", person)
    letters.password_changed(session, person, tokens.hashed(token)[:16])
    return person


def change_password(session: Session, who: Caller, password_hash: str) -> Person:
    """Set another password; every session ends, so that the caller begins a new one."""
    person = people.by_id(session, who.id)
    person.password_hash = password_hash
    signing_in.end_sessions(session, person.id)
    audit.record(session, who, "person.password_changed", person)
    letters.password_changed(session, person, tokens.hashed(password_hash)[:16])
    return person


def end_others(session: Session, who: Caller, token: str) -> int:
    """Sign the caller out on every device but the one with this token; how many sessions ended."""
    ended = signing_in.end_sessions(session, who.id, keep=token)
    audit.record(session, who, "person.sessions_ended", people.by_id(session, who.id), before={"sessions": ended})
    return ended


def replace_password(session: Session, person: Person, password: str) -> None:
    """An operator sets a password on the command line; every session and API token ends."""
    passwords.judge(password, person.email, person.name)
    person.password_hash = passwords.digest(password)
    signing_in.end_sessions(session, person.id)
    api_tokens.revoke_all(session, person.id)
    audit.record(session, None, "person.password_changed", person)
