"""A new password by a link in a letter."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts import passwords
from app.accounts.models import ApiToken, AuditEntry, Mail, PasswordReset, Person, SignIn
from app.db import now

pytestmark = pytest.mark.usefixtures("quick_hashes")

NEW = "sáu cây tre bên bờ ao"


@pytest.fixture
def person(make):
    return make.person(
        email="an@shop.example", password_hash=passwords.digest("chín con voi qua sông"), language="km"
    )


def ask(client, session, email="an@shop.example"):
    answer = client.post("/en/reset", data={"email": email})
    body = session.scalars(select(Mail.body).where(Mail.recipient == email).order_by(Mail.id.desc())).first()
    session.commit()
    link = re.search(r"http://127\.0\.0\.1:\d+(/km/reset/\S+)", body or "")
    return answer, link and link[1]


def test_the_letter_is_in_the_persons_language_and_goes_through_the_outbox(client, session, person, rung) -> None:
    _, link = ask(client, session)
    assert link
    assert session.scalars(select(Mail.language)).all() == ["km"]
    assert rung == [True]


def test_the_answer_does_not_tell_who_has_an_account(client, session, person) -> None:
    known, link = ask(client, session)
    unknown, none = ask(client, session, "nobody@shop.example")
    assert known.status_code == unknown.status_code == 200
    assert re.sub(r"\ban(@|%40)", "", known.text) == re.sub(r"\bnobody(@|%40)", "", unknown.text)
    assert link and none is None


def test_the_link_sets_the_password_once(client, session, person) -> None:
    _, link = ask(client, session)
    assert client.get(link).status_code == 200
    answer = client.post(link, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/km/sign-in")
    session.expire_all()
    stored = session.scalars(select(Person)).one()
    assert passwords.matches(stored.password_hash, NEW)
    assert stored.email_verified_at is not None  # the letter reached them
    session.commit()
    assert client.get(link).status_code == 410
    assert client.post(link, data={"password": NEW + " x"}).status_code == 410
    session.expire_all()
    assert passwords.matches(session.scalars(select(Person.password_hash)).one(), NEW)


def test_a_password_that_is_refused_leaves_the_link_good(client, session, person) -> None:
    _, link = ask(client, session)
    answer = client.post(link, data={"password": "password1234"})
    assert answer.status_code == 422
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_a_link_is_good_for_half_an_hour(client, session, person) -> None:
    _, link = ask(client, session)
    row = session.scalars(select(PasswordReset)).one()
    assert row.expires - now() == pytest.approx(timedelta(minutes=30), abs=timedelta(seconds=5))
    session.execute(update(PasswordReset).values(expires=now() - timedelta(seconds=1)))
    session.commit()
    assert client.post(link, data={"password": NEW}).status_code == 410


def test_a_second_letter_makes_the_first_link_useless(client, session, person) -> None:
    _, first = ask(client, session)
    _, second = ask(client, session)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_only_the_hash_of_the_link_is_stored(client, session, person) -> None:
    _, link = ask(client, session)
    assert session.scalars(select(PasswordReset.token_hash)).one() not in link


def test_a_reset_ends_every_session_and_api_token(client, session, person, sign_in, token_of, web_app) -> None:
    sign_in(client, person)
    token = token_of(person)
    _, link = ask(client, session)
    web_app.test_client().post(link, data={"password": NEW}, headers={"Sec-Fetch-Site": "same-origin"})
    assert session.scalars(select(SignIn)).all() == []
    assert session.scalars(select(ApiToken.revoked_at)).one() is not None
    session.commit()
    assert client.get("/en/account").status_code == 401
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_person_is_told_by_letter_that_the_password_changed(client, session, person) -> None:
    _, link = ask(client, session)
    client.post(link, data={"password": NEW})
    assert len(session.scalars(select(Mail)).all()) == 2


def test_a_disabled_person_gets_no_link_and_an_old_one_does_not_work(client, session, person) -> None:
    _, link = ask(client, session)
    session.execute(update(Person).values(disabled_at=now()))
    session.commit()
    assert client.get(link).status_code == 410
    ask(client, session)
    assert len(session.scalars(select(Mail)).all()) == 1


def test_asking_is_throttled_alike_for_everybody(client, session, person) -> None:
    for email in ("an@shop.example", "nobody@shop.example"):
        answers = [client.post("/en/reset", data={"email": email}).status_code for _ in range(5)]
        assert answers == [200] * 4 + [429]


def test_resetting_is_in_the_audit_log_without_the_password(client, session, person) -> None:
    _, link = ask(client, session)
    client.post(link, data={"password": NEW})
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["person.reset_asked", "person.password_reset"]
    assert [(entry.before, entry.after) for entry in entries] == [(None, None)] * 2


def test_a_made_up_link_is_refused(client) -> None:
    assert client.get("/en/reset/made-up").status_code == 410
