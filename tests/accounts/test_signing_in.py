"""Signing in and out, sessions and their ends, throttling."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.accounts import passwords, signing_in, tokens
from app.accounts.models import Attempt, AuditEntry, Person, SignIn
from app.db import now

PASSWORD = "chín con voi qua sông"

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(make):
    return make.person(email="an@shop.example", password_hash=passwords.digest(PASSWORD))


def enter(client, password=PASSWORD, **more):
    return client.post("/en/sign-in", data={"email": "an@shop.example", "password": password} | more)


def test_the_right_password_signs_in(client, person) -> None:
    answer = enter(client)
    assert (answer.status_code, answer.location) == (303, "/en/")
    assert client.get("/en/account").status_code == 200


def test_the_cookie_is_for_this_site_only_and_out_of_reach_of_scripts(client, person) -> None:
    cookie = enter(client).headers["Set-Cookie"]
    assert cookie.startswith("sid=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie


def test_only_the_hash_of_the_token_is_stored(client, session, person) -> None:
    enter(client)
    token = client.get_cookie("sid").value
    assert len(token) == 43  # 32 bytes
    assert session.scalars(select(SignIn.token_hash)).all() == [tokens.hashed(token)]


def test_each_sign_in_has_a_new_token_and_ends_the_one_before(client, session, person) -> None:
    enter(client)
    first = client.get_cookie("sid").value
    client.set_cookie("sid", first)
    enter(client)
    second = client.get_cookie("sid").value
    assert first != second
    assert session.scalars(select(SignIn.token_hash)).all() == [tokens.hashed(second)]


def test_a_planted_token_is_not_taken_over(client, session, person) -> None:
    client.set_cookie("sid", "planted")
    enter(client)
    assert client.get_cookie("sid").value != "planted"


@pytest.mark.parametrize("wrong", [PASSWORD + " ", PASSWORD.upper(), " " + PASSWORD, "something else entirely"])
def test_the_password_is_compared_exactly(client, person, wrong) -> None:
    answer = enter(client, wrong)
    assert answer.status_code == 422
    assert "The e-mail address or the password is not right." in answer.text
    assert client.get_cookie("sid") is None


def test_unknown_wrong_and_disabled_get_the_same_words_for_the_same_work(client, session, make, person, monkeypatch):
    make.person(email="off@shop.example", password_hash=passwords.digest(PASSWORD), disabled_at=now())
    make.person(email="invited@shop.example", password_hash=passwords.UNSET)
    checked, verify = [], passwords._hasher.verify

    class Counting:
        check_needs_rehash = passwords._hasher.check_needs_rehash

        def verify(self, stored, typed):
            checked.append(typed)
            return verify(stored, typed)

    passwords._nobodys()
    monkeypatch.setattr(passwords, "_hasher", Counting())
    answers = set()
    tries = ["nobody@shop.example", "off@shop.example", "invited@shop.example"]
    for email in tries:
        answer = client.post("/en/sign-in", data={"email": email, "password": PASSWORD})
        answers.add((answer.status_code, answer.text.replace(email, "")))
    assert len(answers) == 1
    assert checked == [PASSWORD] * 3


def test_a_disabled_person_is_out_at_once(client, session, person) -> None:
    enter(client)
    session.execute(update(Person).values(disabled_at=now()))
    session.commit()
    assert client.get("/en/account").status_code == 401


@pytest.mark.parametrize(
    ("column", "age"),
    [("expires", timedelta(seconds=1)), ("seen", timedelta(hours=12, minutes=1))],
    ids=["30 days old", "12 hours idle"],
)
def test_a_session_ends_by_itself(client, session, person, column, age) -> None:
    enter(client)
    session.execute(update(SignIn).values({column: now() - age}))
    session.commit()
    assert client.get("/en/account").status_code == 401


def test_a_new_session_lasts_thirty_days(client, session, person) -> None:
    enter(client)
    row = session.scalars(select(SignIn)).one()
    assert row.expires - row.created == pytest.approx(timedelta(days=30), abs=timedelta(seconds=5))


def test_use_keeps_a_session_awake(client, session, person) -> None:
    enter(client)
    session.execute(update(SignIn).values(seen=now() - timedelta(hours=11)))
    session.commit()
    client.get("/en/account")
    assert now() - session.scalars(select(SignIn.seen)).one() < timedelta(minutes=1)


def test_signing_out_ends_the_session_on_the_server(client, session, person) -> None:
    enter(client)
    token = client.get_cookie("sid").value
    assert client.post("/en/sign-out").status_code == 303
    client.set_cookie("sid", token)
    assert client.get("/en/account").status_code == 401


def test_sign_in_and_out_are_in_the_audit_log(client, session, person) -> None:
    enter(client)
    client.post("/en/sign-out")
    entries = session.execute(select(AuditEntry.action, AuditEntry.actor).order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in entries] == [
        ("person.signed_in", "an@shop.example"),
        ("person.signed_out", "an@shop.example"),
    ]


def test_at_most_twenty_sessions_live_and_the_oldest_end(session, person) -> None:
    first = signing_in.open_session(session, person)
    for _ in range(20):
        signing_in.open_session(session, person)
    live = [row.token_hash for row in signing_in.live_sessions(session, person.id)]
    assert len(live) == 20
    assert tokens.hashed(first) not in live


@pytest.mark.parametrize(
    ("target", "place"),
    [("/km/cart", "/km/cart"), ("https://evil.example/", "/en/"), ("//evil.example", "/en/"), ("/\\evil", "/en/")],
)
def test_after_signing_in_one_goes_on_within_this_site_only(client, person, target, place) -> None:
    assert enter(client, next=target).location == place


def test_who_must_sign_in_comes_back_to_the_page_afterwards(client) -> None:
    assert 'href="/en/sign-in?next=/en/orders%3Fpage%3D2"' in client.get("/en/orders?page=2").text


def test_the_wanted_page_survives_a_wrong_password(client, person) -> None:
    assert 'name="next" value="/en/cart"' in enter(client, "not the right one", next="/en/cart").text


@pytest.mark.parametrize(
    ("role", "place"), [("admin", "admin/"), ("moderator", "moderation/"), ("economist", "trade/imports")]
)
def test_staff_land_at_their_work(client, make, role, place) -> None:
    make.person(role, email="an@shop.example", password_hash=passwords.digest(PASSWORD))
    assert enter(client).location == f"/en/{place}"


def test_the_ninth_try_from_one_place_waits(client, session, person) -> None:
    assert [enter(client, "wrong wrong wrong").status_code for _ in range(9)] == [422] * 8 + [429]
    answer = enter(client)
    assert answer.status_code == 429
    assert "wait 15 minutes" in answer.text
    session.execute(update(Attempt).values(at=now() - timedelta(minutes=15)))
    session.commit()
    assert enter(client).status_code == 303


def test_a_stranger_elsewhere_does_not_lock_a_person_out(client, person) -> None:
    for _ in range(9):
        client.post(
            "/en/sign-in",
            data={"email": "an@shop.example", "password": "guess guess guess"},
            environ_base={"REMOTE_ADDR": "203.0.113.9"},
        )
    assert enter(client).status_code == 303


def test_many_names_from_one_place_wait(client) -> None:
    tries = [
        client.post("/en/sign-in", data={"email": f"a{n}@b.example", "password": "x"}).status_code for n in range(41)
    ]
    assert tries == [422] * 40 + [429]


def test_what_succeeded_is_not_counted(client, session, person) -> None:
    for _ in range(9):
        assert enter(client).status_code == 303
    assert session.scalars(select(Attempt)).all() == []


def test_an_old_hash_is_made_anew_at_sign_in(client, session, make) -> None:
    other = passwords.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    make.person(email="an@shop.example", password_hash=other)
    assert enter(client).status_code == 303
    assert "m=8,t=1,p=1" in session.scalars(select(Person.password_hash)).one()
    session.commit()
    assert enter(client).status_code == 303


def test_a_password_changed_between_check_and_entry_does_not_enter(session, person) -> None:
    recognised = signing_in.recognise(session, "an@shop.example", PASSWORD)
    person.password_hash = passwords.digest("another password now")
    with pytest.raises(signing_in.WrongSignIn):
        signing_in.enter(session, recognised)


def test_others_may_join_the_sign_in_with_the_cookies_of_the_visitor(client, person, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(
        signing_in, "AFTER_SIGN_IN", [lambda session, person_id, cookies: seen.append((person_id, cookies["cart"]))]
    )
    client.set_cookie("cart", "abc")
    enter(client)
    assert seen == [(person.id, "abc")]


def test_pages_of_a_signed_in_person_are_not_kept_by_browsers(client, person) -> None:
    enter(client)
    assert client.get("/en/account").headers["Cache-Control"] == "private, no-store"


def test_a_form_from_another_site_does_not_sign_in(client, person) -> None:
    answer = client.post(
        "/en/sign-in",
        data={"email": "an@shop.example", "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
