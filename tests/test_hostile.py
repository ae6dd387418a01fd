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
