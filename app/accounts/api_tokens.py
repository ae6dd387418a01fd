"""Bearer tokens by which a person's own programs use the API."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import audit, tokens
from app.accounts.models import ApiToken, Person
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound


def create(session: Session, who: Caller | None, person: Person, label: str = "") -> str:
    """A new token, shown once: only its hash is kept."""
    token = tokens.new()
    row = ApiToken(token_hash=tokens.hashed(token), person_id=person.id, label=label)
    session.add(row)
    audit.record(session, who, "api_token.created", row, after={"person": person.email, "label": label})
    return token


def of(session: Session, person_id: int) -> list[ApiToken]:
    """The tokens of a person that work, newest first."""
    working = select(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(working.order_by(ApiToken.id.desc())))


def revoke(session: Session, who: Caller, token_id: int) -> None:
    """Make one of the caller's tokens useless; raises `NotFound` for another person's."""
    row = session.get(ApiToken, token_id)
    if row is None or row.person_id != who.id:
        raise NotFound()
    if row.revoked_at is None:
        row.revoked_at = now()
        audit.record(session, who, "api_token.revoked", row, before={"label": row.label})


def revoke_all(session: Session, person_id: int) -> None:
    """Make every token of a person useless."""
    for row in of(session, person_id):
        row.revoked_at = now()
