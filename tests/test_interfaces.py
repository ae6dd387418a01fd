"""The interfaces others rely on, from outside: what a developer elsewhere was promised, in one page."""

from itertools import count

import pytest
from click.testing import CliRunner

from app.accounts.commands import token
from app.cli import main
from tests.trade.delivering import CROSSING_HEADS, HEADS, crossing, csv, declaration, post
from workers import bell
from workers import settings as workers_settings

API = "/api/v1"
IMPORTS = f"{API}/trade/imports"
FLOWS = f"{API}/trade/flows?dataset=declarations&measure=value_usd&by=month,gate&gate=&direction=&hs=&partner="
LANGUAGES = ("vi", "km", "en")
keys = count(1)


@pytest.fixture
def bearer(make):
    """`bearer("buyer")`: the header of a new person of that role, with the token that `mocxa token` printed."""

    def enter(*roles: str, person=None) -> dict[str, str]:
        email = (person or make.person(*roles, language="en")).email
        printed = CliRunner().invoke(token, ["--email", email], catch_exceptions=False).stdout
        return {"Authorization": f"Bearer {printed.removesuffix(chr(10))}"}

    return enter


@pytest.fixture
def work(web_app, monkeypatch):
    """`work()`: a worker does all that is due, in this process."""
    monkeypatch.setattr(workers_settings.config, "load", lambda: dict(web_app.config))
    workers_settings.current.cache_clear()

    def until_nothing_is_due() -> None:
        while bell.run_one():
            pass

    yield until_nothing_is_due
    workers_settings.current.cache_clear()


@pytest.fixture
def order(client):
    """`order(header, product, "5")`: what the API answers to the body of the promise."""

    def send(header, product, quantity, key="", **changed):
        line = {"product_id": product.id, "quantity": quantity}
        body = {"gate": "moc-bai", "lines": [line], "currency": "USD"} | changed
        return client.post(
            f"{API}/orders", json=body, headers=header | {"Idempotency-Key": key or f"key {next(keys)}"}
        )

    return send


@pytest.fixture
def publish(client, bearer, work):
    """`publish(content)`: the figures of a file count; the address of its import."""
    header = bearer("economist")

    def bring(content: bytes, dataset: str = "declarations", source: str = "customs") -> str:
        sent = post(client, IMPORTS, content, headers=header, source=source, dataset=dataset)
        work()
        assert client.post(f"{sent.location}/accept", headers=header).status_code == 202
        work()
        assert client.get(sent.location, headers=header).json["state"] == "published"
        return sent.location

    return bring


def test_mocxa_has_every_promised_command() -> None:
    promised = {"serve", "worker", "migrate", "demo", "user", "token", "trade", "backup", "restore", "check", "run"}
    assert promised <= main.commands.keys()
    assert {"import", "status", "rollup"} == main.commands["trade"].commands.keys()
    assert all(command.help for command in main.commands.values())


# --- goods -----------------------------------------------------------------------------------------


def test_products_are_found_and_read_one_by_one(client, make) -> None:
    make.product(name_vi="Đường thốt nốt", prices=(("USD", "1", "1.25"),))
    make.product(name_vi="Muối tôm")
    found = client.get(f"{API}/products?q=duong&page=").json
    assert found["total"] == 1
    (item,) = found["items"]
    promised = {"id", "slug", "name", "firm", "hs_code", "unit", "moq", "prices", "available"}
    assert promised <= item.keys()
    assert (item["name"], item["available"]) == ("Đường thốt nốt", "100")
    assert client.get(f"{API}/products/{item['id']}").json == item
    assert client.get(f"{API}/products?q=&page=").json["total"] == 2
    assert client.get(f"/vi/products/{item['slug']}").status_code == 200


def test_an_order_is_answered_once_and_read_again(make, client, bearer, order) -> None:
    product, header = make.product(prices=(("USD", "1", "1.25"),)), bearer("buyer")
    first, again = (order(header, product, "5", key="5d1c") for _ in range(2))
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert first.json["orders"][0]["lines"][0]["amount"] == "6.25"
    assert client.get(f"{API}/orders/{first.json['id']}", headers=header).json == first.json
    assert client.get(f"{API}/products/{product.id}").json["available"] == "95"


def test_short_stock_is_a_409_that_names_the_product_and_what_is_left(make, bearer, order) -> None:
    product = make.product(name_vi="Muối tôm", prices=(("USD", "1", "1.25"),))
    answer = order(bearer("buyer"), product, "101")
    told = answer.json["details"]
    assert (answer.status_code, told["product_id"], told["name"], told["available"]) == (
        409, product.id, "Muối tôm", "100",
    )  # fmt: skip
    assert "100" in answer.json["title"]


# --- trade -----------------------------------------------------------------------------------------


def test_a_customs_file_becomes_a_figure(client, bearer, work) -> None:
    header = bearer("economist")
    rows = [declaration(1), declaration(2), declaration(3, **{"Cửa khẩu": "Mộc Bày"})]
    sent = post(client, IMPORTS, csv(HEADS, rows), headers=header, source="customs", dataset="declarations")
    assert sent.status_code == 202
    address = f"{IMPORTS}/{sent.json['id']}"
    work()
    ready = client.get(address, headers=header).json
    assert (ready["state"], ready["progress"], ready["good"], ready["bad"]) == (
        "ready",
        {"done": 3, "total": 3},
        2,
        1,
    )
    (wrong,) = client.get(f"{address}/errors", headers=header).json["items"]
    assert (wrong["row"], wrong["column"], wrong["value"]) == (4, "Cửa khẩu", "Mộc Bày")
    assert client.get(f"{FLOWS}&from=2025-01&to=2025-12").json["rows"] == []
    assert client.post(f"{address}/accept", headers=header).status_code == 202
    work()
    assert client.get(address, headers=header).json["state"] == "published"
    figures = client.get(f"{FLOWS}&from=2025-01&to=2025-12").json
    assert figures["rows"] == [{"month": "2025-10", "gate": "moc-bai", "value_usd": 2004, "complete": True}]
    assert figures["as_of"]
    assert [source["code"] for source in figures["sources"]] == ["customs"]


