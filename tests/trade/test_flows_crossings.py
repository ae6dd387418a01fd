"""Counts of vehicles and people: no kind counted twice, no sheet taken for another."""

from datetime import date
from decimal import Decimal

from app.trade import flows_crossings as crossings
from app.trade.flows_crossings import Asked

FIRST = Asked(date(2025, 1, 1), date(2025, 2, 1))


def test_the_parts_of_a_sheet_are_added_both_ways(make, session) -> None:
    source = make.source()
    for kind, way, count in (("truck", "out", 10), ("truck", "in", 9), ("bus", "out", 3), ("car", "in", 2)):
        make.crossing("2025-01", count, kind, direction=way, source_id=source.id)
    make.crossing("2025-01", 500, "person", source_id=source.id)
    (series,) = crossings.by_month(session, FIRST)
    assert series.points == ((date(2025, 1, 1), Decimal(24)), (date(2025, 2, 1), None))
    assert series.missing == (("moc-bai", date(2025, 2, 1)),)


def test_a_total_of_the_sheet_is_not_added_to_its_parts(make, session) -> None:
    source = make.source()
    for kind, count in (("vehicle", 30), ("truck", 20), ("bus", 10)):
        make.crossing("2025-01", count, kind, direction="both", source_id=source.id)
    assert crossings.by_month(session, FIRST)[0].points[0][1] == Decimal(30)


def test_containers_counted_loaded_and_empty_are_not_vehicles(make, session) -> None:
    source = make.source()
    for kind, count in (("truck", 20), ("container_loaded", 15), ("container_empty", 5)):
        make.crossing("2025-01", count, kind, source_id=source.id)
    assert crossings.by_month(session, FIRST)[0].points[0][1] == Decimal(20)


def test_two_sources_of_one_gate_month_are_not_added(make, session) -> None:
    make.crossing("2025-01", 20)
    make.crossing("2025-01", 21)
    assert crossings.by_month(session, FIRST)[0].points[0][1] == Decimal(21)


def test_the_change_leaves_out_months_without_a_sheet_a_year_before(make, session) -> None:
    source = make.source()
    for month, count in (("2024-01", 100), ("2025-01", 110), ("2025-02", 700)):
        make.crossing(month, count, source_id=source.id)
    total = crossings.total(session, FIRST)
    assert (total.value, total.change.percent) == (Decimal(810), Decimal(10))
    assert (total.change.compared, total.change.asked) == (1, 2)


def test_a_day_is_a_calendar_day_of_a_month_that_is_there(make, session) -> None:
    make.crossing("2025-01", 3100)
    assert crossings.read(session, FIRST).per_day().value == Decimal(100)


def test_people_are_counted_by_themselves(make, session) -> None:
    source = make.source()
    make.crossing("2025-01", 5, source_id=source.id)
    make.crossing("2025-01", 70, "person", direction="in", source_id=source.id)
    people = Asked(date(2025, 1, 1), date(2025, 1, 1), kind="person")
    assert crossings.total(session, people).value == Decimal(70)
    assert crossings.kinds(session, demo=False) == ["person", "truck"]
    assert crossings.span(session, demo=False) == (date(2025, 1, 1), date(2025, 1, 1))


def test_a_sheet_without_the_kind_leaves_a_hole_for_it(make, session) -> None:
    source = make.source()
    make.crossing("2025-01", 70, "person", source_id=source.id)
    make.crossing("2025-02", 5, "truck", source_id=source.id)
    people = crossings.read(session, Asked(date(2025, 1, 1), date(2025, 2, 1), kind="person"))
    assert [value for _, value in people.series()[0].points] == [Decimal(70), None]
    assert people.total().missing == (("moc-bai", date(2025, 2, 1)),)
