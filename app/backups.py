"""Backup and restore: a consistent copy of the database and the files it names."""

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from app.db import make_engine, now
from app.jobs import WorkerBeat
from app.trade.lake import Lake

FOLDERS = ("uploads", "photos")  # below DATA_DIR
UNFINISHED = ("incoming-*", "*.part")  # on their way to a place; nothing refers to them yet
ALIVE = timedelta(minutes=1)


class BackupFailed(SystemExit):
    """The copy could not be made or put back, or did not pass its check."""


def save(settings: Mapping[str, Any], folder: str) -> Path:
    """Copy everything into a new folder named after the moment; its name is complete when the copy is.

    The database goes first: files that come later are not missed by it. Only the owner may read the copy.
    """
    target = Path(folder) / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    making = target.with_name(f"{target.name}.part")
    making.mkdir(parents=True)
    making.chmod(0o700)
    url = make_url(settings["DATABASE_URL"])
    if url.get_backend_name() == "sqlite":
        _save_sqlite(Path(str(url.database)), making / "mocxa.db")
    else:
        _run(["pg_dump", "-Fc", "-f", str(making / "mocxa.dump")], url)
    for name, source in _folders(settings):
        if source.exists():
            shutil.copytree(
                source, making / name, ignore=shutil.ignore_patterns(*UNFINISHED), copy_function=_copy_if_there
            )
    os.sync()
    return making.rename(target)


def put_back(settings: Mapping[str, Any], folder: str) -> None:
    """Replace database and files by the copy in `folder`: first everything is copied beside, then put in place."""
    source, url = Path(folder), make_url(settings["DATABASE_URL"])
    is_sqlite = url.get_backend_name() == "sqlite"
    copy = source / ("mocxa.db" if is_sqlite else "mocxa.dump")
    if not copy.exists():
        raise BackupFailed(f"{source} holds no copy of this kind of database ({copy.name}).")
    if running := _running(settings["DATABASE_URL"]):
        raise BackupFailed(f"Stop web and workers first: {', '.join(running)} still gives a sign of life.")
    places = [(source / name, present) for name, present in _folders(settings) if (source / name).exists()]
    for saved, present in places:
        shutil.rmtree(_beside(present, "restored"), ignore_errors=True)
        shutil.copytree(saved, _beside(present, "restored"))
    if is_sqlite:
        _restore_sqlite(copy, Path(str(url.database)))
    else:
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(copy)], url)
    for _, present in places:
        _take_place(_beside(present, "restored"), present)


def _folders(settings: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Name in the copy → where it lies; a lake in a store of its own is kept by that store."""
    for name in FOLDERS:
        yield name, Path(settings["DATA_DIR"]) / name
    if Lake(settings["LAKE_URL"]).local:
        yield "lake", Path(settings["LAKE_URL"])


def _copy_if_there(source: str, target: str) -> str:
    """A file that was tidied away while we came to it is not needed."""
    with suppress(FileNotFoundError):
        shutil.copy2(source, target)
    return target


def _save_sqlite(path: Path, copy: Path) -> None:
    """SQLite's online copy, then its own integrity check on the copy."""
    if not path.exists():
        raise BackupFailed(f"There is no database at {path}.")
    with sqlite3.connect(path) as live, sqlite3.connect(copy) as saved:
        live.backup(saved)
        verdict = saved.execute("PRAGMA integrity_check").fetchone()[0]
    live.close()
    saved.close()
    if verdict != "ok":
        raise BackupFailed(f"The copy is damaged: {verdict}")


def _restore_sqlite(copy: Path, path: Path) -> None:
    """The old journal goes before the new file comes, since it would be played into it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path, "restored")
    shutil.copyfile(copy, beside)
    beside.chmod(0o600)
    for ending in ("-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    beside.replace(path)


def _beside(path: Path, word: str) -> Path:
    return path.with_name(f"{path.name}.{word}")


def _take_place(new: Path, present: Path) -> None:
    old = _beside(present, "replaced")
    shutil.rmtree(old, ignore_errors=True)
    with suppress(FileNotFoundError):
        present.rename(old)
    new.rename(present)
    shutil.rmtree(old, ignore_errors=True)


def _running(url: str) -> list[str]:
    """Workers that would go on writing, as far as a database that is to be replaced can still tell."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            alive = connection.scalars(select(WorkerBeat.name).where(WorkerBeat.beat > now() - ALIVE)).all()
    except (SQLAlchemyError, sqlite3.Error):  # a damaged database is what a copy is for
        return []
    finally:
        engine.dispose()
    return [name for name in alive if _is_there(*name.rsplit(":", 1))]


def _is_there(host: str, process: str) -> bool:
    """Of this host the process itself tells; of another its last sign of life counts."""
    return host != socket.gethostname() or Path(f"/proc/{process}").exists()


def _run(command: list[str], url: URL) -> None:
    """A program of PostgreSQL; the password goes by the environment, since everybody may list commands."""
    if shutil.which(command[0]) is None:
        raise BackupFailed(f"{command[0]} is not installed (package postgresql-client).")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [*command, "-d", plain], capture_output=True, text=True, check=False, env=os.environ | secret
    )
    if done.returncode:
        raise BackupFailed(f"{command[0]}: {done.stderr.strip()}")
