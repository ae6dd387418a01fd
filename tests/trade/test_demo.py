"""The demonstration: the same on every machine, calibrated, through the real door, and gone without a trace."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from stdnum.vn import mst

from app import config
from app.accounts.models import AuditEntry
from app.db import Base
from app.periods import add_months
from app.trade import demo, flows, flows_crossings
from app.trade.demo.declarations import TRANSIT, WAYS, amended, goods, month_of_way, with_anomalies
from app.trade.demo.seasons import briskness, season
from app.trade.flows_crossings import Asked
from app.trade.models import Import, LakeFile
from app.trade.scope import Scope

OCTOBER = date(2026, 10, 1)
EXPORTS_MOC_BAI, IMPORTS_XA_MAT = WAYS[0], WAYS[3]


def million(lines) -> float:
    return sum(line.usd for line in lines) / 1e6


def test_a_month_is_the_same_every_time_and_others_do_not_matter() -> None:
    assert month_of_way(EXPORTS_MOC_BAI, OCTOBER) == month_of_way(EXPORTS_MOC_BAI, OCTOBER)
    assert million(month_of_way(EXPORTS_MOC_BAI, OCTOBER)) == pytest.approx(62, rel=0.1)
    assert million(month_of_way(TRANSIT, OCTOBER)) == pytest.approx(371, rel=0.1)


def test_tet_khmer_new_year_and_closures_stop_the_lorries() -> None:
    tet, usual = date(2026, 2, 17), date(2026, 3, 4)
    assert briskness(tet) < 0.1
    assert briskness(usual) > 1
    assert briskness(date(2026, 2, 5)) > briskness(usual)
    assert briskness(date(2026, 4, 15)) < 0.5
    assert briskness(date(2025, 8, 12), closed_from=date(2025, 8, 9)) == 0


def test_cassava_comes_in_the_dry_season() -> None:
    winter = million(month_of_way(IMPORTS_XA_MAT, date(2025, 12, 1)))
    summer = million(month_of_way(IMPORTS_XA_MAT, date(2025, 7, 1)))
    assert winter > 3 * summer
    assert season("cassava", date(2025, 12, 1)) > 2


def test_two_slips_are_planted_and_amendments_replace() -> None:
    month = add_months(OCTOBER, -4)
    lines = with_anomalies(EXPORTS_MOC_BAI, month, OCTOBER, month_of_way(EXPORTS_MOC_BAI, month))
    (wrong,) = [line for line in lines if line.slip]
    assert Decimal(wrong.slip.replace(".", "").replace(",", ".")) == Decimal(f"{wrong.usd * 10:.2f}")
    again = amended(lines)
    assert {line.amendment for line in again} == {1}
    assert {line.declaration for line in again} < {line.declaration for line in lines}


def test_declarations_have_numbers_of_their_own_and_no_real_firm() -> None:
    lines = [line for way in (*WAYS, TRANSIT) for line in month_of_way(way, OCTOBER)]
    numbers = {(line.declaration, line.number) for line in lines}
    assert len(numbers) == len(lines)
    assert {len(line.declaration) for line in lines} == {11}
    codes = {line.tax_code for line in lines}
    assert {len(code) for code in codes} == {10}
    assert [code for code in codes if mst.is_valid(code)] == []


def test_every_kind_of_goods_is_in_the_tariff(session) -> None:
    table = Base.metadata.tables["hs_code"]
    known = set(session.scalars(select(table.c.code)))
    assert {good.hs8 for good in goods()} - known == set()


def test_files_come_by_years_and_the_first_months_with_the_next() -> None:
    months = [add_months(OCTOBER, -place) for place in range(35, -1, -1)]
    parts = demo.by_years(months)
    assert list(parts) == ["2023-2024", "2025", "2026"]
    assert [len(part) for part in parts.values()] == [14, 12, 10]


@pytest.fixture
def settings(tmp_path, database_url):
    return config.load({"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "LAKE_URL": str(tmp_path / "lake")})


def counts(session) -> dict[str, int]:
    names = ("flow_rollup", "crossing_rollup", "trade_import", "trade_source", "lake_file", "gate_month")
    tables = [Base.metadata.tables[name] for name in names]
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_it_comes_through_the_real_door_and_leaves_no_trace(session, settings, monkeypatch) -> None:
    monkeypatch.setattr(demo, "MONTHS", 9)
    monkeypatch.setattr(demo, "today", lambda: date(2026, 11, 24))
    demo.load(settings)
    states = session.execute(select(Import.dataset, Import.state, Import.demo)).all()
    assert {(state, invented) for _, state, invented in states} == {("published", True)}
    assert sorted({dataset for dataset, _, _ in states}) == ["crossings", "declarations", "summaries"]
    year = Scope(date(2026, 2, 1), OCTOBER, demo=True)
    found = flows.totals(session, year, "value_usd")
    assert found["export"].missing == (("xa-mat", date(2026, 3, 1)),)
    assert 400_000_000 < found["export"].value < 800_000_000
    assert flows.whole(session, Scope(OCTOBER, OCTOBER), "value_usd").value is None
    assert 20_000 < flows_crossings.total(session, Asked(OCTOBER, OCTOBER, demo=True)).value < 40_000
    session.rollback()
    demo.remove(settings)
    assert set(counts(session).values()) == {0}
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    assert [path for path in Path(settings["DATA_DIR"]).rglob("*") if path.is_file() and path.suffix != ""] == []


def test_it_is_refused_beside_real_figures(session, make, settings) -> None:
    make.delivered(make.source(), "2025-01")
    with pytest.raises(demo.RealFiguresThere):
        demo.load(settings)
    assert session.scalar(select(func.count()).select_from(LakeFile)) == 1


def test_removing_leaves_real_rows_where_they_are(session, make, settings) -> None:
    make.delivered(make.source(demo=True), "2025-01")
    make.flow("2025-01", demo=True)
    make.delivered(make.source(), "2025-01")
    make.flow("2025-01", "7")
    demo.remove(settings)
    left = counts(session)
    assert (left["flow_rollup"], left["trade_source"], left["lake_file"]) == (1, 1, 1)
    assert flows.whole(session, Scope(date(2025, 1, 1), date(2025, 1, 1)), "value_usd").value == Decimal("7.00")
