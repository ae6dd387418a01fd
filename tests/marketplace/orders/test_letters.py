"""Letters about orders, each in the reader's language."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Mail
from app.db import now
from app.jobs import Outbox
from app.marketplace.orders import moving, place
from app.marketplace.orders.basket import OutOfStock
from app.marketplace.orders.models import OrderState
from tests.marketplace.orders.conftest import placing, who

S = OrderState


def letters(session) -> list[Mail]:
    return list(session.scalars(select(Mail).order_by(Mail.id)))


@pytest.fixture(autouse=True)
def request_of_a_buyer(web_app):
    """Somebody reading Khmer presses the buttons; each letter has its own reader's language."""
    with web_app.test_request_context("/km/checkout"):
        yield


@pytest.fixture
def deal(make):
    firm = make.firm(name_vi="Muối Gò Dầu", bank_name="Agribank", bank_account="5500123", bank_holder="MUOI GO DAU")
    product = make.product(firm=firm, name_vi="Muối tôm", name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    buyer = make.person(name="Sok Dara", language="km")
    seller = make.member(firm, name="Nguyễn Thị Mẫu", language="vi")
    return product, buyer, seller


def test_buyer_and_members_are_told_of_a_placed_order_in_their_own_language(session, deal, make, order_of) -> None:
    product, buyer, seller = deal
    staff = make.member(product.firm, role="staff", language="en")
    order = order_of(buyer, (product, "50"))
    found = {mail.recipient: mail for mail in letters(session)}
    assert found.keys() == {buyer.email, seller.email, staff.email}
    assert [found[person.email].language for person in (buyer, seller, staff)] == ["km", "vi", "en"]
    assert all(order.number in mail.subject for mail in found.values())
    assert "Muối tôm" in found[seller.email].body
    assert "Shrimp salt" in found[staff.email].body
    queued = session.scalars(select(Outbox.payload).where(Outbox.kind == "send_mail"))
    assert {row["mail_id"] for row in queued} == {mail.id for mail in found.values()}


def test_numbers_in_a_letter_are_written_as_its_reader_writes_them(session, make, order_of) -> None:
    product = make.product(prices=[("VND", "1", "32000")])
    make.member(product.firm, language="vi")
    make.member(product.firm, language="en", role="staff")
    order_of(make.person(language="km"), (product, "50"))
    by_language = {mail.language: mail.body for mail in letters(session)}
    assert "1.600.000\u00a0₫" in by_language["vi"]
    assert "1,600,000\u00a0₫" in by_language["en"]
    assert "1,600,000\u00a0₫" in by_language["km"]


def test_every_step_is_told_once_to_everybody_concerned(session, deal, order_of, walk) -> None:
    product, buyer, seller = deal
    order = order_of(buyer, (product, "5"))
    walk(order, buyer, seller, S.COMPLETED)
    found = letters(session)
    assert len(found) == 2 * 6
    assert len({mail.dedup for mail in found}) == 2 * 6
    assert {mail.recipient for mail in found} == {buyer.email, seller.email}


def test_the_reason_is_in_the_letter_and_the_account_only_in_the_one_to_the_buyer(session, deal, order_of) -> None:
    product, buyer, seller = deal
    order = order_of(buyer, (product, "5"))
    moving.move(session, who(session, seller), order.number, S.CONFIRMED)
    confirmed = {mail.recipient: mail.body for mail in letters(session)[-2:]}
    assert "5500123" in confirmed[buyer.email]
    assert "5500123" not in confirmed[seller.email]
    moving.move(session, who(session, seller), order.number, S.CANCELLED, reason="The truck broke down")
    assert all("The truck broke down" in mail.body for mail in letters(session)[-2:])


def test_a_letter_leads_to_the_order_in_the_readers_language(session, deal, order_of) -> None:
    product, buyer, seller = deal
    order = order_of(buyer, (product, "5"))
    moving.move(session, who(session, seller), order.number, S.CONFIRMED, site="https://mocxa.example")
    links = {mail.language: re.findall(r"https?://\S+", mail.body) for mail in letters(session)[-2:]}
    assert links == {
        "km": [f"https://mocxa.example/km/orders/{order.number}"],
        "vi": [f"https://mocxa.example/vi/orders/{order.number}"],
    }


def test_who_may_not_sign_in_any_more_gets_no_letter(session, make, deal, order_of) -> None:
    product, buyer, seller = deal
    seller.disabled_at = now()
    session.commit()
    order_of(buyer, (product, "5"))
    assert [mail.recipient for mail in letters(session)] == [buyer.email]


def test_nothing_is_told_of_an_order_that_failed(session, make, deal) -> None:
    product, buyer, _ = deal
    with pytest.raises(OutOfStock):
        place.place(session, who(session, buyer), "k", placing((product, "101")))
    session.rollback()
    assert letters(session) == []
