"""What an attacker tries and what goes wrong at night, across the whole application."""

import pytest

from app import db
from app.db import Session
from app.security import HEADERS
from tests.route_world import World, build
from tests.test_routes import ROWS

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


# --- what every answer carries ---


@pytest.fixture
def world(session) -> World:
    """One of everything, and one person of every kind."""
    return build(session)


PUBLIC = ("/static/", "/media/", "/healthz", "/en/trade/figures/")  # the same for everybody
GETS = [path for method, path, _ in ROWS if method == "GET"]


def asked(web_app, world: World, role: str, path: str):
    browser = web_app.test_client()
    headers = {"Authorization": f"Bearer {world.bearers[role]}"} if path.startswith("/api/") else {}
    browser.set_cookie("sid", world.cookies[role])
    answer = browser.get(path.format(**world.places), headers=headers)
    answer.get_data()
    answer.close()
    return answer


@pytest.mark.parametrize("role", ["admin", "owner"])
def test_no_answer_to_somebody_signed_in_is_kept_for_others(web_app, world, role) -> None:
    kept = {path: asked(web_app, world, role, path).headers.get("Cache-Control", "") for path in GETS}
    shared = {path: said for path, said in kept.items() if "private" not in said and "no-store" not in said}
    assert [path for path in shared if not path.startswith(PUBLIC)] == []


@pytest.mark.parametrize("page", ["/en/reset/{reset}", "/en/confirm/{confirm}", "/en/sign-in", "/en/register"])
def test_what_opens_an_account_is_kept_nowhere(client, world, page) -> None:
    assert client.get(page.format(**world.places)).headers["Cache-Control"] == "no-store"


def test_every_answer_carries_the_protecting_headers(web_app, world) -> None:
    for path in GETS:
        answer = asked(web_app, world, "admin", path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path


def test_refusals_and_failures_carry_them_too(web_app, client, monkeypatch) -> None:
    def broken() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setitem(web_app.view_functions, "health.healthz", broken)
    monkeypatch.setattr(web_app, "testing", False)
    answers = [
        client.get("/healthz"),
        client.get("/en/nowhere"),
        client.get("/en/admin/"),
        client.delete("/en/"),
        client.post("/en/sign-in", data={"email": "x" * 2_000_001}),
        client.post("/en/sign-in", headers={"Sec-Fetch-Site": "cross-site"}),
    ]
    assert [answer.status_code for answer in answers] == [500, 404, 401, 405, 413, 403]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "the inside" not in answer.text


NUL, HUGE = "a%00b", "9" * 25


@pytest.mark.parametrize(
    "address",
    [
        f"/en/products/{NUL}", f"/en/firms/{NUL}", f"/en/gates/{NUL}", f"/en/hs/{NUL}", f"/en/orders/{NUL}",
        f"/en/?q={NUL}", f"/en/{NUL}", f"/en/outbox?to={NUL}", f"/en/admin/people?q={NUL}", f"/en/gates?{NUL}=1",
        f"/api/v1/hs/{NUL}", f"/api/v1/products/{HUGE}", f"/en/orders?group={HUGE}",
        f"/en/orders?page={HUGE}", f"/en/admin/people/{HUGE}", f"/en/moderation/firms?q={NUL}",
    ],
)  # fmt: skip
def test_what_no_database_can_hold_is_nowhere(web_app, world, address) -> None:
    answer = asked(web_app, world, "admin", address)
    assert answer.status_code == (200 if "page=" in address or "group=" in address else 404)


def test_a_program_is_told_which_parameter_no_database_can_hold(client) -> None:
    answer = client.get(f"/api/v1/products?q={NUL}")
    assert (answer.status_code, list(answer.json["details"]["query"])) == (422, ["q"])


def test_a_code_that_is_no_digits_comes_back_with_the_form(web_app, world) -> None:
    browser = web_app.test_client()
    browser.set_cookie("sid", world.cookies["owner"])
    form = {"name_vi": "Muối", "hs_code": "19\x0005", "moq": "1", "multiple": "1"}
    answer = browser.post("/en/seller/products/new", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
