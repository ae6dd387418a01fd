"""Who delivers files: codes, names, and what their files may do."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.who import Caller
from app.errors import NotFound, Problem
from app.text import clean
from app.trade.models import TradeSource

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class NoSuchSource(Problem):
    """The code names no source."""

    status = 422
    message = _l("There is no source “%(source)s”. Choose one of the list, or add it first.")


class BadSourceCode(Problem):
    """A code that could not be typed in an address."""

    status = 422
    message = _l("A source code has small letters, digits and hyphens only, for example “hai-quan-moc-bai”.")


class SourceExists(Problem):
    """Two sources may not share a code."""

    message = _l("There is a source “%(source)s” already.")


def by_code(session: Session, code: str) -> TradeSource:
    """The source of that code; raises `NoSuchSource`."""
    found = session.scalar(select(TradeSource).where(TradeSource.code == code))
    if found is None:
        raise NoSuchSource(source=code)
    return found


def named(session: Session, code: str) -> TradeSource:
    """The source at an address; raises `NotFound`."""
    found = session.scalar(select(TradeSource).where(TradeSource.code == code))
    if found is None:
        raise NotFound()
    return found


def listing(session: Session) -> list[TradeSource]:
    """All sources by name."""
    return list(session.scalars(select(TradeSource).order_by(TradeSource.name)))


def add(
    session: Session,
    who: Caller | None,
    *,
    code: str,
    name: str,
    reporter: str = "VN",
    creates_gates: bool = False,
    demo: bool = False,
    note: str = "",
) -> TradeSource:
    """A new source. `creates_gates`: an unknown gate label in its files becomes a foreign gate."""
    if not _CODE.fullmatch(code):
        raise BadSourceCode()
    if session.scalar(select(TradeSource.id).where(TradeSource.code == code)):
        raise SourceExists(source=code)
    source = TradeSource(
        code=code,
        name=clean(name) or code,
        reporter=reporter,
        creates_gates=creates_gates,
        demo=demo,
        note=clean(note),
    )
    session.add(source)
    audit.record(session, who, "source.added", source, after={"code": code, "name": source.name, "demo": demo})
    return source


def find_or_add(session: Session, who: Caller | None, code: str) -> TradeSource:
    """The source of that code; a program that sends files under a new code makes it, to be named properly later."""
    found = session.scalar(select(TradeSource).where(TradeSource.code == code))
    return found or add(session, who, code=code, name=code)


def change(session: Session, who: Caller | None, source: TradeSource, **values: Any) -> TradeSource:
    """Change name, reporter, creates_gates or note; the code stays, since scripts use it."""
    values = {field: clean(value) if isinstance(value, str) else value for field, value in values.items()}
    before = {field: getattr(source, field) for field in values}
    for field, value in values.items():
        setattr(source, field, value)
    audit.record(session, who, "source.changed", source, before=before, after=values)
    return source
