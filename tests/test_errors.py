"""One error shape: problem+json for machines, a page in the reader's language for people."""

import sqlite3

import pytest
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import OperationalError

from app.errors import Problem, TooMany


def test_an_unknown_api_address_is_a_problem_document(client) -> None:
    answer = client.get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == 404
    assert set(answer.json) == {"type", "status", "code", "title", "details"}


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_an_unknown_page_is_an_error_page_in_the_language_of_the_address(client, lang) -> None:
    answer = client.get(f"/{lang}/nowhere-at-all")
    assert answer.status_code == 404
    assert f'<html lang="{lang}"' in answer.text


def test_a_problem_fills_its_sentence_with_the_facts(web_app) -> None:
    with web_app.test_request_context("/en/"):
        assert TooMany(minutes=5).text() == "Too many attempts. Please wait 5 minutes and try again."


def test_a_problem_without_places_keeps_a_percent_sign() -> None:
    class Plain(Problem):
        message = _l("100 % sure")

    assert Plain().details == {}


def test_a_crash_says_nothing_of_the_inside(web_app, client, monkeypatch) -> None:
    def broken() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setitem(web_app.view_functions, "health.healthz", broken)
    monkeypatch.setattr(web_app, "testing", False)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    assert "the inside" not in answer.text


def test_a_database_that_is_too_busy_asks_to_try_again(web_app, client, monkeypatch) -> None:
    def waits() -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setitem(web_app.view_functions, "health.healthz", waits)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_another_fault_of_the_database_is_a_crash(web_app, client, monkeypatch) -> None:
    def broken() -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: nothing"))

    monkeypatch.setitem(web_app.view_functions, "health.healthz", broken)
    monkeypatch.setattr(web_app, "testing", False)
    assert client.get("/healthz").status_code == 500


def test_a_wrong_method_is_told_which_are_right(client) -> None:
    answer = client.delete("/api/v1/orders")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_program_without_a_token_is_told_what_to_send(client) -> None:
    assert client.get("/api/v1/me").headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in client.get("/en/account").headers


def test_a_problem_can_repeat_what_is_no_letter(client, web_app, monkeypatch) -> None:
    class Odd(Problem):
        message = _l("%(word)s")

    def refuse() -> None:
        raise Odd(word="đ\ud800")

    monkeypatch.setitem(web_app.view_functions, "Reference.list_gates", refuse)
    answer = client.get("/api/v1/gates")
    assert (answer.status_code, answer.json["details"]) == (409, {"word": "đ\ud800"})
    assert "đ".encode() in answer.data
