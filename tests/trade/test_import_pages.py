"""Customs files on pages, from the form to the published figures."""

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.models import AuditEntry
from app.db import Session, reading
from app.jobs import FencedOut
from app.trade import steps, tasks
from app.trade.models import CrossingRollup, FlowRollup, Import, LakeFile, State, TradeSource
from tests.trade.delivering import (
    CROSSING_HEADS,
    HEADS,
    crossing,
    csv,
    declaration,
    delivered,
    post,
    send,
    state,
)

GOOD = csv(HEADS, [declaration(1), declaration(2)])
MIXED = csv(
    HEADS,
    [
        declaration(1),
        declaration(2, **{"Cửa khẩu": "Mộc Bày"}),
        declaration(3, **{"Mã HS": "8013100"}),
        declaration(4, **{"Trị giá nguyên tệ": '=HYPERLINK("http://x")'}),
    ],
)


@pytest.fixture
def economist(client, make, sign_in):
    return sign_in(client, make.person("economist"))


@pytest.fixture
def settings(web_app):
    return web_app.config


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


# --- who may ---


@pytest.mark.parametrize("role", ["buyer", "moderator"])
def test_only_economists_and_administrators_see_customs_files(client, make, sign_in, role) -> None:
    sign_in(client, make.person(role))
    assert client.get("/vi/trade/imports").status_code == 403
    assert post(client, "/vi/trade/imports", GOOD, dataset="declarations", new_source="X").status_code == 403


def test_a_visitor_is_asked_to_sign_in_and_the_file_is_not_taken(client, session) -> None:
    assert post(client, "/vi/trade/imports", GOOD, dataset="declarations", new_source="X").status_code in (
        302,
        303,
        401,
    )
    assert session.scalar(select(Import)) is None


# --- sending ---


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_the_list_invites_to_send_the_first_file(economist, lang) -> None:
    page = text_of(economist.get(f"/{lang}/trade/imports"))
    assert 'enctype="multipart/form-data"' in page
    assert f"/{lang}/trade/formats" in page


def test_a_file_is_taken_at_once_and_its_source_is_made_from_the_name(economist, session) -> None:
    import_id = send(economist, GOOD, new_source="Chi cục Hải quan Mộc Bài")
    found = session.get_one(Import, import_id)
    assert (found.state, found.filename, found.source.code) == (
        "received", "Tờ khai tháng 10.csv", "chi-cuc-hai-quan-moc-bai",
    )  # fmt: skip
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["source.added", "import.received"]
    assert "Tờ khai tháng 10.csv" in text_of(economist.get("/vi/trade/imports"))


def test_the_next_file_of_the_source_is_sent_by_choosing_it(economist, session) -> None:
    send(economist, GOOD, new_source="Chi cục Mộc Bài")
    send(economist, csv(HEADS, [declaration(9)]), source="chi-cuc-moc-bai")
    assert session.scalars(select(TradeSource.code)).all() == ["chi-cuc-moc-bai"]


def test_two_sources_of_one_name_get_two_codes(economist, session) -> None:
    send(economist, GOOD, new_source="Mộc Bài")
    send(economist, GOOD, new_source="Mộc Bài!")
    assert session.scalars(select(TradeSource.code).order_by(TradeSource.id)).all() == ["moc-bai", "moc-bai-2"]


@pytest.mark.parametrize(
    ("fields", "status", "place"),
    [
        ({"new_source": "X", "dataset": ""}, 422, "dataset"),
        ({"dataset": "declarations"}, 422, "source"),
        ({"new_source": "X", "dataset": "declarations", "surprise": "1"}, 422, "surprise"),
        ({"source": "nobody", "dataset": "declarations"}, 422, "file"),
    ],
)
def test_a_form_that_is_not_right_comes_back_with_the_reason(economist, session, fields, status, place) -> None:
    answer = post(economist, "/en/trade/imports", GOOD, **fields)
    assert answer.status_code == status
    assert f'href="#f-{place}"' in text_of(answer)
    assert session.scalar(select(Import)) is None


def test_a_form_without_a_file_says_so(economist) -> None:
    answer = economist.post("/en/trade/imports", data={"dataset": "rates", "new_source": "X"})
    assert (answer.status_code, "Choose a file to send." in text_of(answer)) == (422, True)


