"""Figures are pure: rows in, a valid Plotly figure out, with gaps where something is missing."""

from datetime import date
from decimal import Decimal

import plotly.graph_objects as go
import pytest

from dashboards.figures import Bar, Line, Words, colour_of, over_time, ranks

MONTHS = [date(2025, month, 1) for month in range(1, 13)]
WORDS = Words({month: f"{month:%m/%Y}" for month in MONTHS}, tet="Tết", meta=(("title", "Mộc Bài"),))


def line(values, name="Xuất", colour="var(--river)", dash="solid", months=MONTHS) -> Line:
    points = [
        (month, None if value is None else Decimal(value)) for month, value in zip(months, values, strict=False)
    ]
    return Line(name, colour, dash, points, [f"{value} triệu USD" for value in values], f"{name} {values[-1]}")


def test_a_figure_is_valid_for_plotly() -> None:
    drawn = over_time([line(range(12)), line(range(12), "Nhập", dash="dot")], WORDS)
    figure = go.Figure(drawn)
    assert [(trace.name, trace.line.dash) for trace in figure.data] == [("Xuất", "solid"), ("Nhập", "dot")]
    assert figure.layout.meta == {"title": "Mộc Bài"}
    assert go.Figure(ranks([Bar("07 Rau", Decimal(5), "5,0")], WORDS)).data[0].orientation == "h"


def test_a_missing_month_is_a_gap_with_a_band_under_it() -> None:
    drawn = over_time([line([5, 6, None, 8, 9, 10])], WORDS)
    (trace,) = drawn["data"]
    assert trace["y"] == [5.0, 6.0, None, 8.0, 9.0, 10.0]
    assert trace["connectgaps"] is False
    bands = [shape["x0"] for shape in drawn["layout"]["shapes"] if shape["fillcolor"] == "var(--sunk)"]
    assert bands == ["2025-03-01"]


def test_months_before_the_first_and_after_the_last_figure_are_no_holes() -> None:
    drawn = over_time([line([None, None, 7, 8, None])], WORDS)
    assert [shape for shape in drawn["layout"]["shapes"] if shape["fillcolor"] == "var(--sunk)"] == []


def test_a_month_between_two_gaps_is_still_seen() -> None:
    (trace,) = over_time([line([5, None, 7, None, 9, 10])], WORDS)["data"]
    assert trace["mode"] == "lines+markers"
    assert trace["marker"]["size"] == [7, 0, 7, 0, 0, 0]


def test_the_scale_begins_at_zero_and_may_be_shared() -> None:
    assert over_time([line([50, 100])], WORDS)["layout"]["yaxis"]["range"] == [0, pytest.approx(112)]
    assert over_time([line([50, 100])], WORDS, Decimal(200))["layout"]["yaxis"]["range"] == [0, pytest.approx(224)]
    assert ranks([Bar("a", Decimal(4), "4")], WORDS)["layout"]["xaxis"]["range"][0] == 0


def test_tet_is_marked_in_the_years_that_are_shown() -> None:
    drawn = over_time([line(range(12))], WORDS)
    assert [note["x"] for note in drawn["layout"]["annotations"] if note["text"] == "Tết"] == ["2025-01-31"]
    feast = next(shape for shape in drawn["layout"]["shapes"] if shape["fillcolor"] == "var(--rice-soft)")
    assert feast["x0"] <= "2025-01-29" <= feast["x1"]


def test_lines_are_named_at_their_ends_and_the_names_do_not_touch() -> None:
    drawn = over_time([line([90, 100], "Xuất"), line([95, 101], "Nhập")], WORDS)
    ends = {note["text"]: note["y"] for note in drawn["layout"]["annotations"] if note["text"] != "Tết"}
    assert ends["Xuất 100"] == 100
    assert ends["Nhập 101"] == pytest.approx(100 + 101 * 1.12 * 0.075)


def test_a_gate_has_one_colour_everywhere() -> None:
    gates = ("moc-bai", "xa-mat", "tan-nam", "ka-tum")
    assert [colour_of(gate, gates) for gate in gates] == [
        "var(--river)", "var(--laterite)", "var(--rice)", "var(--ink-soft)",
    ]  # fmt: skip


def test_a_trace_has_at_most_two_thousand_points() -> None:
    months = [date(1700 + number // 12, number % 12 + 1, 1) for number in range(2500)]
    (trace,) = over_time([line(range(2500), months=months)], Words({}))["data"]
    assert (len(trace["x"]), len(trace["text"]), trace["y"][-1]) == (2000, 2000, 2499.0)


def test_nothing_at_all_is_an_empty_figure() -> None:
    assert go.Figure(over_time([], WORDS)).data == ()
    assert over_time([line([None, None])], WORDS)["layout"]["yaxis"]["range"][1] > 0


def test_bars_are_ranked_downwards_with_name_value_and_link() -> None:
    drawn = ranks(
        [Bar("07 Rau", Decimal(5), "5,0 +38,1 %", "/vi/trade/?hs=07", strong=True), Bar("40", Decimal(3), "3,0")],
        WORDS,
    )
    (trace,) = drawn["data"]
    assert (trace["x"], trace["y"], trace["text"]) == ([5.0, 3.0], [0, 1], ["5,0 +38,1 %", "3,0"])
    assert trace["customdata"] == ["/vi/trade/?hs=07", ""]
    top, bottom = drawn["layout"]["yaxis"]["range"][1], drawn["layout"]["yaxis"]["range"][0]
    assert top < 0 < bottom
    assert [note["text"] for note in drawn["layout"]["annotations"]] == ["07 Rau", "40"]
