"""The audit log: every change of state, with who, what, before and after."""

from typing import Any

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
    """Add an audit row in the caller's transaction. `subject` is a stored object with an `id`, flushed if new."""
    if subject.id is None:
        session.flush()
    session.add(
        AuditEntry(
            action=action,
            subject_type=type(subject).__tablename__,
            subject_id=str(subject.id),
            before=before,
            after=after,
            firm_id=firm_id,
            **facts_of(who),
        )
    )
