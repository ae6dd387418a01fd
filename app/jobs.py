"""Background work: the outbox in the database, and the bell that tells RQ workers to look at it.

A row is written in the transaction that makes the work necessary; after commit the bell rings by itself.
See docs/decisions/0003-work-lives-in-the-database.md.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import JSON, Index, Select, event, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import db
from app.db import Base, Instant, affected, now
from app.errors import Problem

log = logging.getLogger(__name__)

ANSWER_BELL = "workers.bell.answer"  # the only function RQ may run
QUEUE = "mocxa"

# Kind of work -> function(claim) that does it. The web never imports these; a test resolves every name.
KINDS = {
    "send_mail": "workers.mail_tasks.send_mail",
    "read_import": "workers.trade_tasks.read_import",
    "accept_import": "workers.trade_tasks.accept_import",
    "forget_unused_files": "workers.trade_tasks.forget_unused_files",
}

MAX_ATTEMPTS = 5
DIED = "WorkerDied: each time the worker ended before the work did"
RETRY_AFTER = (10, 60, 300, 900)  # seconds


class Outbox(Base):
    """One deed to be done once. `done_at` or `failed_at` closes it."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "done_at", "failed_at", "not_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    not_before: Mapped[datetime] = mapped_column(Instant, default=now)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(default="")


class WorkerBeat(Base):
    """A sign of life of each worker, kept here because Redis may be emptied."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    started: Mapped[datetime] = mapped_column(Instant, default=now)
    beat: Mapped[datetime] = mapped_column(Instant, default=now)
    doing: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True)
class Claim:
    """A piece of work held under a lease. `token` fences out a worker that was thought dead."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    token: str


class FencedOut(Problem):
    """The lease went to another worker meanwhile; whatever was computed must not be written."""


def put(session: Session, kind: str, payload: dict[str, Any], *, not_before: datetime | None = None) -> None:
    """Write a deed into the outbox, in the transaction that makes it necessary. The bell rings after commit."""
    if kind not in KINDS:
        raise ValueError(f"unknown kind of work: {kind}")
    session.add(Outbox(kind=kind, payload=payload, not_before=not_before or now()))
    ring_after_commit(session)


def claim(session: Session, lease_seconds: int) -> Claim | None:
    """Take the oldest due deed under a lease, or None when nothing is due."""
    moment = now()
    while (row := session.scalar(_due(moment))) is not None and row.attempts >= MAX_ATTEMPTS:
        row.failed_at, row.lease_until, row.error = moment, None, DIED  # it would take the next worker down, too
    if row is None:
        return None
    row.attempts += 1
    row.lease_token = secrets.token_hex(8)
    row.lease_until = moment + timedelta(seconds=lease_seconds)
    return Claim(row.id, row.kind, row.payload, row.attempts, row.lease_token)


def _due(moment: datetime) -> Select[Outbox]:
    return (
        select(Outbox)
        .where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None), Outbox.not_before <= moment)
        .where(or_(Outbox.lease_until.is_(None), Outbox.lease_until < moment))
        .order_by(Outbox.not_before, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def finish(session: Session, held: Claim) -> None:
    """Mark the deed done, in the transaction that writes its result. Raises `FencedOut` if the lease was lost."""
    _held(session, held, done_at=now(), lease_until=None, error="")


def extend(session: Session, held: Claim, lease_seconds: int) -> None:
    """A sign of life during long work. Raises `FencedOut` if the lease was lost."""
    _held(session, held, lease_until=now() + timedelta(seconds=lease_seconds))


def fail(session: Session, held: Claim, reason: str) -> None:
    """Note the failure in words; try again later, or give up after `MAX_ATTEMPTS`."""
    moment = now()
    if held.attempts >= MAX_ATTEMPTS:
        _held(session, held, failed_at=moment, error=reason, lease_until=None)
    else:
        wait = timedelta(seconds=RETRY_AFTER[min(held.attempts, len(RETRY_AFTER)) - 1])
        _held(session, held, not_before=moment + wait, error=reason, lease_until=None)


def give_back(session: Session, held: Claim) -> None:
    """Let another worker have it now, as if it had not been tried. Raises `FencedOut` if the lease was lost."""
    _held(session, held, lease_until=None, lease_token=None, attempts=held.attempts - 1)


def _held(session: Session, held: Claim, **values: Any) -> None:
    mine = update(Outbox).where(Outbox.id == held.id, Outbox.lease_token == held.token, Outbox.done_at.is_(None))
    if affected(session, mine.values(**values)) != 1:
        raise FencedOut()


# --- the bell -------------------------------------------------------------------------------------


@dataclass
class _Bell:
    """Where Redis is and how many workers one ring wakes."""

    redis: Redis | None = None
    workers: int = 1


_bell = _Bell()


class SafeJob(Job):
    """An RQ job that can only answer the bell: whoever can write to Redis still cannot run code here."""

    @property
    def func_name(self) -> str:
        return ANSWER_BELL

    @func_name.setter
    def func_name(self, _value: str) -> None:
        pass

    success_callback = failure_callback = stopped_callback = property(lambda _self: None)

    def send_webhooks(self, status: Any, *, exc_string: str | None = None) -> None:
        """Webhooks planted in Redis are never sent."""


def connect(url: str, workers: int = 1) -> None:
    """Remember where Redis is; nothing is opened until the first ring. `workers`: how many to wake at once."""
    _bell.redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2) if url else None
    _bell.workers = workers


def queue(connection: Redis) -> Queue:
    """The one queue of the project."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=SafeJob)


def ring() -> None:
    """Tell the workers to look. A Redis that does not answer only means that the sweepers find the work."""
    if _bell.redis is None:
        return
    try:
        bell = queue(_bell.redis)
        if bell.count < 2 * _bell.workers:
            for _ in range(_bell.workers):
                bell.enqueue(ANSWER_BELL, job_timeout=3600, result_ttl=60, failure_ttl=604800)
    except RedisError as error:
        log.warning("the bell did not ring: %s", error)


def ring_after_commit(session: Session) -> None:
    """Ring once when the transaction of `session` is committed."""
    session.info["ring"] = True


@event.listens_for(db.Session, "after_commit")
def _ring(session: Session) -> None:
    if session.info.pop("ring", False):
        ring()


@event.listens_for(db.Session, "after_soft_rollback")
def _hush(session: Session, _previous: Any) -> None:
    session.info.pop("ring", None)


def ping() -> bool:
    """Whether Redis answers."""
    try:
        return bool(_bell.redis is not None and _bell.redis.ping())
    except RedisError:
        return False


def backlog(session: Session) -> dict[str, Any]:
    """Figures for /readyz and /metrics: what waits, since when, and what failed."""
    row = session.execute(
        text(
            "SELECT count(*) FILTER (WHERE done_at IS NULL AND failed_at IS NULL),"
            " count(*) FILTER (WHERE failed_at IS NOT NULL),"
            " min(CASE WHEN done_at IS NULL AND failed_at IS NULL THEN created END) FROM outbox"
        )
    ).one()
    return {"waiting": row[0], "failed": row[1], "oldest": str(row[2]) if row[2] else None}
