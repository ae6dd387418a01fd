"""The facts everyone shares, as tables: gates, countries, HS codes, customs offices and procedures, rates."""

from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Exact, Instant, now

EDITION = "AHTN2022"
BYTE_ORDERED = Text().with_variant(Text(collation="C"), "postgresql")
"""Text sorted by its bytes on both databases, so that a prefix is a range of an index."""


class Gate(Base):
    """A border gate; also a foreign port made by an import (`created_by_import`), which nobody trades through here.

    `goods_until`: from this day the gate takes no goods declarations any more; old figures keep it.
    Opening hours are shown only with their source and the day they were verified.
    """

    __tablename__ = "gate"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'limited', 'closed')", name="status"),
        CheckConstraint("type IN ('international', 'main', 'secondary', 'foreign')", name="type"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    name_km: Mapped[str | None]
    short_vi: Mapped[str]
    short_en: Mapped[str]
    short_km: Mapped[str | None]
    counterpart_en: Mapped[str | None]
    counterpart_km: Mapped[str | None]
    kh_province_en: Mapped[str | None]
    kh_province_km: Mapped[str | None]
    commune_vi: Mapped[str | None]
    boundary_marker: Mapped[str | None]
    lat: Mapped[Decimal | None] = mapped_column(Exact(6))
    lon: Mapped[Decimal | None] = mapped_column(Exact(6))
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    hours_source: Mapped[str | None]
    hours_verified_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(default="open")
    notice_vi: Mapped[str | None]
    notice_en: Mapped[str | None]
    notice_km: Mapped[str | None]
    notice_until: Mapped[date | None]
    goods_until: Mapped[date | None]
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    office_codes: Mapped[list[str]] = mapped_column(JSON, default=list)
    priority: Mapped[int] = mapped_column(default=9)
    source: Mapped[str | None]
    created_by_import: Mapped[bool] = mapped_column(default=False)

    def takes_goods(self, day: date) -> bool:
        """Whether goods may be handed over here on a day."""
        return (
            not self.created_by_import
            and self.status != "closed"
            and (self.goods_until is None or day < self.goods_until)
        )

    def shows_notice(self, day: date) -> bool:
        """Whether the notice is still to be shown."""
        return bool(self.notice_vi) and (self.notice_until is None or day <= self.notice_until)


class Country(Base):
    """ISO 3166 country with CLDR names and the spellings found in trade tables."""

    __tablename__ = "country"

    iso2: Mapped[str] = mapped_column(primary_key=True)
    iso3: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    name_km: Mapped[str | None]
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)


class HsCode(Base):
    """A node of the tariff: chapter (2 digits), heading (4), subheading (6) or AHTN line (8)."""

    __tablename__ = "hs_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(default=EDITION)
    parent: Mapped[str | None] = mapped_column(index=True)
    level: Mapped[int]
    dashes: Mapped[int] = mapped_column(default=0)
    text_vi: Mapped[str | None]
    text_en: Mapped[str | None]
    text_km: Mapped[str | None]


class HsTerm(Base):
    """A word by which a node is found; exact (sắn) and folded (san)."""

    __tablename__ = "hs_term"
    __table_args__ = (Index(None, "term", "code", "weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(BYTE_ORDERED)
    code: Mapped[str]
    weight: Mapped[int]


class CustomsOffice(Base):
    """A customs office by its VNACCS code; the office of declaration is not the gate of crossing."""

    __tablename__ = "customs_office"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id"), index=True)


class ProcedureCode(Base):
    """Mã loại hình; `in_trade` says whether turnover counts it: include, exclude, or review by a person."""

    __tablename__ = "procedure_code"
    __table_args__ = (CheckConstraint("in_trade IN ('include', 'exclude', 'review')", name="in_trade"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    direction: Mapped[str]
    in_trade: Mapped[str]
    source: Mapped[str]


class Rate(Base):
    """How many `quote` one `base` was worth on a day. Frozen documents keep the row's id, so rows never change.

    Kinds: customs (weekly tax rate), central (central bank), market (a trading day), monthly (good for its month).
    """

    __tablename__ = "rate"
    __table_args__ = (
        UniqueConstraint("base", "quote", "kind", "day"),
        CheckConstraint("kind IN ('customs', 'central', 'market', 'monthly')", name="kind"),
        CheckConstraint("rate > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[str]
    quote: Mapped[str]
    kind: Mapped[str]
    day: Mapped[date]
    rate: Mapped[Decimal] = mapped_column(Exact(6))
    source: Mapped[str]


class ReferenceFile(Base):
    """Which edition of a shipped data file this database has."""

    __tablename__ = "reference_file"

    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    loaded_at: Mapped[datetime] = mapped_column(Instant, default=now)
