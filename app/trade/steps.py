"""What workers do with an import, a short transaction each: begin to read, note progress, write what was read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.db import now
from app.errors import Problem
from app.jobs import FencedOut
from app.reference import gates
from app.reference.models import Rate
from app.trade import imports, live
from app.trade.inspecting import Outcome
from app.trade.lake import Slice
from app.trade.mapping import Known
from app.trade.models import ColumnMapping, Import, StagedFile, State

RATE_KIND = "market"


@dataclass(frozen=True)
class Reading:
    """One attempt to read one file: what is known before it is opened. `attempt` fences out an older one."""

    import_id: int
    attempt: int
    dataset: str
    sha256: str
    known: dict[str, Known]
    creates_gates: bool
    released: tuple[str, ...]


def begin(session: Session, import_id: int) -> Reading | None:
    """Take an import for reading; None when there is nothing to read any more."""
    import_ = session.get(Import, import_id, with_for_update={"of": Import})
    if import_ is None or import_.state not in (State.RECEIVED, State.READING):
        return None
    imports.move(import_, State.READING)
    import_.attempt += 1
    import_.step, import_.done, import_.total = "opening", 0, 100
    session.execute(delete(StagedFile).where(StagedFile.import_id == import_.id))
    return Reading(
        import_.id,
        import_.attempt,
        import_.dataset,
        import_.sha256,
        _known(session, import_),
        import_.source.creates_gates,
        tuple(import_.released),
    )


def _known(session: Session, import_: Import) -> dict[str, Known]:
    rows = session.scalars(
        select(ColumnMapping)
        .where(ColumnMapping.source_id == import_.source_id, ColumnMapping.dataset == import_.dataset)
        .order_by(ColumnMapping.version)
    )
    known = {row.header_key: Known(row.columns, row.number_style, row.date_style) for row in rows}
    mended = session.get(Import, import_.mends_id) if import_.mends_id else None
    if mended is not None and "layout" in mended.found:  # a few bad rows may not show how the file was written
        found = mended.found
        known[found["layout"]] = Known(found["columns"], found["number_style"], found["date_style"])
    return known


def note(session: Session, reading: Reading, step: str, done: int, total: int) -> None:
    """Progress for the page; raises `FencedOut` when the import was cancelled or another worker reads it."""
    import_ = _mine(session, reading)
    import_.step, import_.done, import_.total = step, done, total


def finish_reading(session: Session, reading: Reading, outcome: Outcome) -> Import:
    """Write down what was read: ready to be decided on, or waiting for somebody to say what the columns are.

    When a person accepted it before (letting held rows through), it goes on to be published.
    """
    import_ = _mine(session, reading)
    import_.found = outcome.facts()
    import_.read_at = now()
    staged = outcome.staged
    if staged is None:
        imports.move(import_, State.MAPPING_NEEDED)
        import_.step = "mapping_needed"
        return import_
    import_.good, import_.bad, import_.warned, import_.rules = staged.good, staged.bad, staged.warned, staged.rules
    import_.done = import_.total = staged.total
    if staged.slices:
        session.execute(insert(StagedFile), [_staged(import_.id, one) for one in staged.slices])
    imports.move(import_, State.READY)
    import_.step = "ready"
    audit.record(session, None, "import.read", import_, after={"good": staged.good, "bad": staged.bad})
    if import_.decided_at is not None and staged.good:
        imports.put_live(session, import_)
    return import_


def _staged(import_id: int, one: Slice) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "gate": one.gate,
        "month": one.month,
        "path": one.path,
        "rows": one.rows,
        "bytes": one.bytes,
    }


def fail(session: Session, reading: Reading, problem: Problem) -> None:
    """The file cannot be read; the reason is shown to whoever waits for it."""
    import_ = _mine(session, reading)
    imports.move(import_, State.FAILED)
    import_.step = "failed"
    import_.reason, import_.reason_facts = msgid(problem.message), problem.details
    audit.record(session, None, "import.failed", import_, after={"reason": import_.reason})


def msgid(message: Any) -> str:
    """The English text under which a sentence is translated."""
    arguments = getattr(message, "_args", ())
    return str(arguments[0]) if arguments else str(message)


def _mine(session: Session, reading: Reading) -> Import:
    import_ = session.get(Import, reading.import_id, with_for_update={"of": Import})
    if import_ is None or import_.state != State.READING or import_.attempt != reading.attempt:
        raise FencedOut()
    return import_


def publish(session: Session, import_id: int, moved: list[Slice], seen: int) -> bool:
    """The files of an accepted import become live; False when that has been done already."""
    import_ = _accepted(session, import_id)
    if import_ is None:
        return False
    gates.add_imported(session, import_.found.get("new_gates", {}))
    live.go_live(session, import_, moved, seen)
    imports.move(import_, State.PUBLISHING)
    import_.step = "publishing"
    session.flush()
    live.note_progress(session, import_.dataset)
    return True


def publish_rates(session: Session, import_id: int, rows: list[tuple[date, str, Decimal]]) -> bool:
    """Add the rates that are not known yet. Known ones stay: documents were made with them."""
    import_ = _accepted(session, import_id)
    if import_ is None:
        return False
    known = {
        (day, base): rate
        for day, base, rate in session.execute(
            select(Rate.day, Rate.base, Rate.rate).where(Rate.quote == "VND", Rate.kind == RATE_KIND)
        )
    }
    fresh = [row for row in rows if row[:2] not in known]
    if fresh:
        given = {"quote": "VND", "kind": RATE_KIND, "source": import_.source.name}
        session.execute(insert(Rate), [given | {"day": day, "base": base, "rate": rate} for day, base, rate in fresh])
    other = sum(known.get((day, base), rate) != rate for day, base, rate in rows)
    import_.found = import_.found | {"rates_added": len(fresh), "rates_kept_other": other}
    imports.move(import_, State.PUBLISHED)
    import_.step, import_.published_at = "published", now()
    audit.record(session, None, "import.published", import_, after={"rates_added": len(fresh)})
    return True


def _accepted(session: Session, import_id: int) -> Import | None:
    import_ = session.get(Import, import_id, with_for_update={"of": Import})
    return import_ if import_ is not None and import_.state == State.ACCEPTED else None
