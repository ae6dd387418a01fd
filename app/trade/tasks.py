"""The work on imports and gate-months, for workers, command line and demonstration: the transactions are here.

Every function may be run again, or twice at once, with the same result.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from flask_babel import lazy_gettext as _l

from app import jobs
from app.db import Session, reading
from app.errors import Problem
from app.jobs import Claim, FencedOut
from app.periods import today
from app.trade import facts, imports, inspecting, live, moving, rolling_up, steps, tidying, uploads
from app.trade.detecting import BadFile
from app.trade.inspecting import Order, Outcome
from app.trade.lake import Lake
from app.trade.models import Dataset, Import, State
from app.trade.reading import quoted
from app.trade.rolling_up import Held
from app.trade.steps import Reading
from app.trade.watching import Tell

log = logging.getLogger(__name__)
Settings = Mapping[str, Any]
DEADLY = 3  # a file that stopped the worker so often is not tried again
PATIENCE = timedelta(minutes=10)  # how long workers leave an import alone that a command is bringing in
WAITING = (State.RECEIVED, State.READING, State.ACCEPTED, State.PUBLISHING)


class Unfinished(Problem):
    """The command cannot go on without a person."""

    message = _l("Import %(import_id)s is not published: it is %(state)s. %(reason)s")


def read(settings: Settings, import_id: int, held: Claim | None = None) -> None:
    """Read a delivered file; afterwards it is ready to be decided on, or a person is asked, or it has failed."""
    with Session.begin() as session:
        mine = steps.begin(session, import_id)
        if mine is None:
            _finish(session, held)
    if mine is not None:
        _read(settings, mine, held)


def _read(settings: Settings, mine: Reading, held: Claim | None) -> None:
    try:
        if held is not None and held.attempts > DEADLY:
            raise BadFile(_l("Reading this file stopped the worker several times. Save it in another format."))
        with reading() as session:
            known = facts.load(session, today())
        order = _order(settings, mine, known)
        outcome = inspecting.inspect(order, _tell(settings, mine, held))
    except BadFile as problem:
        _give_up(mine, problem, held)
    except FencedOut:
        raise
    except Exception as error:
        if held is not None and held.attempts <= DEADLY:
            raise  # the outbox tries again
        log.exception("import %s could not be read", mine.import_id)
        _give_up(mine, _unexpected(error), held)
    else:
        _keep(settings, mine, outcome, held)


def _give_up(mine: Reading, problem: BadFile, held: Claim | None) -> None:
    with Session.begin() as session:
        steps.fail(session, mine, problem)
        _finish(session, held)


def _unexpected(error: Exception) -> BadFile:
    text = f"{type(error).__name__}: {error}"[:300]
    return BadFile(_l("The file could not be read, for a reason not known before: %(error)s"), error=text)


def _order(settings: Settings, mine: Reading, known: facts.Facts) -> Order:
    return Order(
        import_id=mine.import_id,
        attempt=mine.attempt,
        dataset=mine.dataset,
        path=uploads.place(settings["DATA_DIR"], mine.sha256),
        work=Path(settings["DATA_DIR"]) / "work" / f"import-{mine.import_id}-{mine.attempt}",
        lake=Lake(settings["LAKE_URL"]),
        facts=known,
        memory=settings["DUCKDB_MEMORY"],
        size_limit=settings["MAX_IMPORT_BYTES"],
        known=mine.known,
        creates_gates=mine.creates_gates,
        released=mine.released,
    )


def _tell(settings: Settings, mine: Reading, held: Claim | None) -> Tell:
    def tell(step: str, done: int, total: int) -> None:
        with Session.begin() as session:
            steps.note(session, mine, step, done, total)
            if held is not None:
                jobs.extend(session, held, settings["LEASE_SECONDS"])

    return tell


def _keep(settings: Settings, mine: Reading, outcome: Outcome, held: Claim | None) -> None:
    staged = outcome.staged
    try:
        with Session.begin() as session:
            steps.finish_reading(session, mine, outcome)
            _finish(session, held)
    except FencedOut:
        if staged is not None:
            Lake(settings["LAKE_URL"]).drop([*(one.path for one in staged.slices), *staged.files.values()])
        raise


def _finish(session: Any, held: Claim | None) -> None:
    if held is not None:
        jobs.finish(session, held)


def publish(settings: Settings, import_id: int, held: Claim | None = None) -> None:
    """Make the files of an accepted import count; its gate-months are computed afterwards."""
    while True:
        with suppress(live.Overtaken):
            return _publish(settings, import_id, held)


def _publish(settings: Settings, import_id: int, held: Claim | None) -> None:
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        seen = live.lake_version(session, import_.dataset)
        question = moving.question(session, import_)
        rates = import_.found["rates"] if import_.dataset == Dataset.RATES else ""
    store = Lake(settings["LAKE_URL"])
    moved = moving.answer(question, store, settings) if question else []
    try:
        with Session.begin() as session:
            if rates:
                steps.publish_rates(session, import_id, _rates(store, rates))
            else:
                steps.publish(session, import_id, moved, seen)
            _finish(session, held)
    except live.Overtaken:
        store.drop(one.path for one in moved)
        raise


def _rates(store: Lake, path: str) -> list[tuple[date, str, Decimal]]:
    with duckdb.connect() as connection:
        store.attach(connection)
        file = quoted(store.location(path))
        return connection.execute(f"SELECT day, currency, rate FROM read_parquet({file}) ORDER BY day").fetchall()


def roll_up_one(settings: Settings) -> bool:
    """Compute the next due gate-months; False when none is due."""
    with Session.begin() as session:
        held = rolling_up.claim(session, settings["LEASE_SECONDS"])
    if held is None:
        return False
    try:
        with reading() as session:
            files = rolling_up.live_files(session, held)
        computed = rolling_up.compute(held, files, settings, _extend(settings, held))
        with Session.begin() as session:
            rolling_up.write(session, held, computed)
    except FencedOut:
        log.warning("%s gate-months were taken over by another worker", len(held.gate_months))
    except Exception as error:
        log.exception("%s of %s failed (attempt %s)", held.dataset, held.gate_months[0], held.attempts)
        with suppress(FencedOut), Session.begin() as session:
            rolling_up.give_back(session, held, f"{type(error).__name__}: {error}")
    return True


def _extend(settings: Settings, held: Held) -> Tell:
    def tell(_step: str, _done: int, _total: int) -> None:
        with Session.begin() as session:
            rolling_up.extend(session, held, settings["LEASE_SECONDS"])

    return tell


def tidy(settings: Settings, held: Claim | None = None) -> int:
    """Remove files that nothing refers to; how many."""
    with Session.begin() as session:
        tidying.forget_dropped(session)
    with reading() as session:
        referred = tidying.known(session)
    removed = tidying.sweep(settings["LAKE_URL"], settings["DATA_DIR"], referred)
    with Session.begin() as session:
        _finish(session, held)
    return removed


def run_to_published(settings: Settings, import_id: int, released: tuple[str, ...] = ()) -> Import:
    """Read, accept and publish an import here and now. Raises `Unfinished` when a person has to look at it."""
    with suppress(FencedOut):
        read(settings, import_id)
    import_ = work_on(settings, import_id)
    if import_.state == State.READY:
        with Session.begin() as session:
            imports.accept(session, None, import_id, released)
        import_ = work_on(settings, import_id)
    if import_.state != State.PUBLISHED:
        raise Unfinished(import_id=import_id, state=import_.state, reason=imports.why(import_))
    return import_


def work_on(settings: Settings, import_id: int) -> Import:
    """Work on an import until a person is needed or nothing is left to do; workers may do the same meanwhile."""
    while True:
        with reading() as session:
            import_ = imports.by_id(session, import_id)
            failing = live.failing(session, import_) if import_.state == State.PUBLISHING else []
            session.expunge_all()
        if import_.state not in WAITING:
            return import_
        if failing:
            raise Unfinished(import_id=import_id, state=import_.state, reason=failing[0].error)
        if import_.state == State.RECEIVED:
            with suppress(FencedOut):
                read(settings, import_id)
        elif import_.state == State.ACCEPTED:
            publish(settings, import_id)
        elif not roll_up_one(settings):
            time.sleep(0.2)
