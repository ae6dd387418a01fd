"""What was saved can be put back: rows and files, on the database of this run."""

import os
import shutil
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from app import backups, db, migrating
from tests import servers


@pytest.fixture
def settings(tmp_path) -> dict:
    """A small installation of its own."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        if not shutil.which("pg_dump"):
            pytest.skip("pg_dump is not installed (package postgresql-client)")
        name = f"backup_{uuid.uuid4().hex[:8]}"
        servers.create_database(url, name)
        url = f"{url.rpartition('/')[0]}/{name}"
    else:
        url = f"sqlite:///{tmp_path}/data/mocxa.db"
    data = tmp_path / "data"
    (data / "uploads").mkdir(parents=True)
    (data / "lake" / "dataset=declarations").mkdir(parents=True)
    (data / "uploads" / "tờ khai.csv").write_text("số tờ khai\n", encoding="utf-8")
    (data / "lake" / "dataset=declarations" / "one.parquet").write_bytes(b"PAR1")
    migrating.upgrade(url)
    return {"DATABASE_URL": url, "DATA_DIR": str(data), "LAKE_URL": str(data / "lake")}


def write(settings: dict, sql: str) -> None:
    engine = db.make_engine(settings["DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()


def names(settings: dict) -> list[str]:
    engine = db.make_engine(settings["DATABASE_URL"])
    with engine.connect() as connection:
        found = [row[0] for row in connection.execute(text("SELECT name FROM periodic ORDER BY name"))]
    engine.dispose()
    return found


def test_a_restored_copy_has_the_rows_and_files_of_the_moment_it_was_saved(settings, tmp_path) -> None:
    write(settings, "INSERT INTO periodic (name, due) VALUES ('trước', '2026-01-01 00:00:00')")
    saved = backups.save(settings, str(tmp_path / "copies"))
    write(settings, "INSERT INTO periodic (name, due) VALUES ('sau', '2026-01-01 00:00:00')")
    data = Path(settings["DATA_DIR"])
    (data / "uploads" / "tờ khai.csv").unlink()
    backups.put_back(settings, str(saved))
    assert names(settings) == ["trước"]
    assert (data / "uploads" / "tờ khai.csv").read_text(encoding="utf-8") == "số tờ khai\n"
    assert (data / "lake" / "dataset=declarations" / "one.parquet").read_bytes() == b"PAR1"


def test_a_folder_without_a_copy_is_refused_before_anything_is_touched(settings, tmp_path) -> None:
    write(settings, "INSERT INTO periodic (name, due) VALUES ('trước', '2026-01-01 00:00:00')")
    with pytest.raises(backups.BackupFailed):
        backups.put_back(settings, str(tmp_path))
    assert names(settings) == ["trước"]
