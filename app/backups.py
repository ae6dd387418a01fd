"""Backup and restore: a consistent copy of the database and the files it names."""

import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

FOLDERS = ("uploads", "photos", "lake", "staging")  # below DATA_DIR


class BackupFailed(SystemExit):
    """The copy could not be made or did not pass its check."""


def save(settings: Mapping[str, Any], folder: str) -> Path:
    """Copy everything into a new folder named after the moment; the database first, since files are only added."""
    target = Path(folder) / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target.mkdir(parents=True)
    url = make_url(settings["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        _save_sqlite(str(url.database), target / "mocxa.db")
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        _run(["pg_dump", "-Fc", "-f", str(target / "mocxa.dump"), plain])
    for name in FOLDERS:
        if (source := Path(settings["DATA_DIR"]) / name).exists():
            shutil.copytree(source, target / name)
    return target


def put_back(settings: Mapping[str, Any], folder: str) -> None:
    """Replace database and files by the copy in `folder`."""
    source = Path(folder)
    url = make_url(settings["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        if not (source / "mocxa.db").exists():
            raise BackupFailed(f"{source} holds no SQLite copy (mocxa.db).")
        for ending in ("", "-wal", "-shm"):
            Path(f"{url.database}{ending}").unlink(missing_ok=True)
        shutil.copyfile(source / "mocxa.db", str(url.database))
    else:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "-d", plain, str(source / "mocxa.dump")])
    for name in FOLDERS:
        present = Path(settings["DATA_DIR"]) / name
        shutil.rmtree(present, ignore_errors=True)
        if (source / name).exists():
            shutil.copytree(source / name, present)


def _save_sqlite(path: str, copy: Path) -> None:
    """SQLite's online copy, then its own integrity check on the copy."""
    with sqlite3.connect(path) as live, sqlite3.connect(copy) as saved:
        live.backup(saved)
        verdict = saved.execute("PRAGMA integrity_check").fetchone()[0]
    live.close()
    saved.close()
    if verdict != "ok":
        raise BackupFailed(f"The copy is damaged: {verdict}")


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise BackupFailed(f"{command[0]} is not installed (package postgresql-client).")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupFailed(f"{command[0]}: {done.stderr.strip()}")
