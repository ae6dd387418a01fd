"""What was saved can be put back: rows and files, on the database of this run."""

import os
import shutil
import socket
import subprocess
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


def test_a_lake_outside_the_data_folder_is_saved_and_put_back_too(settings, tmp_path) -> None:
    lake = tmp_path / "big disk" / "lake"
    (lake / "gate=moc-bai").mkdir(parents=True)
    (lake / "gate=moc-bai" / "one.parquet").write_bytes(b"PAR1 facts")
    settings["LAKE_URL"] = str(lake)
    saved = backups.save(settings, str(tmp_path / "copies"))
    shutil.rmtree(lake)
    backups.put_back(settings, str(saved))
    assert (lake / "gate=moc-bai" / "one.parquet").read_bytes() == b"PAR1 facts"


def test_a_copy_is_for_its_owner_alone(settings, tmp_path) -> None:
    assert backups.save(settings, str(tmp_path / "copies")).stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_tidied_away_meanwhile_does_not_stop_the_copy(settings, tmp_path, monkeypatch) -> None:
    copy = shutil.copy2

    def vanishing(source, target) -> None:
        if str(source).endswith("one.parquet"):
            raise FileNotFoundError(source)
        copy(source, target)

    monkeypatch.setattr(shutil, "copy2", vanishing)
    saved = backups.save(settings, str(tmp_path / "copies"))
    assert (saved / "uploads" / "tờ khai.csv").exists()


def test_a_delivery_that_is_still_coming_in_is_not_copied(settings, tmp_path) -> None:
    (Path(settings["DATA_DIR"]) / "uploads" / "incoming-12ab").write_bytes(b"half of it")
    saved = backups.save(settings, str(tmp_path / "copies"))
    assert [file.name for file in (saved / "uploads").iterdir()] == ["tờ khai.csv"]


def test_a_copy_that_was_cut_off_does_not_look_like_a_whole_one(settings, tmp_path, monkeypatch) -> None:
    def full(*_words, **_more) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="No space"):
        backups.save(settings, str(tmp_path / "copies"))
    assert [folder.suffix for folder in (tmp_path / "copies").iterdir()] == [".part"]


def test_a_copy_that_cannot_be_put_back_leaves_everything_as_it_was(settings, tmp_path, monkeypatch) -> None:
    write(settings, "INSERT INTO periodic (name, due) VALUES ('trước', '2026-01-01 00:00:00')")
    saved = backups.save(settings, str(tmp_path / "copies"))
    write(settings, "INSERT INTO periodic (name, due) VALUES ('sau', '2026-01-01 00:00:00')")

    def full(*_words, **_more) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="No space"):
        backups.put_back(settings, str(saved))
    assert names(settings) == ["sau", "trước"]
    assert (Path(settings["DATA_DIR"]) / "uploads" / "tờ khai.csv").exists()


def test_nothing_is_put_back_under_a_running_worker(settings, tmp_path) -> None:
    saved = backups.save(settings, str(tmp_path / "copies"))
    worker = f"{socket.gethostname()}:{os.getpid()}"
    values = f"('{worker}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, '')"
    write(settings, f"INSERT INTO worker_beat (name, started, beat, doing) VALUES {values}")
    with pytest.raises(backups.BackupFailed, match=worker):
        backups.put_back(settings, str(saved))
    write(settings, "UPDATE worker_beat SET name = name || '99999999'")  # no process has so high a number
    backups.put_back(settings, str(saved))


def test_the_password_of_the_database_is_on_no_command_line(tmp_path, monkeypatch) -> None:
    run = []

    def noted(command, env, **_more) -> subprocess.CompletedProcess:
        run.append((" ".join(command), env.get("PGPASSWORD")))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", noted)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    url = "postgresql+psycopg://mocxa:cà-phê%40sữa@127.0.0.1/mocxa"
    backups.save(
        {"DATABASE_URL": url, "DATA_DIR": str(tmp_path), "LAKE_URL": "s3://somewhere/lake"}, str(tmp_path / "copies")
    )
    [(command, password)] = run
    assert (password, "cà" in command, "sữa" in command) == ("cà-phê@sữa", False, False)
