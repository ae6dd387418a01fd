"""Customs files through the API, as a program of a customs office sends them."""

import csv as csv_module
import io

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.db import reading
from app.trade import tasks
from app.trade.models import FlowRollup, State
from tests.trade.delivering import CROSSING_HEADS, HEADS, crossing, csv, declaration, post, state

URL = "/api/v1/trade/imports"
GOOD = csv(HEADS, [declaration(1), declaration(2)])
MIXED = csv(
    HEADS,
    [
        declaration(1),
        declaration(2, **{"Cửa khẩu": "Mộc Bày"}),
        declaration(3, **{"Nước đối tác": "+cmd|' /C calc'!A0"}),
    ],
)


@pytest.fixture
def token(make, token_of):
    return {"Authorization": f"Bearer {token_of(make.person('economist', language='en'))}"}


@pytest.fixture
def settings(web_app):
    return web_app.config


def send(client, token, content: bytes = GOOD, **fields) -> int:
    answer = post(client, URL, content, headers=token, **{"source": "test", "dataset": "declarations"} | fields)
    assert answer.status_code == 202, answer.json
    return answer.json["id"]


def read(client, token, settings, content: bytes = GOOD, **fields) -> int:
    import_id = send(client, token, content, **fields)
    tasks.read(settings, import_id)
    return import_id


def test_a_file_is_answered_at_once_with_its_address(client, token) -> None:
    answer = post(client, URL, GOOD, headers=token, source="test", dataset="declarations")
    assert answer.status_code == 202
    assert answer.location.endswith(answer.json["url"])
    assert answer.json["state"] == "received"
    assert (answer.json["progress"], answer.json["source"]) == ({"done": 0, "total": 0}, "test")
    assert client.get(answer.json["url"], headers=token).json == answer.json | {"failing": []}


def test_a_new_source_is_made_and_audited(client, token, session) -> None:
    send(client, token, source="hai-quan-moc-bai")
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["source.added", "import.received"]


@pytest.mark.parametrize("who", [None, "buyer", "moderator"])
def test_only_economists_and_administrators_may(client, make, token_of, who) -> None:
    headers = {"Authorization": f"Bearer {token_of(make.person(who))}"} if who else {}
    expected = 403 if who else 401
    assert post(client, URL, GOOD, headers=headers, source="test", dataset="rates").status_code == expected
    for path in ("", "/1", "/1/errors"):
        assert client.get(URL + path, headers=headers).status_code == expected
    for path in ("mapping", "accept", "reject", "cancel", "retry", "withdraw"):
        answer = client.post(f"{URL}/1/{path}", json={}, headers=headers)
        assert (answer.status_code, answer.mimetype) == (expected, "application/problem+json")


def test_a_cookie_does_not_open_the_api(client, make, sign_in) -> None:
    assert sign_in(client, make.person("economist")).get(URL).status_code == 401


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"source": "test"}, "dataset"),
        ({"dataset": "rates"}, "source"),
        ({"source": "test", "dataset": "parcels"}, "dataset"),
        ({"source": "Có Dấu", "dataset": "rates"}, "source"),
        ({"source": "test", "dataset": "rates", "surprise": "1"}, "surprise"),
    ],
)
def test_a_wrong_field_is_a_422_that_names_it(client, token, fields, place) -> None:
    answer = post(client, URL, GOOD, headers=token, **fields)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert list(answer.json["details"]["form"]) == [place]


def test_no_file_and_an_empty_file_are_422(client, token) -> None:
    answer = client.post(URL, data={"source": "test", "dataset": "rates"}, headers=token)
    assert (answer.status_code, answer.json["code"]) == (422, "NoFile")
    answer = post(client, URL, b"", headers=token, source="test", dataset="rates")
    assert (answer.status_code, answer.json["code"]) == (422, "EmptyFile")
    assert client.post(URL, json={"source": "test"}, headers=token).status_code == 422


def test_a_file_above_the_limit_is_a_413(client, token, web_app, monkeypatch) -> None:
    monkeypatch.setitem(web_app.config, "MAX_IMPORT_BYTES", 1_000)
    answer = post(client, URL, b"x" * 1_001, headers=token, source="test", dataset="rates")
    assert (answer.status_code, answer.json["code"]) == (413, "FileTooBig")
    answer = post(client, URL, b"x" * 2_000_000, headers=token, source="test", dataset="rates")
    assert (answer.status_code, answer.json["code"]) == (413, "FileTooBig")


