"""Customs files and gate-months: what the outbox and the bell ask for, done by `app.trade.tasks`."""

from app.jobs import Claim
from app.trade import tasks
from workers.settings import current


def read_import(held: Claim) -> None:
    """Read a delivered file."""
    tasks.read(current(), held.payload["import_id"], held)


def accept_import(held: Claim) -> None:
    """Publish an accepted file."""
    tasks.publish(current(), held.payload["import_id"], held)


def forget_unused_files(held: Claim) -> None:
    """Remove files that nothing refers to."""
    tasks.tidy(current(), held)


def roll_up_one() -> bool:
    """Compute due gate-months; False when none is due."""
    return tasks.roll_up_one(current())
