"""What the import pages show beside the import itself: what waits, what is unclear, what each source delivered."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, zip_longest
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Person
from app.db import now
from app.text import BadDate, fold, parse_date, parse_number
from app.trade import imports, live
from app.trade.fields import FIELDS, Field
from app.trade.mapping import CONSTANT, NOTE
from app.trade.models import ColumnMapping, GateMonth, Import, State, TradeSource
from app.trade.words import MOVING, WAITING

_TWO_WAYS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")


def open_imports(session: Session) -> list[Import]:
    """What waits for a person first, then what is on its way; the oldest of each first."""
    found = session.scalars(select(Import).where(Import.state.in_([*WAITING, *MOVING])).order_by(Import.id))
    return sorted(found, key=lambda import_: import_.state in MOVING)


def seconds_left(import_: Import) -> int | None:
    """How long the present work will take at the pace so far; None while too little of it is done to tell."""
    spent = (now() - import_.step_at).total_seconds()
    if import_.state not in (State.READING, State.PUBLISHING) or spent < 3 or import_.done * 20 < import_.total:
        return None
    return round(spent / import_.done * (import_.total - import_.done)) if import_.done else None


def failing(session: Session, import_: Import) -> list[GateMonth]:
    """Gate-months of a publication that could not be computed; workers go on trying."""
    return live.failing(session, import_) if import_.state == State.PUBLISHING else []


def names_of(session: Session, *people: int | None) -> dict[int, str]:
    """The names of people by their number."""
    wanted = {number for number in people if number is not None}
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {number: name for number, name in rows}


def free_code(session: Session, name: str) -> str:
    """A source code made from a name: “Chi cục HQ Mộc Bài” → chi-cuc-hq-moc-bai."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:36] or "source"
    taken = set(session.scalars(select(TradeSource.code).where(TradeSource.code.startswith(words))))
    numbered = (f"{words}-{number}" for number in count(2))
    return words if words not in taken else next(code for code in numbered if code not in taken)


def releasable(import_: Import) -> list[str]:
    """Rules whose held rows a person may let through in this import."""
    return [rule for rule in imports.RELEASABLE if rule in import_.rules and imports.may_release(import_, rule)]


@dataclass(frozen=True)
class Box:
    """One field on the mapping page: the column or text chosen now, and whether the shape of the file fills it."""

    field: Field
    header: str
    text: str
    given: bool
    asked: bool


def boxes(import_: Import) -> list[Box]:
    """The fields of the data set in order, with what is known of each."""
    found = import_.found
    chosen: dict[str, str] = found.get("columns", {})
    missing = set(found.get("missing", ()))
    return [
        Box(
            field,
            header="" if chosen.get(field.name, "").startswith(CONSTANT) else chosen.get(field.name, ""),
            text=chosen.get(field.name, "").removeprefix(CONSTANT) if _is_constant(chosen, field) else "",
            given=field.name in found.get("given", ()) and field.name not in chosen,
            asked=field.name in missing,
        )
        for field in FIELDS[import_.dataset]
    ]


def _is_constant(chosen: dict[str, str], field: Field) -> bool:
    return chosen.get(field.name, "").startswith(CONSTANT)


def headers(import_: Import) -> dict[str, str]:
    """The headers a field may be matched with, each with the first cell below it."""
    first: list[str] = next(iter(import_.found.get("preview", ())), [])
    named = zip_longest(import_.found.get("headers", ()), first, fillvalue="")
    return {header: cell for header, cell in named if not header.startswith(NOTE)}


@dataclass(frozen=True)
class TwoReadings:
    """A cell of this very file that means different things in different styles, so that a person can tell."""

    text: str
    readings: dict[str, Any]  # style -> what it would mean


def number_example(import_: Import) -> TwoReadings:
    """A number of the file that is 1234 in one style and 1.234 in the other; the textbook one when there is none."""
    numeric = [field.name for field in FIELDS[import_.dataset] if field.kind == "number"]
    text = next((cell for cell in _cells(import_, numeric) if _TWO_WAYS.fullmatch(cell)), "1.234")
    return TwoReadings(text, {style: parse_number(text, style).value for style in ("vi", "en")})


def date_example(import_: Import) -> TwoReadings:
    """A day of the file that is another day when month and day change places."""
    for text in [*_cells(import_, ["date", "period"]), "05/06/2025"]:
        readings = {"%d/%m/%Y": _day(text, "vi"), "%m/%d/%Y": _day(text, "us")}
        if None not in readings.values() and len(set(readings.values())) == 2:
            return TwoReadings(text, readings)
    raise AssertionError("the textbook day has two readings")


def _day(text: str, style: Any) -> date | None:
    try:
        return parse_date(text, style)
    except BadDate:
        return None


def _cells(import_: Import, fields: Iterable[str]) -> Iterable[str]:
    places = {header: place for place, header in enumerate(import_.found.get("headers", ()))}
    columns = [places[header] for name in fields if (header := import_.found.get("columns", {}).get(name)) in places]
    for row in import_.found.get("preview", ()):
        yield from (row[place].strip() for place in columns if place < len(row))


@dataclass(frozen=True)
class Delivery:
    """The newest file of a source in one data set."""

    import_id: int
    filename: str
    state: str
    created: datetime


def deliveries(session: Session) -> dict[int, dict[str, Delivery]]:
    """Source → data set → its newest file."""
    newest = select(func.max(Import.id)).group_by(Import.source_id, Import.dataset)
    found: dict[int, dict[str, Delivery]] = {}
    for import_ in session.scalars(select(Import).where(Import.id.in_(newest)).order_by(Import.dataset)):
        delivery = Delivery(import_.id, import_.filename, import_.state, import_.created)
        found.setdefault(import_.source_id, {})[import_.dataset] = delivery
    return found


def mappings_of(session: Session, source: TradeSource) -> list[ColumnMapping]:
    """Every version of every layout of a source, the newest first."""
    query = select(ColumnMapping).where(ColumnMapping.source_id == source.id)
    return list(session.scalars(query.order_by(ColumnMapping.dataset, ColumnMapping.id.desc())))
