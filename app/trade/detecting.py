"""What kind of file this is: format, encoding, delimiter and header row, found from its first bytes and rows."""

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Problem
from app.trade.aliases import key

HEAD_BYTES = 262_144
HEADER_ROWS = 20  # titles, units and blank rows may stand above the header
SAMPLE_ROWS = 2_000
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
OLE2 = b"\xd0\xcf\x11\xe0"


class BadFile(Problem):
    """E17: the file cannot be read at all; `message` says why and what to do."""

    status = 422

    def __init__(self, message: Any, **details: Any) -> None:
        super().__init__(**details)
        self.message = message


@dataclass
class Found:
    """The shape of a file. `header_row` counts from 1, as a spreadsheet shows it."""

    format: str  # csv, xlsx, parquet
    compression: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    new_line: str = "\\n"
    header_row: int = 1
    headers: list[str] = field(default_factory=list)
    sheet: str = ""
    font: str = ""  # tcvn3 or vni: the text was typed for an old Vietnamese font


def kind(path: Path) -> tuple[str, str]:
    """Format and compression from the first bytes; the name of a file proves nothing."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise BadFile(_l("The file is empty."))
    if head.startswith(b"PAR1"):
        return "parquet", ""
    if head.startswith(b"\x1f\x8b"):
        return "csv", "gzip"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path), ""
    if head.startswith(OLE2):
        return "xlsx", "ole2"
    return "csv", ""


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        raise BadFile(_l("The file is cut off or damaged. Export it again and send the new copy.")) from None
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise BadFile(_l("The file is an archive, not a table. Unpack it and send the CSV, XLSX or Parquet inside."))
    return "xlsx"


def encoding_of(head: bytes, whole: bool) -> str:
    """The encoding of a text file; `whole` says that `head` is all of it."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if (wide := _utf16_without_mark(head)) is not None:
        return wide
    if b"\x00" in head:
        raise BadFile(_l("The file is not a table: it holds binary data. CSV, XLSX, XLS and Parquet are read."))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return "windows-1258"
    return "utf-8"


def _utf16_without_mark(head: bytes) -> str | None:
    sample = head[:2_000]
    if len(sample) < 20:
        return None
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def layout(text: str) -> tuple[str, int, list[str], str]:
    """Delimiter, header row (1-based), headers and line end of the first part of a CSV file."""
    first_line = text.split("\n", 1)[0]
    new_line = "\\r\\n" if first_line.endswith("\r") else "\\r" if "\n" not in text and "\r" in text else "\\n"
    best: tuple[float, str, int, list[str]] = (0.0, ",", 1, [])
    for delimiter in (",", ";", "\t", "|"):
        rows = _rows(text, delimiter)
        if not rows:
            continue
        number, cells, score = header_row(rows)
        if score > best[0]:
            best = (score, delimiter, number, cells)
    if best[0] == 0.0:
        raise BadFile(_l("No row with column names was found in the first 20 rows of the file."))
    return best[1], best[2], best[3], new_line


def _rows(text: str, delimiter: str) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row)
            if len(rows) >= HEADER_ROWS + 30:
                break
    except csv.Error:
        return rows
    return rows


def header_row(rows: list[list[str]]) -> tuple[int, list[str], float]:
    """The row that looks most like column names, its cells, and how much it does (0: not at all).

    Column names are words, differ from one another and are as wide as the rows below.
    """
    width = Counter(len(row) for row in rows if len(row) > 1).most_common(1)
    if not width:
        return 1, [], 0.0
    usual = width[0][0]
    best: tuple[int, list[str], float] = (1, [], 0.0)
    for number, row in enumerate(rows[:HEADER_ROWS], start=1):
        cells = [" ".join(cell.split()) for cell in row]
        score = _looks_like_names(cells, usual)
        if score > best[2]:
            best = (number, cells, score)
    return best[0], unique(best[1]), best[2]


def _looks_like_names(cells: list[str], usual: int) -> float:
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if any(letter.isalpha() for letter in cell) and len(cell) < 80]
    if len(filled) < 2 or len(words) < 0.6 * len(filled) or len(cells) != usual:
        return 0.0
    distinct = len({key(cell) for cell in filled}) / len(filled)
    return len(words) * distinct * (len(filled) / len(cells))


def unique(headers: Iterable[str]) -> list[str]:
    """Headers without gaps and repeats: "", "Lượng", "Lượng" → "column 1", "Lượng", "Lượng (2)"."""
    seen: Counter[str] = Counter()
    named: list[str] = []
    for position, header in enumerate(headers, start=1):
        name = header or f"column {position}"
        seen[name] += 1
        named.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return named
