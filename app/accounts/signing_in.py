"""Signing in and out: who this is, and the server-side sessions."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import audit, passwords, people, tokens
from app.accounts.models import Person, SignIn
from app.accounts.who import Caller
from app.db import affected, now
from app.errors import Problem

LIFETIME = timedelta(days=30)
IDLE = timedelta(hours=12)
MOST_SESSIONS = 20

log = logging.getLogger(__name__)

AFTER_SIGN_IN: list[Callable[[Session, int, Mapping[str, str]], None]] = []
"""What else happens when somebody signs in: `verb(session, person_id, cookies)`, in the same transaction.
Filled by `app.registry`, since this folder does not know the others."""


class WrongSignIn(Problem):
    """The same words for an unknown e-mail, a wrong password and a disabled person."""

    status = 422
    message = _l("The e-mail address or the password is not right.")


@dataclass(frozen=True)
class Recognised:
    """Somebody who gave the right password. `fresh_hash` replaces a hash made with older parameters."""

    person_id: int
    password_hash: str
    fresh_hash: str | None


def recognise(session: Session, email: str, password: str, address: str = "") -> Recognised:
    """Who has this e-mail and password; raises `WrongSignIn`. Slow on purpose: call it in a read-only transaction."""
    person = people.find(session, email)
    known = passwords.matches(person.password_hash if person else None, password)
    if person is None or not known or person.disabled_at is not None:
        log.warning("sign-in refused from %s", address)
        raise WrongSignIn()
    outdated = passwords.is_outdated(person.password_hash)
    return Recognised(person.id, person.password_hash, passwords.digest(password) if outdated else None)


def enter(
    session: Session, who: Recognised, *, address: str = "", agent: str = "", cookies: Mapping[str, str] | None = None
) -> str:
    """Open a session for somebody recognised; raises `WrongSignIn` if password or person changed meanwhile."""
    person = session.get(Person, who.person_id)
    if person is None or person.disabled_at is not None or person.password_hash != who.password_hash:
        raise WrongSignIn()
    if who.fresh_hash:
        person.password_hash = who.fresh_hash
    token = open_session(session, person, address=address, agent=agent)
    for also in AFTER_SIGN_IN:
        also(session, person.id, cookies or {})
    return token


def open_session(session: Session, person: Person, *, address: str = "", agent: str = "") -> str:
    """A new session with a new token; the oldest beyond `MOST_SESSIONS` end."""
    token = tokens.new()
    row = SignIn(token_hash=tokens.hashed(token), person_id=person.id, expires=now() + LIFETIME)
    row.address, row.agent = address, agent[:300]
    session.add(row)
    who = Caller(id=person.id, email=person.email, name=person.name, address=address)
    audit.record(session, who, "person.signed_in", person)
    session.flush()
    for old in live_sessions(session, person.id)[MOST_SESSIONS:]:
        session.delete(old)
    return token


def live_sessions(session: Session, person_id: int) -> list[SignIn]:
    """The sessions of a person that still work, the one used last first."""
    moment = now()
    mine = select(SignIn).where(SignIn.person_id == person_id)
    live = mine.where(SignIn.expires >= moment, SignIn.seen >= moment - IDLE)
    return list(session.scalars(live.order_by(SignIn.seen.desc(), SignIn.created.desc())))


def leave(session: Session, who: Caller, token: str) -> None:
    """End the session of this token."""
    end_session(session, token)
    audit.record(session, who, "person.signed_out", people.by_id(session, who.id))


def end_session(session: Session, token: str) -> None:
    """End the session of a token that is being replaced, if there is one."""
    session.execute(delete(SignIn).where(SignIn.token_hash == tokens.hashed(token)))


def end_sessions(session: Session, person_id: int, keep: str | None = None) -> int:
    """End the sessions of a person, but not the one with the token `keep`; how many ended."""
    ended = delete(SignIn).where(SignIn.person_id == person_id)
    if keep is not None:
        ended = ended.where(SignIn.token_hash != tokens.hashed(keep))
    return affected(session, ended)
