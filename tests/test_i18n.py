"""Numbers, money and days as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from flask import g
from hypothesis import given
from hypothesis import strategies as st

from app import i18n
from app.money import Money


@pytest.fixture
def reader(web_app):
    """`reader("km")`: inside a request of a page in that language."""
    contexts = []

    def read(lang: str) -> None:
        context = web_app.test_request_context(f"/{lang}/")
        context.push()
        g.lang = lang
        contexts.append(context)

    yield read
    for context in reversed(contexts):
        context.pop()


@pytest.mark.parametrize(("lang", "written"), [("vi", "1.234.567,5"), ("km", "1,234,567.5"), ("en", "1,234,567.5")])
def test_a_number_is_grouped_as_the_language_groups(reader, lang, written) -> None:
    reader(lang)
    assert i18n.number(Decimal("1234567.5")) == written


@given(st.decimals(-(10**15), 10**15, allow_nan=False, places=5), st.sampled_from([None, 0, 1, 2]))
def test_a_number_is_written_as_babel_writes_it(value, decimals) -> None:
    pattern = {None: "#,##0.###", 0: "#,##0", 1: "#,##0.0", 2: "#,##0.00"}[decimals]
    assert i18n.number(value, decimals) == format_decimal(value, format=pattern, locale="vi")


def test_a_missing_number_is_a_dash_and_never_zero(reader) -> None:
    reader("vi")
    assert i18n.number(None) == "–"
    assert i18n.number(Decimal(0)) == "0"


@pytest.mark.parametrize(
    ("lang", "amount", "written"),
    [
        ("vi", Money(Decimal(25000), "VND"), "25.000\u00a0₫"),
        ("vi", Money(Decimal("1234.5"), "USD"), "1.234,50\u00a0$"),
        ("km", Money(Decimal(4100), "KHR"), "4,100\u00a0៛"),
        ("en", Money(Decimal("1234.5"), "USD"), "$1,234.50"),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(reader, lang, amount, written) -> None:
    reader(lang)
    assert i18n.money(amount) == written


@pytest.mark.parametrize(
    ("lang", "day", "month"),
    [("vi", "05/11/2026", "11/2026"), ("en", "5 Nov 2026", "Nov 2026"), ("km", "5 វិច្ឆិកា 2026", "វិច្ឆិកា 2026")],
)
def test_days_and_months_are_written_as_the_language_writes_them(reader, lang, day, month) -> None:
    reader(lang)
    assert i18n.day(date(2026, 11, 5)) == day
    assert i18n.month(date(2026, 11, 1)) == month


def test_an_instant_is_shown_on_the_clock_of_the_gates(reader) -> None:
    reader("vi")
    assert i18n.instant(datetime(2026, 11, 24, 18, 30, tzinfo=UTC)) == "25/11/2026 01:30"


def test_the_address_decides_the_language_before_the_browser(client) -> None:
    assert client.get("/km/nowhere", headers={"Accept-Language": "en"}).text.count('<html lang="km"') == 1


@pytest.mark.parametrize(("accepted", "target"), [("km", "/km/"), ("en-US,en", "/en/"), ("fr", "/vi/")])
def test_the_front_door_leads_to_the_language_of_the_browser(client, accepted, target) -> None:
    assert client.get("/", headers={"Accept-Language": accepted}).headers["Location"] == target


def test_a_thing_without_a_khmer_name_is_called_by_its_vietnamese_one() -> None:
    class Thing:
        name_vi, name_en, name_km = "Muối tôm", "Shrimp salt", None

    assert i18n.localized(Thing(), "name", "km") == "Muối tôm"
    assert i18n.localized(Thing(), "name", "en") == "Shrimp salt"


def test_a_letter_in_another_language_has_that_languages_numbers_and_leaves_the_page_as_it_was(reader) -> None:
    reader("en")
    with i18n.force_locale("vi"):
        assert (i18n.language(), i18n.number(Decimal("1234.5"))) == ("vi", "1.234,5")
    assert (i18n.language(), i18n.number(Decimal("1234.5"))) == ("en", "1,234.5")


def test_outside_a_request_a_letter_still_has_its_own_language(web_app) -> None:
    with web_app.app_context(), i18n.force_locale("km"):
        assert i18n.number(Decimal("1234.5")) == "1,234.5"


def test_a_word_in_another_language_than_the_page_says_which(reader) -> None:
    class Thing:
        name_vi, name_en, name_km = "Muối & tôm", "Shrimp salt", None

    reader("km")
    assert i18n.marked(Thing(), "name") == '<span lang="vi">Muối &amp; tôm</span>'
    assert i18n.marked(Thing(), "about") == ""
    reader("vi")
    assert i18n.marked(Thing(), "name") == "Muối &amp; tôm"
