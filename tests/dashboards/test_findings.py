"""Titles say what the numbers bear out, and nothing when they bear out nothing."""

from datetime import date
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.trade.comparing import Change, Total
from app.trade.flows import Ranked, Ranking, Series
from dashboards import findings


@pytest.fixture(autouse=True)
def in_english(web_app):
    with web_app.test_request_context("/en/"), force_locale("en"):
        yield


def total(percent: str | None) -> Total:
    now = None if percent is None else Decimal(100) + Decimal(percent)
    return Total(now, Change(now, None if percent is None else Decimal(100), 10, 10))


def series(direction: str, *values: int | None) -> Series:
    points = tuple(
        (date(2024 + place // 12, place % 12 + 1, 1), None if value is None else Decimal(value))
        for place, value in enumerate(values)
    )
    return Series("xa-mat", direction, points, (), date(2024, 1, 1))


FLAT = series("import", *[10] * 24)
CASSAVA = series("import", *[30, 30, 30, 10, 10, 10, 10, 10, 10, 10, 10, 30] * 2)


def test_a_season_that_stands_out_is_the_finding() -> None:
    assert findings.season(CASSAVA) == (12, 3, Decimal(3))
    said = findings.of_gate("Xa Mat", {"import": total("5"), "export": total("1")}, [CASSAVA])
    assert said == "Xa Mat: from December to March imports are 3.0 times those of the other months"


def test_no_season_in_even_months_or_in_less_than_two_years() -> None:
    assert findings.season(FLAT) is None
    assert findings.season(series("import", *[30, 30, 30, 10, 10, 10, 10, 10, 10, 10, 10, 30])) is None


def test_without_a_season_the_race_of_both_ways_is_told() -> None:
    faster = {"export": total("4.2"), "import": total("21.5")}
    both = [FLAT, series("export", *[10] * 24)]
    assert findings.of_gate("Moc Bai", faster, both) == "Moc Bai: imports (+21.5%) do better than exports (+4.2%)"
    slower = {"export": total("-3"), "import": total("-9")}
    assert findings.of_gate("Moc Bai", slower, both) == "Moc Bai: exports (−3.0%) do better than imports (−9.0%)"
    alike = {"export": total("4"), "import": total("5")}
    assert findings.of_gate("Moc Bai", alike, both) == "Moc Bai: exports (+4.0%) and imports (+5.0%) move alike"


def test_without_a_year_before_nothing_is_claimed() -> None:
    both = [FLAT, series("export", *[10] * 24)]
    assert findings.of_gate("Moc Bai", {"export": total(None)}, both) == "Moc Bai: exports and imports by month"
    assert findings.of_turnover(total(None), "2025") == "All chosen gates together, by month"


def test_turnover_grows_or_shrinks() -> None:
    said = [findings.of_turnover(total(percent), "2026") for percent in ("16.5", "-7")]
    assert said == ["Trade through the gates grew by 16.5% in 2026", "Trade through the gates shrank by 7.0% in 2026"]
    one_way = findings.of_turnover(total("-7"), "2026", ("export",))
    assert one_way == "Exports through the gates shrank by 7.0% in 2026"


def test_one_direction_is_told_alone() -> None:
    assert findings.of_gate("Moc Bai", {"import": total("5")}, [FLAT]) == "Moc Bai: imports +5.0% on a year before"
    assert findings.of_gate("Moc Bai", {}, [FLAT]) == "Moc Bai: imports by month"


def test_the_first_goods_and_partner_are_named_with_their_share() -> None:
    change = Change(Decimal(80), Decimal(100), 10, 10)
    first = Ranked("07", Decimal(80), change, Decimal("61.26"), Decimal(-5))
    ranking = Ranking((first,), None, total("3"))
    assert findings.of_goods(ranking, {"07": "07 Vegetables…"}) == "07 Vegetables: 61.3% of the whole, down 20.0%"
    assert findings.of_partners(ranking, {"07": "Cambodia"}) == "Cambodia stands for 61.3% of the trade"
    assert findings.of_goods(Ranking((), None, total(None)), {}) == "No goods in these months"


def test_the_gate_that_carries_most_is_named() -> None:
    names = {"moc-bai": "Moc Bai", "xa-mat": "Xa Mat"}
    counts = {"moc-bai": Decimal(800), "xa-mat": Decimal(200)}
    assert findings.of_crossings(counts, names) == "80.0% of all crossings go through Moc Bai"
    assert findings.of_crossings({"moc-bai": Decimal(8)}, names) == "Moc Bai: crossings by month"
    assert findings.of_crossings({"moc-bai": None}, names) == "Crossings by month"
