"""Months, the labels people give to periods, and the feasts that move."""

from datetime import date

import pytest

from app.periods import (
    TET,
    Period,
    PeriodUnclear,
    add_months,
    khmer_new_year,
    last_day,
    month_of,
    months_between,
    parse_period,
)
from tests.lunar import lunar_new_year


def test_months_add_across_years():
    assert add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)
    assert add_months(date(2026, 1, 1), -13) == date(2024, 12, 1)
    assert month_of(date(2026, 11, 23)) == date(2026, 11, 1)
    assert last_day(date(2024, 2, 1)) == date(2024, 2, 29)
    assert list(months_between(date(2025, 11, 1), date(2026, 2, 1))) == [
        date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "kind", "start", "end"),
    [
        ("T1", "month", "2026-01-01", "2026-01-31"),
        ("T.8", "month", "2026-08-01", "2026-08-31"),
        ("T11/2025", "month", "2025-11-01", "2025-11-30"),
        ("Tháng 8/2026", "month", "2026-08-01", "2026-08-31"),
        ("THÁNG 11 NĂM 2026", "month", "2026-11-01", "2026-11-30"),
        ("thg 11, 2026", "month", "2026-11-01", "2026-11-30"),
        ("11/2026", "month", "2026-11-01", "2026-11-30"),
        ("2026-10", "month", "2026-10-01", "2026-10-31"),
        ("Jan 2024", "month", "2024-01-01", "2024-01-31"),
        ("ខែតុលា ឆ្នាំ២០២៦", "month", "2026-10-01", "2026-10-31"),
        ("Quí I", "quarter", "2026-01-01", "2026-03-31"),
        ("Quý III", "quarter", "2026-07-01", "2026-09-30"),
        ("Quý IV/2025", "quarter", "2025-10-01", "2025-12-31"),
        ("Q4/2026", "quarter", "2026-10-01", "2026-12-31"),
        ("8 tháng", "cumulative", "2026-01-01", "2026-08-31"),
        ("6T/2026", "cumulative", "2026-01-01", "2026-06-30"),
        ("11T/2026", "cumulative", "2026-01-01", "2026-11-30"),
        ("6 tháng đầu năm 2026", "cumulative", "2026-01-01", "2026-06-30"),
        ("6 tháng cuối năm 2026", "half", "2026-07-01", "2026-12-31"),
        ("H1/2026", "half", "2026-01-01", "2026-06-30"),
        ("Kỳ 1 tháng 8", "half_month", "2026-08-01", "2026-08-15"),
        ("Kỳ 2 tháng 2/2024", "half_month", "2024-02-16", "2024-02-29"),
        ("Năm 2025", "year", "2025-01-01", "2025-12-31"),
        ("Cả năm", "year", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_label_is_read(label, kind, start, end):
    assert parse_period(label, year=2026) == Period(kind, date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "label", ["Tổng", "13/2026", "T13", "13 tháng", "", "2026-13", "Mộc Bài", "Kỳ 1 tháng 14/2026"]
)
def test_what_is_no_period_is_none(label):
    assert parse_period(label, year=2026) is None


@pytest.mark.parametrize(("label", "reason"), [("T8", "no_year"), ("Quí I", "no_year"), ("8", "bare_number")])
def test_an_unclear_label_is_not_guessed(label, reason):
    with pytest.raises(PeriodUnclear) as unclear:
        parse_period(label)
    assert unclear.value.reason == reason


def test_a_bare_number_stays_unclear_even_with_a_year():
    with pytest.raises(PeriodUnclear):
        parse_period("8", year=2022)


@pytest.mark.parametrize(
    ("label", "before"),
    [
        ("T2/2024", "T2/2023"), ("8T/2026", "8T/2025"), ("Kỳ 2 tháng 2/2024", "Kỳ 2 tháng 2/2023"),
        ("Kỳ 1 tháng 2/2024", "Kỳ 1 tháng 2/2023"), ("Q1/2026", "Q1/2025"), ("2026", "2025"),
    ],
)  # fmt: skip
def test_the_period_a_year_before_is_like_for_like(label, before):
    assert parse_period(label).year_before() == parse_period(before)


def test_tet_is_the_computed_lunar_new_year_of_viet_nam():
    assert {year: lunar_new_year(year) for year in range(2015, 2036)} == TET


def test_tet_of_2030_differs_from_the_chinese_new_year():
    assert TET[2030] == date(2030, 2, 2)


def test_khmer_new_year_is_in_mid_april():
    assert khmer_new_year(2024) == date(2024, 4, 13)
    assert khmer_new_year(2026) == date(2026, 4, 14)
    with pytest.raises(ValueError, match="2015 to 2035"):
        khmer_new_year(2050)
