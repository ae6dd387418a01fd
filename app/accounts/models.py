"""People, what they may do, their sessions and tokens, and the audit log."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Instant, now


class Role(enum.StrEnum):
    """What a person may do. Firm members' rights come from `Membership`."""

    BUYER = "buyer"
    SELLER = "seller"  # given while the person is a member of a firm
    ECONOMIST = "economist"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Person(Base):
    """Somebody with an account. `currency` and `language` are what this person last chose."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="vi")
    currency: Mapped[str] = mapped_column(default="VND")
    phone: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="VN")  # ISO 3166-1 alpha-2
    email_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    roles: Mapped[list["PersonRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class PersonRole(Base):
    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class Membership(Base):
    """A person who acts for a firm; one firm a person."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('owner', 'staff')", name="role"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(default="staff")
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class SignIn(Base):
    """A server-side session; the cookie holds the token, the row its SHA-256."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    seen: Mapped[datetime] = mapped_column(Instant, default=now)
    expires: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(default="")
    agent: Mapped[str] = mapped_column(default="")


class ApiToken(Base):
    """A bearer token of a person; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    last_used: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class PasswordReset(Base):
    """A one-time link by e-mail; only the SHA-256 of its token is kept."""

    __tablename__ = "password_reset"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    expires: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class EmailProof(Base):
    """A one-time link that proves an e-mail address; the row goes when it is used."""

    __tablename__ = "email_proof"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    expires: Mapped[datetime] = mapped_column(Instant)


class Attempt(Base):
    """Something that is throttled: a sign-in, a reset, a registration. Counted here so no cache can forget it."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]  # for example "sign-in:buyer@demo.example" or "sign-in-from:127.0.0.1"
    at: Mapped[datetime] = mapped_column(Instant, default=now)


class AuditEntry(Base):
    """Who changed what, from what, to what. Rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=now, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str]  # the e-mail, or "system", kept even when the person is deleted
    address: Mapped[str] = mapped_column(default="")
    action: Mapped[str]  # for example "order.confirmed"
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    firm_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Mail(Base):
    """An e-mail that is to be sent or was sent; shown on the outbox page in the demonstration."""

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("dedup"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dedup: Mapped[str]  # one key per event and recipient, so that nothing is sent twice
    recipient: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(default="")
