"""What is cleaned away from time to time."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.accounts.models import Attempt, EmailProof, PasswordReset, SignIn
from app.db import Base, Instant, now
from app.jobs import Outbox


class Periodic(Base):
    """When a periodic task is due next."""

    __tablename__ = "periodic"

    name: Mapped[str] = mapped_column(primary_key=True)
    due: Mapped[datetime] = mapped_column(Instant)


def forget_expired_sign_ins(session: Session) -> None:
    """Sessions, links by e-mail and throttle counts that no longer mean anything."""
    session.execute(delete(SignIn).where(SignIn.expires < now()))
    session.execute(delete(PasswordReset).where(PasswordReset.expires < now() - timedelta(days=7)))
    session.execute(delete(EmailProof).where(EmailProof.expires < now()))
    session.execute(delete(Attempt).where(Attempt.at < now() - timedelta(days=1)))


def forget_old_work(session: Session) -> None:
    """Deeds done more than 30 days ago."""
    session.execute(delete(Outbox).where(Outbox.done_at < now() - timedelta(days=30)))
