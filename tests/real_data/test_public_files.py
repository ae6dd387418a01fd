"""Public files read for real; every total is compared with a query of another kind over the raw file."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal as D

import duckdb
import pytest
from sqlalchemy import delete, func, select

from app.db import Session, reading
from app.reference.models import Gate, Rate
from app.trade import imports, rows, tasks
from app.trade.models import CrossingRollup, FlowRollup, GateMonth, LakeFile, State

pytestmark = pytest.mark.real_data


@pytest.fixture(autouse=True)
def _reference_again() -> Iterator[None]:
    """Gates and rates that a file brought go away afterwards."""
    yield
    with Session.begin() as session:
        session.execute(delete(Gate).where(Gate.created_by_import))
        session.execute(delete(Rate).where(Rate.kind == "market"))


def published(desk, path, dataset: str, released=(), **source):
    return tasks.run_to_published(
        desk.settings, desk.receive(path.read_bytes(), dataset, path.name, **source), released
    )


def raw(question: str):
    with duckdb.connect() as connection:
        return connection.execute(question).fetchall()


# --- BTS border crossings, 399,406 rows ---


def test_border_crossings_of_117_ports_of_116_names(desk, real) -> None:
    path = real("trade/Border_Crossing_Entry_Data.csv.gz")
    import_ = published(desk, path, "crossings", source="bts", creates_gates=True)
    assert (import_.good, import_.bad, import_.rules) == (399_395, 11, {"E10": 11})
    _both_lines_of_each_repeat_are_named(desk, path, import_)
    table = f"read_csv('{path}', all_varchar=true)"
    first = (
        f"(SELECT * FROM (SELECT *, row_number() OVER () AS n FROM {table})"
        ' QUALIFY row_number() OVER (PARTITION BY "Port Code", "Date", "Measure" ORDER BY n) = 1)'
    )
    with reading() as session:
        names = {gate.slug: gate.name_en for gate in session.scalars(select(Gate).where(Gate.created_by_import))}
        assert (len(names), len({name.split(" (")[0] for name in names.values()})) == (117, 116)
        assert names["us-0104"] == "Jackman"
        assert (names["us-0103"], names["us-3302"]) == ("Eastport (0103)", "Eastport (3302)")
        found = {
            (gate, month, measure): count
            for gate, month, measure, count in session.execute(
                select(CrossingRollup.gate, CrossingRollup.month, CrossingRollup.measure, CrossingRollup.count)
            )
        }
        assert set(session.scalars(select(CrossingRollup.direction).distinct())) == {"in"}
    wanted = raw(
        f'SELECT \'us-\' || "Port Code", strptime("Date", \'%b %Y\')::DATE, "Measure", sum("Value"::BIGINT)'
        f" FROM {first} GROUP BY ALL"
    )
    kinds = {measure: _code(measure) for _, _, measure, _ in wanted}
    assert found == {(gate, month, kinds[measure]): count for gate, month, measure, count in wanted}


def _code(measure: str) -> str:
    """What the project calls a measure, written down here again."""
    return {
        "Trucks": "truck", "Buses": "bus", "Trains": "train", "Pedestrians": "pedestrian", "Personal Vehicles": "car",
        "Personal Vehicle Passengers": "car_passenger", "Bus Passengers": "bus_passenger",
        "Train Passengers": "train_passenger", "Truck Containers Loaded": "container_loaded",
        "Truck Containers Empty": "container_empty", "Rail Containers Loaded": "rail_container_loaded",
        "Rail Containers Empty": "rail_container_empty",
    }[measure]  # fmt: skip


def _both_lines_of_each_repeat_are_named(desk, path, import_) -> None:
    """The row numbers are those of the file: row 1 is the header."""
    found = {(row.number, int(row.other)) for row in rows.all_bad_rows(import_, desk.settings["LAKE_URL"])}
    key = '"Port Code", "Date", "Measure"'
    wanted = raw(
        f"SELECT n, first FROM (SELECT n, min(n) OVER (PARTITION BY {key}) AS first FROM"
        f" (SELECT *, row_number() OVER () + 1 AS n FROM read_csv('{path}', all_varchar=true, parallel=false)))"
        " WHERE n > first"
    )
    assert len(wanted) == 11
    assert found == set(wanted)
    (sasabe,) = [row for row in rows.all_bad_rows(import_, desk.settings["LAKE_URL"]) if row.field == "differs"]
    assert sasabe.cells[:7] == ("Sasabe", "Arizona", "2606", "US-Mexico Border", "Feb 2021", "Bus Passengers", "2175")


# --- BTS TransBorder, 915,116 rows ---


def test_transborder_totals_by_port_chapter_month_and_direction(desk, real) -> None:
    path = real("trade/dot3_2020-2024.parquet")
    import_ = published(desk, path, "summaries", source="bts", creates_gates=True)
    assert (import_.good, import_.bad) == (915_116, 0)
    table = f"read_parquet('{path}')"
    month = "make_date(YEAR::INT, MONTH::INT, 1)"
    with reading() as session:
        columns = (FlowRollup.gate, FlowRollup.hs, FlowRollup.month, FlowRollup.direction)
        found = {
            tuple(key): (value, weight)
            for *key, value, weight in session.execute(
                select(*columns, FlowRollup.value_usd, FlowRollup.net_kg).where(FlowRollup.grain == "hs2")
            )
        }
        total = session.execute(
            select(func.sum(FlowRollup.lines), func.sum(FlowRollup.weighed)).where(FlowRollup.grain == "all")
        ).one()
        months = set(session.scalars(select(FlowRollup.month).where(FlowRollup.grain == "all").distinct()))
        gate_months = session.scalar(select(func.count()).select_from(GateMonth))
    wanted = raw(
        f"SELECT 'us-' || lower(DEPE), lpad(COMMODITY2::VARCHAR, 2, '0'), {month},"
        " CASE TRDTYPE::VARCHAR WHEN '1' THEN 'export' ELSE 'import' END,"
        f" sum(VALUE::DECIMAL(18, 0)), nullif(sum(SHIPWT::DECIMAL(18, 0)), 0) FROM {table} GROUP BY ALL"
    )
    assert found == {(gate, hs, when, way): (value, weight) for gate, hs, when, way, value, weight in wanted}
    assert sum(value for value, _ in found.values()) == D("6310442051088")
    assert tuple(total) == raw(f"SELECT count(*), count(*) FILTER (SHIPWT::BIGINT > 0) FROM {table}")[0]
    assert date(2024, 3, 1) not in months
    assert {date(2024, 2, 1), date(2024, 4, 1)} <= months
    assert [(gate_months,)] == raw(f"SELECT count(*) FROM (SELECT DISTINCT DEPE, {month} FROM {table})")


# --- Tây Ninh, Department of Industry and Trade ---


def test_tay_ninh_by_month_sums_to_its_year_and_the_wrong_growth_cell_is_pointed_out(desk, real) -> None:
    path = real("trade/xnk_tayninh_2025_2026_trieu_usd.csv")
    import_ = published(desk, path, "summaries", source="so-cong-thuong")
    assert (import_.good, import_.bad, import_.rules) == (60, 0, {"E15": 1})
    (growth,) = rows.all_bad_rows(import_, desk.settings["LAKE_URL"])
    assert (growth.number, growth.severity, growth.column) == (5, "warning", "xk_so_ck_pct")
    assert (growth.value, growth.other) == ("313.07", "116.9")
    months = desk.flows("direction", "month", "value_usd", period_kind="month")
    sums = {
        way: sum(value for direction, month, value in months if direction == way and month.year == 2025)
        for way in ("export", "import")
    }
    assert sums == {"export": D("17850772362.00"), "import": D("13614466802.00")}
    assert len([row for row in months if row[1].year == 2025]) == 24
    assert {row[0] for row in desk.flows("basis", "gate")} == {"province"}
    assert desk.flows("value_usd", period_kind="cumulative", direction="export", month=date(2025, 12, 1)) == [
        (D("17850772362.00"),)
    ]


def test_tay_ninh_in_words_reads_what_is_clear_and_holds_the_rest_for_a_person(desk, real) -> None:
    import_ = published(desk, real("trade/xnk_tayninh_2022_2024_chuoi_goc.csv"), "summaries", source="so-cong-thuong")
    assert (import_.good, import_.bad, import_.rules) == (63, 7, {"E13": 6, "ambiguous": 1})
    held = [
        (row.rule, row.column, row.value, row.cells[:2])
        for row in rows.all_bad_rows(import_, desk.settings["LAKE_URL"])
    ]
    assert ("ambiguous", "nhap_khau", "2.1485 triệu USD (↓ 21,8%)", ("2023", "Quý II")) in held
    assert {row[3][1] for row in held if row[0] == "E13"} == {"8", "9", "10"}
    assert ("E13", "xuat_khau", "4.932 triệu USD (á 2,2%)", ("2023", "8")) in held
    january = desk.flows("direction", "value_usd", month=date(2022, 1, 1))
    assert january == [("export", D("829860000.00")), ("import", D("502350000.00"))]
    eight = desk.flows("direction", "value_usd", period_kind="cumulative", month=date(2024, 8, 1))
    assert eight == [("export", D("5097000000.00")), ("import", D("3238000000.00"))]
    quarter = desk.flows("direction", "value_usd", period_kind="quarter", month=date(2023, 6, 1))
    assert quarter == [("export", D("3354000000.00"))]


def test_copied_months_are_published_when_a_person_lets_them_through(desk, real) -> None:
    import_ = published(
        desk, real("trade/xnk_tayninh_2022_2024_chuoi_goc.csv"), "summaries", ("E13",), source="so-cong-thuong"
    )
    assert (import_.good, import_.bad, import_.rules) == (69, 1, {"ambiguous": 1})
    assert len(desk.flows(month=date(2023, 8, 1))) == 2


# --- exchange rates ---


def test_rates_of_2025_day_by_day(desk, real) -> None:
    path = real("fx/raw_usdvnd2025_tieu_de_tieng_viet.csv")
    import_ = published(desk, path, "rates", source="investing")
    assert (import_.state, import_.good, import_.bad) == (State.PUBLISHED, 226, 0)
    with reading() as session:
        query = select(Rate.day, Rate.rate).where(Rate.kind == "market", Rate.base == "USD")
        rates = {day: rate for day, rate in session.execute(query)}
    wanted = raw(
        f"SELECT strptime(\"Ngày\", '%d/%m/%Y')::DATE, replace(\"Lần cuối\", ',', '')::DECIMAL(18, 6)"
        f" FROM read_csv('{path}', all_varchar=true)"
    )
    assert rates == dict(wanted)
    assert (len(rates), rates[date(2025, 11, 10)], rates[date(2025, 11, 6)]) == (226, D("26300"), D("26315"))
    assert date(2025, 11, 8) not in rates


def test_the_same_public_file_is_not_taken_twice(desk, real) -> None:
    path = real("trade/xnk_tayninh_2025_2026_trieu_usd.csv")
    first = published(desk, path, "summaries", source="so-cong-thuong")
    with pytest.raises(imports.AlreadyDelivered) as caught:
        desk.receive(path.read_bytes(), "summaries", path.name, source="so-cong-thuong")
    assert caught.value.details["import_id"] == first.id
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(LakeFile)) == 20
