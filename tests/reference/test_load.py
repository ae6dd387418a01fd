"""The shipped facts: complete, and loading them twice changes nothing."""

import csv
from collections import Counter
from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from app.db import Base
from app.reference import load
from app.reference.load import load_reference
from app.reference.models import Country, CustomsOffice, Gate, HsCode, HsTerm, ProcedureCode, Rate, ReferenceFile
from tests import shared

AHTN = shared.DATA / "reference" / "ahtn8_vi_12000.csv"
TABLES = ("gate", "country", "hs_code", "hs_term", "customs_office", "procedure_code", "rate")


def contents(session) -> dict[str, list[tuple]]:
    return {
        name: sorted(map(repr, session.execute(Base.metadata.tables[name].select()).all()))
        for name in TABLES
        if name != "hs_term"
    } | {"hs_term": sorted(session.execute(select(HsTerm.term, HsTerm.code, HsTerm.weight)).all())}


def test_loading_again_does_nothing_when_the_files_are_the_same(session, monkeypatch) -> None:
    load_reference(session)
    session.commit()
    monkeypatch.setattr(load, "_put", None)
    monkeypatch.setattr(load, "rebuild_terms", None)
    load_reference(session)


def test_writing_everything_anew_changes_nothing(session) -> None:
    before = contents(session)
    session.execute(text("DELETE FROM reference_file"))
    load_reference(session)
    assert contents(session) == before
    session.rollback()


def test_what_administrators_changed_stays(session) -> None:
    gate = session.scalars(select(Gate).where(Gate.slug == "moc-bai")).one()
    gate.status, gate.opens, gate.notice_vi = "closed", time(7), "Nghỉ Tết"
    gate.name_en = "Moc Bai (changed by hand)"
    session.execute(text("DELETE FROM reference_file"))
    load_reference(session)
    session.expire_all()
    assert (gate.status, gate.opens, gate.notice_vi) == ("closed", time(7), "Nghỉ Tết")
    assert gate.name_en == "Moc Bai International Border Gate"
    session.rollback()


def test_a_changed_file_updates_only_the_rows_that_changed(session, monkeypatch) -> None:
    rows = list(load.read("countries.csv"))
    rows[0] = rows[0] | {"name_en": "Changed"}
    monkeypatch.setattr(load, "read", lambda name: iter(rows if name == "countries.csv" else []))
    load._countries(session)
    changed = session.scalars(select(Country).where(Country.name_en == "Changed")).all()
    assert [country.iso2 for country in changed] == [rows[0]["iso2"]]
    session.rollback()


def test_the_tariff_is_complete_at_every_level(session) -> None:
    counts = dict(session.execute(select(HsCode.level, func.count()).group_by(HsCode.level)).all())
    assert counts == {2: 98, 4: 1270, 6: 5785, 8: 11871}


def test_every_node_hangs_under_its_parent(session) -> None:
    codes = set(session.scalars(select(HsCode.code)))
    assert all(code[:-2] in codes for code in codes if len(code) > 2)
    orphans = select(HsCode.code).where(HsCode.level > 2, HsCode.parent.is_(None))
    assert session.scalars(orphans).all() == []


@pytest.mark.skipif(not AHTN.exists(), reason="the tariff file as published is not here")
def test_the_lines_are_those_of_the_tariff_and_repeats_of_chapter_98_are_there_once(session) -> None:
    with AHTN.open(encoding="utf-8-sig", newline="") as file:
        published = Counter(row["ahtn8"] for row in csv.DictReader(file))
    repeated = {code for code, times in published.items() if times > 1}
    assert {code[:2] for code in repeated} == {"98"}
    assert len(repeated) == 78
    lines = session.scalars(select(HsCode.code).where(HsCode.level == 8)).all()
    assert len(lines) == len(set(lines))
    assert set(lines) == set(published)


def test_chapters_have_names_in_three_languages(session) -> None:
    chapters = session.scalars(select(HsCode).where(HsCode.level == 2)).all()
    assert [c.code for c in chapters if not (c.text_vi and c.text_km and c.text_en)] == []


def test_gates_of_the_province_are_all_there_with_their_verified_hours(session) -> None:
    gates = {gate.slug: gate for gate in session.scalars(select(Gate).where(Gate.created_by_import.is_(False)))}
    assert len(gates) == 18
    moc_bai, xa_mat = gates["moc-bai"], gates["xa-mat"]
    assert (moc_bai.opens, moc_bai.closes, moc_bai.hours_verified_on) == (time(6), time(22), date(2020, 1, 21))
    assert (xa_mat.opens, xa_mat.hours_source) == (None, None)
    assert (moc_bai.lat, moc_bai.lon) == (Decimal("11.0752"), Decimal("106.1751"))
    assert (moc_bai.short_vi, moc_bai.short_en, moc_bai.short_km) == ("Mộc Bài", "Moc Bai", "ម៉ុកបៃ")
    assert sum(gate.goods_until == date(2026, 7, 5) for gate in gates.values()) == 8


def test_offices_point_at_their_gate(session) -> None:
    office = session.get(CustomsOffice, "45BB")
    assert session.get(Gate, office.gate_id).slug == "moc-bai"


def test_every_rate_has_a_source(session) -> None:
    assert session.scalar(select(func.count()).select_from(Rate).where(Rate.source == "")) == 0
    assert session.scalar(select(func.count()).select_from(ProcedureCode)) == 44
    assert session.scalar(select(func.count()).select_from(ReferenceFile)) == 6