def test_a_revision_replaces_whoever_sends_it(client, publish) -> None:
    publish(csv(HEADS, [declaration(1), declaration(2)]))
    publish(csv(HEADS, [declaration(1, **{"Trị giá nguyên tệ": "1200"})]), source="other-office")
    assert [row["value_usd"] for row in client.get(FLOWS).json["rows"]] == [2202.5]


def test_a_rejected_file_counts_nowhere(client, bearer, work) -> None:
    header = bearer("economist")
    sent = post(
        client, IMPORTS, csv(HEADS, [declaration(1)]), headers=header, source="customs", dataset="declarations"
    )
    work()
    answer = client.post(f"{sent.location}/reject", json={"reason": "Wrong month"}, headers=header)
    work()
    assert (answer.status_code, answer.json["state"], answer.json["reason"]) == (200, "rejected", "Wrong month")
    assert client.get(FLOWS).json["rows"] == []


def test_crossings_summaries_and_rates_come_in_the_same_way(client, publish) -> None:
    publish(csv(CROSSING_HEADS, [crossing("16/10/2025", "412")]), "crossings")
    publish(csv(("Tháng", "Cửa khẩu", "Hướng", "Trị giá (USD)"), [["2025-10", "Xa Mát", "Nhập", "70"]]), "summaries")
    publish(csv(("Ngày", "Ngoại tệ", "Tỷ giá"), [["30/10/2025", "USD", "26345"]]), "rates")
    trucks = client.get(f"{API}/trade/flows?dataset=crossings&measure=truck&by=gate").json["rows"]
    assert [(row["gate"], row["count"]) for row in trucks] == [("moc-bai", 412)]
    sums = client.get(f"{API}/trade/flows?dataset=summaries&by=gate,direction").json["rows"]
    assert [(row["gate"], row["direction"], row["value_usd"]) for row in sums] == [("xa-mat", "import", 70)]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("", 3),
        ("&gate=moc-bai", 2),
        ("&direction=import", 1),
        ("&hs=11", 2),
        ("&hs=1108", 2),
        ("&partner=KH", 2),
        ("&from=2025-11", 1),
        ("&to=2025-10", 2),
        ("&gate=moc-bai,xa-mat&partner=TH", 1),
    ],
)
def test_figures_are_narrowed_by_each_parameter(client, publish, asked, rows) -> None:
    there = [
        declaration(1),
        declaration(2, **{"Ngày đăng ký": "16/11/2025"}),
        declaration(3, **{"Cửa khẩu": "Xa Mát", "Hướng": "Nhập", "Mã HS": "40012110", "Nước đối tác": "Thái Lan"}),
    ]
    publish(csv(HEADS, there))
    assert len(client.get(FLOWS.replace("&gate=&direction=&hs=&partner=", asked)).json["rows"]) == rows


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (None, "GET", "/products/999999", 404),
        (None, "GET", "/products/999999999999999999999", 404),
        (None, "GET", "/products?page=0", 422),
        (None, "POST", "/orders", 401),
        ("buyer", "GET", "/orders/999999", 404),
        ("buyer", "POST", "/orders", 422),
        ("buyer", "PUT", "/orders", 405),
        ("buyer", "POST", "/trade/imports", 403),
        ("economist", "POST", "/trade/imports", 422),
        ("economist", "GET", "/trade/imports/999999", 404),
        ("economist", "POST", "/trade/imports/999999/accept", 404),
        (None, "GET", "/trade/flows?measure=nothing", 422),
        (None, "GET", "/trade/flows?measure=firms", 401),
        ("buyer", "GET", "/trade/flows?measure=firms", 403),
        (None, "GET", "/trade/flows?from=2025-13", 422),
        (None, "GET", "/trade/flows?gate=nowhere", 422),
        (None, "GET", "/nothing", 404),
    ],
)
def test_every_refusal_is_one_problem_in_the_language_asked_for(client, bearer, role, method, path, status) -> None:
    header = bearer(role) if role else {}
    titles = set()
    for language in LANGUAGES:
        answer = client.open(f"{API}{path}", method=method, headers=header | {"Accept-Language": language})
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert answer.json.keys() == {"type", "status", "code", "title", "details"}
        assert answer.json["status"] == status
        titles.add(answer.json["title"])
    assert len(titles) == len(LANGUAGES)


# --- pages and health ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promised_page_is_there_in_its_language(client, make, sign_in, language) -> None:
    product = make.product()
    pages = [
        (None, "/"),
        (None, f"/products/{product.slug}"),
        (None, "/trade/"),
        (make.person("economist"), "/trade/imports"),
        (make.member(product.firm), "/seller/"),
        (make.person("moderator"), "/moderation/"),
    ]
    for person, path in pages:
        browser = sign_in(client, person) if person else client
        answer = browser.get(f"/{language}{path}")
        assert (answer.status_code, f'<html lang="{language}"' in answer.text) == (200, True), path


def test_health_is_told_without_a_language(client) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert {"database", "migrated", "disk", "redis", "status"} <= ready.json.keys()
    assert ready.json["database"] is True


def test_the_document_can_be_read_by_machines_and_people(client) -> None:
    document = client.get(f"{API}/openapi.json").json
    page = client.get("/api/").text
    assert document["openapi"].startswith("3.1")
    assert [path for path in document["paths"] if path not in page] == []
