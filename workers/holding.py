"""A deed in hand: its lease is extended while the work goes on, and given back when the process is told to stop.

A thread of its own does both, since a query or a mail server may keep the main thread from hearing anything.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app import jobs
from app.db import Session
from app.jobs import Claim, FencedOut

log = logging.getLogger(__name__)

LONGEST = 3600  # seconds; what takes longer hangs, and another worker may try
STOP, OVER = signal.SIGTERM, signal.SIGUSR1


@contextmanager
def holding(held: Claim, lease_seconds: int) -> Iterator[None]:
    """Hold the lease until the block is over; called from the main thread, whose signals the keeper hears instead."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {STOP, OVER})
    keeper = threading.Thread(target=_keep, args=(held, lease_seconds), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        signal.pthread_kill(keeper.ident or 0, OVER)
        keeper.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _keep(held: Claim, lease_seconds: int) -> None:
    began, mine = time.monotonic(), True
    while True:
        heard = signal.sigtimedwait({STOP, OVER}, lease_seconds / 3)
        if heard is None:
            mine = mine and time.monotonic() - began < LONGEST and _extend(held, lease_seconds)
        elif heard.si_signo == OVER:
            return
        else:
            _give_back(held)
            os._exit(0)  # whatever the main thread computes is not written any more


def _extend(held: Claim, lease_seconds: int) -> bool:
    """Whether the deed is still ours; a database that is away for a moment says nothing about that."""
    try:
        with Session.begin() as session:
            jobs.extend(session, held, lease_seconds)
    except FencedOut:
        return False
    except Exception:
        log.exception("the lease of %s %s could not be extended", held.kind, held.id)
    return True


def _give_back(held: Claim) -> None:
    try:
        with Session.begin() as session:
            jobs.give_back(session, held)
        log.info("told to stop: %s %s goes to another worker", held.kind, held.id)
    except FencedOut:
        log.info("told to stop when %s %s was done", held.kind, held.id)
    except Exception:
        log.exception("%s %s was not given back; its lease ends by itself", held.kind, held.id)
