"""What a worker does when the bell rings: claim due work and run it until none is left."""

import importlib
import logging
from collections.abc import Callable
from time import monotonic

from app import jobs
from app.db import Session
from app.jobs import KINDS, Claim, FencedOut
from workers import trade_tasks
from workers.holding import holding
from workers.settings import current

log = logging.getLogger(__name__)
SHIFT_SECONDS = 120  # a bell hands over to the next one after this long, so that jobs stay short


def answer() -> None:
    """The RQ job: run due work; ring again when the shift is over and work is left."""
    end = monotonic() + SHIFT_SECONDS
    while run_one():
        if monotonic() > end:
            jobs.ring()
            return


def run_one() -> bool:
    """Claim and run one piece of work of any kind; False when nothing is due."""
    return run_one_deed() or trade_tasks.roll_up_one()


def run_one_deed() -> bool:
    with Session.begin() as session:
        held = jobs.claim(session, current()["LEASE_SECONDS"])
    if held is None:
        return False
    _run(held)
    return True


def _run(held: Claim) -> None:
    try:
        with holding(held, current()["LEASE_SECONDS"]):
            handler(held.kind)(held)
    except FencedOut:
        log.warning("%s %s was taken over by another worker", held.kind, held.id)
    except Exception as error:
        log.exception("%s %s failed (attempt %s)", held.kind, held.id, held.attempts)
        with Session.begin() as session:
            try:
                jobs.fail(session, held, f"{type(error).__name__}: {error}")
            except FencedOut:
                log.warning("%s %s failed after its lease was lost", held.kind, held.id)


def handler(kind: str) -> Callable[[Claim], None]:
    """The function that does this kind of work."""
    module, _, name = KINDS[kind].rpartition(".")
    found: Callable[[Claim], None] = getattr(importlib.import_module(module), name)
    return found
