"""The seller's desk over the web: what is typed is kept, another firm's goods are not there."""

from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from app.marketplace.catalogue import photos
from app.marketplace.catalogue.models import Product

FORM = {
    "name_vi": "Bánh tráng",
    "category": "dac-san",
    "hs_code": "1905.90.70",
    "origin": "VN",
    "unit": "PK",
    "moq": "1.000",
    "multiple": "0,5",
    "lead_days": "2",
    "gates": ["moc-bai", "xa-mat"],
    "steps-0-from": "",
    "steps-0-VND": "25.000",
    "steps-0-USD": "0,98",
    "steps-1-from": "5.000",
    "steps-1-VND": "24.000",
    "steps-2-from": "",
    "certificates-0-kind": "ocop",
    "certificates-0-number": "12/UBND",
    "certificates-0-stars": "4",
    "certificates-0-valid_until": "2028-01-31",
    "certificates-1-kind": "",
    "then": "save",
}


@pytest.fixture
def firm(make):
    make.category(slug="dac-san")
    return make.firm(name_vi="Hãng Thử")


@pytest.fixture
def seller(client, make, sign_in, firm):
    return sign_in(client, make.member(firm))


def text(answer) -> str:
    return answer.get_data(as_text=True)


def only_product(session) -> Product:
    """As it is stored now; the transaction is over, as requests must be able to write."""
    session.expire_all()
    product = session.query(Product).one()
    session.commit()
    return product


def stored(session, product: Product) -> Product:
    session.refresh(product)
    session.commit()
    return product


def count(session) -> int:
    found = session.query(Product).count()
    session.commit()
    return found


def jpeg(colour="red") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (800, 600), colour).save(out, "JPEG")
    return BytesIO(out.getvalue())


def test_a_visitor_is_asked_to_sign_in(client) -> None:
    for path in ("/vi/seller/", "/vi/seller/products", "/vi/seller/products/new"):
        assert client.get(path).status_code in {302, 303, 401}


def test_somebody_without_a_firm_is_shown_the_way_to_one(client, make, sign_in) -> None:
    page = sign_in(client, make.person()).get("/vi/seller/")
    assert page.status_code == 200
    assert "/vi/seller/register" in text(page)
    assert client.get("/vi/seller/products").status_code == 403


def test_the_desk_names_the_firm_and_what_is_sent_back(seller, make, firm) -> None:
    make.product(firm=firm, state="rejected", state_reason="Thiếu ảnh", name_vi="Muối")
    page = text(seller.get("/vi/seller/"))
    assert "Hãng Thử" in page
    assert "Thiếu ảnh" in page


def test_a_form_as_people_type_it_becomes_a_draft(seller, session) -> None:
    answer = seller.post("/vi/seller/products/new", data=FORM)
    product = only_product(session)
    assert answer.location == f"/vi/seller/products/{product.id}#photos"
    assert (product.moq, product.multiple, product.hs_code) == (1000, Decimal("0.5"), "19059070")
    assert [(step.currency, step.min_quantity, step.amount) for step in product.prices] == [
        ("USD", 1000, Decimal("0.98")),
        ("VND", 1000, 25000),
        ("VND", 5000, 24000),
    ]
    assert [gate.slug for gate in product.gates] == ["moc-bai", "xa-mat"]
    assert [(row.kind, row.stars, str(row.valid_until)) for row in product.certificates] == [
        ("ocop", 4, "2028-01-31")
    ]


def test_numbers_are_read_as_the_language_of_the_page_writes_them(seller, session) -> None:
    typed = {
        "moq": "1,000",
        "multiple": "0.5",
        "steps-0-VND": "25,000",
        "steps-0-USD": "0.98",
        "steps-1-VND": "24,000",
    }
    seller.post("/km/seller/products/new", data=FORM | typed | {"steps-1-from": "5,000"})
    product = only_product(session)
    assert (product.moq, product.multiple) == (1000, Decimal("0.5"))
    assert {step.amount for step in product.prices} == {25000, 24000, Decimal("0.98")}


def test_the_page_shows_a_product_as_it_can_be_sent_again(seller, session) -> None:
    seller.post("/vi/seller/products/new", data=FORM)
    product = only_product(session)
    page = text(seller.get(f"/vi/seller/products/{product.id}"))
    for shown in (
        'value="1.000"',
        'value="0,5"',
        'value="25.000"',
        'value="0,98"',
        'value="12/UBND"',
        'value="2028-01-31"',
    ):
        assert shown in page


