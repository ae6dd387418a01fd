"""Demonstration orders at every step of the way, placed and moved by the same verbs as real ones, then dated back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.accounts.who import Caller
from app.db import now
from app.marketplace.catalogue.models import Product
from app.marketplace.orders import moving, place
from app.marketplace.orders.freezing import Contact
from app.marketplace.orders.models import Order, OrderState, Side
from app.marketplace.orders.place import Item, Placing

S = OrderState
TO_THE_GATE = (S.CONFIRMED, S.READY, S.AT_GATE)
DELIVERED = (*TO_THE_GATE, S.HANDED_OVER)
CONTACT = Contact(
    "Sok Dara (demo)", "+855 00 000 000", "KH", company="Dara Trading (demo)", address="Bavet, Svay Rieng"
)


@dataclass(frozen=True, slots=True)
class Story:
    """What was ordered how many days ago, and how far it came; `reason` for the last step if it needs one."""

    days: int
    currency: str
    gate: str
    items: tuple[tuple[str, str], ...]
    steps: tuple[OrderState, ...] = ()
    reason: str = ""
    paid: bool = False


STORIES = (
    Story(40, "USD", "moc-bai", (("TN-001", "1000"), ("TN-005", "192")), (*DELIVERED, S.COMPLETED), paid=True),
    Story(26, "KHR", "moc-bai", (("TN-002", "600"),), (S.REFUSED,), "Hết nguyên liệu, tuần sau mới có hàng (mẫu)."),
    Story(15, "USD", "xa-mat", (("TN-006", "600"),), DELIVERED, paid=True),
    Story(9, "VND", "moc-bai", (("DM-001", "20"),), (S.CONFIRMED, S.CANCELLED), "អតិថិជនប្តូរចិត្ត (គំរូ)។"),
    Story(6, "KHR", "moc-bai", (("TN-003", "1000"), ("TN-001", "200")), TO_THE_GATE, paid=True),
    Story(4, "USD", "moc-bai", (("TN-008", "2000"),), (S.CONFIRMED, S.READY)),
    Story(2, "VND", "xa-mat", (("TN-005", "384"),), (S.CONFIRMED,)),
    Story(1, "KHR", "moc-bai", (("TN-002", "900"), ("DM-001", "5"))),
    Story(0, "USD", "moc-bai", (("TN-001", "400"),)),
    Story(0, "USD", "xa-mat", (("TN-029", "40"), ("TN-038", "680.4"))),
)  # fmt: skip


def add_orders(session: Session, people: Mapping[str, Person], products: Mapping[str, Product]) -> None:
    """Tell each story through the verbs. The seller acts for the first product's firm, which sells most of it."""
    buyer = _caller(people["buyer@demo.example"])
    seller = _caller(people["seller@demo.example"], products["DM-001"].firm_id)
    for number, story in enumerate(STORIES, start=1):
        items = tuple(Item(products[sku].id, story.gate, Decimal(quantity)) for sku, quantity in story.items)
        group = place.place(session, buyer, f"demo-{number}", Placing(story.currency, items, CONTACT))
        for order in group.orders:
            _tell(session, story, order, buyer, seller)


def _tell(session: Session, story: Story, order: Order, buyer: Caller, seller: Caller) -> None:
    for step in story.steps:
        if step == S.HANDED_OVER and story.paid:
            moving.say_paid(session, buyer, order.number, reference="DEMO")
        who = seller if order.side_for(step, {Side.SELLER}) and step != S.CANCELLED else buyer
        moving.move(session, who, order.number, step, reason=story.reason if step == story.steps[-1] else "")
    _date_back(order, story.days)


def _date_back(order: Order, days: int) -> None:
    """Spread the steps over the days since it was placed; what is due next is due from the last step on."""
    order.created = now() - timedelta(days=days, hours=3)
    for place_, event in enumerate(order.events):
        event.at = order.created + timedelta(days=days * place_ / max(1, len(order.events)), minutes=7 * place_)


def _caller(person: Person, firm_id: int | None = None) -> Caller:
    roles = frozenset(row.role for row in person.roles)
    return Caller(person.id, person.email, person.name, roles=roles, firm_id=firm_id)
