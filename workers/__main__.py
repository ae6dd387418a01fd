"""`python -m workers`: one RQ worker on one queue, and beside it the sweeper that takes what nobody finished."""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import threading
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


def main() -> None:
    """Run until SIGTERM or SIGINT; a worker that dies is started again."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = connect()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _ask_to_stop)
    ringer: Any = None
    while not _stop.is_set():
        if settings["REDIS_URL"] and (ringer is None or not ringer.is_alive()):
            ringer = multiprocessing.get_context("fork").Process(target=run_rq, args=(settings["REDIS_URL"],))
            ringer.start()
        # The sweep runs in a child of its own: what it opens dies with it, and the next fork stays clean.
        sweeper = multiprocessing.get_context("fork").Process(target=sweep, args=(settings,))
        sweeper.start()
        sweeper.join()
        _stop.wait(settings["SWEEP_SECONDS"])
    if ringer is not None and ringer.is_alive():
        ringer.terminate()
        ringer.join(90)


def run_rq(url: str) -> None:
    """The RQ worker; every job is forked off, so nothing here opens a database connection."""
    _follow_parent()
    connection = Redis.from_url(url)
    worker = Worker(
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
    _stop.set()


if __name__ == "__main__":
    main()
