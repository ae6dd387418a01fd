"""Background work as an administrator sees it: what waits, what was given up and why, who is alive; try again."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import jobs
from app.accounts import audit
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound
from app.jobs import Outbox, WorkerBeat
from app.trade.models import GateMonth

PAGE = 30
ALIVE = timedelta(minutes=2)
TRIED_TOO_OFTEN = 3

KINDS = {
    "send_mail": _l("Send a letter"),
    "read_import": _l("Read a customs file"),
    "accept_import": _l("Publish a customs file"),
    "forget_unused_files": _l("Clear files that nothing names any more"),
}
# The beginning of a stored reason -> what it means for the person who looks.
REASONS = {
    "ConnectionRefusedError": _l("The other server refused the connection. Is it running, and is its address right?"),
    "gaierror": _l("The other server's name is not known. Check the address in the settings."),
    "TimeoutError": _l("The other server did not answer in time."),
    "SMTPAuthenticationError": _l("The mail server did not accept user and password of SMTP_URL."),
    "SMTPRecipientsRefused": _l("The mail server does not accept this recipient."),
    "SMTP": _l("The mail server did not take the letter."),
    "OperationalError": _l("The database was busy or not reachable."),
    "FileNotFoundError": _l("A stored file is missing. Was the data folder moved, or a backup only half put back?"),
    "PermissionError": _l("The worker may not read or write a file. Check who owns the data folder."),
    "OSError: [Errno 28]": _l("The disk is full."),
    "WorkerDied": _l("The worker ended before the work did, each time: too little memory, or a crash. Read its log."),
    "MemoryError": _l("There was not enough memory."),
    "OutOfMemoryException": _l("The file needed more memory than DUCKDB_MEMORY allows."),
}


def reason(error: str) -> str:
    """Why something failed, in words."""
    known = next((words for sign, words in REASONS.items() if error.startswith(sign)), None)
    return str(known or _l("An unexpected fault; the technical text says more. Try again, and tell the developers."))


def deeds(session: Session, failed: bool, page: int = 1) -> tuple[list[Outbox], int]:
    """One page of the work that was given up, or that waits; and how much there is."""
    query = _failed() if failed else _waiting()
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = Outbox.failed_at.desc() if failed else Outbox.not_before
    return list(session.scalars(query.order_by(order, Outbox.id).limit(PAGE).offset((page - 1) * PAGE))), total


def beats(session: Session) -> list[WorkerBeat]:
    """The workers that gave a sign of life in the last minutes."""
    alive = select(WorkerBeat).where(WorkerBeat.beat >= now() - ALIVE)
    return list(session.scalars(alive.order_by(WorkerBeat.name)))


def stuck_gate_months(session: Session) -> list[GateMonth]:
    """Gate-months whose figures could not be computed so far, with the reason."""
    stuck = select(GateMonth).where(GateMonth.version > GateMonth.done_version, GateMonth.error != "")
    return list(session.scalars(stuck.order_by(GateMonth.attempts.desc(), GateMonth.month).limit(200)))


def try_again(session: Session, who: Caller, deed_id: int) -> None:
    """Give up nothing yet: the deed is due now, with all its attempts before it. Raises `NotFound`."""
    deed = session.get(Outbox, deed_id)
    if deed is None or deed.done_at is not None:
        raise NotFound()
    _due_now(session, who, deed)


def try_all_again(session: Session, who: Caller) -> int:
    """Every deed that was given up is due now; how many."""
    failed = list(session.scalars(_failed()))
    for deed in failed:
        _due_now(session, who, deed)
    return len(failed)


def compute_again(session: Session, who: Caller, dataset: str, gate: str, month: date) -> None:
    """A gate-month that failed is due now. Raises `NotFound`."""
    row = session.get(GateMonth, (dataset, gate, month))
    if row is None or not row.error:
        raise NotFound()
    audit.record(session, who, "gate_month.tried_again", row, before={"attempts": row.attempts, "error": row.error})
    row.attempts, row.lease_until, row.lease_token, row.error = 0, None, None, ""
    jobs.ring_after_commit(session)


def _due_now(session: Session, who: Caller, deed: Outbox) -> None:
    before = {"kind": deed.kind, "attempts": deed.attempts, "error": deed.error}
    audit.record(session, who, "work.tried_again", deed, before=before, after={"kind": deed.kind, "attempts": 0})
    deed.failed_at, deed.attempts, deed.not_before = None, 0, now()
    jobs.ring_after_commit(session)


def _failed() -> Select[Outbox]:
    return select(Outbox).where(Outbox.failed_at.is_not(None))


def _waiting() -> Select[Outbox]:
    return select(Outbox).where(Outbox.done_at.is_(None), Outbox.failed_at.is_(None))
