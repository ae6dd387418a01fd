"""Background work: reasons in words, and trying again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app import jobs
from app.accounts.models import AuditEntry
from app.accounts.who import Caller
from app.administration import work
from app.db import now
from app.errors import NotFound
from app.jobs import Outbox, WorkerBeat
from app.trade.models import GateMonth


@pytest.fixture
def who(make):
    person = make.person("admin")
    return Caller(id=person.id, email=person.email, name=person.name, roles=frozenset({"admin"}))


@pytest.fixture
def failed(make):
    def deed(error="ConnectionRefusedError: [Errno 111] Connection refused"):
        return make.keep(Outbox(kind="send_mail", payload={"mail_id": 1}, attempts=5, failed_at=now(), error=error))

    return deed


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "The other server refused the connection."),
        ("SMTPAuthenticationError: (535, b'no')", "The mail server did not accept user and password of SMTP_URL."),
        ("SMTPDataError: (550, b'no')", "The mail server did not take the letter."),
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("KeyError: 'x'", "An unexpected fault"),
    ],
)
def test_a_failure_is_told_in_words(web_app, error, words) -> None:
    with web_app.test_request_context("/en/"):
        assert work.reason(error).startswith(words)


def test_every_kind_of_work_has_a_name() -> None:
    assert set(jobs.KINDS) <= set(work.KINDS)


def test_what_was_given_up_is_claimed_again_with_all_its_attempts(session, who, failed, rung) -> None:
    deed = failed()
    assert jobs.claim(session, 60) is None
    work.try_again(session, who, deed.id)
    session.commit()
    assert rung == [True]
    held = jobs.claim(session, 60)
    assert (held.id, held.attempts) == (deed.id, 1)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("work.tried_again", str(deed.id))
    assert entry.before == {
        "kind": "send_mail",
        "attempts": 5,
        "error": "ConnectionRefusedError: [Errno 111] Connection refused",
    }


def test_what_is_done_is_not_done_again(session, who, make) -> None:
    done = make.keep(Outbox(kind="send_mail", payload={}, done_at=now()))
    with pytest.raises(NotFound):
        work.try_again(session, who, done.id)


def test_all_that_was_given_up_is_tried_again(session, who, failed) -> None:
    for _ in range(3):
        failed()
    assert work.try_all_again(session, who) == 3
    session.flush()
    assert work.deeds(session, failed=True) == ([], 0)
    assert work.deeds(session, failed=False)[1] == 3


def test_a_month_that_failed_is_computed_again(session, who, make, rung) -> None:
    month = date(2026, 3, 1)
    make.keep(
        GateMonth(
            dataset="declarations",
            gate="moc_bai",
            month=month,
            version=2,
            done_version=1,
            attempts=7,
            error="x",
            lease_until=now() + timedelta(hours=1),
        )
    )
    assert [row.gate for row in work.stuck_gate_months(session)] == ["moc_bai"]
    work.compute_again(session, who, "declarations", "moc_bai", month)
    session.commit()
    row = session.scalars(select(GateMonth)).one()
    assert (row.attempts, row.lease_until, row.error) == (0, None, "")
    assert rung == [True]
    with pytest.raises(NotFound):
        work.compute_again(session, who, "declarations", "moc_bai", month)


def test_only_workers_with_a_recent_sign_of_life_are_alive(session) -> None:
    session.add_all([WorkerBeat(name="a"), WorkerBeat(name="b", beat=now() - timedelta(minutes=3))])
    session.flush()
    assert [beat.name for beat in work.beats(session)] == ["a"]


def test_the_page_shows_reasons_and_tries_again(client, session, make, sign_in, failed) -> None:
    deed = failed()
    sign_in(client, make.person("admin"))
    page = client.get("/en/admin/jobs").text
    assert "The other server refused the connection." in page and "Send a letter" in page
    assert client.post(f"/en/admin/jobs/{deed.id}/retry").status_code == 303
    assert session.scalars(select(Outbox.failed_at)).one() is None
    session.commit()
    assert "Nothing was given up." in client.get("/en/admin/jobs").text
