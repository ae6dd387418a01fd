"""Products for programs."""

from decimal import Decimal

import pytest

from app.marketplace.catalogue.models import Certificate


@pytest.fixture
def ask(client):
    def get(address: str, status: int = 200, **more):
        answer = client.get(f"/api/v1/products{address}", **more)
        assert answer.status_code == status
        return answer.json

    return get


def test_a_product_has_every_promised_fact(make, ask):
    product = make.product(
        slug="banh-trang",
        name_vi="Bánh tráng",
        name_km="នំបាញ់ត្រាង",
        firm=make.firm(slug="firm", name_vi="Hãng"),
        moq=Decimal(200),
        multiple=Decimal(20),
        reserved=Decimal("2.5"),
        prices=[("VND", "200", "25000"), ("USD", "200", "0.98")],
        certificates=[Certificate(kind="ocop", stars=4, number="O-1")],
    )
    found = ask(f"/{product.id}?currency=USD")
    assert found | {"category": None, "description": None, "facets": None} == {
        "id": product.id,
        "slug": "banh-trang",
        "url": "http://127.0.0.1:8000/vi/products/banh-trang",
        "name": "Bánh tráng",
        "names": {"vi": "Bánh tráng", "km": "នំបាញ់ត្រាង", "en": None},
        "description": None,
        "category": None,
        "facets": None,
        "firm": {"slug": "firm", "name": "Hãng", "country": "VN", "verified": True},
        "hs_code": "19059070",
        "origin": "VN",
        "unit": "PK",
        "unit_name": "gói",
        "packaging": "",
        "moq": "200",
        "multiple": "20",
        "available": "97.5",
        "lead_days": 2,
        "price": {"currency": "USD", "amount": "0.98", "converted": False, "rate_ids": []},
        "prices": [
            {"currency": "USD", "min_quantity": "200", "amount": "0.98"},
            {"currency": "VND", "min_quantity": "200", "amount": "25000"},
        ],
        "gates": [{"slug": "moc-bai", "name": "Cửa khẩu quốc tế Mộc Bài"}],
        "certificates": [{"kind": "ocop", "stars": 4, "number": "O-1", "issuer": "", "valid_until": None}],
        "pictures": [],
    }


@pytest.mark.parametrize(
    ("asked", "headers", "name"),
    [
        ("", {}, "Muối tôm"),
        ("?lang=km", {}, "អំបិលបង្គា"),
        ("", {"Accept-Language": "km, en;q=0.5"}, "អំបិលបង្គា"),
        ("?lang=en", {"Accept-Language": "km"}, "Muối tôm"),
    ],
)
def test_names_are_in_the_language_asked_for(make, ask, asked, headers, name):
    product = make.product(name_vi="Muối tôm", name_km="អំបិលបង្គា")
    assert ask(f"/{product.id}{asked}", headers=headers)["name"] == name


def test_a_list_is_found_by_words_and_counted(make, ask):
    made = [make.product(name_vi="Gạo", gates=["moc-bai"]), make.product(name_vi="Gạo", gates=["xa-mat"])]
    make.product(name_vi="Muối")
    found = ask("?q=gao")
    assert ([item["id"] for item in found["items"]], found["total"]) == ([made[1].id, made[0].id], 2)
    assert found["facets"]["gate"] == [{"value": "moc-bai", "count": 1}, {"value": "xa-mat", "count": 1}]


def test_pages_end(make, ask):
    firm, shelf = make.firm(), make.category()
    ids = [make.product(firm=firm, category=shelf).id for _ in range(5)]
    pages = [ask(f"?per_page=2&page={page}") for page in (1, 2, 3, 4)]
    assert [item["id"] for page in pages for item in page["items"]] == ids[::-1]
    assert [(page["page"], page["pages"], page["total"]) for page in pages] == [(n, 3, 5) for n in (1, 2, 3, 4)]


def test_facets_narrow_and_add_up(make, ask):
    make.product(gates=["moc-bai"], certificates=[Certificate(kind="haccp")])
    make.product(gates=["xa-mat"])
    assert ask("?gate=moc-bai&gate=xa-mat")["total"] == 2
    assert ask("?gate=moc-bai&certificate=haccp")["total"] == 1
    assert ask("?gate=xa-mat&certificate=haccp")["total"] == 0


def test_only_what_is_on_sale_is_there(make, ask):
    hidden = make.product(state="withdrawn")
    problem = ask(f"/{hidden.id}", 404)
    assert (problem["code"], problem["details"]) == ("NoSuchProduct", {"product": hidden.id})
    assert ask("/999999", 404)["code"] == "NoSuchProduct"
    assert ask("")["total"] == 0


@pytest.mark.parametrize(
    "asked", ["?page=0", "?page=x", "?per_page=101", "?currency=EUR", "?sort=best", "?colour=red"]
)
def test_what_cannot_be_asked_is_refused_with_its_field(ask, asked):
    assert asked[1:].partition("=")[0] in str(ask(asked, 422)["details"])


def test_an_unchanged_list_is_304(make, client):
    make.product()
    first = client.get("/api/v1/products")
    assert "Accept-Language" in first.headers["Vary"]
    again = client.get("/api/v1/products", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_prices_carry_the_decimals_of_their_currency(make, ask):
    product = make.product(prices=[("USD", "1", "0.9"), ("VND", "1", "25000")])
    assert [step["amount"] for step in ask(f"/{product.id}")["prices"]] == ["0.90", "25000"]


def test_a_price_band_that_is_none_is_refused(make, ask):
    make.product()
    assert ask("?price=cheap", 422)["details"] == {"query": {"price": {"0": ["Dữ liệu không đúng dạng."]}}}
    assert ask("?price=vnd:20000-50000&price=usd:-1")["total"] == 1
