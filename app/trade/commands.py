"""`mocxa trade`: bring files in, see how they fare, compute gate-months anew."""

from collections.abc import Iterable, Sequence

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from app.db import reading
from app.i18n import instant
from app.trade.models import GateMonth, Import, State
from app.trade.reasons import explain


@click.group()
def trade() -> None:
    """Customs files: import them, see their state, compute rollups."""


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
    rows = [
        (str(row.id), row.state, row.source.code, row.dataset, f"{row.good:,}", f"{row.bad:,}", instant(row.created),
         row.filename)
        for row in newest
    ]  # fmt: skip
    print_table(("id", "state", "source", "dataset", "good", "bad", "received", "file"), rows, right=(0, 4, 5))
    waiting = session.scalar(select(func.count()).where(GateMonth.version > GateMonth.done_version)) or 0
    click.echo(f"\n{len(rows)} imports shown; {waiting} gate-months wait to be computed.")


def _tell(found: Import) -> None:
    facts = [
        ("import", str(found.id)),
        ("file", f"{found.filename} ({found.size:,} bytes)"),
        ("sha256", found.sha256),
        ("source", f"{found.source.code} ({found.source.name})"),
        ("dataset", found.dataset),
        ("state", found.state),
        ("step", f"{found.step} {found.done:,}/{found.total:,}"),
        ("good rows", f"{found.good:,}"),
        ("bad rows", f"{found.bad:,}"),
        ("warnings", f"{found.warned:,}"),
        ("received", instant(found.created)),
        ("published", instant(found.published_at)),
    ]
    if found.reason:
        facts.append(("reason", found.reason % found.reason_facts if found.reason_facts else found.reason))
    for name, value in facts:
        click.echo(f"{name:<10}  {value}")
    if found.rules:
        click.echo()
        rows = [(code, f"{count:,}", explain(code, "")[0]) for code, count in sorted(found.rules.items())]
        print_table(("rule", "rows", "what is wrong"), rows, right=(1,))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> None:
    """A table in columns as wide as their content; those in `right` are flush right."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        cells = [
            f"{cell:>{width}}" if place in right else f"{cell:<{width}}"
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
