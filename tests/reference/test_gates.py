"""Border gates: finding them, which take goods, spellings in files, changes, distances."""

from datetime import date, time

import pytest
from sqlalchemy import select

from app.reference import gates
from app.reference.models import Gate
from app.text import fold

BEFORE, AFTER = date(2026, 7, 4), date(2026, 7, 5)


def test_the_most_important_gates_come_first(session) -> None:
    assert [gate.slug for gate in gates.all_gates(session)[:2]] == ["moc-bai", "xa-mat"]


def test_a_gate_that_left_the_customs_area_takes_goods_only_before_that_day(session) -> None:
    slugs = [gate.slug for gate in gates.for_goods(session, BEFORE)]
    assert "ta-nong" in slugs and len(slugs) == 18
    slugs = [gate.slug for gate in gates.for_goods(session, AFTER)]
    assert "ta-nong" not in slugs and len(slugs) == 10
    with pytest.raises(gates.GateClosed):
        gates.taking_goods(session, "ta-nong", AFTER)


def test_a_closed_gate_takes_no_goods(session) -> None:
    gates.change(session, "moc-bai", {"status": "closed"})
    with pytest.raises(gates.GateClosed):
        gates.taking_goods(session, "moc-bai", AFTER)
    session.rollback()


def test_an_unknown_gate_is_named(session) -> None:
    with pytest.raises(gates.NoSuchGate) as caught:
        gates.by_slug(session, "nowhere")
    assert caught.value.details == {"gate": "nowhere"}


@pytest.mark.parametrize(
    ("spelling", "slug"),
    [
        ("CUA KHAU MOC BAI (TAY NINH)", "moc-bai"),
        ("Cửa khẩu Xa Mát", "xa-mat"),
        ("CKQT Mộc Bài", "moc-bai"),
        ("Bavet", "moc-bai"),
        ("បាវិត", "moc-bai"),
        ("45BB", "moc-bai"),
        ("Mốc Bài", "moc-bai"),
        ("Trapeang Phloung", "xa-mat"),
        ("katum", None),
    ],
)
def test_spellings_found_in_files_lead_to_their_gate(session, spelling, slug) -> None:
    found = gates.by_alias(session).get(fold(spelling))
    if slug is None:
        assert found is None or session.get(Gate, found).slug == "ka-tum"
    else:
        assert session.get(Gate, found).slug == slug


def test_ports_of_a_foreign_file_become_gates_once_and_nobody_trades_there(session) -> None:
    first = gates.add_imported(session, {"us_3604": "International Falls"})
    assert gates.add_imported(session, {"us_3604": "Another name"}) == first
    port = session.get(Gate, first["us_3604"])
    assert (port.slug, port.type, port.name_vi, port.takes_goods(AFTER)) == (
        "us-3604",
        "foreign",
        "International Falls",
        False,
    )
    assert port not in gates.all_gates(session)
    assert port in gates.all_gates(session, imported=True)
    session.rollback()


def test_a_change_tells_only_what_differs(session) -> None:
    _, before, after = gates.change(
        session, "xa-mat", {"status": "limited", "notice_vi": "Một làn xe", "notice_en": None}
    )
    assert before == {"status": "open", "notice_vi": None}
    assert after == {"status": "limited", "notice_vi": "Một làn xe"}
    session.rollback()


@pytest.mark.parametrize(
    "hours",
    [
        {"opens": time(7)},
        {"opens": time(7), "closes": time(17)},
        {"opens": time(7), "closes": time(17), "hours_source": "Quyết định 12"},
        {"opens": time(7), "closes": time(17), "hours_verified_on": date(2026, 1, 2)},
    ],
)
def test_hours_need_both_ends_a_source_and_a_day(session, hours) -> None:
    with pytest.raises(gates.HoursUnverified):
        gates.change(session, "xa-mat", hours)
    session.rollback()


def test_what_is_not_for_administrators_cannot_be_changed(session) -> None:
    with pytest.raises(TypeError):
        gates.change(session, "xa-mat", {"slug": "other"})


@pytest.mark.parametrize(("until", "shown"), [(None, True), (AFTER, True), (BEFORE, False)])
def test_a_notice_is_shown_up_to_its_last_day(until, shown) -> None:
    assert Gate(notice_vi="Chú ý", notice_until=until).shows_notice(AFTER) is shown


def test_distances_are_in_whole_kilometres(session) -> None:
    moc_bai = gates.by_slug(session, "moc-bai")
    assert (gates.distance_km(moc_bai, "hcmc"), gates.distance_km(moc_bai, "phnom_penh")) == (66, 146)
    assert gates.distance_km(gates.by_slug(session, "ta-nong"), "hcmc") is None


def test_the_pages_of_gates_say_what_matters(client, session) -> None:
    gates.change(
        session,
        "xa-mat",
        {"status": "limited", "notice_vi": "Cầu đang sửa", "notice_en": "Bridge under repair", "notice_until": None},
    )
    session.commit()
    try:
        page = client.get("/en/gates").text
        assert "Bridge under repair" in page and "Limited" in page and "verified 21 Jan 2020" in page
        assert "Cầu đang sửa" in client.get("/vi/gates/xa-mat").text
        assert "No goods declarations are made here since 5 Jul 2026" in client.get("/en/gates/ta-nong").text
        assert client.get("/en/gates/nowhere").status_code == 404
    finally:
        gate = session.scalars(select(Gate).where(Gate.slug == "xa-mat")).one()
        gate.status, gate.notice_vi, gate.notice_en = "open", None, None
        session.commit()


def test_programs_get_the_gates_with_whether_goods_pass(client) -> None:
    items = client.get("/api/v1/gates").json["items"]
    assert len(items) == 18
    assert items[0] | {"lat": "", "lon": ""} == {
        "slug": "moc-bai", "code": "moc_bai", "type": "international", "name_vi": "Cửa khẩu quốc tế Mộc Bài",
        "name_km": "ច្រកទ្វារព្រំដែនអន្តរជាតិម៉ុកបៃ", "name_en": "Moc Bai International Border Gate",
        "counterpart_en": "Bavet", "counterpart_km": "បាវិត", "status": "open", "takes_goods": True,
        "goods_until": None, "opens": "06:00", "closes": "22:00",
        "hours_source": "baotayninh 15/02/2019; haiquanonline 21/01/2020", "hours_verified_on": "2020-01-21",
        "notice_vi": None, "notice_km": None, "notice_en": None, "notice_until": None, "lat": "", "lon": "",
    }  # fmt: skip
    assert client.get("/api/v1/gates/ta-nong").json["takes_goods"] is False
    assert client.get("/api/v1/gates/nowhere").status_code == 404
