"""What people do with an import, and what may not be done."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app import jobs
from app.accounts.models import AuditEntry
from app.db import Session, now, reading
from app.jobs import FencedOut, Outbox
from app.reference.models import Gate, Rate
from app.trade import imports, live, sources, steps, tasks, uploads
from app.trade.detecting import BadFile
from app.trade.models import GateMonth, LakeFile, StagedFile, State
from app.trade.rows import preview
from tests.trade.delivering import HEADS, csv, declaration

GOOD = csv(HEADS, [declaration(1), declaration(2)])


def do(verb, *arguments, **named):
    with Session.begin() as session:
        return verb(session, None, *arguments, **named)


def test_the_very_same_file_is_refused_and_the_earlier_import_named(desk) -> None:
    first = desk.read(GOOD)
    with pytest.raises(imports.AlreadyDelivered) as caught:
        desk.receive(GOOD)
    assert caught.value.details == {"filename": "file.csv", "import_id": first.id}


def test_a_rejected_file_may_be_delivered_again(desk) -> None:
    first = desk.read(GOOD)
    do(imports.reject, first.id, "wrong month")
    second = desk.read(GOOD)
    assert (desk.state(first.id).state, second.state) == (State.REJECTED, State.READY)
    assert imports.why(desk.state(first.id)) == "wrong month"


def test_nothing_counts_before_it_is_accepted(desk) -> None:
    import_ = desk.read(GOOD)
    assert (import_.state, import_.good, import_.bad, import_.done, import_.total) == (State.READY, 2, 0, 2, 2)
    assert desk.flows() == []
    with reading() as session:
        assert session.scalars(select(LakeFile)).all() == []


def test_every_step_is_in_the_audit_log(desk) -> None:
    desk.publish(GOOD)
    with reading() as session:
        of_imports = select(AuditEntry.action).where(AuditEntry.subject_type == "trade_import")
        actions = session.scalars(of_imports.order_by(AuditEntry.id)).all()
    assert actions == ["import.received", "import.read", "import.accepted", "import.published"]


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [(imports.accept, ()), (imports.reject, ("no",)), (imports.cancel, ()), (imports.retry, ())],
)
def test_a_published_import_is_not_decided_on_again(desk, verb, arguments) -> None:
    import_ = desk.publish(GOOD)
    with pytest.raises(imports.WrongState):
        do(verb, import_.id, *arguments)


def test_a_file_without_a_good_row_cannot_be_accepted(desk) -> None:
    import_ = desk.read(csv(HEADS, [declaration(1, **{"Cửa khẩu": "Nowhere"})]))
    with pytest.raises(imports.NothingGood):
        do(imports.accept, import_.id)


def test_what_a_column_means_is_asked_once_and_remembered(desk) -> None:
    heads = ("Số TK", "Dòng", "Ngày ĐK", "Nơi qua", "Mã HS", "Trị giá NT", "Nguyên tệ")
    row = ["308123000010", "1", "16/10/2025", "Mộc Bài", "11081400", "100,5", "USD"]
    asked = desk.read(csv(heads, [row]))
    assert (asked.state, asked.found["missing"]) == (State.MAPPING_NEEDED, ["gate"])
    assert preview(asked).rows[0] == tuple(row)
    columns = asked.found["columns"] | {"gate": "Nơi qua"}
    do(imports.confirm_mapping, asked.id, columns, "vi", "%d/%m/%Y")
    tasks.read(desk.settings, asked.id)
    assert desk.state(asked.id).state == State.READY
    again = desk.read(csv(heads, [[*row[:5], "99,5", "USD"]]))
    assert (again.state, again.found["columns"]["gate"]) == (State.READY, "Nơi qua")


def test_a_mapping_that_leaves_a_question_open_is_refused_with_the_names(desk) -> None:
    heads = ("Số TK", "Dòng", "Ngày ĐK", "Nơi qua", "Mã HS", "Trị giá NT", "Nguyên tệ")
    asked = desk.read(csv(heads, [["308123000010", "1", "16/10/2025", "Mộc Bài", "11081400", "100,5", "USD"]]))
    with pytest.raises(imports.MappingIncomplete) as caught:
        do(imports.confirm_mapping, asked.id, asked.found["columns"] | {"gate": "No such column"})
    assert caught.value.details == {"fields": "Gate"}


def test_one_text_may_stand_for_a_whole_column(desk) -> None:
    heads = ("Số TK", "Dòng", "Ngày ĐK", "Mã HS", "Trị giá NT", "Nguyên tệ")
    asked = desk.read(csv(heads, [["308123000010", "1", "16/10/2025", "11081400", "100,5", "USD"]]))
    do(imports.confirm_mapping, asked.id, asked.found["columns"] | {"gate": "=Xa Mát"})
    tasks.run_to_published(desk.settings, asked.id)
    assert [row[0] for row in desk.flows("gate")] == ["xa-mat"]


def test_a_cancelled_reading_stops_and_leaves_nothing(desk) -> None:
    import_id = desk.receive(GOOD)
    with Session.begin() as session:
        mine = steps.begin(session, import_id)
    do(imports.cancel, import_id)
    with pytest.raises(FencedOut), Session.begin() as session:
        steps.note(session, mine, "reading", 1, 100)
    do(imports.retry, import_id)
    tasks.read(desk.settings, import_id)
    assert desk.state(import_id).state == State.READY


def test_a_reading_that_was_overtaken_writes_nothing(desk) -> None:
    import_id = desk.receive(GOOD)
    with Session.begin() as session:
        slow = steps.begin(session, import_id)
    tasks.read(desk.settings, import_id)
    with pytest.raises(FencedOut), Session.begin() as session:
        steps.fail(session, slow, BadFile("too late"))
    assert desk.state(import_id).state == State.READY


def test_an_unreadable_file_fails_with_a_reason_and_can_be_tried_again(desk) -> None:
    import_ = desk.read(b"PK\x03\x04 not a workbook")
    assert import_.state == State.FAILED
    assert import_.reason == "The file is cut off or damaged. Export it again and send the new copy."
    do(imports.retry, import_.id)
    assert desk.state(import_.id).state == State.RECEIVED


def test_a_file_that_keeps_stopping_the_worker_is_given_up(desk, rung) -> None:
    import_id = desk.receive(GOOD)
    with Session.begin() as session:
        row = session.scalars(select(Outbox)).one()
        row.attempts = tasks.DEADLY
    with Session.begin() as session:
        held = jobs.claim(session, 60)
    tasks.read(desk.settings, import_id, held)
    assert (desk.state(import_id).state, desk.state(import_id).reason[:22]) == (
        State.FAILED,
        "Reading this file stop",
    )


def test_what_breaks_unexpectedly_is_told_to_whoever_waits(desk, monkeypatch) -> None:
    monkeypatch.setattr("app.trade.inspecting.open_table", lambda *_: 1 / 0)
    import_ = desk.read(GOOD)
    assert (import_.state, import_.reason_facts) == (State.FAILED, {"error": "ZeroDivisionError: division by zero"})


def test_released_rows_are_read_again_and_published_at_once(desk) -> None:
    heads = ("Cửa khẩu", "Kỳ", "Hướng", "Kim ngạch (USD)")
    rows = [["Mộc Bài", period, "Xuất", "900,5"] for period in ("10/2024", "10/2025")]
    import_ = desk.read(csv(heads, rows), "summaries")
    assert (import_.state, import_.rules) == (State.READY, {"E13": 1})
    with pytest.raises(imports.NotReleasable):
        do(imports.accept, import_.id, ("E05",))
    do(imports.accept, import_.id, ("E13",))
    tasks.work_on(desk.settings, import_.id)
    assert (desk.state(import_.id).state, desk.state(import_.id).released) == (State.PUBLISHED, ["E13"])
    assert len(desk.flows()) == 2


def test_a_publication_prepared_before_another_one_is_prepared_again(desk) -> None:
    first, second = (desk.read(csv(HEADS, [declaration(number)])) for number in (1, 2))
    for import_ in (first, second):
        do(imports.accept, import_.id)
    with reading() as session:
        seen = live.lake_version(session, "declarations")
    tasks.publish(desk.settings, first.id)
    with pytest.raises(live.Overtaken), Session.begin() as session:
        steps.publish(session, second.id, [], seen)
    tasks.publish(desk.settings, second.id)
    assert desk.state(second.id).state == State.PUBLISHING


def test_publishing_twice_changes_nothing(desk) -> None:
    import_ = desk.publish(GOOD)
    tasks.publish(desk.settings, import_.id)
    with reading() as session:
        assert [row.version for row in session.scalars(select(GateMonth))] == [1]
        assert session.scalars(select(StagedFile)).all() == []


def test_an_import_waits_while_a_command_brings_it_in(desk) -> None:
    stored = uploads.store(desk.settings["DATA_DIR"], io.BytesIO(GOOD), 10_000)
    with Session.begin() as session:
        sources.add(session, None, code="cli", name="Command line")
        imports.receive(
            session,
            None,
            source="cli",
            dataset="declarations",
            filename="a.csv",
            stored=stored,
            wait=timedelta(hours=1),
        )
    with Session.begin() as session:
        assert jobs.claim(session, 60) is None


def test_rates_become_reference_rows_and_known_ones_stay(desk) -> None:
    heads = ("Ngày", "Ngoại tệ", "Tỷ giá")
    try:
        first = desk.publish(csv(heads, [["16/10/2025", "USD", "26300,5"], ["17/10/2025", "USD", "26310"]]), "rates")
        again = desk.publish(csv(heads, [["17/10/2025", "USD", "99999"], ["18/10/2025", "USD", "26320"]]), "rates")
        assert (first.found["rates_added"], again.found["rates_added"], again.found["rates_kept_other"]) == (2, 1, 1)
        with reading() as session:
            delivered = Rate.day.between(date(2025, 10, 16), date(2025, 10, 18)) & (Rate.kind == "market")
            rates = session.scalars(select(Rate.rate).where(delivered).order_by(Rate.day)).all()
        assert [str(rate) for rate in rates] == ["26300.500000", "26310.000000", "26320.000000"]
    finally:
        with Session.begin() as session:
            session.execute(Rate.__table__.delete().where(Rate.kind == "market"))


def test_unknown_gates_of_a_foreign_source_become_gates_when_accepted(desk) -> None:
    heads = ("Port", "Date", "Measure", "Value")
    try:
        import_ = desk.read(
            csv(heads, [["Eastport", "Jan 2024", "Trucks", "5"]]), "crossings", source="bts", creates_gates=True
        )
        with reading() as session:
            assert session.scalar(select(Gate).where(Gate.slug == "eastport")) is None
        tasks.run_to_published(desk.settings, import_.id)
        with reading() as session:
            gate = session.scalars(select(Gate).where(Gate.slug == "eastport")).one()
            assert (gate.name_en, gate.type, gate.created_by_import) == ("Eastport", "foreign", True)
    finally:
        with Session.begin() as session:
            session.execute(Gate.__table__.delete().where(Gate.created_by_import))


def test_the_listing_filters_and_counts(desk) -> None:
    desk.publish(GOOD)
    desk.read(csv(HEADS, [declaration(3)]), source="other")
    with reading() as session:
        assert imports.listing(session)[1] == 2
        rows, total = imports.listing(session, state="ready", source="other")
        assert (total, [row.source.code for row in rows]) == (1, ["other"])
        assert imports.listing(session, dataset="rates") == ([], 0)


def test_a_failed_gate_month_is_shown_waits_and_is_tried_at_once_when_asked(desk, monkeypatch) -> None:
    import_ = desk.read(GOOD)
    do(imports.accept, import_.id)
    tasks.publish(desk.settings, import_.id)
    monkeypatch.setattr("app.trade.rolling_up.QUERIES", {"declarations": "SELECT nonsense"})
    assert tasks.roll_up_one(desk.settings) is True
    assert tasks.roll_up_one(desk.settings) is False
    with reading() as session:
        (row,) = live.failing(session, imports.by_id(session, import_.id))
        assert (row.attempts, row.lease_until > now(), "BinderException" in row.error) == (1, True, True)
    monkeypatch.undo()
    do(imports.retry, import_.id)
    tasks.work_on(desk.settings, import_.id)
    assert desk.state(import_.id).state == State.PUBLISHED
    with Session.begin() as session:
        session.execute(update(GateMonth).values(error=""))
