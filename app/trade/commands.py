"""`mocxa trade`: bring files in, see how they fare, compute gate-months anew."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.db import Session, reading
from app.errors import Problem
from app.i18n import instant, month, number
from app.trade import imports, live, rows, sources, tasks, uploads
from app.trade.imports import AlreadyDelivered
from app.trade.models import Dataset, GateMonth, Import, State
from app.trade.reasons import BY_CODE
from app.trade.uploading import clean_name

FIRST_FINDINGS = 20


@click.group()
def trade() -> None:
    """Customs files: import them, see their state, compute rollups."""


# --- import ---


@trade.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--source", required=True, help="Code of whoever delivered the file; made when it does not exist.")
@click.option("--dataset", required=True, type=click.Choice([one.value for one in Dataset]), help="What one row is.")
@click.option("--accept", is_flag=True, help="Accept the good rows and wait until they are published.")
@click.option("--release", multiple=True, metavar="RULE", help="Let held rows of this rule through, with --accept.")
@click.option("--wait", is_flag=True, help="Stay until the file was read, and tell what was found.")
@click.pass_obj
def import_file(
    settings: dict[str, Any],
    file: Path,
    source: str,
    dataset: str,
    accept: bool,
    release: tuple[str, ...],
    wait: bool,
) -> None:
    """Import FILE (CSV, also gzip; Excel; Parquet).

    \b
    declarations  one row for each line of a customs declaration
    crossings     counts of vehicles and people through a gate
    summaries     monthly totals by gate, direction, HS or country
    rates         VND for one unit of a currency, day by day

    Without options the file is handed to the workers and the command ends; `mocxa trade status ID` follows it.
    Exit status: 0 when all went well, 1 when a person has to look at the file, 2 when the command was wrong.
    """
    try:
        import_id = _receive(settings, file, source, dataset, hurry=accept or wait)
    except AlreadyDelivered as problem:
        click.echo(problem.text(), err=True)
        raise SystemExit(1) from None
    except Problem as problem:
        raise click.UsageError(problem.text()) from None
    click.echo(f"Import {import_id}: {file.name} was received.")
    if accept or wait:
        _follow(settings, import_id, accept, release)
    else:
        click.echo(f"The workers read it. Follow it with: mocxa trade status {import_id}")


def _receive(settings: dict[str, Any], file: Path, source: str, dataset: str, hurry: bool) -> int:
    with file.open("rb") as stream:
        stored = uploads.store(settings["DATA_DIR"], stream, settings["MAX_IMPORT_BYTES"])
    with Session.begin() as session:
        sources.find_or_add(session, None, source)
        import_ = imports.receive(
            session,
            None,
            source=source,
            dataset=dataset,
            filename=clean_name(file.name),
            stored=stored,
            wait=tasks.PATIENCE if hurry else timedelta(0),
        )
        return import_.id


def _follow(settings: dict[str, Any], import_id: int, accept: bool, release: tuple[str, ...]) -> None:
    """Work on the import here and now, whether or not workers run, and tell the outcome."""
    try:
        found = tasks.work_on(settings, import_id)
        if accept and found.state == State.READY:
            with Session.begin() as session:
                imports.accept(session, None, import_id, release)
            found = tasks.work_on(settings, import_id)
    except Problem as problem:
        click.echo(problem.text(), err=True)
        raise SystemExit(1) from None
    _tell(found)
    _tell_findings(found, settings["LAKE_URL"])
    if found.state != (State.PUBLISHED if accept else State.READY):
        raise SystemExit(1)


# --- status ---


@trade.command()
@click.argument("import_id", type=int, required=False, metavar="[ID]")
@click.option("--limit", default=20, show_default=True, help="How many imports to list.")
def status(import_id: int | None, limit: int) -> None:
    """List the newest imports, or tell everything about import ID. Exit status 1 when ID failed, 2 when unknown."""
    with reading() as session:
        if import_id is None:
            _list(session, limit)
            return
        found = session.get(Import, import_id)
        if found is None:
            raise click.UsageError(f"There is no import {import_id}.")
        _tell(found)
        if found.state == State.FAILED:
            raise SystemExit(1)


def _list(session: OrmSession, limit: int) -> None:
    newest = session.scalars(select(Import).order_by(Import.id.desc()).limit(limit)).all()
    lines = [
        (str(row.id), row.state, row.source.code, row.dataset, number(row.good), number(row.bad),
         instant(row.created), row.filename)
        for row in newest
    ]  # fmt: skip
    print_table(("id", "state", "source", "dataset", "good", "bad", "received", "file"), lines, right=(0, 4, 5))
    waiting = session.scalar(select(func.count()).where(GateMonth.version > GateMonth.done_version)) or 0
    click.echo(f"\n{len(lines)} imports shown; {waiting} gate-months wait to be computed.")


def _tell(found: Import) -> None:
    facts = [
        ("import", str(found.id)),
        ("file", f"{found.filename} ({number(found.size)} bytes)"),
        ("sha256", found.sha256),
        ("source", f"{found.source.code} ({found.source.name})"),
        ("dataset", found.dataset),
        ("state", found.state),
        ("step", f"{found.step} {number(found.done)}/{number(found.total)}"),
        ("good rows", number(found.good)),
        ("bad rows", number(found.bad)),
        ("warnings", number(found.warned)),
        ("received", instant(found.created)),
        ("published", instant(found.published_at)),
        ("reason", imports.why(found)),
        ("asked", ", ".join(found.found.get("missing", []) + found.found.get("unclear", []))),
    ]
    for name, value in facts:
        if value:
            click.echo(f"{name:<10}  {value}")
    if found.rules:
        click.echo()
        lines = [(code, number(count), str(BY_CODE[code].reason)) for code, count in sorted(found.rules.items())]
        print_table(("rule", "rows", "what is wrong"), lines, right=(1,))


def _tell_findings(found: Import, lake_url: str) -> None:
    first, total = rows.bad_rows(found, lake_url)
    if not first:
        return
    click.echo()
    lines = [(number(row.number), row.rule, row.column, row.value[:40], row.reason) for row in first[:FIRST_FINDINGS]]
    print_table(("row", "rule", "column", "value", "what is wrong"), lines, right=(0,))
    if total > FIRST_FINDINGS:
        click.echo(f"… and {number(total - FIRST_FINDINGS)} more, on the page of the import and in its errors.csv")


# --- rollup ---


@trade.command()
@click.option("--all", "everything", is_flag=True, help="Every gate-month there is.")
@click.option("--gate", default="", help="Slug of a gate, for example moc-bai, or province.")
@click.option("--month", "when", type=click.DateTime(["%Y-%m"]), help="One month, for example 2025-10.")
@click.pass_obj
def rollup(settings: dict[str, Any], everything: bool, gate: str, when: datetime | None) -> None:
    """Compute gate-months again from the lake: all of them, or those of one gate, one month, or both.

    Without options only what is due is computed. Exit status 1 when a gate-month could not be computed.
    """
    wanted: date | None = when.date() if when else None
    if everything and (gate or wanted):
        raise click.UsageError("--all means every gate and month; leave it out to name one.")
    if everything or gate or wanted:
        with Session.begin() as session:
            marked = live.compute_anew(session, gate=gate, month=wanted)
        if not marked:
            raise click.UsageError("No file of the lake is about this gate and month.")
        click.echo(f"{number(marked)} gate-months to compute.")
    while tasks.roll_up_one(settings):
        pass
    with reading() as session:
        failed = session.scalars(
            select(GateMonth).where(GateMonth.version > GateMonth.done_version, GateMonth.error != "")
        ).all()
        lines = [(row.dataset, row.gate, month(row.month), row.error) for row in failed]
    if lines:
        print_table(("dataset", "gate", "month", "error"), lines)
        raise SystemExit(1)
    click.echo("Every gate-month is computed.")


def print_table(heads: Sequence[str], rows_: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table in columns as wide as their content; those in `right` are flush right."""
    lines = [tuple(heads), *(tuple(row) for row in rows_)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        cells = [
            f"{cell:>{width}}" if place in right else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
