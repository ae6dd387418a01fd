"""Nothing that is referred to is ever removed, and nothing else stays for long."""

import os
import time
from pathlib import Path

from app.db import Session
from app.trade import imports, tasks
from app.trade.models import StagedFile
from tests.trade.delivering import HEADS, csv, declaration

BAD = declaration(9, **{"Cửa khẩu": "nowhere"})


def old(*folders: str) -> None:
    """Two days ago."""
    then = time.time() - 2 * 86_400
    for folder in folders:
        for path in [Path(folder), *Path(folder).rglob("*")]:
            os.utime(path, (then, then))


def files(desk) -> int:
    return sum(
        path.is_file() for name in ("uploads", "lake") for path in Path(desk.settings["DATA_DIR"], name).rglob("*")
    )


def test_live_staged_and_young_files_stay(desk) -> None:
    desk.lines(declaration(1), BAD)
    desk.read(csv(HEADS, [declaration(2)]))
    old(desk.settings["DATA_DIR"])
    before = files(desk)
    stray = Path(desk.settings["LAKE_URL"], "dataset=declarations", "young.parquet")
    stray.write_bytes(b"on its way")
    assert tasks.tidy(desk.settings) == 0
    assert (files(desk), stray.exists()) == (before + 1, True)
    assert desk.flows("lines") == [(1,)]


def test_files_of_dropped_imports_and_dead_readings_go(desk) -> None:
    desk.lines(declaration(1))
    rejected = desk.read(csv(HEADS, [declaration(2)]))
    with Session.begin() as session:
        imports.reject(session, None, rejected.id, "no")
    lake, uploads = Path(desk.settings["LAKE_URL"]), Path(desk.settings["DATA_DIR"], "uploads")
    (lake / "dataset=declarations" / "import-9-1.parquet").write_bytes(b"left by a killed reading")
    (uploads / "incoming-abc").write_bytes(b"left by a broken connection")
    Path(desk.settings["DATA_DIR"], "work", "import-9-1").mkdir(parents=True)
    old(desk.settings["DATA_DIR"])
    assert tasks.tidy(desk.settings) == 4
    with Session() as session:
        assert session.query(StagedFile).count() == 0
    assert len(list(lake.rglob("*.parquet"))) == 1
    assert desk.flows("lines") == [(1,)]