def test_an_empty_file_is_refused_by_name(economist) -> None:
    answer = post(economist, "/en/trade/imports", b"", name="tỷ giá.csv", dataset="rates", new_source="X")
    assert (answer.status_code, "The file “tỷ giá.csv” is empty." in text_of(answer)) == (422, True)


def test_a_file_above_the_limit_is_refused_with_the_limit_and_leaves_nothing(economist, web_app, monkeypatch) -> None:
    monkeypatch.setitem(web_app.config, "MAX_IMPORT_BYTES", 3_000_000)
    answer = post(economist, "/en/trade/imports", b"x" * 5_000_000, dataset="rates", new_source="X")
    assert (answer.status_code, "larger than 3 MB" in text_of(answer)) == (413, True)
    answer = post(economist, "/en/trade/imports", b"x" * 3_000_001, dataset="rates", new_source="X")
    assert (answer.status_code, "larger than 3 MB" in text_of(answer)) == (413, True)
    assert list(Path(web_app.config["DATA_DIR"], "uploads").glob("incoming-*")) == []


def test_a_file_above_the_limit_of_other_forms_is_taken_here(economist, web_app) -> None:
    assert web_app.config["MAX_CONTENT_LENGTH"] == 2_000_000
    content = csv(HEADS, [declaration(number) for number in range(30_000)])
    assert len(content) > 2_000_000
    assert send(economist, content) > 0


def test_the_very_same_file_is_refused_with_a_link_to_the_earlier_one(economist) -> None:
    first = send(economist, GOOD)
    answer = post(
        economist,
        "/en/trade/imports",
        GOOD,
        name="copy.csv",
        dataset="declarations",
        source="chi-cuc-hai-quan-moc-bai",
    )
    assert answer.status_code == 409
    assert f'href="/en/trade/imports/{first}"' in text_of(answer)


def test_a_file_that_is_no_table_fails_with_a_reason_and_can_be_rejected(economist, settings) -> None:
    import_id = delivered(economist, settings, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "crossings")
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert "not a table" in page
    economist.post(f"/en/trade/imports/{import_id}/reject", data={"reason": "A picture"})
    assert state(import_id).state == State.REJECTED


# --- following ---


