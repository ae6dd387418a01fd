"""The version of the catalogue: a token that is new after every commit that changes what buyers see.

What was computed from the catalogue may be kept as long as the token is the same. Stock changes with every order and
is not part of it; only what is sold out is read beside it.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, event, func, insert, inspect, select, update
from sqlalchemy.orm import Session

from app import db
from app.db import affected
from app.marketplace.catalogue.models import (
    SOLD_OUT,
    CatalogueVersion,
    Category,
    Certificate,
    Photo,
    PriceStep,
    Product,
    ProductState,
)
from app.marketplace.firms.models import Firm
from app.reference.models import Gate, Rate

WATCHED = (Product, PriceStep, Photo, Certificate, Category, Firm, Gate)
UNSEEN = frozenset({"on_hand", "reserved", "updated"})


_CURRENT = select(
    select(CatalogueVersion.token).scalar_subquery(),
    select(func.max(Rate.id)).scalar_subquery(),
    select(func.aggregate_strings(cast(Product.id, String), " "))
    .where(Product.state == ProductState.PUBLISHED, SOLD_OUT)
    .scalar_subquery(),
)


@dataclass(frozen=True, slots=True)
class Version:
    """What the catalogue and the rates were when this was read. Rates are only ever added, so the last id tells.

    `sold_out` are the ids of published products with less left than the smallest order, in words.
    """

    catalogue: str | None
    last_rate: int | None
    sold_out: str | None


def current(session: Session) -> Version:
    """The present version, in one small query."""
    return Version(*session.connection().execute(_CURRENT).one())


def renew(session: Session) -> None:
    """Give the catalogue a new version when this transaction commits; ORM changes are noticed by themselves."""
    session.info["catalogue_changed"] = True


@event.listens_for(db.Session, "after_flush")
def _notice(session: Session, _context: Any) -> None:
    for thing in (*session.new, *session.deleted):
        if isinstance(thing, WATCHED):
            return renew(session)
    for thing in session.dirty:
        if isinstance(thing, WATCHED) and _seen_changes(thing):
            return renew(session)
    return None


@event.listens_for(db.Session, "before_commit")
def _write(session: Session) -> None:
    # The last statement of the transaction: whoever waits for this row waits for nobody else.
    session.flush()
    if session.info.pop("catalogue_changed", False):
        token = secrets.token_hex(8)
        if not affected(session, update(CatalogueVersion).values(token=token)):
            session.execute(insert(CatalogueVersion).values(id=1, token=token))


def _seen_changes(thing: Any) -> bool:
    return any(attribute.history.has_changes() for attribute in inspect(thing).attrs if attribute.key not in UNSEEN)
