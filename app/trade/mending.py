"""Bad rows to take away: a list as CSV, and a spreadsheet that is corrected and sent back."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.errors import Problem
from app.trade import reasons
from app.trade.rows import BadRow
from app.trade.workbooks import MENDING_ROWS, Wrong, mending

BOM = "\ufeff"  # tells a spreadsheet program that the file is UTF-8
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[-+]?\d[\d., \u00a0\u202f]*%?")
CHUNK_ROWS = 500


class NothingToMend(Problem):
    """Corrected rows come back to an import that there is."""

    status = 422
    message = _l("There is no import %(import_id)s whose rows could come back.")


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    if text.startswith(_RISKY) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_of(rows: Iterable[BadRow], headers: Sequence[str], delimiter: str = ",") -> Iterator[str]:
    """Every finding as a line, with the whole row of the file behind it, in pieces to be sent one after the other."""
    heads = (
        gettext("Row"),
        gettext("Kind"),
        gettext("Rule"),
        gettext("Column"),
        gettext("Value"),
        gettext("What is wrong"),
        gettext("What to do"),
    )
    kinds = {"error": gettext("held back"), "warning": gettext("warning")}
    explain = lru_cache(4_096)(reasons.explain)  # the same few mistakes come again and again
    yield BOM + _lines([[*heads, *(harmless(header) for header in headers)]], delimiter)
    waiting = iter(rows)
    while piece := list(islice(waiting, CHUNK_ROWS)):
        yield _lines([_line(row, kinds, explain) for row in piece], delimiter)


def _line(row: BadRow, kinds: dict[str, str], explain: Callable[..., tuple[str, str]]) -> list[str]:
    reason, hint = explain(row.rule, row.field, row.value, row.other, row.suggestion)
    facts = [str(row.number), kinds[row.severity], row.rule, row.column, row.value, reason, hint]
    return [harmless(text) for text in [*facts, *row.cells]]


def _lines(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def workbook_of(rows: Iterable[BadRow], headers: Sequence[str]) -> bytes:
    """The rows that were held back, each once, with what is wrong beside them; at most `MENDING_ROWS`."""
    places = {header: place for place, header in enumerate(headers)}
    held = (row for row in rows if row.severity == "error")
    return mending(headers, islice(_by_row(held, places), MENDING_ROWS))


def _by_row(rows: Iterable[BadRow], places: dict[str, int]) -> Iterator[tuple[int, Sequence[str], Sequence[Wrong]]]:
    for number, found in groupby(rows, key=lambda row: row.number):
        together = list(found)
        yield number, together[0].cells, [(places.get(row.column), row.reason, row.hint) for row in together]
