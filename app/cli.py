"""The `mocxa` command: what an operator and a developer need, each with --help."""

import os
import sys
from typing import Any

import click

from app import backups, checks, config, create_app, db, demonstration, jobs, migrating, running
from app.accounts.commands import token, user
from app.db import Session
from app.errors import Problem
from app.marketplace.catalogue.categories import load_categories
from app.reference.load import load_reference
from app.trade.commands import trade
from app.trade.lake import Lake


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Mộc Xa: the border-gate marketplace and trade-flow monitor of Tây Ninh."""
    settings = config.load()
    db.connect(settings["DATABASE_URL"])
    jobs.connect(settings["REDIS_URL"], settings["WORKERS"])
    context.obj = settings


@main.command()
@click.pass_obj
def serve(settings: dict[str, Any]) -> None:
    """Serve the web application (one of several processes in production)."""
    command = running.web_command(settings)
    os.execv(command[0], command)  # noqa: S606  our own interpreter, no shell


@main.command()
def worker() -> None:
    """Run one worker with its sweeper until it is told to stop."""
    os.execv(sys.executable, [sys.executable, "-m", "workers"])  # noqa: S606


@main.command()
@click.pass_obj
def run(settings: dict[str, Any]) -> None:
    """Everything on this machine: migrate, load the demonstration once, start web, workers and scheduler."""
    _migrate(settings)
    if "DEMO" not in os.environ:
        with create_app(settings).app_context():  # letters are written in their reader's language
            demonstration.load_once(settings, click.echo)
    settings["DEMO"] = settings["DEMO"] or demonstration.is_loaded()
    sys.exit(running.everything(settings, demonstration.announcement(settings)))


@main.command()
@click.option("--to", "revision", default="head", help="Revision to go to; 'base' empties the database.")
@click.pass_obj
def migrate(settings: dict[str, Any], revision: str) -> None:
    """Bring the database to the newest shape and load the reference data (gates, HS codes, countries, rates)."""
    if revision == "head":
        _migrate(settings)
    else:
        migrating.downgrade(settings["DATABASE_URL"], revision)
    click.echo(f"Database is at {revision}.")


def _migrate(settings: dict[str, Any]) -> None:
    """Bring the database to the head and the shipped facts into it."""
    if migrating.revision(settings["DATABASE_URL"]) != migrating.head():
        migrating.upgrade(settings["DATABASE_URL"])
    with Session.begin() as session:
        load_reference(session)
        load_categories(session)


@main.group()
def demo() -> None:
    """The demonstration data: clearly labelled, never mixed with real data."""


@demo.command("load")
@click.pass_obj
def demo_load(settings: dict[str, Any]) -> None:
    """Load people, firms, products and 36 months of trade data made by this project."""
    if demonstration.is_loaded():
        raise click.ClickException("The demonstration data is there already; `mocxa demo remove` takes it away.")
    with create_app(settings).app_context():
        try:
            demonstration.load(settings, click.echo)
        except Problem as problem:
            raise click.ClickException(problem.text()) from None
    click.echo(demonstration.announcement(settings))


@demo.command("remove")
@click.pass_obj
def demo_remove(settings: dict[str, Any]) -> None:
    """Take every piece of demonstration data away again."""
    demonstration.remove(settings)
    click.echo("The demonstration data is gone.")


@main.command()
@click.argument("folder", type=click.Path())
@click.pass_obj
def backup(settings: dict[str, Any], folder: str) -> None:
    """Copy database, uploads, photos and lake into FOLDER/<date-time>/ while everything runs."""
    click.echo(f"Saved in {backups.save(settings, folder)}")
    if not Lake(settings["LAKE_URL"]).local:
        click.echo(f"Not in it: the lake at {settings['LAKE_URL']}. Let its store keep versions.")


@main.command()
@click.argument("folder", type=click.Path(exists=True))
@click.option("--yes", is_flag=True, help="Do not ask; what is there now is replaced.")
@click.pass_obj
def restore(settings: dict[str, Any], folder: str, yes: bool) -> None:
    """Put back what `backup` saved in FOLDER. Stop web and workers first."""
    if not yes:
        click.confirm("This replaces the present database, uploads, photos and lake. Go on?", abort=True)
    backups.put_back(settings, folder)
    click.echo("Restored.")


@main.command()
@click.pass_obj
def check(settings: dict[str, Any]) -> None:
    """Check settings, servers and invariants (stock, totals, rollups, stored files); exit status 1 if any fails."""
    findings = checks.run(settings)
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.name}: {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


main.add_command(user)
main.add_command(token)
main.add_command(trade)
