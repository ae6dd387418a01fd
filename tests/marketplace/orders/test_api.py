"""Orders for programs."""

from datetime import datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from app.db import Session
from app.marketplace.orders import moving
from app.marketplace.orders.models import Order, OrderGroup, OrderState
from app.marketplace.orders.schemas import OrderGroupOut
from tests.marketplace.orders.conftest import who


@pytest.fixture
def ask(client, token_of):
    """`ask(person, "POST", "/orders", json=…, key="…")`: the answer of the API to that person."""
    tokens: dict[int, str] = {}

    def send(person, method: str, path: str, key: str | None = None, **more):
        headers = {"Idempotency-Key": key} if key is not None else {}
        if person is not None:
            tokens.setdefault(person.id, token_of(person))
            headers["Authorization"] = f"Bearer {tokens[person.id]}"
        headers |= more.pop("headers", {})
        return client.open(f"/api/v1{path}", method=method, headers=headers, **more)

    return send


def body(*lines, gate="moc-bai", currency="USD", **more) -> dict:
    items = [{"product_id": product.id, "quantity": quantity} for product, quantity in lines]
    return {"gate": gate, "lines": items, "currency": currency, **more}


def test_an_order_is_placed_and_answered_in_full(make, ask, fresh) -> None:
    firm = make.firm(name_vi="Muối Gò Dầu", bank_name="Agribank", bank_account="5500123", bank_holder="MUOI GO DAU")
    product = make.product(firm=firm, name_vi="Muối tôm", name_en="Shrimp salt", prices=[("USD", "1", "1.25")])
    buyer = make.person(name="Sok", phone="+85512345678", country="KH")
    answer = ask(buyer, "POST", "/orders", key="k1", json=body((product, "5"), note="Pack dry"))
    assert answer.status_code == 201
    group = answer.json
    order = group["orders"][0]
    line = order["lines"][0]
    assert (group["currency"], group["total"], len(group["orders"])) == ("USD", "6.25", 1)
    assert (order["gate"], order["incoterm"], order["state"]) == ("moc-bai", "FCA", "placed")
    assert (order["total"], order["currency"], order["note"]) == ("6.25", "USD", "Pack dry")
    assert (order["firm"]["name"], order["firm"]["bank_account"]) == ("Muối Gò Dầu", "5500123")
    assert (order["buyer"]["name"], order["buyer"]["country"]) == ("Sok", "KH")
    assert line == {
        "product_id": product.id, "name": "Muối tôm", "name_vi": "Muối tôm", "name_km": None,
        "name_en": "Shrimp salt", "hs_code": "19059070", "unit": "PK", "quantity": "5", "unit_price": "1.25",
        "amount": "6.25",
    }  # fmt: skip
    assert datetime.fromisoformat(order["act_by"]) > datetime.fromisoformat(order["created"])
    assert [event["to"] for event in order["events"]] == ["placed"]
    assert fresh(product).reserved == 5


def test_a_short_product_is_named_with_what_is_left(make, ask) -> None:
    product = make.product(name_vi="Muối tôm", on_hand=Decimal(3))
    answer = ask(make.person(), "POST", "/orders", key="k", json=body((product, "5")))
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    assert (answer.json["code"], answer.json["details"]["product_id"]) == ("OutOfStock", product.id)
    assert (answer.json["details"]["name"], answer.json["details"]["available"]) == ("Muối tôm", "3")


def test_the_same_key_again_gives_the_same_answer_whatever_happened_since(session, make, ask, fresh) -> None:
    product, buyer = make.product(), make.person()
    seller = make.member(product.firm)
    first = ask(buyer, "POST", "/orders", key="k", json=body((product, "5")))
    number = first.json["orders"][0]["number"]
    moving.move(session, who(session, seller), number, OrderState.CONFIRMED)
    session.commit()
    again = ask(buyer, "POST", "/orders", key="k", json=body((product, "5")))
    assert (again.status_code, again.data) == (first.status_code, first.data)
    now = ask(buyer, "GET", f"/orders/{first.json['id']}").json
    assert (now["orders"][0]["state"], fresh(product).reserved) == ("confirmed", 5)


def test_the_same_key_with_another_body_is_refused_and_names_the_order(make, ask) -> None:
    product, buyer = make.product(), make.person()
    first = ask(buyer, "POST", "/orders", key="k", json=body((product, "5")))
    other = ask(buyer, "POST", "/orders", key="k", json=body((product, "6")))
    assert (other.status_code, other.json["code"]) == (422, "KeyUsed")
    assert other.json["details"]["numbers"] == first.json["orders"][0]["number"]


