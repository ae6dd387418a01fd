"""A lease lasts as long as its work, and what a stopped worker holds goes to the next one at once."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from app import jobs
from app.accounts.models import Mail
from app.db import Session, reading
from app.jobs import FencedOut, Outbox, WorkerBeat, ring
from workers import bell
from workers.holding import holding


@pytest.fixture(autouse=True)
def _emptied(clean, rung) -> None:
    """Rows written by the code under test go away afterwards."""


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A mail server that takes the call and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"


def put() -> None:
    with Session.begin() as session:
        letter = Mail(dedup="a", recipient="a@test.example", language="vi", subject="Chào", body="Chào bạn")
        session.add(letter)
        session.flush()
        jobs.put(session, "send_mail", {"mail_id": letter.id})


def claim(lease_seconds: int = 60) -> jobs.Claim | None:
    with Session.begin() as session:
        return jobs.claim(session, lease_seconds)


def row() -> Outbox:
    with reading() as session:
        found = session.scalars(select(Outbox).where(Outbox.kind == "send_mail")).one()
        session.expunge(found)
        return found


def until(true, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


def test_work_longer_than_the_lease_is_not_given_to_a_second_worker() -> None:
    put()
    held = claim(lease_seconds=1)
    with holding(held, 1):
        time.sleep(1.6)
        assert claim() is None
    with Session.begin() as session:
        jobs.finish(session, held)


def test_a_lease_that_was_lost_is_not_taken_back() -> None:
    put()
    held = claim(lease_seconds=-1)
    taken = claim()
    with holding(held, 1):
        time.sleep(0.5)
    assert row().lease_token == taken.token
    with pytest.raises(FencedOut), Session.begin() as session:
        jobs.give_back(session, held)


def test_what_is_given_back_is_due_at_once_and_counts_as_not_tried() -> None:
    put()
    with Session.begin() as session:
        jobs.give_back(session, claim())
    assert claim().attempts == 1


def test_a_deed_that_took_every_worker_down_is_given_up() -> None:
    put()
    for _ in range(jobs.MAX_ATTEMPTS):
        assert claim(lease_seconds=-1) is not None
    assert claim() is None
    assert (row().failed_at is not None, row().error) == (True, jobs.DIED)


def test_after_work_signals_are_heard_again(monkeypatch) -> None:
    put()
    monkeypatch.setattr(bell, "handler", lambda _kind: lambda _held: None)
    assert bell.run_one_deed()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == set()
    assert threading.active_count() == len(threading.enumerate())


@pytest.fixture
def worker(engine, tmp_path, silent_server):
    """`worker(**settings)`: a real worker process."""
    started = []

    def start(**settings: str) -> subprocess.Popen:
        environment = {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "REDIS_URL": "",
            "SMTP_URL": silent_server,
            "SWEEP_SECONDS": "1",
        } | settings
        command = [sys.executable, "-m", "workers"]
        started.append(subprocess.Popen(command, env=os.environ | environment, cwd=Path(__file__).parents[2]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def stopped_at_once(process: subprocess.Popen) -> bool:
    began = time.monotonic()
    process.terminate()
    return process.wait(15) == 0 and time.monotonic() - began < 5


def test_a_worker_that_is_stopped_gives_back_what_its_sweeper_holds(worker) -> None:
    put()
    process = worker()
    until(lambda: row().lease_token is not None)
    assert stopped_at_once(process)
    assert (row().lease_token, row().attempts, row().done_at) == (None, 0, None)


def test_a_worker_that_is_stopped_gives_back_what_it_does_for_a_bell(worker, redis_url, monkeypatch) -> None:
    redis = Redis.from_url(redis_url)
    redis.flushall()
    monkeypatch.setattr(jobs._bell, "redis", redis)
    process = worker(REDIS_URL=redis_url, SWEEP_SECONDS="600")
    until(lambda: redis.scard("rq:workers") == 1)
    until(lambda: swept_at() is not None)
    time.sleep(0.5)
    put()
    ring()
    until(lambda: row().lease_token is not None)
    assert stopped_at_once(process)
    assert (row().lease_token, row().attempts, row().done_at) == (None, 0, None)


def test_a_worker_with_nothing_to_do_stops_at_once(worker, redis_url) -> None:
    process = worker(REDIS_URL=redis_url)
    until(lambda: swept_at() is not None)
    assert stopped_at_once(process)


def swept_at():
    with reading() as session:
        return session.scalar(select(WorkerBeat.beat))
