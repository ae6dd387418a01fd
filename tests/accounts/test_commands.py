"""`mocxa user` and `mocxa token` on the command line."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.accounts import passwords, signing_in
from app.accounts.commands import token, user
from app.accounts.models import Person

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def run(session):
    def invoke(command, *words, typed=None):
        session.commit()
        settings = {"PUBLIC_URL": "https://mocxa.example"}
        result = CliRunner().invoke(command, words, obj=settings, input=typed)
        session.expire_all()
        return result

    return invoke


def test_a_token_is_printed_alone_and_opens_the_api(run, make, client) -> None:
    make.person(email="an@shop.example")
    printed = run(token, "--email", "AN@shop.example").output
    bearer = {"Authorization": f"Bearer {printed.strip()}"}
    assert printed.count("\n") == 1
    assert client.get("/api/v1/me", headers=bearer).json["email"] == "an@shop.example"


def test_nobodys_token_is_refused_in_words(run) -> None:
    result = run(token, "--email", "nobody@shop.example")
    assert result.exit_code == 1
    assert "There is no person “nobody@shop.example”." in result.output


def test_a_person_is_added_with_a_link_to_set_the_password(run, session, client) -> None:
    result = run(user, "add", "--email", "Chi@tayninh.example", "--name", "Chi", "--role", "admin")
    assert result.output.startswith("https://mocxa.example/vi/reset/")
    person = session.scalars(select(Person)).one()
    assert (person.email, [row.role for row in person.roles]) == ("chi@tayninh.example", ["admin"])
    session.commit()
    link = result.output.strip().removeprefix("https://mocxa.example")
    assert client.post(link, data={"password": "sáu cây tre bên bờ ao"}).status_code == 303
    session.expire_all()
    assert signing_in.recognise(session, "chi@tayninh.example", "sáu cây tre bên bờ ao").person_id == person.id


def test_people_are_listed_with_their_roles(run, make) -> None:
    em = make.person("buyer", "economist", email="e@t.example", name="Em")
    make.person(email="b@t.example", name="Bé", disabled_at=em.created)
    assert run(user, "list").output.splitlines() == [
        "b@t.example  buyer  Bé  (disabled)",
        "e@t.example  buyer,economist  Em",
    ]
    assert run(user, "list", "--role", "economist").output == "e@t.example  buyer,economist  Em\n"


def test_roles_are_given_and_taken(run, make) -> None:
    make.person("buyer", email="e@t.example", name="Em")
    assert run(user, "role", "--email", "e@t.example", "--add", "economist", "--remove", "buyer").output == (
        "e@t.example  economist  Em\n"
    )


def test_the_last_administrator_cannot_be_disabled(run, make) -> None:
    make.person("admin", email="a@t.example")
    result = run(user, "disable", "--email", "a@t.example")
    assert result.exit_code == 1
    assert "This is the last administrator." in result.output


def test_a_person_is_disabled_and_enabled(run, make, session) -> None:
    make.person(email="a@t.example")
    assert run(user, "disable", "--email", "a@t.example").exit_code == 0
    assert session.scalars(select(Person.disabled_at)).one() is not None
    assert run(user, "enable", "--email", "a@t.example").exit_code == 0
    assert session.scalars(select(Person.disabled_at)).one() is None


def test_a_password_is_typed_without_being_shown(run, make, session) -> None:
    make.person(email="a@t.example")
    typed = "sáu cây tre bên bờ ao"
    result = run(user, "password", "--email", "a@t.example", "--ask", typed=f"{typed}\n{typed}\n")
    assert typed not in result.output
    assert passwords.matches(session.scalars(select(Person.password_hash)).one(), typed)
    weak = run(user, "password", "--email", "a@t.example", "--ask", typed="password1234\npassword1234\n")
    assert weak.exit_code == 1
    assert "easy to guess" in weak.output


def test_every_command_says_what_it_does() -> None:
    for command in (token, user, *user.commands.values()):
        assert command.help
