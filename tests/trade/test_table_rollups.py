"""Totals and counts: what one source says again replaces what it said, and a total is never added to its parts."""

from datetime import date
from decimal import Decimal as D

from tests.trade.delivering import CROSSING_HEADS, crossing, csv

HEADS = ("Cửa khẩu", "Kỳ", "Hướng", "Mã HS", "Đối tác", "Kim ngạch (USD)", "Trọng lượng (kg)", "Trạng thái")
OCTOBER = date(2025, 10, 1)


def total(amount: str, *, hs: str = "", partner: str = "", kg: str = "", status: str = "Sơ bộ", period="10/2025"):
    return ["Mộc Bài", period, "Xuất", hs, partner, amount, kg, status]


def bring(desk, *rows, **more) -> None:
    desk.publish(csv(HEADS, rows), "summaries", **more)


def figures(desk, grain: str = "all"):
    return desk.flows("hs", "partner", "value_usd", "net_kg", "weighed", grain=grain)


def test_a_total_given_again_replaces_the_first(desk) -> None:
    bring(desk, total("1000,5"))
    bring(desk, total("900,5"))
    assert figures(desk) == [("", "", D("900.50"), None, 0)]


def test_an_estimate_that_comes_late_does_not_replace_the_official_figure(desk) -> None:
    bring(desk, total("900,5", status="Chính thức"))
    bring(desk, total("1000,5", status="Ước"))
    assert desk.flows("value_usd", "status") == [(D("900.50"), "official")]


def test_figures_of_two_sources_stand_side_by_side(desk) -> None:
    bring(desk, total("1000,5"), source="customs")
    bring(desk, total("990,5"), source="statistics")
    assert figures(desk) == [("", "", D("1000.50"), None, 0), ("", "", D("990.50"), None, 0)]


def test_a_total_is_not_added_to_the_chapters_it_is_made_of(desk) -> None:
    bring(desk, total("100,0"), total("60,5", hs="11"), total("30,5", hs="07"), total("25,5", hs="0714"))
    assert [row[2] for row in figures(desk)] == [D("100.00")]
    assert [(row[0], row[2]) for row in figures(desk, "hs2")] == [("07", D("30.50")), ("11", D("60.50"))]
    assert [(row[0], row[2]) for row in figures(desk, "hs4")] == [("0714", D("25.50"))]


def test_without_a_total_the_finest_rows_are_added_up_for_every_grain(desk) -> None:
    bring(desk, total("60,5", hs="11", partner="Campuchia"), total("30,5", hs="07", partner="Thái Lan"))
    assert [row[2] for row in figures(desk)] == [D("91.00")]
    assert [row[1:3] for row in figures(desk, "partner")] == [("KH", D("60.50")), ("TH", D("30.50"))]
    assert [row[:3] for row in figures(desk, "hs2_partner")] == [("07", "TH", D("30.50")), ("11", "KH", D("60.50"))]
    assert figures(desk, "hs4") == []


def test_goods_given_by_codes_of_different_length_are_all_counted(desk) -> None:
    bring(desk, total("60,5", hs="11"), total("30,5", hs="0714"), total("9,5", hs="08"), total("7,5", hs="0801"))
    assert [row[2] for row in figures(desk)] == [D("100.50")]
    assert [(row[0], row[2]) for row in figures(desk, "hs2")] == [
        ("07", D("30.50")),
        ("08", D("9.50")),
        ("11", D("60.50")),
    ]


def test_weight_that_was_not_collected_is_missing_and_counted_as_such(desk) -> None:
    bring(desk, total("60,5", hs="11", kg="500"), total("30,5", hs="07", kg="0"), total("5,5", hs="08"))
    assert figures(desk) == [("", "", D("96.50"), D("500.000"), 1)]


def test_a_cumulative_column_is_not_a_month(desk) -> None:
    bring(desk, total("100,0"), total("900,0", period="10 tháng 2025"), total("280,0", period="Quý III/2025"))
    assert desk.flows("period_kind", "month", "value_usd") == [
        ("cumulative", OCTOBER, D("900.00")),
        ("month", OCTOBER, D("100.00")),
        ("quarter", date(2025, 9, 1), D("280.00")),
    ]


def test_a_month_that_nobody_reported_has_no_row(desk) -> None:
    bring(desk, total("100,0"), total("90,0", period="12/2025"))
    assert [row[0] for row in desk.flows("month")] == [OCTOBER, date(2025, 12, 1)]


# --- crossings ---


def counts(desk):
    return desk.crossings("month", "direction", "measure", "count")


def test_days_add_up_to_their_month_even_over_two_files(desk) -> None:
    desk.publish(csv(CROSSING_HEADS, [crossing("16/10/2025", "10"), crossing("17/10/2025", "20")]), "crossings")
    desk.publish(csv(CROSSING_HEADS, [crossing("18/10/2025", "5")]), "crossings")
    assert counts(desk) == [(OCTOBER, "out", "truck", 35)]


def test_a_day_counted_again_replaces_the_first_count(desk) -> None:
    desk.publish(csv(CROSSING_HEADS, [crossing("16/10/2025", "10"), crossing("17/10/2025", "20")]), "crossings")
    desk.publish(csv(CROSSING_HEADS, [crossing("17/10/2025", "21")]), "crossings")
    assert counts(desk) == [(OCTOBER, "out", "truck", 31)]


def test_a_monthly_count_replaces_the_days_and_days_replace_a_monthly_count(desk) -> None:
    desk.publish(csv(CROSSING_HEADS, [crossing("16/10/2025", "10"), crossing("17/10/2025", "20")]), "crossings")
    desk.publish(csv(CROSSING_HEADS, [crossing("10/2025", "400")]), "crossings")
    assert counts(desk) == [(OCTOBER, "out", "truck", 400)]
    desk.publish(csv(CROSSING_HEADS, [crossing("16/10/2025", "11")]), "crossings")
    assert counts(desk) == [(OCTOBER, "out", "truck", 31)]


def test_a_border_guard_sheet_with_a_column_per_kind_is_unfolded(desk) -> None:
    heads = ("Ngày", "Cửa khẩu", "Người xuất cảnh", "Người nhập cảnh", "PT xuất cảnh", "PT nhập cảnh")
    desk.publish(csv(heads, [["16/10/2025", "Xa Mát", "120", "110", "40", "-"]]), "crossings")
    assert counts(desk) == [
        (OCTOBER, "in", "person", 110),
        (OCTOBER, "out", "person", 120),
        (OCTOBER, "out", "vehicle", 40),
    ]
