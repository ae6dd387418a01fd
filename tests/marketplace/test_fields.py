"""Quantities, amounts and text as JSON and forms carry them: exact, or refused with words."""

from decimal import Decimal

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.i18n import number
from app.marketplace.fields import Currency, Quantity, Slug, Text, TypedAmount, TypedQuantity, plain

quantities = st.decimals(min_value=Decimal("0.001"), max_value=10**12, places=3)


@pytest.fixture
def reading_in(web_app):
    """`reading_in("km")`: from now on a page in this language is asked for."""
    with web_app.test_request_context("/"):

        def set_language(code: str) -> None:
            g.lang = code

        yield set_language


@given(quantities)
def test_a_quantity_survives_the_way_through_json(quantity: Decimal) -> None:
    field = Quantity()
    text = field._serialize(quantity, None, None)
    assert "E" not in text
    assert field.deserialize(text) == quantity


@pytest.mark.parametrize("value", ["5", 5, "5.000", "0.001", "1000000000000"])
def test_decimal_text_and_whole_numbers_are_taken(value) -> None:
    assert Quantity().deserialize(value) == Decimal(value)


@pytest.mark.parametrize(
    "value",
    [
        5.0,
        True,
        "",
        "abc",
        "1,5",
        "1e3",
        "1_000",
        " 5",
        "5\n",
        "+5",
        "５",
        "NaN",
        "Infinity",
        "0",
        "-1",
        "1.0001",
        "1000000000001",
        None,
        [],
        {"a": 1},
    ],
)
def test_what_is_not_an_exact_quantity_is_refused(value) -> None:
    with pytest.raises(ValidationError):
        Quantity().deserialize(value)


def test_nothing_is_a_quantity_only_where_stock_is_counted() -> None:
    assert Quantity(zero=True).deserialize("0") == 0


@pytest.mark.parametrize(
    ("lang", "typed", "value"),
    [
        ("vi", "1.234,5", "1234.5"),
        ("vi", "1.000", "1000"),
        ("vi", "1000", "1000"),
        ("vi", "0,5", "0.5"),
        ("en", "1,234.5", "1234.5"),
        ("en", "1.000", "1"),
        ("km", "1,000", "1000"),
        ("km", "១២,៥", "12.5"),
    ],
)
def test_a_typed_number_means_what_the_page_s_language_writes(reading_in, lang, typed, value) -> None:
    reading_in(lang)
    assert TypedQuantity().deserialize(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("lang", "typed"),
    [("vi", "1.5"), ("vi", "1,234.5"), ("en", "1.234,5"), ("vi", "5 kg"), ("vi", "nhiều"), ("vi", "1e3")],
)
def test_a_number_written_otherwise_is_refused_not_guessed(reading_in, lang, typed) -> None:
    reading_in(lang)
    with pytest.raises(ValidationError):
        TypedQuantity().deserialize(typed)


@given(st.sampled_from(["vi", "km", "en"]), quantities)
def test_what_a_page_shows_can_be_sent_back_unchanged(web_app, lang: str, quantity: Decimal) -> None:
    with web_app.test_request_context("/"):
        g.lang = lang
        assert TypedQuantity().deserialize(number(quantity)) == quantity


def test_amounts_of_money_have_at_most_cents(reading_in) -> None:
    reading_in("vi")
    assert TypedAmount().deserialize("25.000") == 25000
    assert TypedAmount().deserialize("0,98") == Decimal("0.98")
    for typed in ("0,985", "0", "-1", "x"):
        with pytest.raises(ValidationError):
            TypedAmount().deserialize(typed)


def test_text_is_cleaned_and_keeps_its_lines() -> None:
    assert Text(20).deserialize("  Bánh  tráng\u200b \r\n ngon ") == "Bánh tráng\nngon"
    with pytest.raises(ValidationError):
        Text(3).deserialize("dài quá")


def test_slugs_and_currencies_are_known_shapes() -> None:
    assert Slug().deserialize("moc-bai") == "moc-bai"
    assert Currency().deserialize("KHR") == "KHR"
    for field, value in ((Slug(), "Mộc Bài"), (Slug(), "a--b"), (Slug(), "a\n"), (Currency(), "THB")):
        with pytest.raises(ValidationError):
            field.deserialize(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_plain_writes_the_shortest_exact_text(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert not ("." in text and text.endswith("0"))
