"""File to published: declaration lines through two real workers, against bare DuckDB and pandas on the same file."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app import config, db, jobs, registry
from app.db import Base, Session, reading
from app.reference.load import load_reference
from app.trade import imports, sources, uploads
from app.trade.models import State
from bench import declarations
from tests import servers

assert registry

KEYS = "gate, direction, HS chapter, month, partner"
DUCKDB = """
import duckdb, sys, time
started = time.perf_counter()
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
rows = connection.execute('''
    SELECT "Cửa khẩu", "Mã loại hình", substr("Mã HS", 1, 2), date_trunc('month', "Ngày ĐK"), "Xuất xứ",
        sum("Trị giá NT"), count(*), count(DISTINCT "Số tờ khai")
    FROM read_csv(?, types={'Mã HS': 'VARCHAR', 'Số tờ khai': 'VARCHAR'}) GROUP BY ALL
''', [sys.argv[1]]).fetchall()
print(time.perf_counter() - started, len(rows))
"""
PANDAS = """
import pandas, sys, time
started = time.perf_counter()
lines = pandas.read_csv(sys.argv[1], dtype={"Mã HS": str, "Số tờ khai": str})
lines["chapter"] = lines["Mã HS"].str[:2]
lines["month"] = pandas.to_datetime(lines["Ngày ĐK"], format="%d/%m/%Y").dt.to_period("M")
rows = lines.groupby(["Cửa khẩu", "Mã loại hình", "chapter", "month", "Xuất xứ"]).agg(
    value=("Trị giá NT", "sum"), lines=("Trị giá NT", "size"), declarations=("Số tờ khai", "nunique"))
print(time.perf_counter() - started, len(rows))
"""


@dataclass(frozen=True)
class Run:
    """What one import took."""

    seconds: float
    read: float
    peak: int  # the largest resident set of any process, bytes
    good: int
    bad: int


def bare(script: str, path: Path) -> float:
    """The best of three runs of a script that does the group-by alone."""
    return min(_run(script, path) for _ in range(3))


def _run(script: str, path: Path) -> float:
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True, text=True)
    return float(done.stdout.splitlines()[-1].split()[0])


@contextmanager
def crew(settings: dict, count: int = 2) -> Iterator[list[int]]:
    """Real workers; yields their process ids."""
    environment = os.environ | {name: str(settings[name]) for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL")}
    log = (Path(settings["DATA_DIR"]) / "workers.log").open("wb")
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "workers"],
            env=environment | {"WORKERS": str(count)},
            start_new_session=True,
            stdout=log,
            stderr=log,
        )
        for _ in range(count)
    ]
    time.sleep(4)  # until they listen
    try:
        yield [worker.pid for worker in workers]
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(100)
        log.close()


class Watcher(threading.Thread):
    """The largest resident set that any process of some sessions reached."""

    def __init__(self, sessions: list[int]) -> None:
        super().__init__(daemon=True)
        self.sessions, self.peak, self.over = sessions, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            for folder in Path("/proc").iterdir():
                if folder.name.isdigit():
                    self._look(folder)

    def _look(self, folder: Path) -> None:
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) in self.sessions:
                line = next(row for row in (folder / "status").read_text().splitlines() if row.startswith("VmHWM"))
                self.peak = max(self.peak, int(line.split()[1]) * 1024)
        except (OSError, StopIteration):
            return  # it ended meanwhile


def bring(settings: dict, path: Path, sessions: list[int]) -> Run:
    """Deliver a file, accept it when it is read, and wait until it is published."""
    watcher = Watcher(sessions)
    watcher.start()
    started = time.perf_counter()
    with path.open("rb") as stream:
        stored = uploads.store(settings["DATA_DIR"], stream, settings["MAX_IMPORT_BYTES"])
    with Session.begin() as session:
        import_id = imports.receive(
            session, None, source="bench", dataset="declarations", filename=path.name, stored=stored
        ).id
    wait_for(import_id, State.READY)
    read = time.perf_counter() - started
    with Session.begin() as session:
        imports.accept(session, None, import_id)
    done = wait_for(import_id, State.PUBLISHED)
    seconds = time.perf_counter() - started
    watcher.over.set()
    watcher.join()
    return Run(seconds, read, watcher.peak, done.good, done.bad)


def wait_for(import_id: int, state: State) -> imports.Import:
    """Ask the database, as the progress page does."""
    while True:
        with reading() as session:
            import_ = imports.by_id(session, import_id)
            session.expunge_all()
        if import_.state == state:
            return import_
        if import_.state in (State.FAILED, State.MAPPING_NEEDED):
            raise RuntimeError(f"{import_.state}: {imports.why(import_)}")
        time.sleep(0.01)


def measure(lines: int, rounds: int, folder: Path, redis_url: str) -> None:
    """Import one file `rounds` times into empty databases, and print the best beside the bare scripts."""
    path = folder / f"{lines}.csv"
    declarations.write(path, lines)
    runs = []
    for number in range(rounds):
        settings = config.load({"DATA_DIR": str(folder / f"{lines}-{number}"), "REDIS_URL": redis_url})
        db.connect(settings["DATABASE_URL"])
        jobs.connect(redis_url, 2)
        Base.metadata.create_all(Session.kw["bind"])
        with Session.begin() as session:
            load_reference(session)
            sources.add(session, None, code="bench", name="Bench")
        with crew(settings) as sessions:
            runs.append(bring(settings, path, sessions))
        Session.kw["bind"].dispose()
    best = min(runs, key=lambda run: run.seconds)
    duckdb, pandas = bare(DUCKDB, path), bare(PANDAS, path)
    print(
        f"{lines:,} lines ({best.good:,} good, {best.bad:,} bad): {best.seconds:.2f} s from delivery to published"
        f" (read after {best.read:.2f} s); peak of any process {max(run.peak for run in runs) / 2**20:,.0f} MiB\n"
        f"  bare DuckDB group by {KEYS}: {duckdb:.2f} s → ratio {best.seconds / duckdb:.2f} (promised: 2)\n"
        f"  bare pandas, the same:  {pandas:.2f} s → ratio {best.seconds / pandas:.2f}",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, servers.redis() as redis_url:
        measure(1_000_000, 3, Path(folder), redis_url)
        measure(5_000_000, 1, Path(folder), redis_url)