def test_after_a_mistake_everything_typed_is_still_there_and_each_cell_says_what_is_wrong(seller, session) -> None:
    wrong = FORM | {
        "name_vi": "",
        "name_en": "Kept",
        "hs_code": "1905",
        "moq": "1,5",
        "steps-1-VND": "nhiều",
        "certificates-0-number": "",
    }
    answer = seller.post("/vi/seller/products/new", data=wrong)
    page = text(answer)
    assert answer.status_code == 422
    assert count(session) == 0
    for kept in ('value="Kept"', 'value="nhiều"', 'value="25.000"', 'value="5.000"'):
        assert kept in page
    for place in ("f-name_vi-error", "f-steps-1-VND-error", "f-certificates-0-number-error"):
        assert f'id="{place}"' in page
    for said in ("Tên tiếng Việt: ", "Giá, dòng 2: Ghi một số.", "Chứng nhận, dòng 1: "):
        assert said in page


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"hs_code": "1905"}, "f-hs_code-error"),
        ({"hs_code": "99999999"}, "f-hs_code-error"),
        ({"multiple": "3"}, "f-moq-error"),
        ({"steps-1-VND": "26.000"}, 'id="f-steps"'),
        ({"steps-1-from": "1.000"}, 'id="f-steps"'),
        ({"gates": ["moc-bai", "nowhere"]}, "f-gates-error"),
        ({"category": "nowhere"}, "f-category-error"),
        ({"lead_days": "999"}, "f-lead_days-error"),
    ],
)
def test_what_does_not_fit_together_is_said_beside_its_field(seller, change, place) -> None:
    answer = seller.post("/vi/seller/products/new", data=FORM | change)
    assert answer.status_code == 422
    assert place in text(answer)


def test_more_rows_come_without_saving_and_without_losing_anything(seller, session) -> None:
    answer = seller.post("/vi/seller/products/new", data=FORM | {"then": "more-steps"})
    assert answer.status_code == 200
    assert "steps-6-from" in text(answer)
    assert 'value="25.000"' in text(answer)
    assert count(session) == 0


def test_saving_and_sending_is_one_step_and_says_what_is_missing(seller, session) -> None:
    seller.post("/vi/seller/products/new", data=FORM | {"gates": []})
    product = only_product(session)
    address = f"/vi/seller/products/{product.id}"
    answer = seller.post(
        address, data=FORM | {"gates": [], "then": "submit", "name_en": "Kept"}, follow_redirects=True
    )
    assert "ít nhất một cửa khẩu" in text(answer)
    kept = only_product(session)
    assert (kept.state, kept.name_en) == ("draft", "Kept")
    seller.post(address, data=FORM | {"then": "submit"})
    assert only_product(session).state == "pending"
    seller.post(f"{address}/withdraw")
    assert only_product(session).state == "draft"
    seller.post(f"{address}/submit")
    assert only_product(session).state == "pending"


def test_staff_look_after_products_like_owners(client, make, sign_in, firm, session) -> None:
    sign_in(client, make.member(firm, role="staff")).post("/vi/seller/products/new", data=FORM)
    assert only_product(session).firm_id == firm.id


def test_every_address_of_another_firm_s_product_is_404(seller, make) -> None:
    other = make.product(photos=[])
    base = f"/vi/seller/products/{other.id}"
    assert seller.get(base).status_code == 404
    posts = {
        base: FORM,
        f"{base}/submit": {},
        f"{base}/withdraw": {},
        f"{base}/stock": {"on_hand": "1", "seen": "100"},
        f"{base}/adjust": {"by": "1", "way": "in"},
        f"{base}/photos": {},
        f"{base}/photos/1/remove": {},
        f"{base}/photos/1/first": {},
    }
    assert {path: seller.post(path, data=data).status_code for path, data in posts.items()} == dict.fromkeys(
        posts, 404
    )


def test_the_list_is_narrowed_by_state_words_and_scarcity(seller, make, firm) -> None:
    make.product(firm=firm, name_vi="Muối tôm", moq=Decimal(40), on_hand=Decimal(100))
    make.product(firm=firm, name_vi="Gạo thơm", state="draft")
    make.product(name_vi="Của người khác")
    everything = text(seller.get("/vi/seller/products"))
    assert "Muối tôm" in everything
    assert "Gạo thơm" in everything
    assert "Của người khác" not in everything
    for query, shown, hidden in (
        ("state=draft", "Gạo thơm", "Muối tôm"),
        ("q=muối", "Muối tôm", "Gạo thơm"),
        ("q=gao+thom", "Gạo thơm", "Muối tôm"),
        ("show=scarce", "Muối tôm", "Gạo thơm"),
    ):
        page = text(seller.get(f"/vi/seller/products?{query}"))
        assert shown in page
        assert hidden not in page
    assert seller.get("/vi/seller/products?state=nonsense").status_code == 200


