"""What people change about themselves."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.accounts import audit, people
from app.accounts.models import Person
from app.accounts.who import Caller


def change(session: Session, who: Caller, values: Mapping[str, str]) -> Person:
    """Set name, phone, country, language or currency of the caller."""
    person = people.by_id(session, who.id)
    before = {name: getattr(person, name) for name, value in values.items() if getattr(person, name) != value}
    for name in before:
        setattr(person, name, values[name])
    if before:
        after = {name: values[name] for name in before}
        audit.record(session, who, "person.profile_changed", person, before=before, after=after)
    return person
