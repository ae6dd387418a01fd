"""What a moderator decides about a listing, and the facts the decision rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import AuditEntry
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound, Problem
from app.marketplace.catalogue import letters, listing
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.firms import verifying
from app.marketplace.firms.models import Firm

DECISIONS = (
    "firm.verified",
    "firm.rejected",
    "firm.suspended",
    "firm.reinstated",
    "product.published",
    "product.rejected",
    "product.taken_down",
)


class ChangedMeanwhile(Problem):
    """The seller edited the listing while it was being read."""

    message = _l("The seller changed this product while you were reading. Look at it again.")


@dataclass(frozen=True)
class Difference:
    """A fact that is not as it was when the product was last published."""

    field: str
    before: Any
    after: Any


def waiting(session: Session) -> list[Product]:
    """The listings to decide, the longest waiting first."""
    query = select(Product).where(Product.state == ProductState.PENDING)
    return list(session.scalars(query.order_by(Product.submitted_at, Product.id)))


def waiting_count(session: Session) -> int:
    """How many listings wait for a decision."""
    return session.scalar(select(func.count()).where(Product.state == ProductState.PENDING)) or 0


def by_id(session: Session, product_id: int, *, lock: bool = False) -> Product:
    """Any product; raises `NotFound`. `lock`: to decide about it."""
    query = select(Product).where(Product.id == product_id)
    if lock:
        query = query.with_for_update(of=Product).execution_options(populate_existing=True)
    if (product := session.scalar(query)) is None:
        raise NotFound()
    return product


def publish(session: Session, who: Caller, product: Product, seen: datetime | None) -> None:
    """Show it to buyers; `seen` is when the listing the moderator read was sent."""
    _must_be_as_read(product, seen)
    if not product.firm.is_verified:
        raise listing.FirmNotVerified()
    product.published_at = product.published_at or now()  # a correction does not make it new
    _decide(session, who, product, "product.published", ProductState.PUBLISHED)


def reject(session: Session, who: Caller, product: Product, seen: datetime | None, reason: str) -> None:
    """Send it back with a reason."""
    _must_be_as_read(product, seen)
    _decide(session, who, product, "product.rejected", ProductState.REJECTED, _reason(reason))


def take_down(session: Session, who: Caller, product: Product, reason: str) -> None:
    """Hide a published product at once; its seller can mend it and send it again."""
    if product.state != ProductState.PUBLISHED:
        raise listing.NotNow()
    _decide(session, who, product, "product.taken_down", ProductState.REJECTED, _reason(reason))


def differences(session: Session, product: Product) -> list[Difference]:
    """What changed since the product was last published; nothing for one that never was."""
    about = (AuditEntry.subject_type == "product") & (AuditEntry.subject_id == str(product.id))
    published = select(func.max(AuditEntry.id)).where(about, AuditEntry.action == "product.published")
    if (last := session.scalar(published)) is None:
        return []
    edits = select(AuditEntry).where(about, AuditEntry.action == "product.edited", AuditEntry.id > last)
    before: dict[str, Any] = {}
    for entry in session.scalars(edits.order_by(AuditEntry.id)):
        before = (entry.before or {}) | before
    after: Mapping[str, Any] = listing.facts(product)
    return [
        Difference(field, before[field], after[field])
        for field in after
        if field in before and before[field] != after[field]
    ]


def recent_decisions(session: Session, limit: int = 20) -> list[tuple[AuditEntry, Firm | Product | None]]:
    """The last decisions of all moderators with what they were about, newest first."""
    query = select(AuditEntry).where(AuditEntry.action.in_(DECISIONS)).order_by(AuditEntry.id.desc())
    entries = session.scalars(query.limit(limit)).all()
    return [(entry, _subject(session, entry)) for entry in entries]


def _subject(session: Session, entry: AuditEntry) -> Firm | Product | None:
    if entry.subject_type == "firm":
        return session.get(Firm, int(entry.subject_id))
    return session.get(Product, int(entry.subject_id))


def _must_be_as_read(product: Product, seen: datetime | None) -> None:
    if product.state != ProductState.PENDING:
        raise listing.NotNow()
    if product.submitted_at != seen:
        raise ChangedMeanwhile()


def _reason(text: str) -> str:
    if not (reason := text.strip()):
        raise verifying.ReasonNeeded()
    return reason


def _decide(session: Session, who: Caller, product: Product, action: str, to: ProductState, reason: str = "") -> None:
    listing.move(session, who, product, action, to, reason)
    letters.decided(session, product, action)
