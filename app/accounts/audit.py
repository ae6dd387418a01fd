"""The audit log: every change of state, with who, what, before and after."""

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.accounts.models import AuditEntry
from app.accounts.who import Caller, facts_of


def record(
    session: Session,
    who: Caller | None,
    action: str,
    subject: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    firm_id: int | None = None,
) -> None:
    """Add an audit row in the caller's transaction. `subject` is a stored object; a new one is flushed here."""
    if inspect(subject).identity is None:
        session.flush()
    session.add(
        AuditEntry(
            action=action,
            subject_type=type(subject).__tablename__,
            subject_id="/".join(str(part) for part in inspect(subject).identity or ()),
            before=before,
            after=after,
            firm_id=firm_id,
            **facts_of(who),
        )
    )
