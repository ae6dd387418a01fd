"""Days as people type them, and old Vietnamese fonts."""

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.periods import PeriodUnclear, parse_period
from app.text import BadDate, fold, from_legacy, legacy_font, parse_date
from app.trade.cells import day_sql
from tests.text.vectors import vectors

DAYS = st.dates(date(1995, 1, 1), date(2099, 12, 31))
PATTERNS = ("%d/%m/%Y", "%Y-%m-%d", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")


@pytest.mark.parametrize(
    ("text", "style", "day"),
    [
        ("3/1/26", "vi", date(2026, 1, 3)),
        ("03/01/2019 12:00:00 AM", "us", date(2019, 3, 1)),
        ("46349", "vi", date(2026, 11, 23)),
        ("44887", "1904", date(2026, 11, 23)),
        ("2026-11-23T00:00:00", "vi", date(2026, 11, 23)),
        ("១៥/០៨/២០២៦", "vi", date(2026, 8, 15)),
        ("15 សីហា 2026", "vi", date(2026, 8, 15)),
        ("ngày 5 tháng 9 năm 2026", "vi", date(2026, 9, 5)),
    ],
)
def test_a_day_is_read(text, style, day) -> None:
    assert parse_date(text, style) == day


@pytest.mark.parametrize(
    ("text", "reason"), [("31/02/2026", "impossible"), ("13 giờ", "unknown"), ("03/01/2019 12:00:00 AM", "us_clock")]
)
def test_what_is_no_day_says_why(text, reason) -> None:
    with pytest.raises(BadDate) as caught:
        parse_date(text)
    assert caught.value.reason == reason


def test_all_vectors() -> None:
    for text, said in vectors("dates"):
        if said == "error":
            with pytest.raises(BadDate):
                parse_date(text)
        elif "1904" in said:
            assert parse_date(text, "1904") == date(2026, 11, 23)
        elif len(said.split(" -> ")[-1]) == 10:
            assert parse_date(text) == date.fromisoformat(said.split(" -> ")[-1]), text
        else:
            assert parse_period(text) is not None, text


@given(DAYS, st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d"]))
def test_a_day_written_day_first_or_iso_is_read_back(day, pattern) -> None:
    assert parse_date(day.strftime(pattern)) == day


@given(DAYS)
def test_a_spreadsheet_serial_is_its_day(day) -> None:
    assert parse_date(str((day - date(1899, 12, 30)).days)) == day


@given(DAYS, st.sampled_from(PATTERNS), st.sampled_from(["", " 07:30:00", "T00:00:00"]))
def test_the_columnar_reader_reads_every_day_of_its_pattern(day, pattern, clock) -> None:
    if pattern == "%Y%m%d":
        clock = ""
    expression = day_sql("cell", pattern)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {expression} FROM (SELECT ?::VARCHAR AS cell)", [day.strftime(pattern) + clock]
        ).fetchone()
    assert found == (day,)


@given(st.integers(2000, 2060), st.integers(1, 12), st.sampled_from(["T{m}/{y}", "Tháng {m} năm {y}", "{m}/{y}"]))
def test_a_month_is_a_month_however_it_is_called(year, month, label) -> None:
    period = parse_period(label.format(m=month, y=year))
    assert (period.kind, period.start, period.months) == ("month", date(year, month, 1), [date(year, month, 1)])


@given(st.integers(2000, 2060), st.integers(2, 12))
def test_months_since_january_are_never_one_month(year, month) -> None:
    period = parse_period(f"{month} tháng {year}")
    assert (period.start, len(period.months)) == (date(year, 1, 1), month)
    assert period.end + timedelta(days=1) == (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1))


@given(st.integers(1, 12))
def test_a_bare_number_is_unclear_whatever_the_year(number) -> None:
    with pytest.raises(PeriodUnclear):
        parse_period(str(number), 2025)


@pytest.mark.parametrize(
    ("text", "font", "meant"),
    [
        ("cöa khÈu méc bµi", "tcvn3", "cửa khẩu mộc bài"),
        ("trÞ gi¸ (ngh×n usd)", "tcvn3", "trị giá (nghìn usd)"),
        ("cöûa khaåu moäc baøi", "vni", "cửa khẩu mộc bài"),
        ("ñöôøng mía", "vni", "đường mía"),
    ],
)
def test_old_fonts_are_recognised_and_turned_into_unicode(text, font, meant) -> None:
    assert (legacy_font(text), from_legacy(text, font)) == (font, meant)


@pytest.mark.parametrize("text", ["cửa khẩu Mộc Bài", "Café au lait", "plain ascii", "Phú Thọ"])
def test_what_reads_well_as_it_is_is_left_alone(text) -> None:
    assert legacy_font(text) is None


def test_all_strings() -> None:
    for row in vectors("strings"):
        assert from_legacy(row["tcvn3"], "tcvn3") == row["nfc"]
        assert from_legacy(row["vni"], "vni") == row["nfc"]
        assert fold(row["nfd"]) == fold(row["nfc"]) == row["fold"]
