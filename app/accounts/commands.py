"""`mocxa user` and `mocxa token`: people and their API tokens from the command line."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from app.accounts import administering, api_tokens, people, resetting
from app.accounts.models import Person
from app.db import Session, reading
from app.errors import Problem

P = ParamSpec("P")
R = TypeVar("R")

email_option = click.option("--email", required=True, help="E-mail address of the person.")
ROLES = click.Choice([str(role) for role in administering.GIVEN_BY_HAND])


def in_words(command: Callable[P, R]) -> Callable[P, R]:
    """A rule that says no ends the command with its sentence instead of a traceback."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Problem as problem:
            raise click.ClickException(problem.text()) from None

    return guarded


@click.command()
@email_option
@click.option("--label", default="command line", help="What the token is for; shown on the account page.")
@in_words
def token(email: str, label: str) -> None:
    """Print a new bearer token of a person. It is shown once; only its hash is kept."""
    with Session.begin() as session:
        click.echo(api_tokens.create(session, None, people.by_email(session, email), label))


@click.group()
def user() -> None:
    """People: add, list, give roles, disable, enable, set a password."""


@user.command("add")
@email_option
@click.option("--name", required=True, help="Name as others see it.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="May be given more than once; default: buyer.")
@click.option("--language", default="vi", type=click.Choice(["vi", "km", "en"]), help="Language of letters.")
@click.pass_obj
@in_words
def add(settings: dict[str, Any], email: str, name: str, roles: tuple[str, ...], language: str) -> None:
    """Add a person and print the one-time link by which that person sets a password within a day."""
    with Session.begin() as session:
        person = administering.add_person(
            session, None, email=email, name=name, roles=roles or ("buyer",), language=language
        )
        click.echo(_link(settings, person, resetting.link_token(session, person, resetting.INVITED_FOR)))


@user.command("list")
@click.option("--role", type=ROLES, help="Only people with this role.")
@click.option("--search", default="", help="Part of a name or e-mail address.")
def list_(role: str | None, search: str) -> None:
    """List people: e-mail, roles, name."""
    page, seen, total = 1, 0, 1
    with reading() as session:
        while seen < total:
            found, total = people.search(session, search, role or "", page)
            if not found:
                break
            for person in found:
                click.echo(_line(person))
            page, seen = page + 1, seen + len(found)


@user.command("role")
@email_option
@click.option("--add", "added", multiple=True, type=ROLES, help="Role to give.")
@click.option("--remove", "removed", multiple=True, type=ROLES, help="Role to take away.")
@in_words
def role(email: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    """Give or take roles. The last administrator stays one."""
    with Session.begin() as session:
        person = people.by_email(session, email)
        present = {row.role for row in person.roles}
        administering.set_roles(session, None, person, (present | set(added)) - set(removed))
        click.echo(_line(person))


@user.command("disable")
@email_option
@in_words
def disable(email: str) -> None:
    """Shut a person out at once; sessions and API tokens end."""
    with Session.begin() as session:
        administering.disable(session, None, people.by_email(session, email))


@user.command("enable")
@email_option
@in_words
def enable(email: str) -> None:
    """Let a disabled person sign in again."""
    with Session.begin() as session:
        administering.enable(session, None, people.by_email(session, email))


@user.command("password")
@email_option
@click.option("--ask", is_flag=True, help="Type the new password here instead of printing a link.")
@click.pass_obj
@in_words
def password(settings: dict[str, Any], email: str, ask: bool) -> None:
    """Print a one-time link by which the person sets a new password within a day."""
    typed = click.prompt("New password", hide_input=True, confirmation_prompt=True) if ask else None
    with Session.begin() as session:
        person = people.by_email(session, email)
        if typed is None:
            click.echo(_link(settings, person, resetting.link_token(session, person, resetting.INVITED_FOR)))
        else:
            resetting.replace_password(session, person, typed)


def _link(settings: dict[str, Any], person: Person, token: str) -> str:
    return f"{settings['PUBLIC_URL']}/{person.language}/reset/{token}"


def _line(person: Person) -> str:
    state = "  (disabled)" if person.disabled_at else ""
    return f"{person.email}  {','.join(sorted(row.role for row in person.roles))}  {person.name}{state}"
