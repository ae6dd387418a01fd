"""Placing an order: all or nothing, at the shown price, frozen."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.accounts.models import AuditEntry, Mail
from app.db import Session
from app.marketplace.orders import cart, place, stock
from app.marketplace.orders.basket import (
    BelowMinimum,
    GateNotOffered,
    NotAMultiple,
    NotForSale,
    OutOfStock,
    OwnGoods,
    PriceChanged,
)
from app.marketplace.orders.cart import Owner
from app.marketplace.orders.freezing import Contact
from app.marketplace.orders.models import Order, OrderGroup
from app.marketplace.orders.place import Item, KeyMissing, KeyUsed, NothingWanted, Placing, UnknownProduct
from app.reference.gates import GateClosed, NoSuchGate
from app.reference.models import Gate, Rate
from tests.marketplace.orders.conftest import placing, who


def refused(session, buyer, request: Placing, problem: type) -> dict:
    """The details of the problem; nothing may be left of the attempt."""
    with pytest.raises(problem) as caught, Session.begin() as own:
        place.place(own, who(own, buyer), "key", request)
    with Session() as after:
        assert after.scalar(select(func.count()).select_from(OrderGroup)) == 0
        assert after.scalar(select(func.count()).select_from(Mail)) == 0
    return caught.value.details


def test_an_order_reserves_its_stock_and_costs_price_times_quantity(make, order_of, fresh) -> None:
    product = make.product(prices=[("VND", "1", "25000"), ("VND", "50", "24000")])
    order = order_of(make.person(), (product, "60"))
    assert (order.total, order.currency, order.state) == (Decimal(1_440_000), "VND", "placed")
    assert (fresh(product).on_hand, fresh(product).reserved) == (100, 60)


@pytest.mark.parametrize(
    ("currency", "price", "quantity", "total"),
    [
        ("VND", "25001", "1.5", "37502"),  # 37,501.5: half a đồng goes up
        ("VND", "10800", "0.333", "3596"),  # 3,596.4
        ("KHR", "4101", "2.5", "10253"),  # 10,252.5
        ("USD", "0.99", "0.505", "0.50"),  # 0.49995
        ("USD", "1.25", "0.122", "0.15"),  # 0.1525
        ("USD", "12.35", "2.5", "30.88"),  # 30.875
    ],
)
def test_amounts_are_rounded_once_to_the_decimals_of_the_currency(
    make, order_of, currency, price, quantity, total
) -> None:
    product = make.product(
        prices=[(currency, "0.001", price)], unit="KGM", moq=Decimal("0.001"), multiple=Decimal("0.001")
    )
    order = order_of(make.person(), (product, quantity), currency=currency)
    assert (order.total, order.lines[0].amount) == (Decimal(total), Decimal(total))


def test_one_placing_becomes_one_order_for_each_firm_and_gate(make, order_of) -> None:
    both = make.product(gates=("moc-bai", "xa-mat"))
    same_firm = make.product(firm=both.firm)
    other_firm = make.product()
    orders = order_of(
        make.person(), (both, "1"), (same_firm, "2"), (both, "3", "xa-mat"), (other_firm, "4"), (both, "5")
    )
    found = [
        (order.firm_id, order.gate.slug, [(line.product_id, line.quantity) for line in order.lines])
        for order in orders
    ]
    assert found == [
        (both.firm_id, "moc-bai", [(both.id, 6), (same_firm.id, 2)]),
        (both.firm_id, "xa-mat", [(both.id, 3)]),
        (other_firm.firm_id, "moc-bai", [(other_firm.id, 4)]),
    ]
    assert len({order.group_id for order in orders}) == 1
    numbers = [order.number for order in orders]
    assert [int(number[-5:]) for number in numbers] == list(range(int(numbers[0][-5:]), int(numbers[0][-5:]) + 3))


def test_two_lines_of_one_product_share_its_stock(session, make) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"), on_hand=Decimal(10))
    request = placing((product, "6"), (product, "5", "xa-mat"))
    assert refused(session, make.person(), request, OutOfStock)["available"] == "10"


def test_a_short_product_is_named_with_what_is_left_and_the_other_lines_are_not_reserved(
    session, make, fresh
) -> None:
    plenty = make.product(on_hand=Decimal(100))
    short = make.product(name_vi="Muối tôm", on_hand=Decimal("15.5"), reserved=Decimal(5))
    details = refused(session, make.person(), placing((plenty, "10"), (short, "11")), OutOfStock)
    assert details == {
        "product_id": short.id, "name": "Muối tôm", "unit": "PK", "wanted": "11", "available": "10.5",
    }  # fmt: skip
    assert fresh(plenty).reserved == 0


@pytest.mark.parametrize(
    ("quantity", "problem"), [("9", BelowMinimum), ("12", NotAMultiple), ("10.001", NotAMultiple)]
)
def test_minimum_and_multiple_are_kept(session, make, quantity, problem) -> None:
    product = make.product(moq=Decimal(10), multiple=Decimal(5))
    refused(session, make.person(), placing((product, quantity)), problem)


def test_a_product_withdrawn_meanwhile_is_refused(session, make) -> None:
    refused(session, make.person(), placing((make.product(state="withdrawn"), "1")), NotForSale)


def test_goods_of_a_firm_suspended_meanwhile_are_refused(session, make) -> None:
    product = make.product(firm=make.firm(state="suspended"))
    refused(session, make.person(), placing((product, "1")), NotForSale)


def test_a_firm_suspended_between_reading_and_reserving_is_refused(session, make) -> None:
    product = make.product(firm=make.firm(state="suspended"))
    with pytest.raises(NotForSale), Session.begin() as own:
        stock.reserve(own, {product.id: Decimal(1)})


def test_a_draft_is_no_product_to_others(session, make) -> None:
    draft = make.product(state="draft", published_at=None)
    assert refused(session, make.person(), placing((draft, "1")), UnknownProduct) == {"product_id": draft.id}


def test_a_gate_where_the_firm_does_not_hand_over_is_refused(session, make) -> None:
    request = placing((make.product(gates=("xa-mat",)), "1"))
    assert refused(session, make.person(), request, GateNotOffered)["gate"] == "Mộc Bài"


def test_a_closed_gate_is_refused(session, make) -> None:
    product = make.product()
    gate = session.scalars(select(Gate).where(Gate.slug == "moc-bai")).one()
    gate.status = "closed"
    session.commit()
    try:
        refused(session, make.person(), placing((product, "1")), GateClosed)
    finally:
        gate.status = "open"
        session.commit()


def test_an_unknown_gate_is_refused(session, make) -> None:
    refused(session, make.person(), placing((make.product(), "1", "nowhere")), NoSuchGate)


def test_nobody_orders_from_the_own_firm(session, make) -> None:
    product = make.product()
    refused(session, make.member(product.firm), placing((product, "1")), OwnGoods)


def test_nothing_cannot_be_ordered(session, make) -> None:
    refused(session, make.person(), Placing("VND", ()), NothingWanted)


def test_nobody_is_charged_another_price_than_was_shown(session, make) -> None:
    product = make.product(prices=[("USD", "1", "1.25")])
    request = Placing("USD", (Item(product.id, "moc-bai", Decimal(2), Decimal("1.20")),))
    details = refused(session, make.person(), request, PriceChanged)
    assert (details["product_id"], details["was"], details["now"]) == (product.id, "1.20 USD", "1.25 USD")


def test_the_shown_price_is_charged_when_it_still_holds(session, make) -> None:
    product = make.product(prices=[("USD", "1", "1.25")])
    request = Placing("USD", (Item(product.id, "moc-bai", Decimal(2), Decimal("1.25")),))
    assert place.place(session, who(session, make.person()), "key", request).orders[0].total == Decimal("2.50")


def test_later_changes_of_product_and_firm_do_not_reach_the_order(session, make, order_of, fresh) -> None:
    firm = make.firm(name_vi="Muối Gò Dầu", bank_name="Agribank", bank_account="123", bank_holder="MUOI GO DAU")
    product = make.product(firm=firm, name_vi="Muối tôm", name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    order = order_of(make.person(), (product, "2"))
    product.name_vi, product.prices[0].amount, product.hs_code = "Khác", Decimal(99000), "01012100"
    firm.bank_account, firm.name_vi = "999", "Khác"
    session.commit()
    kept = fresh(order)
    assert (kept.lines[0].name_vi, kept.lines[0].name_en, kept.lines[0].hs_code) == (
        "Muối tôm", "Shrimp salt", "19059070",
    )  # fmt: skip
    assert (kept.lines[0].unit_price, kept.total) == (Decimal(32000), Decimal(64000))
    assert (kept.seller.bank_account, kept.seller.name_vi) == ("123", "Muối Gò Dầu")


def test_the_order_keeps_the_rates_it_was_converted_with(session, make, order_of) -> None:
    product = make.product(prices=[("VND", "1", "25000")])
    order = order_of(make.person(), (product, "10"), currency="USD")
    kept = order.rates["USD/VND"]
    rate = session.get(Rate, kept["id"])
    assert (kept["day"], Decimal(kept["rate"]), kept["source"]) == (rate.day.isoformat(), rate.rate, rate.source)
    unit = round(Decimal(25000) / rate.rate, 2)
    assert (order.lines[0].unit_price, order.total) == (unit, unit * 10)


def test_the_contact_of_the_checkout_is_on_the_order_and_else_that_of_the_account(session, make, order_of) -> None:
    product = make.product()
    sok = make.person(name="Sok", phone="+85512345678", country="KH", language="km")
    own = order_of(sok, (product, "1")).buyer_facts
    assert own == {
        "email": sok.email, "language": "km", "name": "Sok", "phone": "+85512345678", "country": "KH",
        "company": "", "address": "",
    }  # fmt: skip
    given = order_of(sok, (product, "1"), contact=Contact("Dara", "+85599", "KH", "Dara Co."))
    assert (given.buyer.name, given.buyer.company, given.buyer.email) == ("Dara", "Dara Co.", sok.email)


def test_each_seller_reads_only_the_note_that_is_for_it(make, order_of) -> None:
    one, two = make.product(), make.product()
    first, second = order_of(make.person(), (one, "1"), (two, "1"), notes={f"{one.firm_id}/moc-bai": "Pack dry"})
    assert (first.note, second.note) == ("Pack dry", "")


def test_the_next_step_is_due_in_two_days(make, order_of) -> None:
    order = order_of(make.person(), (make.product(lead_days=5), "1"))
    assert (order.act_by - order.created).days == 2
    assert order.lead_days == 5


def test_placing_is_in_the_audit_log_and_in_the_history(session, make, order_of) -> None:
    buyer = make.person()
    order = order_of(buyer, (make.product(), "2"))
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id, entry.actor) == ("order.placed", str(order.id), buyer.email)
    assert entry.after == {"state": "placed", "number": order.number, "total": "50000 VND"}
    assert [(event.side, event.to_state) for event in order.events] == [("buyer", "placed")]


def test_what_was_ordered_leaves_the_cart_and_the_rest_stays(session, make, order_of) -> None:
    one, two, buyer = make.product(), make.product(), make.person()
    for product in (one, two):
        cart.add(session, Owner(buyer.id), product.id, "moc-bai", Decimal(1), "VND")
    session.commit()
    order_of(buyer, (one, "1"))
    session.expire_all()
    assert [line.product_id for line in cart.lines_of(session, Owner(buyer.id))] == [two.id]


@pytest.mark.parametrize("key", ["", "k" * 256, "khóa", "a\nb"])
def test_a_key_that_cannot_be_kept_is_refused(session, make, key) -> None:
    with pytest.raises(KeyMissing):
        place.place(session, who(session, make.person()), key, placing((make.product(), "1")))


def test_the_same_key_again_gives_the_same_order_and_reserves_nothing_more(make, order_of, fresh) -> None:
    product, buyer = make.product(), make.person()
    first = order_of(buyer, (product, "5"), key="once")
    again = order_of(buyer, (product, "5.000"), key="once")
    assert (again.id, fresh(product).reserved) == (first.id, 5)


def test_the_same_key_with_other_contents_is_refused_and_names_the_order(session, make, order_of) -> None:
    product, buyer = make.product(), make.person()
    order = order_of(buyer, (product, "5"), key="once")
    with pytest.raises(KeyUsed) as caught:
        place.place(session, who(session, buyer), "once", placing((product, "6")))
    assert caught.value.details == {"numbers": order.number}


def test_two_buyers_may_use_the_same_key(make, order_of) -> None:
    product = make.product()
    first = order_of(make.person(), (product, "5"), key="once")
    assert order_of(make.person(), (product, "5"), key="once").id != first.id


def test_a_key_whose_order_failed_can_be_used_again(session, make, order_of) -> None:
    product, buyer = make.product(on_hand=Decimal(3)), make.person()
    refused(session, buyer, placing((product, "5")), OutOfStock)
    product.on_hand = Decimal(5)
    session.commit()
    assert order_of(buyer, (product, "5"), key="key").total == Decimal(125000)


def test_numbers_count_up_within_the_month(session, make, order_of) -> None:
    product, buyer = make.product(), make.person()
    numbers = [order_of(buyer, (product, "1")).number for _ in range(3)]
    month = session.scalars(select(Order.created).limit(1)).one()
    assert [number[:8] for number in numbers] == [f"MX-{month:%y%m}-"] * 3
    assert [int(number[8:]) for number in numbers] == [1, 2, 3]
