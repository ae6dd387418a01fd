"""The lake: immutable Parquet files, one per gate-month of an import, on a disk or any fsspec store.

Layout: dataset=declarations/gate=moc-bai/month=2025-01/import-7-1.parquet
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_AT_ONCE = 100_000
UNWRITTEN = 8
SKIPPED_BY = ("declaration",)  # columns by whose range a reader may skip a file


@dataclass(frozen=True)
class Slice:
    """A stored file: the good rows of one gate-month."""

    gate: str
    month: date
    path: str  # relative to the lake
    rows: int
    bytes: int


@dataclass(frozen=True)
class Lake:
    """Where lake files are kept. `url` is a folder or an fsspec URL."""

    url: str

    @property
    def local(self) -> bool:
        return "://" not in self.url

    def location(self, path: str) -> str:
        """The full address of a relative path."""
        return f"{self.url.rstrip('/')}/{path}"

    def keep(self, source: Path, path: str) -> None:
        """Move a finished file into the lake; a reader never sees half of it."""
        if self.local:
            target = Path(self.location(path))
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source, target)
        else:
            filesystem, root = fsspec.core.url_to_fs(self.url)
            filesystem.makedirs(f"{root}/{path}".rpartition("/")[0], exist_ok=True)
            filesystem.put_file(str(source), f"{root}/{path}")
            source.unlink()

    def put_aside(self, source: Path, path: str) -> str:
        """Keep a file that belongs to an import but holds no trade rows; returns its path."""
        self.keep(source, path)
        self.settle()
        return path

    def settle(self) -> None:
        """What was kept so far survives a power failure: to be called before the database refers to it."""
        if self.local:
            os.sync()

    def drop(self, paths: Iterable[str]) -> None:
        """Remove files that no accepted import refers to."""
        filesystem, root = fsspec.core.url_to_fs(self.url)
        for path in paths:
            if filesystem.exists(f"{root}/{path}"):
                filesystem.rm_file(f"{root}/{path}")

    def attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let DuckDB read the store when it is not a folder."""
        if not self.local:
            connection.register_filesystem(fsspec.core.url_to_fs(self.url)[0])


def connect(memory: str, work: Path, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """A DuckDB that spills into `work` instead of growing. Order is not kept unless a query asks for it."""
    connection = duckdb.connect(config={"memory_limit": memory, "temp_directory": str(work / "spill")})
    # Every join here looks a big table up in small ones; DuckDB takes a CSV file for the smaller side.
    connection.execute("SET disabled_optimizers = 'build_side_probe_side, in_clause'")
    connection.execute(f"SET threads = {threads}; SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")  # for `Watch`
    return connection


def path_of(dataset: str, gate: str, month: date, name: str) -> str:
    """The relative path of a gate-month's file."""
    return f"dataset={dataset}/gate={gate}/month={month:%Y-%m}/{name}.parquet"


@dataclass(frozen=True)
class Part:
    """A file just written in the work folder, not yet in the lake."""

    gate: str
    month: date
    file: Path
    rows: int


def write_parts(connection: duckdb.DuckDBPyConnection, select: str, folder: Path) -> list[Part]:
    """One file per gate and month: DuckDB sorts the rows, spilling what does not fit; they are cut as they come."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    batches = connection.sql(f"{select} ORDER BY gate, month").to_arrow_reader(ROWS_AT_ONCE)
    runs = (run for batch in batches for run in _runs(pa.Table.from_batches([batch])))
    parts: list[Future[Part]] = []
    with ThreadPoolExecutor(2) as writers:
        for number, (place, pieces) in enumerate(groupby(runs, key=itemgetter(0))):
            file = folder / f"{number}.parquet"
            parts.append(writers.submit(_write, [rows for _, rows in pieces], place, file))
            if len(parts) > UNWRITTEN:
                parts[-UNWRITTEN].result()  # so that no more than these wait in memory
    return [part.result() for part in parts]


def _runs(table: pa.Table) -> Iterator[tuple[tuple[str, date], pa.Table]]:
    """Rows of the same gate and month that follow one another."""
    gates, months = table["gate"].cast(pa.string()), table["month"]
    changed = pc.or_(*(pc.not_equal(values.slice(1), values.slice(0, len(values) - 1)) for values in (gates, months)))
    starts = [0, *(at + 1 for at in pc.indices_nonzero(changed).to_pylist())]
    for start, end in zip(starts, [*starts[1:], table.num_rows], strict=True):
        place = (gates[start].as_py(), months[start].as_py())
        yield place, table.slice(start, end - start).drop_columns(["gate", "month"])


def _write(pieces: list[pa.Table], place: tuple[str, date], file: Path) -> Part:
    """Small files are written without what only helps to read large ones."""
    table = pa.concat_tables(pieces)
    large = table.num_rows > 1_000
    words = [field.name for field in table.schema if pa.types.is_dictionary(field.type) or field.type == pa.string()]
    pq.write_table(
        table,
        file,
        use_dictionary=words if large else False,
        write_statistics=[name for name in SKIPPED_BY if name in table.column_names] if large else False,
        store_schema=False,
    )
    return Part(*place, file, table.num_rows)


def store(lake: Lake, dataset: str, name: str, parts: Iterable[Part]) -> list[Slice]:
    """Bring finished parts into the lake."""
    slices = []
    for part in parts:
        path = path_of(dataset, part.gate, part.month, name)
        size = part.file.stat().st_size
        lake.keep(part.file, path)
        slices.append(Slice(part.gate, part.month, path, part.rows, size))
    lake.settle()
    return slices