def test_the_very_same_file_is_a_409_that_names_the_earlier_one(client, token) -> None:
    first = send(client, token)
    answer = post(client, URL, GOOD, headers=token, source="test", dataset="declarations")
    assert (answer.status_code, answer.json["code"]) == (409, "AlreadyDelivered")
    assert answer.json["details"]["import_id"] == first


def test_what_was_found_is_told_in_counts_and_rules(client, token, settings) -> None:
    import_id = read(client, token, settings, MIXED)
    found = client.get(f"{URL}/{import_id}", headers=token).json
    assert (found["state"], found["good"], found["bad"], found["warned"]) == ("ready", 2, 1, 1)
    assert found["rules"] == {"E05": 1, "E18": 1}
    assert found["found"]["encoding"] == "utf-8-sig"
    assert found["found"]["columns"]["gate"] == "Cửa khẩu"


def test_errors_are_paged_json_with_row_column_value_reason_and_hint(client, token, settings) -> None:
    import_id = read(client, token, settings, MIXED)
    answer = client.get(f"{URL}/{import_id}/errors?rule=E05", headers=token).json
    assert (answer["total"], answer["page"], answer["pages"]) == (1, 1, 1)
    assert answer["items"] == [
        {
            "row": 3,
            "severity": "error",
            "rule": "E05",
            "field": "gate",
            "column": "Cửa khẩu",
            "value": "Mộc Bày",
            "reason": "The border gate is not known.",
            "hint": "Did you mean “Mộc Bài”?",
        }
    ]


def test_errors_as_csv_hold_all_rows_and_no_formula(client, token, settings) -> None:
    import_id = read(client, token, settings, MIXED)
    answer = client.get(f"{URL}/{import_id}/errors?format=csv", headers=token)
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv_module.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:7] == ["Row", "Kind", "Rule", "Column", "Value", "What is wrong", "What to do"]
    assert rows[0][7:] == list(HEADS)
    assert [row[:3] for row in rows[1:]] == [["3", "held back", "E05"], ["4", "warning", "E18"]]
    assert rows[2][4] == "'+cmd|' /C calc'!A0"


def test_accepting_publishes(client, token, settings) -> None:
    import_id = read(client, token, settings)
    answer = client.post(f"{URL}/{import_id}/accept", headers=token)
    assert (answer.status_code, answer.json["state"]) == (202, "accepted")
    tasks.work_on(settings, import_id)
    assert client.get(f"{URL}/{import_id}", headers=token).json["state"] == "published"
    with reading() as published:
        assert str(published.scalar(select(FlowRollup.value_usd).where(FlowRollup.grain == "all"))) == "2004.00"
    again = client.post(f"{URL}/{import_id}/accept", headers=token)
    assert (again.status_code, again.json["code"]) == (409, "WrongState")


def test_held_rows_are_released_by_rule(client, token, settings) -> None:
    twice = csv(CROSSING_HEADS, [crossing("16/10/2025", "412"), crossing("16/10/2025", "398")])
    import_id = read(client, token, settings, twice, dataset="crossings")
    refused = client.post(f"{URL}/{import_id}/accept", json={"release": ["E07"]}, headers=token)
    assert (refused.status_code, refused.json["code"]) == (422, "NotReleasable")
    assert client.post(f"{URL}/{import_id}/accept", json={"release": ["E99"]}, headers=token).status_code == 422
    assert client.post(f"{URL}/{import_id}/accept", json={"release": ["E10"]}, headers=token).status_code == 202
    assert tasks.work_on(settings, import_id).released == ["E10"]


def test_rejecting_needs_a_reason(client, token, settings) -> None:
    import_id = read(client, token, settings)
    assert client.post(f"{URL}/{import_id}/reject", json={}, headers=token).status_code == 422
    answer = client.post(f"{URL}/{import_id}/reject", json={"reason": "Thiếu tháng 9"}, headers=token)
    assert (answer.status_code, answer.json["state"], answer.json["reason"]) == (200, "rejected", "Thiếu tháng 9")
    send(client, token)  # the same file may come again