def test_progress_is_polled_and_without_script_the_page_looks_again(economist) -> None:
    import_id = send(economist, GOOD)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert f'hx-get="/en/trade/imports/{import_id}/progress"' in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    part = economist.get(f"/en/trade/imports/{import_id}/progress", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part.headers
    assert "Waiting for a worker" in text_of(part)


def test_when_the_work_is_over_the_whole_page_is_fetched(economist, settings) -> None:
    import_id = delivered(economist, settings, GOOD)
    assert economist.get(f"/en/trade/imports/{import_id}/progress").headers["HX-Refresh"] == "true"
    assert "http-equiv" not in text_of(economist.get(f"/en/trade/imports/{import_id}"))


def test_the_progress_card_tells_step_rows_and_time_left(economist, session) -> None:
    import_id = send(economist, GOOD)
    with Session.begin() as writing:
        steps.begin(writing, import_id)
        found = writing.get_one(Import, import_id)
        found.step, found.done, found.total = "checking", 25, 100
        found.step_at = found.step_at.replace(year=found.step_at.year - 1)
    part = text_of(economist.get(f"/en/trade/imports/{import_id}/progress"))
    assert "Checking every row" in part
    assert 'value="25" max="100"' in part
    assert re.search(r"About 1,?\d+ ?\d* minutes left|About \d+ minutes left", part)


def test_reading_can_be_cancelled_and_the_worker_notices(economist) -> None:
    import_id = send(economist, GOOD)
    with Session.begin() as session:
        mine = steps.begin(session, import_id)
    assert mine is not None
    assert economist.post(f"/en/trade/imports/{import_id}/cancel").status_code == 303
    with pytest.raises(FencedOut), Session.begin() as session:
        steps.note(session, mine, "reading", 50, 100)
    assert state(import_id).state == State.CANCELLED
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert f'action="/en/trade/imports/{import_id}/retry"' in page


def test_a_cancelled_file_can_be_read_after_all(economist, settings) -> None:
    import_id = send(economist, GOOD)
    economist.post(f"/en/trade/imports/{import_id}/cancel")
    economist.post(f"/en/trade/imports/{import_id}/retry")
    tasks.read(settings, import_id)
    assert (state(import_id).state, state(import_id).good) == (State.READY, 2)


# --- what was found ---


def test_the_shape_of_the_file_is_told(economist, settings) -> None:
    import_id = delivered(economist, settings, GOOD)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    for words in ("utf-8-sig", "semicolon", "1.234,5 – point for thousands", "day/month/year"):
        assert words in page


def test_every_bad_row_is_listed_with_row_column_value_reason_and_hint(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    for words in (
        "Mộc Bày", "The border gate is not known.", "Did you mean “Mộc Bài”?",
        "8013100", "Put the 0 back and format the column as text: 08013100",
        "There is no number here, or it cannot be read.",
    ):  # fmt: skip
        assert words in page
    assert "=HYPERLINK(&#34;http://x&#34;)" in page


def test_findings_are_filtered_by_rule_and_paged(economist, settings) -> None:
    rows = [declaration(number, **{"Cửa khẩu": f"Nơi {number}"}) for number in range(60)] + [
        declaration(99, **{"Mã HS": "1"})
    ]
    import_id = delivered(economist, settings, csv(HEADS, rows))
    first = text_of(economist.get(f"/en/trade/imports/{import_id}?rule=E05"))
    assert ">Nơi 49</code>" in first and ">Nơi 50</code>" not in first
    second = text_of(economist.get(f"/en/trade/imports/{import_id}?rule=E05&page=2"))
    assert ">Nơi 59</code>" in second and ">Nơi 49</code>" not in second
    other = text_of(economist.get(f"/en/trade/imports/{import_id}?rule=E03"))
    assert ">1</code>" in other and ">Nơi 0</code>" not in other


def test_the_reason_is_in_the_language_of_the_page(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED)
    for lang in ("vi", "km", "en"):
        assert economist.get(f"/{lang}/trade/imports/{import_id}").status_code == 200


# --- columns ---

UNKNOWN = "Where,When,What,How many\nMộc Bài,05/06/2025,Xe tải,412\nXa Mát,06/07/2025,Xe tải,1.234\n".encode()


def test_unknown_columns_are_asked_for_answered_and_remembered(economist, settings, session) -> None:
    import_id = delivered(economist, settings, UNKNOWN, "crossings")
    assert state(import_id).state == State.MAPPING_NEEDED
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert '<option value="How many">How many · 412</option>' in page
    assert "“1.234” is 1234" in page and "“1.234” is between 1 and 2" in page
    economist.post(
        f"/en/trade/imports/{import_id}/mapping",
        data={
            "field:gate": "Where", "field:period": "When", "field:measure": "What", "field:count": "How many",
            "constant:direction": "Xuất cảnh", "number_style": "vi", "date_style": "",
        },
    )  # fmt: skip
    tasks.read(settings, import_id)
    found = state(import_id)
    assert (found.state, found.good, found.bad) == (State.READY, 2, 0)
    later = delivered(
        economist, settings, UNKNOWN.replace(b"412", b"413"), "crossings", source="chi-cuc-hai-quan-moc-bai"
    )
    assert (state(later).state, state(later).good) == (State.READY, 2)
    assert "version 1" in text_of(economist.get("/en/trade/sources/chi-cuc-hai-quan-moc-bai"))


def test_a_required_field_without_a_column_is_named(economist, settings) -> None:
    import_id = delivered(economist, settings, UNKNOWN, "crossings")
    answer = economist.post(f"/en/trade/imports/{import_id}/mapping", data={"field:gate": "Where"})
    assert answer.status_code == 422
    assert "Count" in text_of(answer) and "Where" in text_of(answer)
    assert state(import_id).state == State.MAPPING_NEEDED


def test_days_that_can_be_read_in_two_ways_are_asked_with_a_day_of_the_file(economist, settings) -> None:
    rows = [declaration(number, **{"Ngày đăng ký": f"0{number}/06/2025"}) for number in range(1, 6)]
    import_id = delivered(economist, settings, csv(HEADS, rows))
    assert state(import_id).found["unclear"] == ["date_style"]
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert "“01/06/2025” is 1 Jun 2025, or 6 Jan 2025 if the month stands first" in page
    chosen = {f"field:{name}": header for name, header in state(import_id).found["columns"].items()}
    economist.post(f"/en/trade/imports/{import_id}/mapping", data={**chosen, "date_style": "%d/%m/%Y"})
    tasks.read(settings, import_id)
    assert (state(import_id).state, state(import_id).good) == (State.READY, 5)


# --- deciding ---


def publish(settings, import_id: int) -> None:
    assert tasks.work_on(settings, import_id).state == State.PUBLISHED


def test_what_will_change_is_told_before_accepting(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert "Accept this file?" in page and "Oct 2025" in page
    part = text_of(economist.get(f"/en/trade/imports/{import_id}/comparison", headers={"HX-Request": "true"}))
    assert "No published row is replaced." in part and "1,001.5" in part
    assert "<html" not in part
    assert "<html" in text_of(economist.get(f"/en/trade/imports/{import_id}/comparison"))


def test_rows_that_replace_earlier_ones_are_counted(economist, settings) -> None:
    first = delivered(economist, settings, csv(HEADS, [declaration(1), declaration(2)]))
    economist.post(f"/en/trade/imports/{first}/accept")
    publish(settings, first)
    second = delivered(
        economist, settings, csv(HEADS, [declaration(2), declaration(3)]), source="chi-cuc-hai-quan-moc-bai"
    )
    part = text_of(economist.get(f"/en/trade/imports/{second}/comparison"))
    assert "1 row takes the place of one that is published now." in part


def test_accepting_publishes_the_good_rows_with_their_provenance(economist, settings, session) -> None:
    import_id = delivered(economist, settings, MIXED)
    economist.post(f"/en/trade/imports/{import_id}/accept")
    publish(settings, import_id)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert "/en/trade/?gate=moc-bai&amp;from=2025-10&amp;to=2025-10" in page
    total = session.scalar(select(FlowRollup.value_usd).where(FlowRollup.grain == "all"))
    assert str(total) == "1001.50"


def test_accepting_twice_at_once_accepts_once(economist, settings, web_app, make, sign_in) -> None:
    import_id = delivered(economist, settings, GOOD)
    other = web_app.test_client()
    other.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    sign_in(other, make.person("admin"))
    barrier = threading.Barrier(2)

    def decide(client) -> None:
        barrier.wait()
        assert client.post(f"/en/trade/imports/{import_id}/accept").status_code == 303

    threads = [threading.Thread(target=decide, args=(client,)) for client in (economist, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    publish(settings, import_id)
    with reading() as session:
        accepted = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.accepted")).all()
        assert len(accepted) == 1
        assert len(session.scalars(select(LakeFile)).all()) == 1


def test_held_rows_are_let_through_by_rule_and_only_well_formed_ones(economist, settings, session) -> None:
    rows = [crossing("06/10/2025", "412"), crossing("06/10/2025", "398"), crossing("07/10/2025", "x")]
    import_id = delivered(economist, settings, csv(CROSSING_HEADS, rows), "crossings")
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert 'name="release" value="E10"' in page and 'name="release" value="E07"' not in page
    answer = economist.post(f"/en/trade/imports/{import_id}/accept", data={"release": "E07"})
    assert (answer.status_code, "cannot be let through" in text_of(answer)) == (422, True)
    economist.post(f"/en/trade/imports/{import_id}/accept", data={"release": "E10"})
    publish(settings, import_id)
    assert state(import_id).released == ["E10"]
    assert session.scalar(select(CrossingRollup.count)) is not None


def test_a_gate_month_that_cannot_be_computed_is_shown_with_its_error_and_tried_again(
    economist, settings, monkeypatch
) -> None:
    import_id = delivered(economist, settings, GOOD)
    economist.post(f"/en/trade/imports/{import_id}/accept")
    tasks.publish(settings, import_id)
    with monkeypatch.context() as patched:
        patched.setitem(settings, "DUCKDB_MEMORY", "nonsense")
        assert tasks.roll_up_one(settings)
    page = text_of(economist.get(f"/en/trade/imports/{import_id}"))
    assert "1 month of a gate could not be computed" in page and "moc-bai, Oct 2025" in page
    assert not tasks.roll_up_one(settings)  # it waits before the next attempt
    assert "Try again now" in text_of(economist.get(f"/en/trade/imports/{import_id}/progress"))
    economist.post(f"/en/trade/imports/{import_id}/retry")
    publish(settings, import_id)


def test_a_file_is_rejected_with_a_reason_everyone_sees(economist, settings) -> None:
    import_id = delivered(economist, settings, MIXED)
    bare = economist.post(f"/en/trade/imports/{import_id}/reject", data={"reason": ""})
    assert bare.status_code == 422
    economist.post(f"/en/trade/imports/{import_id}/reject", data={"reason": "October is missing"})
    assert "October is missing" in text_of(economist.get(f"/vi/trade/imports/{import_id}"))
    with reading() as session:
        assert session.scalar(select(LakeFile)) is None


def test_deciding_what_was_decided_says_so_and_changes_nothing(economist, settings) -> None:
    import_id = delivered(economist, settings, GOOD)
    economist.post(f"/en/trade/imports/{import_id}/reject", data={"reason": "No use"})
    answer = economist.post(f"/en/trade/imports/{import_id}/accept", follow_redirects=True)
    assert "moved on meanwhile" in text_of(answer)
    assert state(import_id).state == State.REJECTED


def test_published_figures_are_withdrawn_with_a_reason(economist, settings, session) -> None:
    import_id = delivered(economist, settings, GOOD)
    economist.post(f"/en/trade/imports/{import_id}/accept")
    publish(settings, import_id)
    economist.post(f"/en/trade/imports/{import_id}/withdraw", data={"reason": "Wrong month"})
    while tasks.roll_up_one(settings):
        pass
    assert state(import_id).state == State.WITHDRAWN
    assert session.scalar(select(FlowRollup)) is None


def test_an_import_that_does_not_exist_is_not_found(economist) -> None:
    for path in ("", "/progress", "/comparison", "/errors.csv", "/mending.xlsx"):
        assert economist.get(f"/vi/trade/imports/4711{path}").status_code == 404
    for path in ("accept", "cancel", "retry"):
        assert economist.post(f"/vi/trade/imports/4711/{path}").status_code == 404


# --- sources ---


def test_a_source_is_added_changed_and_shows_its_last_delivery(economist, session) -> None:
    added = {"code": "bo-doi-bien-phong", "name": "Bộ đội Biên phòng", "reporter": "VN"}
    assert economist.post("/vi/trade/sources/new", data=added).status_code == 303
    assert economist.post("/vi/trade/sources/new", data=added).status_code == 409
    changed = {"name": "Biên phòng Tây Ninh", "reporter": "VN", "creates_gates": "true", "note": "mỗi tháng"}
    assert economist.post("/vi/trade/sources/bo-doi-bien-phong", data=changed).status_code == 303
    import_id = send(economist, GOOD, source="bo-doi-bien-phong")
    page = text_of(economist.get("/vi/trade/sources"))
    assert "Biên phòng Tây Ninh" in page and f"/vi/trade/imports/{import_id}" in page
    assert session.scalar(select(TradeSource.creates_gates)) is True


@pytest.mark.parametrize(
    ("wrong", "place"), [({"code": "Có dấu"}, "code"), ({"name": ""}, "name"), ({"reporter": "Việt Nam"}, "reporter")]
)
def test_a_source_that_is_not_right_comes_back(economist, wrong, place) -> None:
    answer = economist.post("/vi/trade/sources/new", data={"code": "a", "name": "Tên", "reporter": "VN"} | wrong)
    assert (answer.status_code, f'href="#f-{place}"' in text_of(answer)) == (422, True)


def test_an_unknown_source_is_not_found(economist) -> None:
    assert economist.get("/vi/trade/sources/nobody").status_code == 404


def test_the_listing_is_filtered_by_state_dataset_and_source(economist, settings) -> None:
    delivered(economist, settings, GOOD)
    send(economist, csv(CROSSING_HEADS, [crossing("06/10/2025", "1")]), "crossings", name="lượt.csv", new_source="BP")
    assert "lượt.csv" not in text_of(economist.get("/en/trade/imports?state=ready"))
    assert "Tờ khai tháng 10.csv" not in text_of(economist.get("/en/trade/imports?dataset=crossings"))
    assert "lượt.csv" in text_of(economist.get("/en/trade/imports?source=bp"))
    assert "lượt.csv" in text_of(economist.get("/en/trade/imports?state=&dataset=crossings&source="))
    assert economist.get("/en/trade/imports?state=nonsense").status_code == 422
