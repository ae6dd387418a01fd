"""The demonstration people, each with a password made for this installation."""

import secrets

from sqlalchemy.orm import Session

from app.accounts import audit, passwords
from app.accounts.models import Membership, Person, PersonRole
from app.db import now
from app.marketplace.firms.models import Firm

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
PEOPLE = (
    ("buyer@demo.example", "Sok Dara (demo)", "km", "KHR", "KH", ("buyer",)),
    ("seller@demo.example", "Nguyễn Thị Mẫu (demo)", "vi", "VND", "VN", ("buyer", "seller")),
    ("economist@demo.example", "Trần Văn Số (demo)", "vi", "VND", "VN", ("buyer", "economist")),
    ("moderator@demo.example", "Lê Thị Duyệt (demo)", "vi", "VND", "VN", ("buyer", "moderator")),
    ("admin@demo.example", "Phạm Văn Quản (demo)", "vi", "VND", "VN", ("buyer", "admin")),
)


def add_people(session: Session, shop: Firm) -> tuple[dict[str, Person], dict[str, str]]:
    """Add them; the seller owns `shop`. Returns the people and their passwords by e-mail."""
    people: dict[str, Person] = {}
    told: dict[str, str] = {}
    for email, name, language, currency, country, roles in PEOPLE:
        told[email] = new_password()
        person = Person(
            email=email,
            name=name,
            language=language,
            currency=currency,
            country=country,
            password_hash=passwords.digest(told[email]),
            email_verified_at=now(),
            demo=True,
            roles=[PersonRole(role=role) for role in roles],
        )
        people[email] = person
        session.add(person)
        audit.record(session, None, "person.added", person, after={"email": email, "roles": list(roles)})
        if "seller" in roles:
            session.add(Membership(person_id=person.id, firm_id=shop.id, role="owner"))
    session.flush()
    return people, told


def new_password() -> str:
    """Four groups of four letters and digits: easy to type from a screen, about 80 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
