"""The audit log: filters in the address, pages, before and after."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.accounts import audit
from app.accounts.models import AuditEntry
from app.accounts.who import Caller
from app.administration import trail
from app.administration.trail import Change, Wanted
from app.trade.models import GateMonth


@pytest.fixture
def log(session, make):
    person = make.person(email="an@shop.example")
    who = Caller(id=person.id, email=person.email, name=person.name, address="10.0.0.1")
    audit.record(session, who, "person.profile_changed", person, before={"name": "A"}, after={"name": "B"})
    audit.record(session, None, "person.disabled", person)
    session.flush()
    old = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.disabled")).one()
    old.at = datetime(2026, 1, 31, 17, 30, tzinfo=UTC)  # 1 February 00:30 at the gates
    session.commit()
    return person


def actions(session, **wanted) -> list[str]:
    return [entry.action for entry in trail.entries(session, Wanted(**wanted))[0]]


def test_entries_come_newest_first(session, log) -> None:
    assert actions(session) == ["person.disabled", "person.profile_changed"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"who": "an@"}, ["person.profile_changed"]),
        ({"who": "SYSTEM"}, ["person.disabled"]),
        ({"who": "%"}, []),
        ({"action": "person.disabled"}, ["person.disabled"]),
        ({"subject_type": "order"}, []),
        ({"since": date(2026, 2, 1), "until": date(2026, 2, 1)}, ["person.disabled"]),
        ({"until": date(2026, 1, 31)}, []),
        ({"since": date(2026, 2, 2)}, ["person.profile_changed"]),
    ],
)
def test_filters_narrow_the_log_by_the_days_of_the_gates(session, log, wanted, found) -> None:
    assert actions(session, **wanted) == found


def test_one_things_whole_story_is_found(session, log) -> None:
    assert len(actions(session, subject_type="person", subject_id=str(log.id))) == 2


def test_only_what_differs_is_a_change() -> None:
    entry = AuditEntry(before={"a": 1, "b": "x", "gone": True}, after={"a": 1, "b": "y", "new": [1, 2]})
    assert trail.changes(entry) == [
        Change("b", "x", "y"),
        Change("gone", True, None),
        Change("new", None, [1, 2]),
    ]
    assert trail.changes(AuditEntry(before=None, after=None)) == []


def test_a_thing_with_a_key_of_several_parts_is_named_by_all_of_them(session) -> None:
    row = GateMonth(dataset="crossings", gate="moc_bai", month=date(2026, 3, 1))
    session.add(row)
    audit.record(session, None, "gate_month.tried_again", row)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.subject_type, entry.subject_id) == ("gate_month", "crossings/moc_bai/2026-03-01")


def test_the_page_shows_before_and_after_and_is_for_administrators(client, session, make, log, sign_in) -> None:
    assert client.get("/en/admin/audit").status_code == 401
    sign_in(client, make.person("moderator"))
    assert client.get("/en/admin/audit").status_code == 403
    sign_in(client, make.person("admin"))
    page = client.get("/en/admin/audit?who=an%40&action=person.profile_changed").text
    assert "<del>A</del> → <ins>B</ins>" in page
    assert "1 entry" in page


def test_a_wrong_day_in_the_address_is_named_beside_the_field(client, make, sign_in) -> None:
    sign_in(client, make.person("admin"))
    assert "Give a date, for example 2026-11-24." in client.get("/en/admin/audit?since=yesterday").text


def test_the_log_is_paged_and_keeps_its_filters(client, session, make, sign_in, log) -> None:
    for _ in range(60):
        audit.record(session, None, "person.enabled", log)
    session.commit()
    sign_in(client, make.person("admin"))
    page = client.get("/en/admin/audit?action=person.enabled").text
    assert "60 entries" in page
    assert "/en/admin/audit?action=person.enabled&amp;page=2" in page
