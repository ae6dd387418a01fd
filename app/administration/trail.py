"""Reading the audit log: who changed what, filtered and paged."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import AuditEntry
from app.i18n import ZONE

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What of the log to show; empty means everything. Days are those of the gates, both included."""

    who: str = ""
    action: str = ""
    subject_type: str = ""
    subject_id: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Change:
    """One field of an entry. `None` stands for nothing there."""

    name: str
    before: Any
    after: Any


def entries(session: Session, wanted: Wanted, page: int = 1, size: int = PAGE) -> tuple[list[AuditEntry], int]:
    """One page of the entries, newest first, and how many there are."""
    query = _narrowed(select(AuditEntry), wanted)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest = query.order_by(AuditEntry.id.desc()).limit(size).offset((page - 1) * size)
    return list(session.scalars(newest)), total


def actions(session: Session) -> list[str]:
    """Every kind of change that happened, for the filter."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def changes(entry: AuditEntry) -> list[Change]:
    """The fields of an entry that differ, with what stood there before and after."""
    before, after = entry.before or {}, entry.after or {}
    names = dict.fromkeys([*before, *after])
    return [Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def _narrowed(query: Select[AuditEntry], wanted: Wanted) -> Select[AuditEntry]:
    if wanted.who:
        query = query.where(AuditEntry.actor.contains(wanted.who.lower(), autoescape=True))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject_type:
        query = query.where(AuditEntry.subject_type == wanted.subject_type)
    if wanted.subject_id:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.since:
        query = query.where(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        query = query.where(AuditEntry.at < _midnight(wanted.until + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