def test_a_key_is_needed(make, ask) -> None:
    answer = ask(make.person(), "POST", "/orders", json=body((make.product(), "5")))
    assert (answer.status_code, answer.json["code"]) == (400, "KeyMissing")


def test_a_visitor_must_sign_in(make, ask) -> None:
    assert ask(None, "POST", "/orders", key="k", json=body((make.product(), "5"))).status_code == 401
    assert ask(None, "GET", "/orders").status_code == 401


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"currency": "EUR"}, "currency"),
        ({"currency": None}, "currency"),
        ({"gate": "Mộc Bài"}, "gate"),
        ({"lines": []}, "lines"),
        ({"lines": [{"product_id": 1}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "0"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "-1"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": 1.5}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "1.0005"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "NaN"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "1e15"}]}, "lines"),
        ({"lines": [{"product_id": 10**12, "quantity": "1"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "1", "price": "0"}]}, "lines"),
        ({"lines": [{"product_id": 1, "quantity": "1"}] * 101}, "lines"),
        ({"note": "x" * 501}, "note"),
        ({"total": "0.01"}, "total"),
    ],
)
def test_a_wrong_body_names_the_field_and_orders_nothing(session, make, ask, change, where) -> None:
    wrong = body((make.product(), "5")) | change
    answer = ask(make.person(), "POST", "/orders", key="k", json=wrong)
    assert answer.status_code == 422
    assert list(answer.json["details"]["json"]) == [where]
    assert session.scalar(select(func.count()).select_from(OrderGroup)) == 0


def test_a_price_that_changed_since_it_was_read_is_refused(make, ask) -> None:
    product = make.product(prices=[("USD", "1", "1.25")])
    wanted = body((product, "5"))
    wanted["lines"][0]["unit_price"] = "1.20"
    answer = ask(make.person(), "POST", "/orders", key="k", json=wanted)
    assert (answer.status_code, answer.json["code"]) == (409, "PriceChanged")
    assert answer.json["details"]["now"] == "1.25 USD"


def test_a_line_may_name_another_gate(make, ask) -> None:
    product = make.product(gates=("moc-bai", "xa-mat"))
    wanted = body((product, "5"), (product, "6"))
    wanted["lines"][1]["gate"] = "xa-mat"
    group = ask(make.person(), "POST", "/orders", key="k", json=wanted).json
    assert [(order["gate"], order["lines"][0]["quantity"]) for order in group["orders"]] == [
        ("moc-bai", "5"), ("xa-mat", "6"),
    ]  # fmt: skip


def test_nobody_else_sees_an_order(make, ask) -> None:
    product, buyer = make.product(), make.person()
    seller, stranger, clerk = make.member(product.firm), make.person(), make.person("moderator")
    group = ask(buyer, "POST", "/orders", key="k", json=body((product, "5"))).json
    assert ask(buyer, "GET", f"/orders/{group['id']}").json == group
    for person in (seller, stranger, clerk):
        assert ask(person, "GET", f"/orders/{group['id']}").status_code == 404
    assert ask(buyer, "GET", f"/orders/{group['id'] + 1}").status_code == 404
    assert ask(stranger, "GET", "/orders").json == {"items": [], "total": 0}
    assert ask(buyer, "GET", "/orders").json == {"items": [group], "total": 1}


def test_the_seller_sees_and_moves_the_orders_of_its_firm_only(make, ask) -> None:
    product, buyer = make.product(), make.person()
    seller, other = make.member(product.firm), make.member()
    number = ask(buyer, "POST", "/orders", key="k", json=body((product, "5"))).json["orders"][0]["number"]
    assert [order["number"] for order in ask(seller, "GET", "/seller/orders").json["items"]] == [number]
    assert ask(other, "GET", "/seller/orders").json["total"] == 0
    assert ask(other, "GET", f"/seller/orders/{number}").status_code == 404
    assert ask(buyer, "GET", "/seller/orders").status_code == 403
    step = {"number": number, "to": "confirmed", "seen": "placed"}
    assert ask(other, "POST", "/orders/steps", json=step).status_code == 404
    assert ask(seller, "POST", "/orders/steps", json=step).json["state"] == "confirmed"
    late = ask(seller, "POST", "/orders/steps", json=step)
    assert (late.status_code, late.json["code"], late.json["details"]["state"]) == (
        409,
        "MovedMeanwhile",
        "confirmed",
    )
    assert ask(seller, "GET", f"/seller/orders/{number}").json["state"] == "confirmed"
    assert ask(seller, "GET", "/seller/orders?state=placed").json["total"] == 0


def test_cancelling_without_a_reason_is_refused(make, ask) -> None:
    product, buyer = make.product(), make.person()
    number = ask(buyer, "POST", "/orders", key="k", json=body((product, "5"))).json["orders"][0]["number"]
    answer = ask(buyer, "POST", "/orders/steps", json={"number": number, "to": "cancelled"})
    assert (answer.status_code, answer.json["code"]) == (422, "ReasonNeeded")


def test_the_name_comes_in_the_language_asked_for(make, ask) -> None:
    product, buyer = make.product(name_km="អំបិលបង្គា"), make.person()
    group = ask(buyer, "POST", "/orders", key="k", json=body((product, "5")), headers={"Accept-Language": "km"})
    assert group.json["orders"][0]["lines"][0]["name_km"] == "អំបិលបង្គា"


def test_twenty_requests_with_one_key_at_once_make_one_order(web_app, make, token_of, session, fresh) -> None:
    product, buyer = make.product(), make.person()
    token, wanted, start = token_of(buyer), body((product, "5")), Barrier(20)
    answers: list[tuple[int, bytes]] = []

    def press() -> None:
        own = web_app.test_client()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
        start.wait()
        answer = own.post("/api/v1/orders", json=wanted, headers=headers)
        answers.append((answer.status_code, answer.data))

    threads = [Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in answers] == [201] * 20
    assert len({data for _, data in answers}) == 1
    with Session() as other:
        assert other.scalar(select(func.count()).select_from(Order)) == 1
    assert fresh(product).reserved == 5


def test_the_document_says_that_a_key_is_needed(client) -> None:
    document = client.get("/api/v1/openapi.json").json
    operation = document["paths"]["/api/v1/orders"]["post"]
    assert [(p["name"], p["in"], p["required"]) for p in operation["parameters"]] == [
        ("Idempotency-Key", "header", True)
    ]
    assert {"201", "409"} <= operation["responses"].keys()


def test_the_answer_says_where_what_was_placed_is_found(make, ask) -> None:
    buyer = make.person()
    answer = ask(buyer, "POST", "/orders", key="k", json=body((make.product(), "5")))
    assert answer.location == f"/api/v1/orders/{answer.json['id']}"
    assert ask(buyer, "GET", answer.location.removeprefix("/api/v1")).json == answer.json
    assert "id" not in answer.json["orders"][0]  # only its number names an order


@pytest.mark.parametrize("amount", ["1e2", "9" * 40, -(10**38), "0.001", "-1"])
def test_a_price_that_is_none_is_refused(make, ask, amount) -> None:
    wanted = body((make.product(), "5"))
    wanted["lines"][0]["unit_price"] = amount
    answer = ask(make.person(), "POST", "/orders", key="k", json=wanted)
    assert (answer.status_code, list(answer.json["details"]["json"]["lines"]["0"])) == (422, ["unit_price"])


def test_a_gate_that_does_not_exist_is_a_mistake_in_the_body(make, ask) -> None:
    answer = ask(make.person(), "POST", "/orders", key="k", json=body((make.product(), "5"), gate="nowhere"))
    assert (answer.status_code, answer.json["code"]) == (422, "UnknownGate")
    assert answer.json["details"] == {"gate": "nowhere"}


def test_an_order_that_was_paid_is_answered_as_the_document_says(session, make, ask) -> None:
    product, buyer = make.product(), make.person()
    seller = make.member(product.firm)
    group = ask(buyer, "POST", "/orders", key="k", json=body((product, "5"))).json
    number = group["orders"][0]["number"]
    moving.move(session, who(session, seller), number, OrderState.CONFIRMED)
    moving.say_paid(session, who(session, buyer), number)
    session.commit()
    told = ask(buyer, "GET", f"/orders/{group['id']}").json
    assert [event["to"] for event in told["orders"][0]["events"]] == ["placed", "confirmed", "paid"]
    OrderGroupOut().load(told)  # refuses what the document does not know, and what it misses
