"""Downloads of a card: CSV that Excel opens rightly, and a workbook with numbers as numbers and codes as text."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from app.i18n import instant, language
from dashboards.board import Board, Card
from dashboards.tables import Column
from dashboards.wording import filters_of, partner_names, period

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD_FILL = PatternFill("solid", fgColor="F4EFE5")
WIDEST = 46


def heading(board: Board, card: Card) -> Iterator[tuple[str, str]]:
    """What is written above the table: what, which, when, from whom, how sure."""
    chosen = board.selection
    if chosen.demo:
        yield _("Demonstration data"), _("These figures are invented and stand for nothing real.")
    yield _("Figure"), card.title
    yield _("Shown"), card.subtitle
    yield _("Period"), period(chosen.first, chosen.last)
    names = board.gates | partner_names(board.session, chosen.partners)
    yield _("Filters"), filters_of(chosen.scope(), names) or _("none")
    yield _("Source"), card.source
    yield _("As of"), instant(card.facts.as_of)
    for note in card.notes:
        yield _("Note"), note
    if card.facts.held:
        yield _("Held back"), _("%(rows)s rows of the files were not good and do not count.", rows=card.facts.held)
    if card.facts.excluded:
        yield _("Left out"), _("%(lines)s lines are no trade by their procedure code.", lines=card.facts.excluded)


def as_csv(board: Board, card: Card) -> str:
    """The heading, an empty line and the table; separated by semicolons where the comma is the decimal mark."""
    out = io.StringIO()
    out.write(BOM)
    comma = language() == "vi"
    writer = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    writer.writerows((name, inert(text)) for name, text in heading(board, card))
    writer.writerow([])
    writer.writerow(column.raw_head() for column in card.table.columns)
    for row in card.table.rows:
        writer.writerow(_plain(column, cell, comma) for column, cell in zip(card.table.columns, row, strict=True))
    return out.getvalue()


def _plain(column: Column, cell: Any, comma: bool) -> Any:
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    if isinstance(cell, Decimal):
        text = f"{cell:.{column.decimals()}f}"
        return text.replace(".", ",") if comma else text
    return inert(cell) if isinstance(cell, str) else cell


def inert(text: str) -> str:
    """A text that a spreadsheet would run as a formula is written so that it stays text."""
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def as_xlsx(board: Board, card: Card) -> bytes:
    """One sheet: the heading, then the table; nothing in it is computed by the spreadsheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Figures")[:31])
    for place, column in enumerate(card.table.columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = _width(column, card, place)
    for name, text in heading(board, card):
        sheet.append([_text(sheet, name, bold=True), _text(sheet, text)])
    sheet.append([])
    sheet.append([_head(sheet, column.raw_head()) for column in card.table.columns])
    for row in card.table.rows:
        sheet.append([_cell(sheet, column, cell) for column, cell in zip(card.table.columns, row, strict=True)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _width(column: Column, card: Card, place: int) -> float:
    texts = [column.raw_head(), *(str(row[place] or "") for row in card.table.rows)]
    return float(min(WIDEST, max(len(text) for text in texts) + 3))


def _text(sheet: Worksheet, text: str, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # never a formula, whatever it begins with
    cell.number_format = "@"
    cell.font = Font(bold=bold)
    return cell


def _head(sheet: Worksheet, text: str) -> Cell:
    cell = _text(sheet, text, bold=True)
    cell.fill = HEAD_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="bottom")
    return cell


def _cell(sheet: Worksheet, column: Column, value: Any) -> Cell | None:
    if value is None:
        return None
    if isinstance(value, date):
        return _text(sheet, f"{value:%Y-%m}")
    if isinstance(value, str):
        return _text(sheet, value)
    cell = WriteOnlyCell(sheet, value=round(value, column.decimals()))
    cell.number_format = "#,##0" + ("." + "0" * column.decimals() if column.decimals() else "")
    return cell
