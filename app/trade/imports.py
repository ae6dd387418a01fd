"""What people do with a delivered file: send it, say what its columns mean, accept, reject, cancel, retry, withdraw.

What workers do with it is in `steps`; both follow the table `NEXT` of states.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import jobs
from app.accounts import audit
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound, Problem
from app.text import clean
from app.trade import live, sources
from app.trade.detecting import BadFile
from app.trade.fields import FIELDS
from app.trade.mapping import CONSTANT, PATTERNS
from app.trade.mending import NothingToMend
from app.trade.models import DROPPED, NEXT, ColumnMapping, Dataset, Import, State
from app.trade.rows import PAGE_SIZE
from app.trade.uploads import Kept

RELEASABLE = ("E10", "E13")  # rules whose rows a person may let through: they are well formed, only suspicious


class NoSuchDataset(Problem):
    """Not one of the data sets."""

    status = 422
    message = _l("There is no data set “%(dataset)s”.")


class AlreadyDelivered(Problem):
    """E16: the very same file is there."""

    message = _l("This very file was sent before, as “%(filename)s”: it is import %(import_id)s.")


class WrongState(Problem):
    """Somebody else, or a worker, was faster."""

    message = _l("The import has moved on meanwhile. Look at it again before you decide.")


class MappingIncomplete(Problem):
    """The columns chosen do not make a whole row."""

    status = 422
    message = _l("Some columns are still missing or are not in the file: %(fields)s.")


class NothingGood(Problem):
    """An import without a good row has nothing to publish."""

    message = _l("The file has no good row to publish. Correct it and send it again, or reject it.")


class NotReleasable(Problem):
    """Rows held by this rule cannot be used as they are."""

    status = 422
    message = _l("Rows held by %(rule)s cannot be let through; they have to be corrected in the file.")


def by_id(session: Session, import_id: int) -> Import:
    """The import of that number; raises `NotFound`."""
    if (found := session.get(Import, import_id)) is None:
        raise NotFound()
    return found


def listing(
    session: Session, *, state: str = "", dataset: str = "", source: str = "", page: int = 1
) -> tuple[list[Import], int]:
    """One page of imports, newest first, and how many there are in all."""
    query = select(Import)
    for column, wanted in ((Import.state, state), (Import.dataset, dataset)):
        query = query.where(column == wanted) if wanted else query
    if source:
        query = query.where(Import.source_id == sources.by_code(session, source).id)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(Import.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return list(rows), total


def receive(
    session: Session,
    who: Caller | None,
    *,
    source: str,
    dataset: str,
    filename: str,
    stored: Kept,
    wait: timedelta = timedelta(0),
    mends: int | None = None,
) -> Import:
    """A delivered file, already kept under its hash; workers read it after `wait`. Raises `AlreadyDelivered`.

    `mends`: the import whose bad rows come back corrected; the file is then read in the same way.
    """
    if dataset not in set(Dataset):
        raise NoSuchDataset(dataset=dataset)
    if stored.size == 0:
        raise BadFile(_l("The file is empty."))
    if mends is not None and session.get(Import, mends) is None:
        raise NothingToMend(import_id=mends)
    origin = sources.by_code(session, source)
    _refuse_repeat(session, origin.id, dataset, stored.sha256)
    import_ = Import(
        source=origin,
        dataset=dataset,
        filename=clean(filename)[:200],
        sha256=stored.sha256,
        size=stored.size,
        demo=origin.demo,
        mends_id=mends,
        created_by=who.id if who else None,
    )
    try:
        with session.begin_nested():
            session.add(import_)
    except IntegrityError:  # the same file at the same moment
        _refuse_repeat(session, origin.id, dataset, stored.sha256)
        raise
    audit.record(session, who, "import.received", import_, after=_facts(import_))
    jobs.put(session, "read_import", {"import_id": import_.id}, not_before=now() + wait)
    return import_


def _refuse_repeat(session: Session, source_id: int, dataset: str, sha256: str) -> None:
    same = select(Import).where(Import.source_id == source_id, Import.dataset == dataset, Import.sha256 == sha256)
    if earlier := session.scalar(same.where(Import.state.not_in(DROPPED))):
        raise AlreadyDelivered(filename=earlier.filename, import_id=earlier.id)


def confirm_mapping(
    session: Session,
    who: Caller | None,
    import_id: int,
    columns: Mapping[str, str],
    number_style: str = "",
    date_style: str = "",
) -> Import:
    """What each column is (field -> header, or "=text" for every row); kept for the source, then read again."""
    import_ = _held(session, import_id, State.MAPPING_NEEDED, State.READY)
    chosen = {field: header for field, header in columns.items() if header}
    _check_mapping(import_, chosen, date_style)
    layout = {
        "source_id": import_.source_id,
        "dataset": import_.dataset,
        "header_key": import_.found["layout"],
    }
    last = session.scalar(select(func.max(ColumnMapping.version)).filter_by(**layout)) or 0
    mapping = ColumnMapping(
        **layout,
        version=last + 1,
        columns=chosen,
        number_style=number_style if number_style in ("vi", "en") else "",
        date_style=date_style,
        made_by=who.id if who else None,
    )
    session.add(mapping)
    session.flush()
    import_.mapping_id = mapping.id
    _read_again(session, import_)
    audit.record(session, who, "import.mapped", import_, after={"columns": chosen, "version": mapping.version})
    return import_


def _check_mapping(import_: Import, columns: Mapping[str, str], date_style: str) -> None:
    fields = {field.name: field for field in FIELDS[import_.dataset]}
    headers = set(import_.found.get("headers", ()))
    wrong = {
        field
        for field, header in columns.items()
        if field not in fields or not (header.startswith(CONSTANT) or header in headers)
    }
    given = set(columns) | set(import_.found.get("given", ()))
    wrong |= {name for name, field in fields.items() if field.required and name not in given}
    if date_style and date_style not in PATTERNS:
        wrong.add("date")
    if wrong:
        titles = [str(fields[name].title) if name in fields else name for name in sorted(wrong)]
        raise MappingIncomplete(fields=", ".join(titles))


def accept(session: Session, who: Caller | None, import_id: int, released: Collection[str] = ()) -> Import:
    """Publish the good rows. `released`: rules whose held rows are let through; then the file is read once more."""
    import_ = _held(session, import_id, State.READY)
    for rule in released:
        if not may_release(import_, rule):
            raise NotReleasable(rule=rule)
    fresh = set(released) - set(import_.released)
    if not fresh and not import_.good:
        raise NothingGood()
    if fresh:
        import_.released = sorted({*import_.released, *fresh})
        _read_again(session, import_)
    else:
        put_live(session, import_)
    import_.decided_at, import_.decided_by = now(), who.id if who else None
    audit.record(session, who, "import.accepted", import_, after=_facts(import_) | {"released": import_.released})
    return import_


def put_live(session: Session, import_: Import) -> None:
    """Hand an accepted import to the workers that publish it."""
    move(import_, State.ACCEPTED)
    import_.step, import_.done, import_.total = "accepted", 0, 0
    jobs.put(session, "accept_import", {"import_id": import_.id})


def reject(session: Session, who: Caller | None, import_id: int, reason: str) -> Import:
    """Do not use the file; the reason is kept for whoever sent it."""
    import_ = _held(session, import_id, State.MAPPING_NEEDED, State.READY, State.FAILED)
    return _close(session, who, import_, State.REJECTED, reason)


def cancel(session: Session, who: Caller | None, import_id: int, reason: str = "") -> Import:
    """Stop before anything was published; a worker that reads the file notices and stops."""
    import_ = _held(session, import_id, State.RECEIVED, State.READING, State.MAPPING_NEEDED, State.READY)
    return _close(session, who, import_, State.CANCELLED, reason)


def retry(session: Session, who: Caller | None, import_id: int) -> Import:
    """Read a failed or cancelled file again; for one being published, try its failed gate-months now."""
    import_ = _held(session, import_id, State.FAILED, State.CANCELLED, State.PUBLISHING)
    if import_.state == State.PUBLISHING:
        live.try_now(session, import_)
    else:
        _refuse_repeat(session, import_.source_id, import_.dataset, import_.sha256)
        _read_again(session, import_)
    audit.record(session, who, "import.retried", import_, after=_facts(import_))
    return import_


def withdraw(session: Session, who: Caller | None, import_id: int, reason: str) -> Import:
    """Take a published file back: from now on it counts nowhere; what it replaced counts again."""
    import_ = _held(session, import_id, State.PUBLISHED)
    if import_.dataset == Dataset.RATES:  # orders may have been priced with them
        raise WrongState(state=import_.state)
    live.withdraw(session, import_)
    return _close(session, who, import_, State.WITHDRAWN, reason)


def move(import_: Import, state: State) -> None:
    """Follow the table of states; raises `WrongState`."""
    if state not in NEXT[State(import_.state)]:
        raise WrongState(state=import_.state)
    import_.state, import_.step_at = state, now()


def why(import_: Import) -> str:
    """Why it failed, was rejected or waits, in the reader's language."""
    return str(_l(import_.reason)) % import_.reason_facts if import_.reason else ""


