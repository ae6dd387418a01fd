"""The smallest valid thing of each kind; a test names only what it is about."""

from itertools import count

from sqlalchemy.orm import Session

from app.accounts.models import Person, PersonRole

numbers = count(1)


class Make:
    """Builds, adds and commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def keep(self, thing):
        self.session.add(thing)
        self.session.commit()
        return thing

    def person(self, *roles: str, **values) -> Person:
        number = next(numbers)
        given = {
            "email": f"person{number}@test.example",
            "name": f"Person {number}",
            "password_hash": "!",
        } | values
        return self.keep(Person(**given, roles=[PersonRole(role=role) for role in roles or ("buyer",)]))