def test_stock_is_counted_in_the_list_and_htmx_gets_only_the_cell(seller, make, firm, session) -> None:
    product = make.product(firm=firm, reserved=Decimal(10))
    address = f"/vi/seller/products/{product.id}/stock"
    answer = seller.post(address, data={"on_hand": "1.200,5", "seen": "100.000"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in text(answer)
    assert 'value="1.200,5"' in text(answer)
    refused = seller.post(address, data={"on_hand": "5", "seen": "1200.5"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    moved = seller.post(address, data={"on_hand": "5.000", "seen": "100"}, headers={"HX-Request": "true"})
    assert moved.status_code == 409
    assert stored(session, product).on_hand == Decimal("1200.5")
    assert seller.post(address, data={"on_hand": "2.000", "seen": "1200.5"}).status_code == 303
    assert stored(session, product).on_hand == 2000


def test_stock_comes_in_and_goes_out(seller, make, firm, session) -> None:
    product = make.product(firm=firm)
    address = f"/vi/seller/products/{product.id}/adjust"
    seller.post(address, data={"by": "20", "way": "in"})
    seller.post(address, data={"by": "0,5", "way": "out"})
    seller.post(address, data={"by": "500", "way": "out"})
    seller.post(address, data={"by": "nhiều", "way": "in"})
    assert stored(session, product).on_hand == Decimal("119.5")


def test_photos_are_taken_each_on_its_own_and_served_for_ever(seller, make, firm, session) -> None:
    product = make.product(firm=firm, state="draft")
    files = [(jpeg(), "good.jpg"), (BytesIO(b"no picture"), "bad.jpg"), (jpeg("blue"), "other.jpg")]
    answer = seller.post(f"/vi/seller/products/{product.id}/photos", data={"photos": files}, follow_redirects=True)
    assert len(stored(session, product).photos) == 2
    assert "bad.jpg" in text(answer)
    address = f"/media/photos/{product.photos[0].sha256}-640.webp"
    assert address.replace("640", "320") in text(answer)
    served = seller.get(address)
    assert (served.status_code, served.mimetype) == (200, "image/webp")
    assert "immutable" in served.headers["Cache-Control"]
    served.close()
    with seller.get(address, headers={"If-None-Match": served.headers["ETag"]}) as again:
        assert again.status_code == 304


def test_pictures_beyond_the_last_place_are_not_even_opened(seller, make, firm, monkeypatch) -> None:
    product, opened = make.product(firm=firm, state="draft"), []

    def noted(_data: bytes, name: str) -> None:
        opened.append(name)
        raise photos.NotAPicture(file=name)

    monkeypatch.setattr(photos, "prepare", noted)
    files = [(jpeg(), f"{number}.jpg") for number in range(photos.MOST_PHOTOS + 30)]
    answer = seller.post(f"/vi/seller/products/{product.id}/photos", data={"photos": files}, follow_redirects=True)
    assert len(opened) == photos.MOST_PHOTOS
    assert "nhiều nhất 8 ảnh" in text(answer)


@pytest.mark.parametrize(
    "name", ["x.webp", "../../secret_key", f"{'0' * 64}-640.webp", f"{'0' * 64}-641.webp", f"{'0' * 64}-640.webp/.."]
)
def test_no_other_file_is_served_as_a_photo(client, name) -> None:
    assert client.get(f"/media/photos/{name}").status_code == 404


def test_first_photo_and_removal_by_button(seller, make, firm, session) -> None:
    product = make.product(firm=firm, state="draft")
    base = f"/vi/seller/products/{product.id}/photos"
    seller.post(base, data={"photos": [(jpeg(), "a.jpg"), (jpeg("blue"), "b.jpg")]})
    first, second = stored(session, product).photos
    seller.post(f"{base}/{second.id}/first")
    assert [photo.id for photo in stored(session, product).photos] == [second.id, first.id]
    seller.post(f"{base}/{second.id}/remove")
    assert [photo.id for photo in stored(session, product).photos] == [first.id]
