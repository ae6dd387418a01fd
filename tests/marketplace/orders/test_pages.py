"""Cart, checkout and orders as people see them."""

import html
import re
from decimal import Decimal

import pytest
from sqlalchemy import event, func, select

from app.accounts import passwords
from app.db import Session
from app.marketplace.orders import cart, moving
from app.marketplace.orders.cart import Owner
from app.marketplace.orders.models import Cart, CartLine, Order, OrderState
from tests.marketplace.orders.conftest import who

S = OrderState
CONTACT = {"name": "Sok Dara", "phone": "+855 12 345 678", "country": "KH", "company": "", "address": ""}


def text_of(answer) -> str:
    """What a reader reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer, name: str) -> list[str]:
    return [
        html.unescape(value) for value in re.findall(rf'type="hidden" name="{name}" value="([^"]*)"', answer.text)
    ]


def put(client, product, quantity="5", gate="moc-bai", lang="en"):
    form = {"product_id": product.id, "quantity": quantity, "gate": gate}
    return client.post(f"/{lang}/cart/lines", data=form, follow_redirects=True)


def checkout_form(client, lang="en", **changes) -> dict:
    page = client.get(f"/{lang}/checkout")
    form = {name: hidden(page, name)[0] for name in ("key", "currency")} | CONTACT
    return form | {"lines": hidden(page, "lines")} | changes


def orders() -> list[Order]:
    """Read apart, since a session that has read holds the one writer of SQLite."""
    with Session() as other:
        return list(other.scalars(select(Order).order_by(Order.id)))


def in_cart(owner: Owner) -> list[CartLine]:
    with Session() as other:
        return cart.lines_of(other, owner)


# --- cart ------------------------------------------------------------------------------------------


def test_a_visitor_fills_a_cart_without_an_account(session, client, make) -> None:
    product = make.product(name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    page = put(client, product, "5")
    assert page.request.path == "/en/cart"
    assert "“Shrimp salt” is in your cart." in text_of(page)
    assert "160,000 ₫" in text_of(page)
    cookie = client.get_cookie("cart")
    assert cookie.http_only and cookie.same_site == "Lax" and len(cookie.value) >= 32
    assert session.scalars(select(Cart.token_hash)).one() == cart.hashed(cookie.value)
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_empty_cart_says_where_to_go(client) -> None:
    page = client.get("/en/cart")
    assert "Your cart is empty" in text_of(page)
    assert client.get_cookie("cart") is None


def test_a_quantity_is_read_as_the_language_writes_it(session, client, make) -> None:
    product = make.product(unit="KGM", multiple=Decimal("0.5"), on_hand=Decimal(5000))
    put(client, product, "1.250,5", lang="vi")
    cookie = client.get_cookie("cart").value
    assert [line.quantity for line in in_cart(Owner(token=cookie))] == [Decimal("1250.5")]


@pytest.mark.parametrize("quantity", ["", "many", "-1", "0", "1.0005"])
def test_a_wrong_quantity_leads_back_with_a_sentence(session, client, make, quantity) -> None:
    product = make.product()
    form = {"product_id": product.id, "quantity": quantity, "gate": "moc-bai"}
    answer = client.post("/en/cart/lines", data=form, headers={"Referer": "http://localhost/en/cart?from=product"})
    assert (answer.status_code, answer.location) == (303, "/en/cart?from=product")
    assert session.scalar(select(func.count()).select_from(Cart)) == 0
    assert 'class="notice notice-bad"' in client.get("/en/cart").text


def test_a_form_cannot_lead_to_another_site(client, make) -> None:
    form = {"product_id": make.product().id, "quantity": "x", "gate": "moc-bai"}
    answer = client.post("/en/cart/lines", data=form, headers={"Referer": "https://evil.example/en/cart"})
    assert answer.location == "/en/cart"


def test_a_line_is_changed_and_removed(session, client, make) -> None:
    put(client, make.product(name_en="Shrimp salt", prices=[("VND", "1", "1000")]), "5")
    owner = Owner(token=client.get_cookie("cart").value)
    line = in_cart(owner)[0].id
    page = client.post(f"/en/cart/lines/{line}", data={"quantity": "7", "gate": "moc-bai"}, follow_redirects=True)
    assert "7,000 ₫" in text_of(page)
    page = client.post(f"/en/cart/lines/{line}", data={"quantity": "seven", "gate": "moc-bai"})
    assert page.status_code == 422
    assert 'value="seven"' in page.text and "Give a number." in text_of(page)
    page = client.post(f"/en/cart/lines/{line}/remove", follow_redirects=True)
    assert "“Shrimp salt” was taken out of your cart." in text_of(page)
    assert client.post(f"/en/cart/lines/{line}/remove").status_code == 404


def test_a_line_that_cannot_be_ordered_says_why_and_bars_the_checkout(client, sign_in, make) -> None:
    put(client, make.product(name_en="Shrimp salt", moq=Decimal(10)), "5")
    page = client.get("/en/cart")
    assert "Order at least 10 pack of “Shrimp salt”." in text_of(page)
    assert "/en/checkout" not in page.text
    sign_in(client, make.person())
    assert client.get("/en/checkout").location == "/en/cart"


def test_the_header_counts_the_lines_and_asks_nothing_for_strangers(engine, client, make) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    client.get("/en/sign-in")
    assert [statement for statement in asked if "cart" in statement] == []
    put(client, make.product())
    put(client, make.product())
    assert '<span class="count">2</span>' in client.get("/en/sign-in").text


# --- checkout --------------------------------------------------------------------------------------


def test_a_visitor_signs_in_first_and_the_cart_comes_along(client, make) -> None:
    product = make.product(name_en="Shrimp salt")
    buyer = make.person(password_hash=passwords.digest("a long enough password"))
    put(client, product, "5")
    answer = client.get("/en/checkout")
    assert (answer.status_code, answer.location) == (303, "/en/sign-in?next=/en/checkout")
    form = {"email": buyer.email, "password": "a long enough password", "next": "/en/checkout"}
    page = client.post("/en/sign-in", data=form, follow_redirects=True)
    assert page.request.path == "/en/checkout"
    assert "Shrimp salt 5 pack" in text_of(page)
    assert [line.product_id for line in in_cart(Owner(buyer.id))] == [product.id]


def test_the_checkout_shows_exactly_what_is_charged_and_places_it(session, client, sign_in, make, fresh) -> None:
    firm = make.firm(name_vi="Muối Gò Dầu")
    product = make.product(firm=firm, name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    put(sign_in(client, make.person()), product, "5")
    page = client.get("/en/checkout")
    assert "Shrimp salt 5 pack 32,000 ₫ 160,000 ₫" in text_of(page)
    note = {f"note-{firm.id}-moc-bai": "Pack dry, please"}
    placed = client.post("/en/checkout", data=checkout_form(client) | note)
    order = orders()[0]
    assert (placed.status_code, placed.location) == (303, f"/en/orders/{order.number}")
    assert (order.total, order.currency, order.note) == (Decimal(160_000), "VND", "Pack dry, please")
    assert (order.buyer.name, order.buyer.phone, order.buyer.country) == ("Sok Dara", "+855 12 345 678", "KH")
    assert fresh(product).reserved == 5
    assert "Your order was placed." in text_of(client.get(placed.location))
    assert "Your cart is empty" in text_of(client.get("/en/cart"))


def test_two_firms_become_two_orders_shown_together(session, client, sign_in, make) -> None:
    sign_in(client, make.person())
    put(client, make.product())
    put(client, make.product())
    placed = client.post("/en/checkout", data=checkout_form(client))
    assert placed.location == f"/en/orders?group={orders()[0].group_id}"
    page = client.get(placed.location)
    assert all(order.number in page.text for order in orders())


def test_a_double_click_makes_one_order(session, client, sign_in, make, fresh) -> None:
    product = make.product()
    put(sign_in(client, make.person()), product)
    form = checkout_form(client)
    first, second = client.post("/en/checkout", data=form), client.post("/en/checkout", data=form)
    assert (first.location, second.status_code) == (second.location, 303)
    assert (len(orders()), fresh(product).reserved) == (1, 5)


def test_going_back_and_sending_another_form_with_the_same_key_orders_nothing(session, client, sign_in, make) -> None:
    put(sign_in(client, make.person()), make.product())
    form = checkout_form(client)
    client.post("/en/checkout", data=form)
    again = client.post("/en/checkout", data=form | {"company": "Other Co."}, follow_redirects=True)
    assert f"became order {orders()[0].number}. Nothing was ordered again." in text_of(again)
    assert len(orders()) == 1


def test_a_price_that_changed_since_the_page_was_shown_is_not_charged(session, client, sign_in, make) -> None:
    product = make.product(name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    put(sign_in(client, make.person()), product)
    form = checkout_form(client)
    product.prices[0].amount = Decimal(35000)
    session.commit()
    page = client.post("/en/checkout", data=form)
    assert (page.status_code, orders()) == (409, [])
    assert "The price of “Shrimp salt” was 32,000 ₫ and is now 35,000 ₫." in text_of(page)
    assert hidden(page, "lines") == [f"{product.id} moc-bai 5 35000"]
    assert 'value="+855 12 345 678"' in page.text
    assert client.post("/en/checkout", data=form | {"lines": hidden(page, "lines")}).status_code == 303


def test_goods_that_were_sold_meanwhile_lead_back_to_the_cart(session, client, sign_in, make) -> None:
    product = make.product(name_en="Shrimp salt")
    put(sign_in(client, make.person()), product)
    form = checkout_form(client)
    product.reserved = Decimal(97)
    session.commit()
    page = client.post("/en/checkout", data=form, follow_redirects=True)
    assert (page.request.path, orders()) == ("/en/cart", [])
    assert "Only 3 pack of “Shrimp salt” are left." in text_of(page)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"country": "Laos"}, "country"),
    ],
)
def test_a_missing_contact_is_told_beside_its_field_and_the_rest_stays(
    session, client, sign_in, make, change, field
) -> None:
    put(sign_in(client, make.person()), make.product())
    page = client.post("/en/checkout", data=checkout_form(client) | {"company": "Dara Co."} | change)
    assert (page.status_code, orders()) == (422, [])
    assert f'id="f-{field}-error"' in page.text
    assert 'value="Dara Co."' in page.text


def test_a_damaged_form_orders_nothing(session, client, sign_in, make) -> None:
    put(sign_in(client, make.person()), make.product())
    for lines in (["1"], ["a b c d"], ["1 moc-bai -5 1"], []):
        page = client.post("/en/checkout", data=checkout_form(client, lines=lines))
        assert (page.status_code, orders()) == (422, [])


def test_the_contact_of_the_last_order_is_there_next_time(client, sign_in, make) -> None:
    sign_in(client, make.person(name="Account Name", phone="+84 900"))
    put(client, make.product())
    assert 'value="Account Name"' in client.get("/en/checkout").text
    client.post("/en/checkout", data=checkout_form(client))
    put(client, make.product())
    assert 'value="Sok Dara"' in client.get("/en/checkout").text


def test_the_order_is_in_the_chosen_currency(session, client, sign_in, make) -> None:
    product = make.product(prices=[("VND", "1", "32000"), ("USD", "1", "1.25")])
    client.set_cookie("currency", "USD")
    put(sign_in(client, make.person()), product)
    client.post("/en/checkout", data=checkout_form(client))
    assert (orders()[0].currency, orders()[0].total) == ("USD", Decimal("6.25"))


# --- orders ----------------------------------------------------------------------------------------


@pytest.fixture
def deal(make, order_of):
    firm = make.firm(name_vi="Muối Gò Dầu", bank_name="Agribank", bank_account="5500123", bank_holder="MUOI GO DAU")
    product = make.product(firm=firm, name_en="Shrimp salt", prices=[("VND", "1", "32000")])
    buyer, seller = make.person(name="Sok Dara"), make.member(firm)
    return order_of(buyer, (product, "5")), buyer, seller


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_every_page_comes_in_every_language(client, sign_in, make, deal, lang) -> None:
    order, buyer, seller = deal
    for person, paths in (
        (buyer, ("cart", "orders", f"orders/{order.number}")),
        (seller, ("seller/orders", f"orders/{order.number}")),
        (make.person("moderator"), ("moderation/orders", f"orders/{order.number}")),
    ):
        sign_in(client, person)
        for path in paths:
            page = client.get(f"/{lang}/{path}")
            assert page.status_code == 200
            assert f'<html lang="{lang}"' in page.text


@pytest.mark.parametrize(
    ("state", "buyers", "sellers"),
    [
        (S.PLACED, "Muối Gò Dầu should confirm by", "Confirm or refuse this order by"),
        (
            S.CONFIRMED,
            "Muối Gò Dầu is preparing the goods, to be ready by",
            "Prepare the goods and mark them ready by",
        ),
        (S.READY, "Muối Gò Dầu brings them to Moc Bai by", "Bring the goods to Moc Bai by"),
        (
            S.AT_GATE,
            "The goods are at Moc Bai. Check and receive them by",
            "Hand the goods over to Sok Dara at Moc Bai by",
        ),
        (S.HANDED_OVER, "complete the order by", "Sok Dara should complete the order by"),
        (S.COMPLETED, "There is nothing more to do.", "There is nothing more to do."),
    ],
)
def test_each_side_reads_on_top_what_it_is_to_do_next(client, sign_in, deal, walk, state, buyers, sellers) -> None:
    order, buyer, seller = deal
    walk(order, buyer, seller, state)
    for person, sentence in ((buyer, buyers), (seller, sellers)):
        page = sign_in(client, person).get(f"/en/orders/{order.number}")
        top = re.search(r'<p class="notice next.*?</p>', page.text, re.S).group()
        assert sentence in html.unescape(top)


def test_an_overdue_order_says_so_to_both_sides(session, client, sign_in, deal) -> None:
    order, buyer, seller = deal
    order.act_by = order.created
    session.commit()
    for person in (buyer, seller):
        assert "Overdue." in text_of(sign_in(client, person).get(f"/en/orders/{order.number}"))


def test_the_page_has_goods_gate_account_and_both_parties(client, sign_in, deal) -> None:
    order, buyer, _ = deal
    text = text_of(sign_in(client, buyer).get(f"/en/orders/{order.number}"))
    for words in (
        "Shrimp salt 19059070 5 pack 32,000 ₫ 160,000 ₫",
        "FCA Moc Bai International Border Gate",
        "Account 5500123",
        f"Reason of the transfer {order.number}",
        "Mộc Xa never holds money",
        "Seller Muối Gò Dầu",
        "Buyer Sok Dara",
    ):
        assert words in text


def test_a_second_currency_is_shown_with_the_rate_of_the_day_of_the_order(client, sign_in, deal) -> None:
    order, buyer, _ = deal
    kept = order.rates["USD/VND"]
    dollars = round(order.total / Decimal(kept["rate"]), 2)
    text = text_of(sign_in(client, buyer).get(f"/en/orders/{order.number}"))
    assert f"About ${dollars} at the rates of the day of the order: 1 USD = " in text
    assert kept["source"] in text


def test_the_seller_walks_the_order_by_its_buttons(session, client, sign_in, deal, fresh) -> None:
    order, buyer, seller = deal
    sign_in(client, seller)
    for to in ("confirmed", "ready", "at_gate", "handed_over"):
        page = client.get(f"/en/orders/{order.number}")
        assert f'name="to" value="{to}"' in page.text
        form = {"to": to, "seen": hidden(page, "seen")[0]}
        assert client.post(f"/en/orders/{order.number}/steps", data=form).status_code == 303
        assert fresh(order).state == to
    assert "What you can do" not in client.get(f"/en/orders/{order.number}").text
    sign_in(client, buyer)
    form = {"to": "completed", "seen": "handed_over"}
    client.post(f"/en/orders/{order.number}/steps", data=form)
    assert fresh(order).state == "completed"


def test_the_loser_of_two_presses_reads_where_the_order_stands(session, client, sign_in, deal) -> None:
    order, buyer, seller = deal
    moving.move(session, who(session, seller), order.number, S.CONFIRMED)
    session.commit()
    form = {"to": "cancelled", "seen": "placed", "reason": "Too late"}
    page = sign_in(client, buyer).post(f"/en/orders/{order.number}/steps", data=form)
    assert page.status_code == 409
    assert f"Order {order.number} changed meanwhile and is “confirmed” now." in text_of(page)
    assert "Too late" in page.text


def test_a_reason_is_asked_for_and_read_by_the_other_side(client, sign_in, deal, fresh) -> None:
    order, buyer, seller = deal
    sign_in(client, seller)
    form = {"to": "refused", "seen": "placed"}
    page = client.post(f"/en/orders/{order.number}/steps", data=form)
    assert (page.status_code, fresh(order).state) == (422, "placed")
    assert "Write the reason" in text_of(page)
    client.post(f"/en/orders/{order.number}/steps", data=form | {"reason": "Harvest failed"})
    text = text_of(sign_in(client, buyer).get(f"/en/orders/{order.number}"))
    assert "This order was refused." in text
    assert "“Harvest failed”" in text


def test_the_buyer_says_that_the_seller_was_paid(client, sign_in, deal, walk, fresh) -> None:
    order, buyer, seller = deal
    walk(order, buyer, seller, S.CONFIRMED)
    answer = sign_in(client, buyer).post(f"/en/orders/{order.number}/paid", data={"reference": "FT26328"})
    assert answer.status_code == 303
    text = text_of(sign_in(client, seller).get(f"/en/orders/{order.number}"))
    assert "The buyer said on" in text and "“FT26328”" in text


def test_others_do_not_see_an_order_and_visitors_sign_in(client, sign_in, make, deal) -> None:
    order, *_ = deal
    assert client.get(f"/en/orders/{order.number}").status_code == 401
    for person in (make.person(), make.member(), make.person("economist")):
        sign_in(client, person)
        assert client.get(f"/en/orders/{order.number}").status_code == 404
        form = {"to": "cancelled", "seen": "placed", "reason": "x"}
        assert client.post(f"/en/orders/{order.number}/steps", data=form).status_code == 404
        assert client.post(f"/en/orders/{order.number}/paid", data={}).status_code == 404
        assert order.number not in client.get("/en/orders").text


def test_the_firms_list_puts_first_what_waits_for_it_and_filters(
    session, client, sign_in, make, order_of, walk
) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"))
    buyer, seller = make.person(), make.member(product.firm)
    done, waiting, far = (order_of(buyer, (product, "1", gate)) for gate in ("moc-bai", "moc-bai", "xa-mat"))
    walk(done, buyer, seller, S.HANDED_OVER)
    walk(far, buyer, seller, S.CONFIRMED)
    strangers = order_of(make.person(), (make.product(), "1"))
    sign_in(client, seller)

    def shown(query: str = "") -> list[str]:
        return re.findall(r"<b>(MX-\d+-\d+)</b>", client.get(f"/en/seller/orders{query}").text)

    assert shown() == [waiting.number, far.number, done.number]
    assert "2 orders wait for you" in text_of(client.get("/en/seller/orders"))
    assert shown("?show=waiting") == [waiting.number, far.number]
    assert shown("?gate=xa-mat") == [far.number]
    assert shown(f"?q={done.number.lower()}") == [done.number]
    assert shown("?show=ended") == []
    assert strangers.number not in client.get("/en/seller/orders").text


def test_the_lists_are_for_those_they_are_for(client, sign_in, make) -> None:
    sign_in(client, make.person())
    assert client.get("/en/seller/orders").status_code == 403
    assert client.get("/en/moderation/orders").status_code == 403


def test_a_moderator_finds_an_order_and_cancels_it_with_a_reason(client, sign_in, make, deal, fresh) -> None:
    order, *_ = deal
    sign_in(client, make.person("moderator"))
    assert order.number in client.get(f"/en/moderation/orders?q={order.number}").text
    form = {"to": "cancelled", "seen": "placed", "reason": "The gate is closed"}
    assert client.post(f"/en/orders/{order.number}/steps", data=form).status_code == 303
    assert (fresh(order).state, fresh(order).reason) == ("cancelled", "The gate is closed")


def test_a_long_list_has_pages(client, sign_in, make, order_of) -> None:
    product, buyer = make.product(), make.person()
    for _ in range(21):
        order_of(buyer, (product, "1"))
    sign_in(client, buyer)
    found = [len(re.findall(r'class="order-row"', client.get(f"/en/orders?page={page}").text)) for page in (1, 2)]
    assert found == [20, 1]
