"""Revisions replace: whatever is delivered again, in whatever order, nothing is counted twice."""

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.db import Session
from app.trade import imports, models, tasks
from tests.trade.delivering import HEADS, csv

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)


def amended(number: int, revision: int, line: int = 1, **changed: str) -> list[str]:
    return [f"308123{number:05d}{revision}", str(line), *_rest(number, **changed)]


def _rest(number: int, **changed: str) -> list[str]:
    good = {
        "Ngày đăng ký": "16/10/2025", "Hướng": "Xuất", "Cửa khẩu": "Mộc Bài", "Mã HS": "11081400",
        "Nước đối tác": "Campuchia", "Trị giá nguyên tệ": "100,0", "Nguyên tệ": "USD",
        "Trọng lượng tịnh (kg)": "2000",
    }  # fmt: skip
    return list((good | changed).values())


def value(amount: str) -> dict[str, str]:
    return {"Trị giá nguyên tệ": amount}


def totals(desk) -> list[tuple]:
    return desk.flows("gate", "month", "value_usd", "lines", "declarations")


def test_an_amended_line_replaces_the_older_one(desk) -> None:
    desk.lines(amended(1, 0, **value("100,0")), amended(2, 0, **value("50,0")))
    desk.lines(amended(1, 1, **value("70,0")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("120.00"), 2, 2)]


def test_an_older_revision_that_comes_late_changes_nothing(desk) -> None:
    desk.lines(amended(1, 2, **value("70,0")))
    desk.lines(amended(1, 1, **value("900,0")), amended(3, 0, **value("1,5")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("71.50"), 2, 2)]


def test_both_revisions_in_one_file_count_once(desk) -> None:
    desk.lines(amended(1, 0, **value("100,0")), amended(1, 1, **value("70,0")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("70.00"), 1, 1)]


def test_the_same_line_delivered_again_counts_once_with_its_newest_value(desk) -> None:
    desk.lines(amended(1, 0, **value("100,0")))
    desk.lines(amended(1, 0, **value("110,0")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("110.00"), 1, 1)]


def test_the_eleven_digits_people_quote_are_the_unamended_declaration(desk) -> None:
    row = amended(1, 0, **value("100,0"))
    desk.lines([row[0][:11], *row[1:]])
    desk.lines(amended(1, 1, **value("70,0")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("70.00"), 1, 1)]


def test_a_line_that_moved_to_another_gate_leaves_the_first_one(desk) -> None:
    desk.lines(amended(1, 0), amended(2, 0, **value("5,0")))
    desk.lines(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}))
    assert totals(desk) == [("moc-bai", OCTOBER, D("5.00"), 1, 1), ("xa-mat", OCTOBER, D("100.00"), 1, 1)]


def test_a_line_that_moved_to_another_month_leaves_the_first_one(desk) -> None:
    desk.lines(amended(1, 0))
    desk.lines(amended(1, 1, **{"Ngày đăng ký": "22/11/2025"}))
    assert totals(desk) == [("moc-bai", NOVEMBER, D("100.00"), 1, 1)]


def test_an_old_place_that_comes_late_gets_no_line(desk) -> None:
    desk.lines(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}))
    desk.lines(amended(1, 0))
    assert totals(desk) == [("xa-mat", OCTOBER, D("100.00"), 1, 1)]


def test_a_line_that_moves_inside_one_file_counts_at_its_newest_place(desk) -> None:
    desk.lines(amended(1, 0), amended(1, 1, **{"Cửa khẩu": "Xa Mát"}))
    assert totals(desk) == [("xa-mat", OCTOBER, D("100.00"), 1, 1)]


def test_a_line_that_comes_back_counts_where_it_came_back_to(desk) -> None:
    desk.lines(amended(1, 0))
    desk.lines(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}))
    desk.lines(amended(1, 2, **value("42,0")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("42.00"), 1, 1)]


