"""Firms that buy or sell, where their verification stands, and whom they invited to act for them."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Instant, now


class FirmState(enum.StrEnum):
    """Only a verified firm sells; another one keeps its open orders."""

    PENDING = "pending"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


NEXT: dict[FirmState, frozenset[FirmState]] = {
    FirmState.PENDING: frozenset({FirmState.VERIFIED, FirmState.REJECTED}),
    FirmState.REJECTED: frozenset({FirmState.PENDING}),
    FirmState.VERIFIED: frozenset({FirmState.SUSPENDED, FirmState.PENDING}),  # pending: other registered facts
    FirmState.SUSPENDED: frozenset({FirmState.VERIFIED}),
}


class Firm(Base):
    """A registered firm. The bank account is the firm's own: the platform never holds money."""

    __tablename__ = "firm"
    __table_args__ = (
        UniqueConstraint("country", "tax_code"),
        CheckConstraint("state IN ('pending', 'verified', 'rejected', 'suspended')", name="state"),
        CheckConstraint("country IN ('VN', 'KH')", name="country"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]  # the registered name, in whichever script it was registered
    name_en: Mapped[str | None]
    name_km: Mapped[str | None]
    country: Mapped[str]  # VN with a tax code, KH with a TIN
    tax_code: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    about_vi: Mapped[str | None]
    about_en: Mapped[str | None]
    about_km: Mapped[str | None]
    bank_name: Mapped[str] = mapped_column(default="")
    bank_account: Mapped[str] = mapped_column(default="")
    bank_holder: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=FirmState.PENDING, index=True)
    state_reason: Mapped[str] = mapped_column(default="")
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(Instant, default=now)

    @property
    def is_verified(self) -> bool:
        return self.state == FirmState.VERIFIED


class Invitation(Base):
    """A firm asks a person to act for it; accepting makes a membership of it."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("firm_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
