"""The letters that wait or went out, and the background work that waits or was given up."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Mail

PAGE = 20


def letters(session: Session, to: str = "", page: int = 1) -> tuple[list[Mail], int]:
    """One page of the letters, newest first, and how many there are; `to` is a part of the recipient's address."""
    query = select(Mail)
    if to:
        query = query.where(Mail.recipient.contains(to.lower(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return list(session.scalars(query.order_by(Mail.id.desc()).limit(PAGE).offset((page - 1) * PAGE))), total
