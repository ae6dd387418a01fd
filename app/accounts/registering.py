"""A new person, and the proof that the e-mail address is theirs."""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import audit, letters, people, tokens
from app.accounts.models import EmailProof, Person, PersonRole, Role
from app.accounts.who import Caller
from app.db import affected, now
from app.errors import Problem

PROOF_GOOD_FOR = timedelta(hours=24)


class EmailTaken(Problem):
    """One account an e-mail address."""

    status = 422
    message = _l("There is already an account with this e-mail address. Sign in, or ask for a new password.")


class ProofUsed(Problem):
    """A confirmation link works once, for a day."""

    status = 410
    message = _l("This link was used already or is too old. Sign in and ask for a new one on your account page.")


def new_person(
    session: Session, *, email: str, name: str, password_hash: str, roles: Iterable[str] = (Role.BUYER,), **more: str
) -> Person:
    """A person with an e-mail address nobody has yet; raises `EmailTaken`. `more`: language, currency, country …"""
    person = Person(email=people.address_of(email), name=name, password_hash=password_hash, **more)
    person.roles = [PersonRole(role=role) for role in sorted(set(roles))]
    if people.find(session, email) is not None:
        raise EmailTaken()
    session.add(person)
    try:
        session.flush()
    except IntegrityError:  # somebody else registered it between the look and the insert
        raise EmailTaken() from None
    return person


def register(session: Session, *, site: str, address: str = "", **facts: str) -> Person:
    """Somebody opens an account; the letter with the confirmation link goes out."""
    person = new_person(session, **facts)
    who = Caller(id=person.id, email=person.email, name=person.name, address=address)
    after = {"email": person.email, "name": person.name, "language": person.language, "country": person.country}
    audit.record(session, who, "person.registered", person, after=after)
    ask_for_proof(session, person, site)
    return person


def ask_for_proof(session: Session, person: Person, site: str) -> None:
    """Send a confirmation link; earlier ones stop working. `site` is the address of this installation."""
    session.execute(delete(EmailProof).where(EmailProof.person_id == person.id))
    token = tokens.new()
    key = tokens.hashed(token)
    session.add(EmailProof(token_hash=key, person_id=person.id, expires=now() + PROOF_GOOD_FOR))
    letters.confirm_email(session, person, f"{site}/{person.language}/confirm/{token}", key[:16])


def prove(session: Session, token: str, address: str = "") -> Person:
    """The link was opened: the address is theirs. Raises `ProofUsed`."""
    key = tokens.hashed(token)
    row = session.get(EmailProof, key)
    person = session.get(Person, row.person_id) if row and row.expires >= now() else None
    if person is None or affected(session, delete(EmailProof).where(EmailProof.token_hash == key)) != 1:
        raise ProofUsed()
    person.email_verified_at = now()
    who = Caller(id=person.id, email=person.email, name=person.name, address=address)
    audit.record(session, who, "person.email_confirmed", person)
    return person
