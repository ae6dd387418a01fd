"""The storefront's pages: the list, one product, and what is suggested while typing."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from app.marketplace.catalogue.models import Certificate, Photo
from app.periods import today


@pytest.fixture
def page(client):
    """The text of a page, which must be there."""

    def get(address: str, **more) -> str:
        answer = client.get(address, **more)
        assert answer.status_code == 200
        return answer.text

    return get


@pytest.fixture
def statements(engine):
    """Counts the questions put to the database."""

    @contextmanager
    def counting():
        asked: list[str] = []

        def note(_connection, _cursor, statement, *_more):
            if statement.lstrip().upper().startswith("SELECT"):
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


def test_a_card_answers_six_questions(make, page):
    firm = make.firm(name_vi="HTX Núi Bà")
    make.product(
        name_vi="Mãng cầu Bà Đen",
        firm=firm,
        unit="KGM",
        moq=Decimal(50),
        prices=[("VND", "1", "58000"), ("USD", "1", "2.27")],
        gates=["moc-bai", "xa-mat"],
        certificates=[Certificate(kind="ocop", stars=4)],
    )
    text = page("/vi/")
    for answer in ("Mãng cầu Bà Đen", "58.000\u00a0₫", "2,27\u00a0$", "50 kg", "HTX Núi Bà", "Mộc Bài", "OCOP ★★★★"):
        assert answer in text


def test_the_name_is_in_the_readers_language_and_says_so_when_it_is_not(make, page):
    make.product(slug="salt", name_vi="Muối tôm", name_km="អំបិលបង្គា")
    assert '<h2><a href="/km/products/salt">អំបិលបង្គា' in page("/km/")
    assert '<h2 lang="vi"><a href="/en/products/salt">Muối tôm' in page("/en/")


def test_prices_are_shown_in_the_chosen_currency_and_conversions_are_marked(client, make, page):
    make.product(prices=[("VND", "1", "26000")])
    client.set_cookie("currency", "USD")
    text = page("/en/")
    assert "≈</span>&nbsp;$1." in text
    assert "1 USD = " in text


def test_an_expired_certificate_is_not_shown(make, page):
    expired = Certificate(kind="halal", valid_until=today() - timedelta(days=1))
    product = make.product(certificates=[expired, Certificate(kind="haccp", number="H-1")])
    for text in (page("/vi/"), page(f"/vi/products/{product.slug}")):
        assert "HACCP" in text
        assert "HALAL" not in text


def test_what_is_left_below_the_smallest_order_is_sold_out(session, make, page):
    product = make.product(on_hand=Decimal(10), moq=Decimal(5))
    assert "chip-out" not in page("/vi/")
    product.reserved = Decimal(6)
    session.commit()
    assert "chip-out" in page("/vi/")
    assert "/cart/lines" not in page(f"/vi/products/{product.slug}")


def test_a_change_of_a_product_is_seen_at_once(session, make, page):
    product = make.product(name_vi="Tên cũ")
    assert "Tên cũ" in page("/vi/")
    product.name_vi = "Tên mới"
    session.commit()
    assert "Tên mới" in page("/vi/")


def test_the_list_asks_as_many_questions_for_24_products_as_for_one(session, make, page, statements):
    firm, shelf = make.firm(), make.category()
    product = make.product(firm=firm, category=shelf)
    page("/vi/")
    product.name_vi = "Khác"
    session.commit()
    with statements() as for_one:
        page("/vi/")
    for _ in range(23):
        make.product(firm=firm, category=shelf, photos=[Photo(sha256="0" * 64, width=4, height=3)])
    with statements() as for_many:
        page("/vi/")
    with statements() as again:
        page("/vi/")
    assert len(for_many) == len(for_one) <= 12
    assert len(again) == 1


def test_the_list_has_pages_and_its_addresses_keep_the_question(make, page):
    firm, shelf = make.firm(), make.category(slug="rice")
    for _ in range(25):
        make.product(firm=firm, category=shelf, name_vi="Gạo")
    text = page("/vi/?q=gao&category=rice&sort=price")
    assert text.count('<article class="good') == 24
    assert 'href="?q=gao&amp;category=rice&amp;sort=price&amp;page=2"' in text
    assert page("/vi/?q=gao&category=rice&sort=price&page=2").count('<article class="good') == 1


def test_a_visitors_list_is_asked_about_and_answered_304_while_nothing_changed(session, client, make):
    product = make.product()
    first = client.get("/vi/")
    assert (first.headers["Cache-Control"], "Cookie" in first.headers["Vary"]) == ("no-cache", True)
    again = client.get("/vi/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    product.name_vi = "Khác"
    session.commit()
    assert client.get("/vi/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_gate_with_a_notice_tells_it(session, make, page):
    product = make.product(gates=["moc-bai", "xa-mat"])
    gate = product.gates[0]
    gate.notice_vi, gate.notice_until = "Giờ cao điểm 8–11 giờ.", today()
    session.commit()
    try:
        assert "Giờ cao điểm" in page("/vi/")
        assert "Giờ cao điểm" not in page("/vi/?gate=xa-mat")
        assert "Giờ cao điểm" in page(f"/vi/products/{product.slug}")
    finally:
        gate.notice_vi = None
        session.commit()


def test_filters_that_leave_nothing_can_be_cleared(make, page):
    make.product(name_vi="Gạo", gates=["moc-bai"])
    text = page("/en/?q=gao&gate=xa-mat")
    assert "1 product fits the words but not the filters." in text
    assert 'href="?q=gao"' in text


def test_nothing_found_offers_the_word_that_was_meant(make, page):
    make.product(name_vi="Bánh tráng")
    assert 'href="?q=banh+tr%C3%A1ng"' in page("/vi/?q=banh tranh")


def test_words_of_a_question_are_escaped(page):
    assert "<script>x" not in page("/vi/?q=<script>x</script>&gate=<script>x</script>&sort=<b>")


def test_a_product_that_is_not_on_sale_is_not_there(make, client):
    hidden = [make.product(state="withdrawn"), make.product(firm=make.firm(state="suspended"))]
    assert [client.get(f"/vi/products/{product.slug}").status_code for product in hidden] == [404, 404]
    assert client.get("/vi/products/none").status_code == 404


@pytest.mark.parametrize(
    ("quantity", "reached", "total"), [("", "10", "300.000"), ("99", "10", "2.970.000"), ("100", "100", "2.500.000")]
)
def test_the_row_that_the_quantity_falls_in_is_marked_and_the_total_is_its_price(
    make, page, quantity, reached, total
):
    product = make.product(
        unit="KGM", moq=Decimal(10), on_hand=Decimal(500), prices=[("VND", "10", "30000"), ("VND", "100", "25000")]
    )
    text = page(f"/vi/products/{product.slug}?quantity={quantity}")
    here = text.partition('<tr class="here" aria-current="true">')[2].partition("</tr>")[0]
    assert f"{reached} kg" in here
    assert f"{total}\u00a0₫" in text


@pytest.mark.parametrize(
    ("quantity", "sentence"),
    [
        ("9", "The smallest order is 10."),
        ("12", "Order in steps of 5."),
        ("1000", "Only 100 can be ordered now."),
        ("x", "Give a number."),
    ],
)
def test_a_quantity_that_cannot_be_ordered_is_named(make, page, quantity, sentence):
    product = make.product(moq=Decimal(10), multiple=Decimal(5))
    assert sentence in page(f"/en/products/{product.slug}?quantity={quantity}")


def test_a_product_shows_its_tariff_path_its_certificates_and_its_names(make, page):
    certificate = Certificate(kind="haccp", number="H-77", issuer="Quatest 3", valid_until=today())
    product = make.product(name_vi="Bánh tráng", name_en="Rice paper", name_km="នំបាញ់ត្រាង", certificates=[certificate])
    text = page(f"/en/products/{product.slug}")
    for fact in ("1905.90.70", "H-77", "Quatest 3", "Rice paper", '<span lang="vi">Bánh tráng</span>', "FCA Moc Bai"):
        assert fact in text


def test_similar_goods_share_the_heading_first(make, page):
    shelf = make.category()
    product = make.product(category=shelf, hs_code="19059070")
    make.product(category=shelf, hs_code="19053110", name_vi="Bánh quy")
    make.product(category=shelf, hs_code="25010020", name_vi="Muối")
    text = page(f"/vi/products/{product.slug}").partition('id="similar"')[2]
    assert 0 < text.index("Bánh quy") < text.index("Muối")


def test_suggestions_lead_to_products_firms_categories_and_codes(make, page):
    firm = make.firm(slug="banh-ngon", name_vi="Cơ sở Bánh Ngon")
    shelf = make.category(slug="banh-keo", name_vi="Bánh kẹo")
    make.product(slug="banh-trang", name_vi="Bánh tráng", firm=firm, category=shelf, hs_code="19059070")
    text = page("/vi/search/suggest?q=ban")
    for address in ("/vi/products/banh-trang", "/vi/?firm=banh-ngon", "/vi/?category=banh-keo", "/vi/?q=19059070"):
        assert f'href="{address}"' in text


@pytest.mark.parametrize("q", ["", " ", "..."])
def test_nothing_is_suggested_before_a_word_is_typed(page, q):
    assert page("/vi/search/suggest", query_string={"q": q}).strip() == ""
