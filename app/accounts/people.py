"""Finding people."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Person, PersonRole
from app.errors import NotFound

PAGE = 30


class NoSuchPerson(NotFound):
    """Nobody has this e-mail address or number."""

    message = _l("There is no person “%(person)s”.")


def address_of(email: str) -> str:
    """An e-mail address as it is stored and compared."""
    return email.strip().lower()


def by_email(session: Session, email: str) -> Person:
    """The person of an e-mail address; raises `NoSuchPerson`."""
    person = find(session, email)
    if person is None:
        raise NoSuchPerson(person=email)
    return person


def find(session: Session, email: str) -> Person | None:
    """The person of an e-mail address, or None."""
    return session.scalar(select(Person).where(Person.email == address_of(email)))


def by_id(session: Session, person_id: int) -> Person:
    """The person with a number; raises `NoSuchPerson`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NoSuchPerson(person=person_id)
    return person


def search(session: Session, q: str = "", role: str = "", page: int = 1) -> tuple[list[Person], int]:
    """One page of the people whose name or e-mail has `q`, newest first, and how many there are."""
    query = select(Person)
    if q:
        query = query.where(or_(Person.email.contains(q.lower(), autoescape=True), _name_has(q)))
    if role:
        query = query.where(Person.id.in_(select(PersonRole.person_id).where(PersonRole.role == role)))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(_page(query, page))), total


def _name_has(q: str) -> ColumnElement[bool]:
    return func.lower(Person.name).contains(q.lower(), autoescape=True)


def _page(query: Select[Person], page: int) -> Select[Person]:
    return query.order_by(Person.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
