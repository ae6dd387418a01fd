"""Taking the demonstration shop away: its rows go entirely, with what hangs on them, and so do its photos."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Attempt, AuditEntry, Mail, Person
from app.db import now
from app.jobs import Outbox
from app.marketplace.catalogue import version
from app.marketplace.catalogue.models import Photo, Product, ProductGate
from app.marketplace.catalogue.photos import forget_unused
from app.marketplace.firms.models import Firm
from app.marketplace.orders.models import Cart, CartLine, Order, OrderEvent, OrderGroup, OrderLine

DOMAIN = "@demo.example"


def remove(session: Session, settings: Mapping[str, Any]) -> None:
    """Delete everything of demonstration people and firms; categories stay, as they serve real firms too."""
    people = select(Person.id).where(Person.demo)
    firms = select(Firm.id).where(Firm.demo)
    products = select(Product.id).where(Product.firm_id.in_(firms))
    _remove_orders(session, people, firms)
    session.execute(delete(CartLine).where(CartLine.product_id.in_(products)))
    session.execute(delete(Cart).where(Cart.person_id.in_(people)))
    _remove_records(session, people, firms, products)
    session.execute(delete(Photo).where(Photo.product_id.in_(products)))
    session.execute(delete(ProductGate).where(ProductGate.product_id.in_(products)))
    session.execute(delete(Product).where(Product.firm_id.in_(firms)))
    session.execute(delete(Person).where(Person.demo))
    session.execute(delete(Firm).where(Firm.demo))
    version.renew(session)
    forget_unused(session, Path(settings["DATA_DIR"]) / "photos", now())


def _remove_orders(session: Session, people: Select[int], firms: Select[int]) -> None:
    """Also what a real person ordered from an invented firm: it was never more than a trial."""
    orders = select(Order.id).where(or_(Order.buyer_id.in_(people), Order.firm_id.in_(firms)))
    for child in (OrderEvent, OrderLine):
        session.execute(delete(child).where(child.order_id.in_(orders)))
    session.execute(delete(Order).where(or_(Order.buyer_id.in_(people), Order.firm_id.in_(firms))))
    emptied = OrderGroup.buyer_id.in_(people) | ~select(Order.id).where(Order.group_id == OrderGroup.id).exists()
    session.execute(delete(OrderGroup).where(emptied))


def _remove_records(session: Session, people: Select[int], firms: Select[int], products: Select[int]) -> None:
    """The audit log, letters and throttle counts."""
    from_them = or_(
        AuditEntry.person_id.in_(people), AuditEntry.actor.endswith(DOMAIN), AuditEntry.firm_id.in_(firms)
    )
    session.execute(delete(AuditEntry).where(from_them))
    for table, ids in (("person", people), ("firm", firms), ("product", products)):
        about = session.scalars(ids).all()
        session.execute(
            delete(AuditEntry).where(AuditEntry.subject_type == table, AuditEntry.subject_id.in_(map(str, about)))
        )
    _remove_letters(session)
    session.execute(delete(Attempt).where(Attempt.key.endswith(DOMAIN)))


def _remove_letters(session: Session) -> None:
    """Letters to demonstration people, with the work of sending them."""
    letters = set(session.scalars(select(Mail.id).where(Mail.recipient.endswith(DOMAIN))))
    deeds = session.execute(select(Outbox.id, Outbox.payload).where(Outbox.kind == "send_mail"))
    to_them = [id_ for id_, payload in deeds if payload["mail_id"] in letters]
    session.execute(delete(Outbox).where(Outbox.id.in_(to_them)))
    session.execute(delete(Mail).where(Mail.id.in_(letters)))
