"""What every answer carries, and the proof every unsafe request must bring."""

import pytest

from app.security import HEADERS


@pytest.fixture
def visitor(web_app, clean):
    return web_app.test_client()


def test_every_answer_carries_the_protecting_headers(visitor) -> None:
    answer = visitor.get("/healthz")
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://localhost"}, False),
    ],
)
def test_a_form_from_another_site_is_refused(visitor, headers, refused) -> None:
    answer = visitor.post("/vi/nowhere-at-all", headers=headers)
    assert (answer.status_code == 403) is refused


def test_a_cookie_never_signs_in_at_the_api(visitor, make) -> None:
    visitor.set_cookie("sid", "whatever")
    assert visitor.post("/api/v1/orders", json={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401
