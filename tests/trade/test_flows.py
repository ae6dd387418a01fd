"""Questions about published figures: exact sums, like-for-like changes, holes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.trade import flows
from app.trade.monthly import across_gates
from app.trade.scope import NotPublished, Scope, TooFine

YEAR = Scope(date(2025, 1, 1), date(2025, 3, 1))


def months(first: str, last: str) -> Scope:
    return Scope(date.fromisoformat(first + "-01"), date.fromisoformat(last + "-01"))


def test_a_month_is_a_point_and_a_missing_month_is_none(make, session) -> None:
    make.flow("2025-01", "10.50")
    make.flow("2025-03", "7")
    (series,) = flows.by_month(session, YEAR, "value_usd")
    assert (series.gate, series.direction) == ("moc-bai", "export")
    assert series.points == (
        (date(2025, 1, 1), Decimal("10.50")),
        (date(2025, 2, 1), None),
        (date(2025, 3, 1), Decimal("7.00")),
    )
    assert series.missing == (("moc-bai", date(2025, 2, 1)),)


def test_no_such_goods_in_a_month_that_is_there_are_zero(make, session) -> None:
    make.flows("2025-01", "0714", "5")
    make.flows("2025-02", "4001", "6")
    (series,) = flows.by_month(session, replace(YEAR, hs=("0714",)), "value_usd")
    assert [value for _, value in series.points] == [Decimal("5.00"), Decimal(0), None]


def test_gates_with_a_hole_are_not_added_to_a_smaller_sum(make, session) -> None:
    for month in ("2025-01", "2025-02", "2025-03"):
        make.flow(month, "10")
    make.flow("2025-01", "1", gate="xa-mat")
    make.flow("2025-03", "2", gate="xa-mat")
    (series,) = across_gates(flows.by_month(session, YEAR, "value_usd"))
    assert [value for _, value in series.points] == [Decimal("11.00"), None, Decimal("12.00")]
    assert series.missing == (("xa-mat", date(2025, 2, 1)),)


def test_a_gate_that_opened_later_leaves_no_hole_before_it_opened(make, session) -> None:
    for month in ("2025-01", "2025-02", "2025-03"):
        make.flow(month, "10")
    make.flow("2025-03", "2", gate="tan-nam")
    (series,) = across_gates(flows.by_month(session, YEAR, "value_usd"))
    assert [value for _, value in series.points] == [Decimal(10), Decimal(10), Decimal(12)]
    assert series.missing == ()


def test_a_gate_that_is_rarely_used_is_not_missed(make, session) -> None:
    for month in range(1, 13):
        make.flow(f"2025-{month:02}", "10")
    make.flow("2025-01", "1", gate="tan-nam")
    make.flow("2025-07", "1", gate="tan-nam")
    total = flows.whole(session, months("2025-01", "2025-12"), "value_usd")
    assert (total.value, total.missing) == (Decimal("122.00"), ())


def test_a_month_without_any_import_lacks_its_import_file(make, session) -> None:
    for month in ("2025-01", "2025-02"):
        make.flow(month, "10")
    make.flow("2025-01", "3", direction="import")
    found = {one.direction: one for one in flows.by_month(session, months("2025-01", "2025-02"), "value_usd")}
    assert [value for _, value in found["import"].points] == [Decimal(3), None]
    assert found["export"].missing == ()


def test_the_change_compares_the_same_months_of_the_year_before(make, session) -> None:
    for month, value in (
        ("2024-01", "100"),
        ("2024-02", "100"),
        ("2024-03", "999"),
        ("2025-01", "110"),
        ("2025-02", "132"),
    ):
        make.flow(month, value)
    total = flows.whole(session, months("2025-01", "2025-02"), "value_usd")
    assert total.value == Decimal("242.00")
    assert (total.change.now, total.change.before) == (Decimal("242.00"), Decimal("200.00"))
    assert total.change.percent == Decimal("21.00")
    assert (total.change.compared, total.change.asked) == (2, 2)


def test_a_month_missing_a_year_before_is_left_out_of_both_sides(make, session) -> None:
    for month, value in (
        ("2024-01", "100"),
        ("2024-03", "50"),
        ("2025-01", "120"),
        ("2025-02", "500"),
        ("2025-03", "60"),
    ):
        make.flow(month, value)
    total = flows.whole(session, YEAR, "value_usd")
    assert total.value == Decimal("680.00")
    assert (total.change.now, total.change.before) == (Decimal("180.00"), Decimal("150.00"))
    assert total.change.percent == Decimal("20.00")
    assert (total.change.compared, total.change.asked) == (2, 3)


def test_without_a_year_before_there_is_no_change(make, session) -> None:
    make.flow("2025-01", "10")
    change = flows.whole(session, months("2025-01", "2025-01"), "value_usd").change
    assert (change.now, change.before, change.percent, change.compared) == (None, None, None, 0)


def test_growth_from_nothing_is_new_and_not_infinite(make, session) -> None:
    make.flows("2024-01", "4001", "10")
    make.flows("2025-01", "0714", "10")
    first, *_ = flows.ranking(session, months("2025-01", "2025-01"), "value_usd", "hs2").rows
    assert (first.code, first.change.percent, first.change.is_new) == ("07", None, True)


def test_a_sum_over_a_hole_says_so(make, session) -> None:
    make.flow("2025-01", "10")
    make.flow("2025-03", "10")
    total = flows.whole(session, YEAR, "value_usd")
    assert (total.value, total.missing) == (Decimal("20.00"), (("moc-bai", date(2025, 2, 1)),))


def test_nothing_known_is_none_and_not_zero(make, session) -> None:
    make.flow("2025-01", "10")
    assert flows.whole(session, months("2026-01", "2026-03"), "value_usd").value is None


def test_weight_that_was_not_collected_is_none(make, session) -> None:
    make.flow("2025-01", "10", net_kg=None)
    assert flows.whole(session, months("2025-01", "2025-01"), "net_kg").value is None


def test_gate_province_transit_and_excluded_are_never_added(make, session) -> None:
    for basis, value in (("gate", "1"), ("province", "10"), ("transit", "100"), ("excluded", "1000")):
        make.flow("2025-01", value, basis=basis)
    january = months("2025-01", "2025-01")
    found = {
        basis: flows.whole(session, replace(january, basis=basis), "value_usd").value
        for basis in ("gate", "province", "transit")
    }
    assert found == {"gate": Decimal(1), "province": Decimal(10), "transit": Decimal(100)}


def test_cumulative_and_quarterly_rows_are_not_months(make, session) -> None:
    make.flow("2025-03", "10")
    make.flow("2025-03", "30", period_kind="quarter")
    make.flow("2025-03", "30", period_kind="cumulative")
    assert flows.whole(session, YEAR, "value_usd").value == Decimal("10.00")


def test_two_sources_of_summaries_are_not_added(make, session) -> None:
    old, new = make.source(), make.source()
    for source, month, value in ((old, "2025-01", "5"), (new, "2025-01", "7"), (new, "2025-02", "8")):
        make.flow(month, value, dataset="summaries", source_id=source.id)
    best, other = flows.sources_of(session, "summaries", "gate")
    assert (best, other) == (new.id, old.id)
    scope = replace(YEAR, dataset="summaries", source_id=best)
    assert flows.whole(session, scope, "value_usd").value == Decimal("15.00")


def test_the_ranking_has_share_change_contribution_and_the_rest(make, session) -> None:
    for month, hs4, value in (
        ("2024-01", "0714", "40"), ("2024-01", "4001", "50"), ("2024-01", "2523", "10"),
        ("2025-01", "0714", "80"), ("2025-01", "4001", "60"), ("2025-01", "2523", "20"),
    ):  # fmt: skip
        make.flows(month, hs4, value)
    ranking = flows.ranking(session, months("2025-01", "2025-01"), "value_usd", "hs2", limit=2)
    first, second = ranking.rows
    assert (first.code, first.value, first.change.percent, first.share) == (
        "07",
        Decimal(80),
        Decimal(100),
        Decimal(50),
    )
    assert first.contribution == Decimal(40)
    assert (second.code, second.share) == ("40", Decimal("37.5"))
    assert (ranking.others, ranking.whole.value, ranking.whole.change.percent) == (
        Decimal(20),
        Decimal(160),
        Decimal(60),
    )


def test_headings_under_a_chapter_and_chapters_of_a_partner(make, session) -> None:
    make.flows("2025-01", "0714", "5", partner="KH")
    make.flows("2025-01", "0709", "3", partner="TH")
    make.flows("2025-01", "4001", "9", partner="TH")
    january = months("2025-01", "2025-01")
    headings = flows.ranking(session, replace(january, hs=("07",)), "value_usd", "hs4")
    assert [(row.code, row.value) for row in headings.rows] == [("0714", Decimal(5)), ("0709", Decimal(3))]
    chapters = flows.ranking(session, replace(january, partners=("TH",)), "value_usd", "hs2")
    assert [(row.code, row.value) for row in chapters.rows] == [("40", Decimal(9)), ("07", Decimal(3))]


def test_heading_and_partner_together_are_refused(make, session) -> None:
    with pytest.raises(NotPublished):
        flows.ranking(session, replace(YEAR, hs=("0714",)), "value_usd", "partner")


@pytest.mark.parametrize("code", ["071410", "7", "O7"])
def test_other_than_chapters_and_headings_are_refused(session, code) -> None:
    with pytest.raises(TooFine) as refused:
        flows.by_month(session, replace(YEAR, hs=(code,)), "value_usd")
    assert refused.value.details == {"code": code}


def test_under_a_heading_the_last_twelve_published_months_of_the_gate_count(make, session) -> None:
    make.flows("2024-01", "0714", "1000")
    make.flows("2024-12", "0714", "3")
    make.flows("2025-06", "0714", "4", direction="import")
    make.flows("2025-11", "4001", "9", direction="import")
    found = flows.under_hs(session, "07141011", "moc-bai")
    assert found == flows.UnderHeading(
        "0714", "moc-bai", date(2024, 12, 1), date(2025, 11, 1), 3, Decimal("3.00"), Decimal("4.00"), False
    )


def test_under_a_heading_that_never_crossed_there_is_nothing_to_say(make, session) -> None:
    make.flows("2025-01", "4001", "9")
    assert flows.under_hs(session, "0714", "moc-bai") is None
    assert flows.under_hs(session, "4001", "xa-mat") is None
