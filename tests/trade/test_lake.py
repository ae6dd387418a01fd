"""Lake files: where they are, what is in them, and the same on a remote store."""

from decimal import Decimal as D
from pathlib import Path

import duckdb
import fsspec
import pytest

from app.db import Session
from app.trade import imports, rows
from app.trade.lake import Lake
from tests.trade.delivering import HEADS, csv, declaration


def test_a_gate_month_is_one_file_that_any_engine_can_read(desk) -> None:
    import_ = desk.lines(declaration(1), declaration(2, **{"Cửa khẩu": "Xa Mát"}), declaration(3))
    lake = Path(desk.settings["LAKE_URL"])
    files = sorted(str(file.relative_to(lake)) for file in lake.rglob("dataset=*/**/*.parquet"))
    assert files == [
        f"dataset=declarations/gate=moc-bai/month=2025-10/import-{import_.id}-1.parquet",
        f"dataset=declarations/gate=xa-mat/month=2025-10/import-{import_.id}-1.parquet",
    ]
    found = duckdb.sql(
        f"SELECT gate, month, declaration, revision, line, hs8, partner, value_usd, net_kg, cancelled"
        f" FROM read_parquet('{lake}/dataset=declarations/**/*.parquet') ORDER BY declaration"
    ).fetchall()
    assert found[0] == (
        "moc-bai", "2025-10", 30812300001, 0, 1, "11081400", "KH", D("1001.50"), D("2000.000"), False,
    )  # fmt: skip
    assert [row[2] for row in found] == [30812300001, 30812300002, 30812300003]


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_remote_store_holds_the_same(desk, tmp_path, kind) -> None:
    desk.settings["LAKE_URL"] = "memory://lake" if kind == "memory" else f"file://{tmp_path}/remote"
    first = desk.lines(declaration(1), declaration(2, **{"Cửa khẩu": "nowhere"}))
    desk.lines(declaration(1, **{"Trị giá nguyên tệ": "7,5", "Cửa khẩu": "Xa Mát"}))
    assert desk.flows("gate", "value_usd") == [("xa-mat", D("7.50"))]
    assert [row.rule for row in rows.bad_rows(first, desk.settings["LAKE_URL"])[0]] == ["E05"]
    filesystem, root = fsspec.core.url_to_fs(desk.settings["LAKE_URL"])
    filesystem.rm(root, recursive=True)


def test_what_a_lost_reading_wrote_is_dropped(desk) -> None:
    lake = Lake(desk.settings["LAKE_URL"])
    import_ = desk.read(csv(HEADS, [declaration(1)]))
    (path,) = Path(lake.url).rglob("dataset=*/**/*.parquet")
    lake.drop([str(path.relative_to(lake.url)), "not/there.parquet"])
    assert list(Path(lake.url).rglob("dataset=*/**/*.parquet")) == []
    with Session.begin() as session:
        imports.cancel(session, None, import_.id)