def test_a_line_that_comes_back_in_the_same_revision_counts_where_it_came_back_to(desk) -> None:
    desk.lines(amended(1, 0, **{"Cửa khẩu": "Xa Mát"}), amended(1, 2))
    desk.lines(amended(1, 2, **{"Cửa khẩu": "Xa Mát"}))
    assert totals(desk) == [("xa-mat", OCTOBER, D("100.00"), 1, 1)]


def cancelled(row: list[str]) -> list[str]:
    return [*row, "Hủy"]


def test_a_cancelled_line_goes_and_stays_away(desk) -> None:
    heads = (*HEADS, "Trạng thái")
    desk.lines(amended(1, 0), amended(2, 0, **value("5,0")))
    desk.publish(csv(heads, [cancelled(amended(1, 0)), cancelled(amended(3, 0))]))
    assert totals(desk) == [("moc-bai", OCTOBER, D("5.00"), 1, 1)]
    desk.lines(amended(1, 0, **value("100,1")))
    assert totals(desk) == [("moc-bai", OCTOBER, D("5.00"), 1, 1)]


def test_a_line_cancelled_at_another_gate_goes_where_it_was(desk) -> None:
    desk.lines(amended(1, 0))
    desk.publish(csv((*HEADS, "Trạng thái"), [cancelled(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}))]))
    assert totals(desk) == []


def test_a_withdrawn_file_counts_nowhere_and_what_it_replaced_counts_again(desk) -> None:
    desk.lines(amended(1, 0))
    second = desk.lines(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}), amended(2, 0, **value("5,0")))
    with Session.begin() as session:
        imports.withdraw(session, None, second.id, "wrong file")
    while tasks.roll_up_one(desk.settings):
        pass
    assert totals(desk) == [("moc-bai", OCTOBER, D("100.00"), 1, 1)]


def test_the_demonstration_is_never_added_to_real_figures(desk) -> None:
    desk.lines(amended(1, 0), source="pretended", demo=True)
    desk.lines(amended(1, 1, **{"Cửa khẩu": "Xa Mát"}), amended(2, 0, **value("7,0")))
    assert desk.flows("demo", "gate", "value_usd") == [
        (False, "moc-bai", D("7.00")),
        (False, "xa-mat", D("100.00")),
        (True, "moc-bai", D("100.00")),
    ]


Row = tuple[int, int, int, str, str]  # declaration, revision, line, gate, day
ROWS = st.tuples(
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(1, 2),
    st.sampled_from(["Mộc Bài", "Xa Mát"]),
    st.sampled_from(["16/10/2025", "22/11/2025"]),
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=4, unique_by=lambda row: row[:3]), min_size=1, max_size=3)


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(FILES)
@pytest.mark.usefixtures("rung")
def test_any_deliveries_in_any_order_count_the_newest_revision_of_each_line_once(desk, files) -> None:
    newest: dict[tuple[int, int], tuple[int, str, str, int]] = {}
    for at, rows in enumerate(files, start=1):
        for number, revision, line, gate, day in rows:
            known = newest.get((number, line))
            if known is None or revision >= known[0]:
                newest[number, line] = (revision, gate, day, at)
    for at, rows in enumerate(files, start=1):
        desk.lines(
            *(
                amended(n, rev, line, **value(f"{at}") | {"Cửa khẩu": gate, "Ngày đăng ký": day})
                for n, rev, line, gate, day in rows
            ),
            name=f"{at}.csv",
            source=f"office-{at}",
        )
    expected: dict[tuple[str, date], list[int]] = {}
    for _revision, gate, day, at in newest.values():
        place = ("moc-bai" if gate == "Mộc Bài" else "xa-mat", OCTOBER if day[3:5] == "10" else NOVEMBER)
        expected.setdefault(place, []).append(at)
    found = desk.flows("gate", "month", "value_usd", "lines")
    _empty(desk)
    assert found == sorted(((*place, D(sum(ats)), len(ats)) for place, ats in expected.items()), key=str)


def _empty(desk) -> None:
    """Hypothesis runs many examples in one test; each starts with an empty lake."""
    with Session.begin() as session:
        for model in (models.FlowRollup, models.GateMonth, models.LakeFile, models.StagedFile, models.Import):
            session.execute(delete(model))
