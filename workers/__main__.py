"""`python -m workers`: one RQ worker on one queue, and beside it the sweeper that takes what nobody finished."""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer
from sqlalchemy import delete

from app import jobs
from app.db import Session, now
from app.jobs import SafeJob, WorkerBeat
from workers import bell, schedule
from workers.settings import connect

log = logging.getLogger("workers")
_stop = threading.Event()
_children: dict[str, Any] = {}


class Ringer(Worker):
    """The RQ worker, which passes on at once that it shall stop: what is done for a bell is given back."""

    def handle_warm_shutdown_request(self) -> None:
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def main() -> None:
    """Run until SIGTERM or SIGINT; a worker that dies is started again."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = connect()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _ask_to_stop)
    while not _stop.is_set():
        if settings["REDIS_URL"] and not _is_alive("ringer"):
            _start("ringer", run_rq, settings["REDIS_URL"])
        # The sweep runs in a child of its own: what it opens dies with it, and the next fork stays clean.
        _start("sweeper", sweep, settings)
        if _stop.is_set():  # between the look and the start
            _stop_children()
        _children["sweeper"].join()
        _stop.wait(settings["SWEEP_SECONDS"])
    if _is_alive("ringer"):
        _children["ringer"].join(90)


def _start(name: str, work: Callable[..., None], *arguments: Any) -> None:
    _children[name] = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    _children[name].start()


def _is_alive(name: str) -> bool:
    return name in _children and _children[name].is_alive()


def run_rq(url: str) -> None:
    """The RQ worker; every job is forked off, so nothing here opens a database connection."""
    _follow_parent()
    connection = Redis.from_url(url)
    worker = Ringer(
        [jobs.queue(connection)],
        connection=connection,
        worker_ttl=60,
        maintenance_interval=15,
        job_monitoring_interval=10,
        serializer=JSONSerializer,
        job_class=SafeJob,
    )
    worker.work(logging_level="WARNING")


def sweep(settings: dict[str, Any]) -> None:
    """One round: a sign of life, periodic work, then whatever is due and nobody works on."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _follow_parent()
    try:
        with Session.begin() as session:
            name = f"{socket.gethostname()}:{os.getppid()}"
            session.merge(WorkerBeat(name=name, beat=now()))
            session.execute(delete(WorkerBeat).where(WorkerBeat.beat < now() - timedelta(minutes=10)))
        schedule.put_due()
        bell.answer()
    except Exception:
        log.exception(
            "the sweep of pid %s failed; the next one comes in %s s", os.getpid(), settings["SWEEP_SECONDS"]
        )


def _follow_parent() -> None:
    """Die when the parent dies, however it dies (Linux only; elsewhere an orphan ends with its current job)."""
    try:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    except (OSError, AttributeError):
        log.info("this system cannot tie a child to its parent")


def _ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
    if multiprocessing.parent_process() is not None:
        raise SystemExit  # a child just forked, that has no handler of its own yet
    _stop.set()
    _stop_children()


def _stop_children() -> None:
    """Whoever stops us may not know them."""
    for child in _children.values():
        if child.is_alive():
            child.terminate()


if __name__ == "__main__":
    main()
