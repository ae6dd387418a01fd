"""A file of any accepted kind as one table of text that DuckDB can read in parallel: plain UTF-8 CSV, or Parquet."""

import codecs
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
from flask_babel import lazy_gettext as _l

from app.text import from_legacy, legacy_font
from app.text.legacy import Font
from app.trade import sheets
from app.trade.detecting import HEAD_BYTES, SAMPLE_ROWS, BadFile, Found, encoding_of, kind, layout, unique

CHUNK = 1 << 20
CELL_SHOWN = 1_000  # characters of a cell that are looked at in a sample, and kept with a finding
FONT_SAMPLE = 20_000
LINE_BYTES = 1_000_000  # a longer line is one giant cell


@dataclass(frozen=True)
class Table:
    """The readable file and its shape."""

    path: str
    found: Found

    def columns(self) -> list[str]:
        """SQL names of the columns, in file order: c0, c1 …"""
        return [f"c{index}" for index in range(len(self.found.headers))]

    def sql(self, numbered: bool = False) -> str:
        """A SELECT of every column as text; with `numbered` also `n`, the row's number in the file."""
        if self.found.format == "parquet":
            return self._parquet_sql(numbered)
        names = ", ".join(f"{name}: 'VARCHAR'" for name in self.columns())
        number = f"row_number() OVER () + {self.found.header_row} AS n, " if numbered else ""
        return (
            f"SELECT {number}* FROM read_csv({quoted(self.path)}, auto_detect=false, header=false,"
            f" skip={self.found.header_row}, columns={{{names}}}, delim={quoted(self.found.delimiter)}, quote='\"',"
            f" escape='\"', new_line='{self.found.new_line}', max_line_size={LINE_BYTES},"
            f" ignore_errors=true, store_rejects=true, rejects_limit=100000)"
        )

    def _parquet_sql(self, numbered: bool) -> str:
        cells = ", ".join(
            f"CAST({identifier(header)} AS VARCHAR) AS {name}"
            for name, header in zip(self.columns(), self.found.headers, strict=True)
        )
        number = "file_row_number + 1 AS n, " if numbered else ""
        extra = ", file_row_number=true" if numbered else ""
        return f"SELECT {number}{cells} FROM read_parquet({quoted(self.path)}{extra})"

    def sample(self, connection: duckdb.DuckDBPyConnection, rows: int = SAMPLE_ROWS) -> list[tuple[str | None, ...]]:
        """The first rows as text."""
        cells = ", ".join(f"left({name}, {CELL_SHOWN}) AS {name}" for name in self.columns())
        found = connection.execute(f"SELECT {cells} FROM ({self.sql()} LIMIT {rows})").fetchall()
        connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
        return found


def open_table(path: Path, work: Path, limit: int) -> Table:
    """Find out what `path` is and bring it into a readable form inside `work`. Raises `BadFile`."""
    format_, packed = kind(path)
    if format_ == "parquet":
        return _parquet(path)
    if format_ == "xlsx":
        target = work / "sheet.csv"
        sheet = sheets.to_csv(path, target)
        return _csv(target, Found("xlsx", sheet=sheet), work)
    if packed == "gzip":
        target = work / "unpacked.csv"
        _unpack(path, target, limit)
        return _csv(target, Found("csv", compression="gzip"), work)
    return _csv(path, Found("csv"), work)


def _csv(path: Path, found: Found, work: Path) -> Table:
    head = _head(path)
    if not head.strip():
        raise BadFile(_l("The file is empty."))
    found.encoding = encoding_of(head, whole=len(head) < HEAD_BYTES)
    found.font = _old_font(head, found.encoding) or ""
    if found.font or found.encoding not in ("utf-8", "utf-8-sig"):
        path = _recode(path, work / "utf8.csv", found)
        head = _head(path)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head).removeprefix("\ufeff")
    found.delimiter, found.header_row, found.headers, found.new_line = layout(text)
    return Table(str(path), found)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _old_font(head: bytes, encoding: str) -> Font | None:
    """The legacy font the text was typed for. In single bytes such text is one of Latin-1."""
    text = head[:FONT_SAMPLE].decode(_bytes_of_font(encoding), "ignore")
    return legacy_font(text)


def _bytes_of_font(encoding: str) -> str:
    return "latin-1" if encoding == "windows-1258" else encoding


def _parquet(path: Path) -> Table:
    try:
        with duckdb.connect() as connection:
            described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(str(path))})").fetchall()
    except duckdb.Error:
        raise BadFile(_l("The file is cut off or damaged. Export it again and send the new copy.")) from None
    return Table(str(path), Found("parquet", header_row=0, headers=unique(row[0] for row in described)))


def _unpack(path: Path, target: Path, limit: int) -> None:
    written = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as plain:
            while chunk := packed.read(CHUNK):
                written += len(chunk)
                if written > limit:
                    raise BadFile(_l("The file unpacks to more than the size allowed."))
                plain.write(chunk)
    except (OSError, EOFError, zlib.error):
        raise BadFile(_l("The file is cut off or damaged. Export it again and send the new copy.")) from None


def _recode(path: Path, target: Path, found: Found) -> Path:
    encoding = _bytes_of_font(found.encoding) if found.font else found.encoding
    font: Font = "vni" if found.font == "vni" else "tcvn3"
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            target.open("w", encoding="utf-8", newline="") as file,
        ):
            while text := source.read(CHUNK) + source.readline(CHUNK):  # whole lines: a letter may be two characters
                file.write(from_legacy(text, font) if found.font else text)
    except UnicodeError:
        raise BadFile(_l("The characters of the file are in no encoding known here. Save it as UTF-8.")) from None
    return target


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
