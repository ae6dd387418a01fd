"""Products, their prices, photos and certificates, and the words they are found by."""

import enum
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Exact, Instant, now
from app.marketplace.firms.models import Firm
from app.money import Money
from app.reference.models import BYTE_ORDERED, Gate


class ProductState(enum.StrEnum):
    """Where a listing stands. Only published ones are seen by buyers."""

    DRAFT = "draft"
    PENDING = "pending"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


NEXT: dict[ProductState, frozenset[ProductState]] = {
    ProductState.DRAFT: frozenset({ProductState.PENDING}),
    ProductState.PENDING: frozenset({ProductState.PUBLISHED, ProductState.REJECTED, ProductState.DRAFT}),
    ProductState.PUBLISHED: frozenset({ProductState.PENDING, ProductState.WITHDRAWN, ProductState.REJECTED}),
    ProductState.REJECTED: frozenset({ProductState.DRAFT, ProductState.PENDING}),
    ProductState.WITHDRAWN: frozenset({ProductState.PENDING}),
}


class Category(Base):
    """A shelf of the storefront."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    name_km: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


SOLD_OUT = text("moq > on_hand - reserved")
"""Less left than the smallest order, in the words of the index of such products; SQLite wants the column first."""


class Product(Base):
    """One thing a firm sells. Quantities are in `unit`; `on_hand` less `reserved` can be ordered.

    `from_vnd` is the unit price of the minimum order in VND by the newest rate, for sorting and filtering only.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'pending', 'published', 'rejected', 'withdrawn')", name="state"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
        CheckConstraint("moq > 0 AND multiple > 0", name="moq"),
        Index("ix_product_state_category", "state", "category_id"),
        Index("ix_product_state_price", "state", "from_vnd"),
        Index("ix_product_state_published", "state", "published_at"),
        Index("ix_product_sold_out", "state", sqlite_where=SOLD_OUT, postgresql_where=SOLD_OUT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    name_vi: Mapped[str]
    name_en: Mapped[str | None]
    name_km: Mapped[str | None]
    description_vi: Mapped[str | None]
    description_en: Mapped[str | None]
    description_km: Mapped[str | None]
    hs_code: Mapped[str] = mapped_column(index=True)  # AHTN line, 8 digits
    origin: Mapped[str] = mapped_column(default="VN")  # ISO 3166-1 alpha-2
    unit: Mapped[str]  # code of app.units
    packaging: Mapped[str] = mapped_column(default="")
    moq: Mapped[Decimal] = mapped_column(Exact(3), default=Decimal(1))
    multiple: Mapped[Decimal] = mapped_column(Exact(3), default=Decimal(1))
    on_hand: Mapped[Decimal] = mapped_column(Exact(3), default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(Exact(3), default=Decimal(0))
    lead_days: Mapped[int] = mapped_column(default=2)
    from_vnd: Mapped[Decimal | None] = mapped_column(Exact(0))
    drawing: Mapped[str] = mapped_column(default="box")  # drawn picture shown while there is no photo
    state: Mapped[str] = mapped_column(default=ProductState.DRAFT)
    state_reason: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)  # also moves when a waiting listing is edited
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(Instant, default=now)
    updated: Mapped[datetime] = mapped_column(Instant, default=now, onupdate=now)
    published_at: Mapped[datetime | None] = mapped_column(Instant)

    firm: Mapped[Firm] = relationship(lazy="joined", innerjoin=True)
    category: Mapped[Category] = relationship(lazy="joined", innerjoin=True)
    prices: Mapped[list["PriceStep"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PriceStep.currency, PriceStep.min_quantity"
    )
    photos: Mapped[list["Photo"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Photo.position"
    )
    certificates: Mapped[list["Certificate"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    gates: Mapped[list[Gate]] = relationship(
        secondary="product_gate", lazy="selectin", order_by="Gate.priority, Gate.id"
    )

    @property
    def available(self) -> Decimal:
        """What can be ordered now."""
        return self.on_hand - self.reserved

    def price(self, quantity: Decimal, currency: str) -> Money | None:
        """The unit price of the ladder step `quantity` falls in; None when the firm quotes none in that currency."""
        return step_price(self.prices, quantity, currency)

    def accepts(self, quantity: Decimal) -> bool:
        """Whether `quantity` meets the minimum and the multiple."""
        return quantity >= self.moq and quantity % self.multiple == 0


def step_price(prices: Iterable["PriceStep"], quantity: Decimal, currency: str) -> Money | None:
    """The price of the highest step not above `quantity`; below the first step the first one is shown."""
    steps = sorted((step for step in prices if step.currency == currency), key=lambda step: step.min_quantity)
    if not steps:
        return None
    reached = [step for step in steps if step.min_quantity <= quantity] or steps[:1]
    return Money(reached[-1].amount, currency)


class ProductGate(Base):
    """A gate where the firm hands this product over."""

    __tablename__ = "product_gate"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"), primary_key=True, index=True)


class PriceStep(Base):
    """A unit price in one currency from a quantity on."""

    __tablename__ = "price_step"
    __table_args__ = (
        UniqueConstraint("product_id", "currency", "min_quantity"),
        CheckConstraint("amount > 0 AND min_quantity > 0", name="positive"),
        CheckConstraint("currency IN ('VND', 'KHR', 'USD')", name="currency"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    currency: Mapped[str]
    min_quantity: Mapped[Decimal] = mapped_column(Exact(3))
    amount: Mapped[Decimal] = mapped_column(Exact(2))


class Photo(Base):
    """A photo as we re-encoded it; files lie in DATA_DIR/photos under their SHA-256, in several widths."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str] = mapped_column(default="")


class Certificate(Base):
    """A certificate of a product; `stars` is for OCOP. An expired one is not shown."""

    __tablename__ = "certificate"
    __table_args__ = (Index("ix_certificate_kind", "kind", "product_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]  # ocop, vietgap, globalgap, haccp, iso22000, fssc22000, halal, attp, fda, gi …
    stars: Mapped[int | None]
    number: Mapped[str] = mapped_column(default="")
    issuer: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None]


class SearchTerm(Base):
    """A word by which a published product is found; see docs/decisions/0004-search-terms.md."""

    __tablename__ = "search_term"
    __table_args__ = (Index(None, "term", "product_id", "weight"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(BYTE_ORDERED)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id", ondelete="CASCADE"), index=True)
    weight: Mapped[int]


class CatalogueVersion(Base):
    """One row: a token that is new after every change of what buyers see; see app.marketplace.catalogue.version."""

    __tablename__ = "catalogue_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
