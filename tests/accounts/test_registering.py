"""Opening an account, and proving the e-mail address."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import AuditEntry, EmailProof, Mail, Person
from app.db import now

FORM = {
    "name": "Sok Dara",
    "email": "Dara@Shop.example",
    "password": "ba con mèo nằm ngủ",
    "country": "KH",
    "phone": "+855 12 345 678",
}


pytestmark = pytest.mark.usefixtures("quick_hashes")


def link_in(session, recipient: str, page: str) -> str:
    body = session.scalars(select(Mail.body).where(Mail.recipient == recipient).order_by(Mail.id.desc())).first()
    session.commit()
    found = re.search(rf"http://127\.0\.0\.1:\d+(/km/{page}/\S+)", body)
    assert found
    return found[1]


def test_who_registers_is_a_buyer_and_signed_in_at_once(client, session) -> None:
    answer = client.post("/km/register", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/km/account")
    person = session.scalars(select(Person)).one()
    assert (person.email, person.language, person.country) == ("dara@shop.example", "km", "KH")
    assert [role.role for role in person.roles] == ["buyer"]
    assert person.email_verified_at is None
    session.commit()
    assert "dara@shop.example" in client.get("/km/account").text


def test_registering_is_written_in_the_audit_log(client, session) -> None:
    client.post("/km/register", data=FORM)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.registered")).one()
    assert (entry.actor, entry.address) == ("dara@shop.example", "127.0.0.1")
    assert entry.after == {"email": "dara@shop.example", "name": "Sok Dara", "language": "km", "country": "KH"}


def test_the_link_in_the_letter_proves_the_address_once(client, session) -> None:
    client.post("/km/register", data=FORM)
    link = link_in(session, "dara@shop.example", "confirm")
    assert client.get(link).status_code == 200  # a mail scanner that opens the link uses nothing up
    assert client.post(link).status_code == 303
    assert session.scalars(select(Person)).one().email_verified_at is not None
    session.commit()
    assert client.post(link).status_code == 410


def test_a_confirmation_link_is_good_for_a_day(client, session) -> None:
    client.post("/km/register", data=FORM)
    link = link_in(session, "dara@shop.example", "confirm")
    session.execute(update(EmailProof).values(expires=now() - timedelta(seconds=1)))
    session.commit()
    assert client.post(link).status_code == 410


def test_a_new_confirmation_letter_makes_the_earlier_link_useless(client, session) -> None:
    client.post("/km/register", data=FORM)
    first = link_in(session, "dara@shop.example", "confirm")
    client.post("/km/account/confirm")
    second = link_in(session, "dara@shop.example", "confirm")
    assert client.post(first).status_code == 410
    assert client.post(second).status_code == 303


def test_an_address_has_one_account_however_it_is_written(client, make) -> None:
    make.person(email="dara@shop.example")
    answer = client.post("/en/register", data=FORM | {"email": "DARA@shop.example"})
    assert answer.status_code == 422
    assert "There is already an account" in answer.text


def test_a_form_with_mistakes_comes_back_with_what_was_typed_but_the_password(client) -> None:
    answer = client.post("/en/register", data=FORM | {"password": "short", "phone": "call me"})
    assert answer.status_code == 422
    assert "Use at least 12 characters" in answer.text
    assert "Write a telephone number" in answer.text
    assert 'value="Sok Dara"' in answer.text
    assert 'value="short"' not in answer.text


def test_registering_is_throttled_by_address(client) -> None:
    answers = [client.post("/en/register", data={"name": "x"}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_an_unknown_field_is_refused(client) -> None:
    assert client.post("/en/register", data=FORM | {"roles": "admin"}).status_code == 422
