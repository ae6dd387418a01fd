"""The administrators' pages: people, gates, rates, what needs attention."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from app.accounts import signing_in
from app.accounts.models import AuditEntry, Mail, Person, PersonRole, SignIn
from app.administration import attention
from app.reference import rates
from app.reference.models import Gate, Rate

GATE = {"status": "open", "hours_source": "", "notice_vi": "", "notice_km": "", "notice_en": "", "notice_until": ""}
RATE = {
    "base": "USD",
    "quote": "VND",
    "kind": "market",
    "day": "2031-05-20",
    "rate": "26,100.5",
    "source": "Vietcombank",
}


@pytest.fixture
def admin(client, make, sign_in):
    return sign_in(client, make.person("admin", email="boss@tayninh.example"))


def test_people_are_found_by_name_and_role(admin, make) -> None:
    make.person("economist", name="Lê Hồng", email="hong@t.example")
    assert "hong@t.example" in admin.get("/en/admin/people?q=hong&role=economist").text
    assert "hong@t.example" not in admin.get("/en/admin/people?q=hong&role=buyer").text
    assert "Nobody found" in admin.get("/en/admin/people?q=zzz").text


def test_roles_are_given_by_ticking(admin, session, make) -> None:
    person = make.person("buyer")
    answer = admin.post(f"/en/admin/people/{person.id}/roles", data={"roles": ["economist", "moderator"]})
    assert answer.status_code == 303
    held = session.scalars(select(PersonRole.role).where(PersonRole.person_id == person.id)).all()
    assert sorted(held) == ["economist", "moderator"]


def test_the_role_of_a_seller_cannot_be_smuggled_in(admin, make) -> None:
    person = make.person("buyer")
    assert admin.post(f"/en/admin/people/{person.id}/roles", data={"roles": ["seller"]}).status_code == 422


def test_administrators_cannot_take_their_own_role_or_shut_themselves_out(admin, session) -> None:
    me = session.scalars(select(Person)).one()
    session.commit()
    answer = admin.post(f"/en/admin/people/{me.id}/roles", data={"roles": ["buyer"]})
    assert answer.status_code == 409
    assert "You cannot do this to your own account." in answer.text
    assert admin.post(f"/en/admin/people/{me.id}/disable").status_code == 409


def test_somebody_is_shut_out_and_let_in_again(admin, session, make) -> None:
    person = make.person()
    signing_in.open_session(session, person)
    session.commit()
    assert admin.post(f"/en/admin/people/{person.id}/disable").status_code == 303
    session.expire_all()
    assert session.get(Person, person.id).disabled_at is not None
    assert session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all() == []
    session.commit()
    assert admin.post(f"/en/admin/people/{person.id}/enable").status_code == 303
    session.expire_all()
    assert session.get(Person, person.id).disabled_at is None


def test_somebodys_sessions_end_on_demand(admin, session, make) -> None:
    person = make.person()
    signing_in.open_session(session, person)
    session.commit()
    assert admin.post(f"/en/admin/people/{person.id}/sign-out").status_code == 303
    assert session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all() == []


def test_a_password_link_goes_to_its_person_and_is_not_shown(admin, session, make) -> None:
    person = make.person(email="an@t.example")
    admin.post(f"/en/admin/people/{person.id}/reset")
    letter = session.scalars(select(Mail)).one()
    assert letter.recipient == "an@t.example"
    session.commit()
    link = next(word for word in letter.body.split() if "/reset/" in word)
    assert link not in admin.get(f"/en/admin/people/{person.id}").text
    assert link not in admin.get("/en/outbox").text


def test_there_is_no_page_of_nobody(admin) -> None:
    assert admin.get("/en/admin/people/999999").status_code == 404


@pytest.fixture
def restored(session):
    yield
    session.rollback()
    for gate in session.scalars(select(Gate).where(Gate.slug == "xa-mat")):
        gate.status, gate.opens, gate.closes, gate.hours_source, gate.hours_verified_on = (
            "open",
            None,
            None,
            None,
            None,
        )
        gate.notice_vi = gate.notice_en = gate.notice_km = gate.notice_until = None
    session.commit()


def test_a_gate_is_changed_and_the_change_logged(admin, session, restored) -> None:
    form = GATE | {
        "status": "limited", "notice_vi": "Cầu đang sửa", "notice_until": "2031-01-31", "opens": "07:00",
        "closes": "17:30", "hours_source": "Quyết định 12", "hours_verified_on": "2026-11-01",
    }  # fmt: skip
    assert admin.post("/en/admin/gates/xa-mat", data=form).status_code == 303
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "gate.changed")).one()
    assert entry.after == {
        "status": "limited", "notice_vi": "Cầu đang sửa", "notice_until": "2031-01-31", "opens": "07:00:00",
        "closes": "17:30:00", "hours_source": "Quyết định 12", "hours_verified_on": "2026-11-01",
    }  # fmt: skip
    session.commit()
    form_page = admin.get("/en/admin/gates/xa-mat").text
    assert 'value="07:00"' in form_page and 'value="2031-01-31"' in form_page


def test_hours_without_their_source_are_refused_in_words(admin, restored) -> None:
    answer = admin.post("/en/admin/gates/xa-mat", data=GATE | {"opens": "07:00", "closes": "17:00"})
    assert answer.status_code == 422
    assert "Give both opening and closing time" in answer.text
    assert 'value="07:00"' in answer.text


def test_a_notice_is_in_vietnamese_at_least(admin, restored) -> None:
    answer = admin.post("/en/admin/gates/xa-mat", data=GATE | {"notice_en": "Closed"})
    assert answer.status_code == 422
    assert "Write the notice in Vietnamese too." in answer.text


def test_saving_a_gate_unchanged_logs_nothing(admin, session, restored) -> None:
    assert admin.post("/en/admin/gates/xa-mat", data=GATE).status_code == 303
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "gate.changed")).all() == []


@pytest.fixture
def without_new_rates(session):
    yield
    session.rollback()
    session.execute(delete(Rate).where(Rate.source == "Vietcombank"))
    session.commit()


def test_a_rate_is_added_as_the_readers_language_writes_it(admin, session, without_new_rates) -> None:
    answer = admin.post("/en/admin/rates", data=RATE)
    assert (answer.status_code, answer.location) == (303, "/en/admin/rates?pair=USD-VND")
    assert rates.latest(session, "USD", "VND", date(2031, 5, 20)).rate == Decimal("26100.5")
    session.commit()
    vietnamese = RATE | {"rate": "26.100,75", "day": "2031-05-21"}
    assert admin.post("/vi/admin/rates", data=vietnamese).status_code == 303
    assert rates.latest(session, "USD", "VND", date(2031, 5, 21)).rate == Decimal("26100.75")
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "rate.added").order_by(AuditEntry.id)
    ).all()
    assert entries[0].after == {
        "base": "USD", "quote": "VND", "kind": "market", "day": "2031-05-20", "rate": "26100.5",
        "source": "Vietcombank",
    }  # fmt: skip


def test_an_unlikely_rate_is_asked_about_once(admin, session, without_new_rates) -> None:
    answer = admin.post("/en/admin/rates", data=RATE | {"rate": "2,610"})
    assert answer.status_code == 422
    assert "I looked again: the rate is right." in answer.text
    assert admin.post("/en/admin/rates", data=RATE | {"rate": "2,610", "sure": "1"}).status_code == 303


def test_a_pair_of_one_currency_is_no_rate(admin, without_new_rates) -> None:
    answer = admin.post("/en/admin/rates", data=RATE | {"quote": "USD"})
    assert answer.status_code == 422
    assert "Choose two different currencies." in answer.text


def test_the_rates_of_a_pair_are_listed_in_pages(admin) -> None:
    page = admin.get("/en/admin/rates?pair=USD-KHR").text
    assert "How many KHR one USD was worth" in page
    assert "fawazahmed0/currency-api" in page


def test_the_overview_names_what_waits_and_where(admin, session) -> None:
    session.add(Mail(dedup="x", recipient="a@b.example", language="vi", subject="s", body="b", error="refused"))
    session.commit()
    page = admin.get("/en/admin/").text
    assert "Letters that could not be sent" in page and 'href="/en/outbox"' in page
    assert "No worker gives a sign of life" in page


def test_faults_come_before_decisions(session, web_app) -> None:
    with web_app.test_request_context("/en/"):
        waiting = attention.what_waits(session)
    assert [thing.bad for thing in waiting] == sorted((thing.bad for thing in waiting), reverse=True)
    assert all(thing.count > 0 for thing in waiting)
