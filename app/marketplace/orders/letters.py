"""Letters about an order: to the buyer and to every member of the firm, each in their own language."""

from collections.abc import Iterator

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Membership, Person
from app.i18n import force_locale, localized, money, number
from app.marketplace.orders.labels import state_name, what_happened, what_next
from app.marketplace.orders.models import Order, OrderEvent, OrderLine, OrderState, Side
from app.units import UNITS


def tell(session: Session, order: Order, event: OrderEvent, site: str) -> None:
    """Write to everybody concerned what happened, in the transaction in which it happens."""
    session.flush()
    for person, side in concerned(session, order):
        with force_locale(person.language):
            mail.write(
                session,
                dedup=f"order:{order.id}:{event.id}:{person.id}",
                recipient=person.email,
                language=person.language,
                subject=gettext("Order %(number)s: %(state)s", number=order.number, state=state_name(event.to_state)),
                body=_body(order, event, person, side, site),
            )


def concerned(session: Session, order: Order) -> Iterator[tuple[Person, Side]]:
    """The buyer and the members of the firm, without those who may not sign in any more."""
    members = select(Person).join(Membership, Membership.person_id == Person.id)
    members = members.where(Membership.firm_id == order.firm_id, Person.id != order.buyer_id).order_by(Person.id)
    people = [(session.get_one(Person, order.buyer_id), Side.BUYER)]
    people += [(person, Side.SELLER) for person in session.scalars(members)]
    return ((person, side) for person, side in people if person.disabled_at is None)


def _body(order: Order, event: OrderEvent, person: Person, side: Side, site: str) -> str:
    paragraphs = [
        gettext("Hello %(name)s,", name=person.name),
        what_happened(order, event.to_state),
        gettext("Reason: %(reason)s", reason=event.reason) if event.reason else "",
        "\n".join(map(_line, order.lines)),
        gettext("Total: %(total)s", total=money(order.price)),
        gettext("Handed over: %(incoterm)s %(gate)s", incoterm=order.incoterm, gate=localized(order.gate, "name")),
        _bank(order) if side == Side.BUYER and event.to_state == OrderState.CONFIRMED else "",
        what_next(order, side),
        gettext("See the order: %(url)s", url=f"{site}/{person.language}/orders/{order.number}"),
        gettext("Mộc Xa never holds money: the buyer pays the seller directly."),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _line(line: OrderLine) -> str:
    return gettext(
        "%(name)s: %(quantity)s %(unit)s × %(price)s = %(amount)s",
        name=localized(line, "name"),
        quantity=number(line.quantity),
        unit=localized(UNITS[line.unit], "name"),
        price=money(line.price),
        amount=money(line.sum),
    )


def _bank(order: Order) -> str:
    seller = order.seller
    if not seller.bank_account:
        return gettext("The firm gave no bank account here: ask it how to pay.")
    return gettext(
        "The firm's own account: %(account)s, %(holder)s, %(bank)s. Write %(number)s as the reason of the transfer.",
        account=seller.bank_account,
        holder=seller.bank_holder,
        bank=seller.bank_name,
        number=order.number,
    )
