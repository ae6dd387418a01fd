"""What an attacker tries and what goes wrong at night, across the whole application."""

import pytest

from app import db
from app.db import Session

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def _database_away(engine):
    """Every connection is refused, as while PostgreSQL starts again."""
    away = db.make_engine(NOWHERE)
    Session.configure(bind=away)
    yield
    Session.configure(bind=engine)
    away.dispose()


@pytest.mark.usefixtures("_database_away")
@pytest.mark.parametrize("address", ["/en/", "/en/account", "/en/cart", "/en/trade/", "/api/v1/products"])
def test_while_the_database_is_away_people_are_asked_to_try_again(web_app, address) -> None:
    browser = web_app.test_client()
    browser.set_cookie("sid", "some session")
    browser.set_cookie("cart", "some cart")
    answer = browser.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "nobody" not in answer.text


@pytest.mark.usefixtures("_database_away")
def test_while_the_database_is_away_health_says_alive_but_not_ready(web_app) -> None:
    browser = web_app.test_client()
    assert browser.get("/healthz").status_code == 200
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (503, "not ready", False)


def test_a_data_folder_that_is_gone_is_not_ready(client, web_app, monkeypatch) -> None:
    monkeypatch.setitem(web_app.config, "DATA_DIR", "/nowhere/at/all")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["disk"]) == (503, False)


# --- addresses ---


@pytest.mark.parametrize("name", ["endpoint", "_scheme", "_external", "_anchor", "_method", "values", "self", "lang"])
@pytest.mark.parametrize("address", ["/en/", "/en/nowhere", "/en/sign-in", "/en/trade/", "/en/hs/08", "/en/gates"])
def test_no_name_in_an_address_reaches_inside(client, address, name) -> None:
    answer = client.get(address, query_string={name: "javascript"})
    assert answer.status_code in {200, 404, 422}
    assert f"?{name}=javascript" in answer.text  # the way to the page in another language says what was asked


def test_the_language_switch_leads_to_the_same_page_whatever_is_asked(client) -> None:
    page = client.get("/en/hs/08", query_string={"code": "99", "_external": "1"}, headers={"Host": "evil.example"})
    assert 'href="/vi/hs/08?code=99&amp;_external=1"' in page.text
    assert "evil.example" not in page.text


def test_a_choice_with_too_many_digits_is_told_as_it_was_typed(client) -> None:
    assert client.get("/en/", query_string={"certificate": "ocop-" + "9" * 5000}).status_code == 200