def test_cancel_and_retry(client, token, settings) -> None:
    import_id = send(client, token)
    assert client.post(f"{URL}/{import_id}/cancel", headers=token).json["state"] == "cancelled"
    assert client.post(f"{URL}/{import_id}/retry", headers=token).json["state"] == "received"
    tasks.read(settings, import_id)
    assert state(import_id).state == State.READY


def test_columns_are_named_when_they_were_not_recognised(client, token, settings) -> None:
    unknown = "Where,When,What,How many\nMộc Bài,16/06/2025,Xe tải,412\n".encode()
    import_id = read(client, token, settings, unknown, dataset="crossings")
    found = client.get(f"{URL}/{import_id}", headers=token).json
    assert (found["state"], found["found"]["missing"]) == ("mapping_needed", ["gate", "period", "measure", "count"])
    wrong = client.post(f"{URL}/{import_id}/mapping", json={"columns": {"gate": "Nowhere"}}, headers=token)
    assert (wrong.status_code, wrong.json["code"]) == (422, "MappingIncomplete")
    columns = {"gate": "Where", "period": "When", "measure": "What", "count": "How many", "direction": "=Xuất cảnh"}
    answer = client.post(f"{URL}/{import_id}/mapping", json={"columns": columns}, headers=token)
    assert (answer.status_code, answer.json["state"]) == (202, "received")
    tasks.read(settings, import_id)
    assert (state(import_id).state, state(import_id).good) == (State.READY, 1)


def test_withdrawing_takes_figures_back(client, token, settings, session) -> None:
    import_id = read(client, token, settings)
    client.post(f"{URL}/{import_id}/accept", headers=token)
    tasks.work_on(settings, import_id)
    answer = client.post(f"{URL}/{import_id}/withdraw", json={"reason": "Sai tháng"}, headers=token)
    assert (answer.status_code, answer.json["state"]) == (202, "withdrawn")
    while tasks.roll_up_one(settings):
        pass
    assert session.scalar(select(FlowRollup)) is None


def test_the_list_is_filtered_and_paged(client, token, settings) -> None:
    read(client, token, settings)
    send(client, token, csv(CROSSING_HEADS, [crossing("16/10/2025", "1")]), dataset="crossings", source="bp")
    assert client.get(URL, headers=token).json["total"] == 2
    assert client.get(f"{URL}?state=&dataset=&source=", headers=token).json["total"] == 2
    page = client.get(f"{URL}?state=ready&dataset=declarations&source=test", headers=token).json
    assert ([item["state"] for item in page["items"]], page["total"], page["pages"]) == (["ready"], 1, 1)
    assert client.get(f"{URL}?source=nobody", headers=token).status_code == 422
    assert client.get(f"{URL}?color=red", headers=token).status_code == 422


def test_an_unknown_import_is_a_404_problem(client, token) -> None:
    answer = client.get(f"{URL}/4711", headers=token)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert client.get(f"{URL}/4711/errors", headers=token).status_code == 404
    assert client.post(f"{URL}/4711/accept", headers=token).status_code == 404


def test_the_document_describes_the_upload(client) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    body = paths["/api/v1/trade/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert set(body["required"]) == {"file", "source", "dataset"}
    assert {"202", "409", "413", "422"} <= set(paths["/api/v1/trade/imports"]["post"]["responses"])


@pytest.mark.parametrize(("mends", "code"), [("999999", "NothingToMend"), ("0", "Invalid"), ("9" * 30, "Invalid")])
def test_corrected_rows_come_back_to_an_import_there_is(client, token, mends, code) -> None:
    answer = post(client, URL, GOOD, headers=token, source="test", dataset="declarations", mends=mends)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_list_with_empty_filters_is_the_whole_list(client, token) -> None:
    send(client, token)
    assert client.get(f"{URL}?state=&dataset=&source=&page=", headers=token).json["total"] == 1


def test_a_reason_that_no_answer_could_hold_is_refused(client, token, settings) -> None:
    import_id = read(client, token, settings)
    body = {"data": '{"reason": "sai \\ud800"}', "content_type": "application/json"}
    answer = client.post(f"{URL}/{import_id}/reject", **body, headers=token)
    assert (answer.status_code, list(answer.json["details"]["json"])) == (422, ["reason"])
    assert client.get(URL, headers=token).json["items"][0]["state"] == "ready"
