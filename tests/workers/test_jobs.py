"""The outbox and the bell: nothing lost, nothing done twice, nothing run that was not asked for."""

import threading
from datetime import timedelta

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select, update

from app import jobs
from app.db import Session, now
from app.jobs import FencedOut, Outbox, SafeJob


@pytest.fixture(autouse=True)
def _emptied(clean) -> None:
    """Rows written by the code under test go away afterwards."""


def put(**values) -> None:
    with Session.begin() as session:
        jobs.put(session, "send_mail", {"mail_id": 1} | values)


def claim(lease_seconds: int = 60):
    with Session.begin() as session:
        return jobs.claim(session, lease_seconds)


def only_row() -> Outbox:
    with Session() as session:
        return session.scalars(select(Outbox)).one()


def test_the_bell_rings_after_commit_and_not_after_rollback(rung) -> None:
    put()
    assert rung == [True]
    with pytest.raises(RuntimeError), Session.begin() as session:
        jobs.put(session, "send_mail", {})
        raise RuntimeError("the deed did not happen")
    assert rung == [True]
    assert only_row().payload == {"mail_id": 1}


def test_a_claimed_deed_is_not_given_to_a_second_worker(rung) -> None:
    put()
    assert claim().payload == {"mail_id": 1}
    assert claim() is None


def test_a_deed_whose_lease_ran_out_is_given_to_the_next_worker(rung) -> None:
    put()
    first = claim(lease_seconds=-1)
    second = claim()
    assert (second.id, second.attempts) == (first.id, 2)
    with pytest.raises(FencedOut), Session.begin() as session:
        jobs.finish(session, first)
    with Session.begin() as session:
        jobs.finish(session, second)
    assert only_row().done_at is not None


def test_a_failed_deed_waits_and_is_given_up_after_five_attempts(rung) -> None:
    put()
    for attempt in range(1, 6):
        held = claim()
        assert held.attempts == attempt
        with Session.begin() as session:
            jobs.fail(session, held, "the mail server is away")
        assert claim() is None
        with Session.begin() as session:
            session.execute(update(Outbox).values(not_before=now() - timedelta(seconds=1)))
    row = only_row()
    assert (row.failed_at is not None, row.error) == (True, "the mail server is away")
    assert claim() is None


def test_many_workers_at_once_claim_each_deed_once(rung) -> None:
    for number in range(20):
        put(number=number)
    taken: list[int] = []

    def work() -> None:
        while (held := claim()) is not None:
            taken.append(held.payload["number"])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(20))


def test_an_unknown_kind_of_work_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"), Session.begin() as session:
        jobs.put(session, "os.system", {})


def test_a_redis_that_is_away_does_not_stop_the_deed(monkeypatch) -> None:
    monkeypatch.setattr(jobs._bell, "redis", Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2))
    put()
    assert only_row().done_at is None


@pytest.mark.parametrize(
    "planted",
    [
        {"func": "os.system", "args": ["touch /tmp/mocxa-was-here"]},
        {"func": "os.system", "args": [], "on_success": True},
    ],
)
def test_code_planted_in_redis_is_not_run(redis_url, tmp_path, monkeypatch, planted) -> None:
    connection = Redis.from_url(redis_url)
    connection.flushall()
    answered: list[bool] = []
    monkeypatch.setattr("workers.bell.answer", lambda: answered.append(True))
    marker = tmp_path / "was-here"
    job = SafeJob.create(
        "os.system", args=[f"touch {marker}"], connection=connection, serializer=JSONSerializer, origin=jobs.QUEUE
    )
    job.save()
    if planted.get("on_success"):
        connection.hset(job.key, "success_callback_name", "os.abort")
    connection.hset(job.key, "data", JSONSerializer.dumps(["os.system", None, [f"touch {marker}"], {}]))
    jobs.queue(connection).enqueue_job(job)
    worker = SimpleWorker(
        [jobs.queue(connection)], connection=connection, serializer=JSONSerializer, job_class=SafeJob
    )
    worker.work(burst=True, logging_level="ERROR")
    assert not marker.exists()


def test_a_rung_bell_is_answered_by_a_real_worker(redis_url, monkeypatch) -> None:
    connection = Redis.from_url(redis_url)
    connection.flushall()
    answered: list[bool] = []
    monkeypatch.setattr("workers.bell.answer", lambda: answered.append(True))
    monkeypatch.setattr(jobs._bell, "workers", 1)
    monkeypatch.setattr(jobs._bell, "redis", connection)
    put()
    worker = SimpleWorker(
        [jobs.queue(connection)], connection=connection, serializer=JSONSerializer, job_class=SafeJob
    )
    worker.work(burst=True, logging_level="ERROR")
    assert answered == [True]


def test_bells_do_not_pile_up(redis_url, monkeypatch) -> None:
    connection = Redis.from_url(redis_url)
    connection.flushall()
    monkeypatch.setattr(jobs._bell, "redis", connection)
    monkeypatch.setattr(jobs._bell, "workers", 2)
    for _ in range(50):
        jobs.ring()
    assert jobs.queue(connection).count == 4