def _held(session: Session, import_id: int, *states: State) -> Import:
    import_ = session.get(Import, import_id, with_for_update={"of": Import})
    if import_ is None:
        raise NotFound()
    if import_.state not in states:
        raise WrongState(state=import_.state)
    return import_


def _read_again(session: Session, import_: Import) -> None:
    move(import_, State.RECEIVED)
    import_.step, import_.done, import_.total = "received", 0, 0
    import_.reason, import_.reason_facts = "", {}
    import_.decided_at = import_.decided_by = None
    jobs.put(session, "read_import", {"import_id": import_.id})


def _close(session: Session, who: Caller | None, import_: Import, state: State, reason: str) -> Import:
    before = _facts(import_)
    move(import_, state)
    import_.decided_at, import_.decided_by = now(), who.id if who else None
    import_.reason, import_.reason_facts = ("%(words)s", {"words": clean(reason)}) if reason else ("", {})
    audit.record(session, who, f"import.{state}", import_, before=before, after={"state": state, "reason": reason})
    return import_


def _facts(import_: Import) -> dict[str, Any]:
    return {"state": import_.state, "filename": import_.filename, "good": import_.good, "bad": import_.bad}


def may_release(import_: Import, rule: str) -> bool:
    """Whether a person may let the rows held by this rule through."""
    return rule in RELEASABLE and (rule != "E10" or import_.dataset != Dataset.DECLARATIONS)
