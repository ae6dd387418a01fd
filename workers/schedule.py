"""Periodic work: one row per task says when it is due next, so exactly one worker takes it."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update

from app import housekeeping, jobs
from app.db import Session, affected, now
from app.housekeeping import Periodic
from app.marketplace.catalogue import terms
from app.marketplace.orders import cart
from workers import photo_tasks

TASKS: dict[str, tuple[timedelta, Callable[..., None]]] = {
    "forget_expired_sign_ins": (timedelta(hours=1), housekeeping.forget_expired_sign_ins),
    "forget_unused_files": (timedelta(days=1), lambda session: jobs.put(session, "forget_unused_files", {})),
    "forget_old_work": (timedelta(days=1), housekeeping.forget_old_work),
    "forget_old_carts": (timedelta(days=1), cart.forget_old_carts),
    "reprice": (timedelta(hours=1), terms.reprice),
    "forget_unused_photos": (timedelta(days=1), photo_tasks.forget_unused_photos),
}


def put_due() -> None:
    """Run each task whose time has come, each in one transaction with its next date."""
    for name, (every, task) in TASKS.items():
        with Session.begin() as session:
            row = session.get(Periodic, name)
            if row is None:
                session.add(Periodic(name=name, due=now()))
                session.flush()
            mine = update(Periodic).where(Periodic.name == name, Periodic.due <= now()).values(due=now() + every)
            if affected(session, mine) == 1:
                task(session)
