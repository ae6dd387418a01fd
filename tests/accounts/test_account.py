"""The account page: profile, password, sessions, API tokens, currency, letters."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import passwords, signing_in
from app.accounts.models import ApiToken, AuditEntry, Mail, Person, SignIn
from app.db import now

pytestmark = pytest.mark.usefixtures("quick_hashes")

PASSWORD = "chín con voi qua sông"
NEW = "sáu cây tre bên bờ ao"
PROFILE = {"name": "An", "phone": "0912 345 678", "country": "KH", "language": "km", "currency": "USD"}


@pytest.fixture
def person(make):
    return make.person(email="an@shop.example", name="An Trần", password_hash=passwords.digest(PASSWORD))


@pytest.fixture
def me(client, person, sign_in):
    return sign_in(client, person)


def test_a_profile_is_saved_and_shown_in_the_chosen_language(me, session) -> None:
    answer = me.post("/vi/account", data=PROFILE)
    assert (answer.status_code, answer.location) == (303, "/km/account")
    session.expire_all()
    person = session.scalars(select(Person)).one()
    assert {name: getattr(person, name) for name in PROFILE} == PROFILE


def test_what_changed_is_in_the_audit_log_and_nothing_else(me, session) -> None:
    me.post("/vi/account", data={"name": "An", "country": "VN", "language": "vi", "currency": "VND"})
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.profile_changed")).one()
    assert (entry.before, entry.after) == ({"name": "An Trần"}, {"name": "An"})


def test_a_mistake_in_the_profile_comes_back_beside_its_field(me) -> None:
    answer = me.post("/en/account", data=PROFILE | {"phone": "soon", "currency": "EUR"})
    assert answer.status_code == 422
    assert "Write a telephone number" in answer.text and "Choose VND, KHR or USD." in answer.text


def test_changing_the_password_needs_the_present_one(me, session) -> None:
    answer = me.post("/en/account/password", data={"present": "not this one", "password": NEW})
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text
    assert passwords.matches(session.scalars(select(Person.password_hash)).one(), PASSWORD)


def test_changing_the_password_ends_every_session_and_begins_a_new_one(me, session, person) -> None:
    with_another_device = signing_in.open_session(session, person)
    session.commit()
    before = me.get_cookie("sid").value
    assert me.post("/en/account/password", data={"present": PASSWORD, "password": NEW}).status_code == 303
    after = me.get_cookie("sid").value
    assert after not in {before, with_another_device}
    assert len(session.scalars(select(SignIn)).all()) == 1
    session.commit()
    assert me.get("/en/account").status_code == 200


def test_a_password_near_the_own_name_is_refused(me) -> None:
    answer = me.post("/en/account/password", data={"present": PASSWORD, "password": "an trần an trần"})
    assert answer.status_code == 422
    assert "easy to guess" in answer.text


def test_guessing_the_present_password_is_throttled(me) -> None:
    tries = [
        me.post("/en/account/password", data={"present": "wrong", "password": NEW}).status_code for _ in range(9)
    ]
    assert tries == [422] * 8 + [429]


def test_the_sessions_are_listed_and_the_others_end_on_demand(me, session, person) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
    signing_in.open_session(session, person, address="203.0.113.7", agent=agent)
    session.commit()
    page = me.get("/en/account").text
    assert "Chrome on Android" in page and "203.0.113.7" in page
    assert me.post("/en/account/sessions/end", data={"present": "wrong"}).status_code == 422
    assert me.post("/en/account/sessions/end", data={"present": PASSWORD}).status_code == 303
    assert len(session.scalars(select(SignIn)).all()) == 1
    session.commit()
    assert me.get("/en/account").status_code == 200


def test_a_token_is_shown_once_works_and_can_be_revoked(me, session) -> None:
    page = me.post("/en/account/tokens", data={"label": "stock sync", "present": PASSWORD})
    assert page.status_code == 201
    token = re.search(r'id="new-token"[^>]*>([^<]+)<', page.text)[1]
    bearer = {"Authorization": f"Bearer {token}"}
    answer = me.get("/api/v1/me", headers=bearer)
    assert answer.status_code == 200
    assert answer.json["email"] == "an@shop.example"
    assert answer.json["roles"] == ["buyer"]
    assert token not in me.get("/en/account").text
    row = session.scalars(select(ApiToken)).one()
    assert row.last_used is not None
    session.commit()
    assert me.post(f"/en/account/tokens/{row.id}/revoke").status_code == 303
    assert me.get("/api/v1/me", headers=bearer).status_code == 401


def test_a_token_is_not_made_without_the_present_password(me, session) -> None:
    assert me.post("/en/account/tokens", data={"label": "x", "present": "wrong"}).status_code == 422
    assert session.scalars(select(ApiToken)).all() == []


def test_another_persons_token_is_not_there(me, session, make, token_of) -> None:
    token_of(make.person())
    row = session.scalars(select(ApiToken)).one()
    session.commit()
    assert me.post(f"/en/account/tokens/{row.id}/revoke").status_code == 404


def test_the_cookie_of_a_page_does_not_open_the_api(me) -> None:
    assert me.get("/api/v1/me").status_code == 401


def test_the_currency_is_kept_by_the_browser_and_for_the_person(me, session) -> None:
    answer = me.post("/km/currency", data={"currency": "KHR", "next": "/km/?q=a"})
    assert (answer.status_code, answer.location) == (303, "/km/?q=a")
    assert me.get_cookie("currency").value == "KHR"
    assert session.scalars(select(Person.currency)).one() == "KHR"


def test_a_visitor_chooses_a_currency_too(client) -> None:
    client.post("/en/currency", data={"currency": "USD", "next": "//evil.example"})
    assert client.get_cookie("currency").value == "USD"
    assert "<b>$</b> USD" in client.get("/en/sign-in").text
    assert client.post("/en/currency", data={"currency": "EUR"}).status_code == 422


def test_letters_are_for_administrators_without_their_text(client, me, session, make, sign_in, web_app) -> None:
    session.add(Mail(dedup="x", recipient="an@shop.example", language="vi", subject="Chào", body="secret link"))
    session.commit()
    assert web_app.test_client().get("/en/outbox").status_code == 401
    assert me.get("/en/outbox").status_code == 404
    sign_in(client, make.person("admin"))
    page = client.get("/en/outbox").text
    assert "Chào" in page and "secret link" not in page


def test_in_the_demonstration_everybody_reads_the_letters(client, session, web_app, monkeypatch) -> None:
    monkeypatch.setitem(web_app.config, "DEMO", True)
    for number in range(21):
        letter = Mail(
            dedup=str(number), recipient=f"p{number}@a.example", language="vi", subject="S", body=f"b{number}."
        )
        session.add(letter)
    session.commit()
    assert "b20." in client.get("/en/outbox").text
    assert "b0." in client.get("/en/outbox?page=2").text
    assert "b20." not in client.get("/en/outbox?to=P7%40").text
    assert "b7." in client.get("/en/outbox?to=P7%40").text


def test_expired_sessions_are_not_listed(session, person) -> None:
    signing_in.open_session(session, person)
    row = session.scalars(select(SignIn)).one()
    row.seen = now() - timedelta(hours=13)
    session.commit()
    assert signing_in.live_sessions(session, person.id) == []
