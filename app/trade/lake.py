"""The lake: immutable Parquet files, one per gate-month of an import, on a disk or any fsspec store.

Layout: dataset=declarations/gate=moc-bai/month=2025-01/import-7-1.parquet
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from app.trade.reading import quoted

ROWS_AT_ONCE = 100_000


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


def write_partitions(connection: duckdb.DuckDBPyConnection, select: str, folder: Path) -> list[Part]:
    """One pass over a big table: DuckDB splits it by gate and month while writing."""
    shutil.rmtree(folder, ignore_errors=True)
    rows = connection.execute(
        f"COPY ({select}) TO {quoted(str(folder))} (FORMAT parquet, PARTITION_BY (gate, month), RETURN_STATS true)"
    ).fetchall()
    parts: dict[tuple[str, date], list[Part]] = {}
    for name, count, _size, _footer, _columns, keys, *_ in rows:
        found = Part(keys["gate"], date.fromisoformat(keys["month"]), Path(name), count)
        parts.setdefault((found.gate, found.month), []).append(found)
    return [_joined(connection, files) for files in parts.values()]


def _joined(connection: duckdb.DuckDBPyConnection, files: list[Part]) -> Part:
    if len(files) == 1:
        return files[0]
    whole = files[0].file.with_name("joined.parquet")
    listed = ", ".join(quoted(str(part.file)) for part in files)
    connection.execute(
        f"COPY (SELECT * FROM read_parquet([{listed}], hive_partitioning=false))"
        f" TO {quoted(str(whole))} (FORMAT parquet)"
    )
    return Part(files[0].gate, files[0].month, whole, sum(part.rows for part in files))


def write_slices(connection: duckdb.DuckDBPyConnection, select: str, folder: Path) -> list[Part]:
    """Many small gate-months: sorted once and cut up, which is a tenth of the time of partitioned writing."""
    folder.mkdir(parents=True, exist_ok=True)
    counts = connection.execute(
        f"SELECT gate, month, count(*) FROM ({select}) GROUP BY gate, month ORDER BY gate, month"
    ).fetchall()
    rows = _Rows(connection.sql(f"{select} ORDER BY gate, month").to_arrow_reader(ROWS_AT_ONCE))
    parts = []
    for index, (gate, month, count) in enumerate(counts):
        file = folder / f"{index}.parquet"
        pq.write_table(
            rows.take(count),
            file,
            use_dictionary=count > 1_000,
            write_statistics=count > 1_000,
            compression="zstd",
            store_schema=False,
        )
        parts.append(Part(gate, month, file, count))
    return parts


class _Rows:
    """A stream of rows, taken in order."""

    def __init__(self, batches: pa.RecordBatchReader) -> None:
        self._batches = batches
        self._left: pa.Table = batches.schema.empty_table()

    def take(self, count: int) -> pa.Table:
        """The next rows, without their partition columns."""
        pieces = [self._left]
        have = self._left.num_rows
        while have < count:
            pieces.append(pa.Table.from_batches([self._batches.read_next_batch()]))
            have += pieces[-1].num_rows
        whole = pa.concat_tables(pieces) if len(pieces) > 1 else self._left
        self._left = whole.slice(count)
        return whole.slice(0, count).drop_columns(["gate", "month"])


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
