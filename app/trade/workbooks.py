"""Spreadsheets we hand out: templates and files to mend. Every cell is text or a plain number, never a formula."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from flask_babel import gettext
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from app.trade.formats import FORMATS, field_of
from app.trade.mapping import NOTE

TEXT = "@"
LONGEST = 32_000  # a cell of a spreadsheet holds 32,767 characters
MENDING_ROWS = 5_000  # more rows are mended at their source, not by hand
_HEAD = PatternFill("solid", fgColor="DCEFEB")
_NOTE = PatternFill("solid", fgColor="F6EDCF")
_WRONG = PatternFill("solid", fgColor="F8D7DA")
_AUTHOR = "Mộc Xa"

# What is wrong with a row: position of the cell (None: the row as a whole), reason, hint
Wrong = tuple[int | None, str, str]


def template(dataset: str, filled: bool) -> bytes:
    """The empty or filled template of a data set, with a second sheet that explains its columns."""
    shape = FORMATS[dataset]
    book = Workbook(write_only=True)
    sheet = _sheet(book, gettext("Data"), [len(column.header) + 6 for column in shape.columns], frozen="A2")
    sheet.append([_cell(sheet, column.header, bold=True, fill=_HEAD) for column in shape.columns])
    for place in range(3 if filled else 0):
        sheet.append([_cell(sheet, column.filled[place]) for column in shape.columns])
    guide = _sheet(book, gettext("Guide"), [28, 14, 80, 24], frozen="A2")
    heads = (gettext("Column"), gettext("Required"), gettext("What belongs in it"), gettext("Example"))
    guide.append([_cell(guide, head, bold=True, fill=_HEAD) for head in heads])
    for column in shape.columns:
        must = gettext("yes") if field_of(dataset, column).required else ""
        example = next((text for text in column.filled if text), "")
        guide.append([_cell(guide, text) for text in (column.header, must, str(column.meaning), example)])
    return _saved(book)


def mending(headers: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None], Sequence[Wrong]]]) -> bytes:
    """The bad rows as they came, what is wrong beside them, the wrong cells coloured and with a note.

    It can be corrected and sent back: columns whose name begins with `NOTE` are never read.
    """
    book = Workbook(write_only=True)
    ours = (gettext("Row"), gettext("What is wrong"), gettext("What to do"))
    sheet = _sheet(book, gettext("To mend"), [8, 44, 44, *(max(12, len(name) + 4) for name in headers)], frozen="D2")
    sheet.append(
        [_cell(sheet, f"{NOTE} {text}", bold=True, fill=_NOTE) for text in ours]
        + [_cell(sheet, name, bold=True, fill=_HEAD) for name in headers]
    )
    for number, cells, wrongs in rows:
        notes = [str(number), _lines(reason for _, reason, _ in wrongs), _lines(hint for _, _, hint in wrongs)]
        padded = [*cells, *[""] * (len(headers) - len(cells))]
        sheet.append(
            [_cell(sheet, text, fill=_NOTE, wrap=True) for text in notes]
            + [_marked(sheet, text, place, wrongs) for place, text in enumerate(padded)]
        )
    return _saved(book)


def _marked(sheet: Worksheet, text: str | None, place: int, wrongs: Sequence[Wrong]) -> Cell:
    found = [f"{reason} {hint}" for wrong, reason, hint in wrongs if wrong == place]
    cell = _cell(sheet, text, fill=_WRONG if found else None)
    if found:
        cell.comment = Comment(_lines(found), _AUTHOR, height=120, width=320)
    return cell


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))


def _sheet(book: Workbook, title: str, widths: Sequence[int], frozen: str) -> Worksheet:
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = frozen
    for place, width in enumerate(widths, start=1):
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = min(width, 60)
        column.number_format = TEXT  # what is typed below stays as it is typed: codes keep their zeros
    return sheet


def _cell(
    sheet: Worksheet, text: str | None, bold: bool = False, fill: PatternFill | None = None, wrap: bool = False
) -> Cell:
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text or "")[:LONGEST] or None)
    if cell.value is not None:
        cell.data_type = "s"  # "=1+1" is text that begins with "="
        cell.quotePrefix = str(cell.value).startswith(("=", "+", "-", "@"))
    cell.number_format = TEXT
    if bold:
        cell.font = Font(bold=True)
    if fill is not None:
        cell.fill = fill
    if wrap:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _saved(book: Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()
