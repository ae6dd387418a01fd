"""Numbers with number words, signs and units as each language writes them."""

from datetime import date
from decimal import Decimal

import pytest
from flask import g
from flask_babel import force_locale

from dashboards import wording


@pytest.fixture
def reading_in(web_app):
    def enter(lang):
        context = web_app.test_request_context(f"/{lang}/trade/")
        context.push()
        g.lang = lang
        opened.append(context)
        return force_locale("en")

    opened: list = []
    yield enter
    for context in opened:
        context.pop()


@pytest.mark.parametrize(
    ("column", "peak", "unit", "text"),
    [
        ("value_usd", "68400000", "million USD", "68.4"),
        ("value_usd", "4999999", "million USD", "5.00"),
        ("value_usd", "999000", "thousand USD", "999.0"),
        ("value_usd", "17850772362", "billion USD", "17.9"),
        ("value_vnd", "68400000000000", "trillion VND", "68.4"),
        ("net_kg", "123456789", "thousand tonnes", "123.5"),
        ("lines", "12345", "lines", "12,345"),
        ("vehicle", "23900", "thousand vehicles", "23.9"),
        ("value_usd", "12", "USD", "12"),
    ],
)
def test_the_number_word_fits_the_greatest_number(reading_in, column, peak, unit, text) -> None:
    with reading_in("en"):
        scale = wording.scale_for(column, [Decimal(1), None, Decimal(peak)])
        assert (scale.unit, scale.text(Decimal(peak))) == (unit, text)
        assert scale.text(None) == "–"


def test_vietnamese_writes_a_decimal_comma_and_a_space_before_per_cent(reading_in) -> None:
    with reading_in("vi"):
        scale = wording.scale_for("value_usd", [Decimal(68_400_000)])
        assert scale.worded(Decimal(68_400_000)) == f"68,4\u00a0{scale.unit}"
        assert wording.percent(Decimal("38.14"), signed=True) == "+38,1\u00a0%"
        assert wording.period(date(2024, 1, 1), date(2026, 10, 1)) == "01/2024 – 10/2026"
        assert wording.month_word(11) == "tháng 11"


def test_a_change_carries_its_sign(reading_in) -> None:
    with reading_in("en"):
        signed = [wording.percent(Decimal(value), signed=True) for value in ("5", "-5.25", "0", "1234.5")]
        assert signed == ["+5.0%", "−5.2%", "0.0%", "+1,234%"]
        assert wording.percent(None) == "–"


def test_a_tariff_text_is_cut_where_it_still_makes_sense() -> None:
    assert wording.shortened("Ngũ cốc") == "Ngũ cốc"
    assert wording.shortened("Dừa, quả hạch Brazil và hạt điều, tươi hoặc khô, đã bóc vỏ") == (
        "Dừa, quả hạch Brazil và hạt điều…"
    )
    assert wording.shortened("Muối; lưu huỳnh; đất và đá; thạch cao, vôi và xi măng") == (
        "Muối; lưu huỳnh; đất và đá; thạch cao…"
    )
    assert wording.shortened("Cao su tự nhiên ở dạng nguyên sinh hoặc dạng tấm lá") == (
        "Cao su tự nhiên ở dạng nguyên sinh hoặc…"
    )


def test_many_gaps_are_counted(reading_in) -> None:
    with reading_in("en"):
        gaps = [("xa-mat", date(2025, month, 1)) for month in range(1, 8)]
        names = {"xa-mat": "Xa Mát"}
        assert wording.listed_gaps(gaps[:2], names) == "Xa Mát Jan 2025, Xa Mát Feb 2025"
        assert wording.listed_gaps(gaps, names).endswith("Xa Mát Apr 2025 and 3 more")
