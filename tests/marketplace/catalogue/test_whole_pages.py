"""Pages kept for visitors: the same for everybody without a cookie, and never shown to anybody else."""

import gzip

import brotli
import pytest


@pytest.fixture
def one_product(make):
    return make.product(name_vi="Muối tôm")


def test_a_kept_page_answers_the_next_visitor_alike(client, one_product):
    assert client.get("/vi/").data == client.get("/vi/").data


def test_a_signed_in_person_gets_a_page_of_their_own_that_nobody_keeps(client, web_app, make, sign_in, one_product):
    visitor = web_app.test_client()
    visitor.get("/vi/")
    sign_in(client, make.person(name="Sok Dara"))
    page = client.get("/vi/")
    assert "Sok Dara" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Sok Dara" not in visitor.get("/vi/").text


def test_a_visitor_with_a_cart_sees_it_counted_and_others_do_not(client, web_app, one_product):
    client.post("/vi/cart/lines", data={"product_id": one_product.id, "quantity": "1", "gate": "moc-bai"})
    client.get("/vi/cart")
    assert '<span class="count">1</span>' in client.get("/vi/").text
    assert '<span class="count">' not in web_app.test_client().get("/vi/").text


def test_each_language_currency_and_address_has_its_own_page(client, one_product):
    texts = {client.get(address).text for address in ("/vi/", "/km/", "/en/", "/vi/?q=muoi", "/vi/?q=muoi&x=1")}
    client.set_cookie("currency", "USD")
    texts |= {client.get("/vi/").text}
    assert len(texts) == 6


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_kept_page_is_packed_as_the_browser_likes_it(client, one_product, coding, unpack):
    plain = client.get("/vi/").data
    for _ in range(2):
        packed = client.get("/vi/", headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert unpack(packed.data) == plain
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_very_long_address_is_answered_and_not_kept(client, one_product):
    assert client.get(f"/vi/?x={'a' * 5000}").status_code == 200


def test_a_kept_page_carries_the_headers_of_every_page(client, one_product):
    for _ in range(2):
        assert "default-src 'none'" in client.get("/vi/").headers["Content-Security-Policy"]
