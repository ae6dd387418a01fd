"""Gate-months under a lease: taken once, written once, never stopping one another."""

from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.db import Session, now, reading
from app.jobs import FencedOut
from app.trade import imports, rolling_up, tasks
from app.trade.models import GateMonth, LakeFile, RollupVersion
from tests.trade.delivering import HEADS, csv, declaration

OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
TWO_MONTHS = [declaration(1), declaration(2, **{"Ngày đăng ký": "22/11/2025"})]


def waiting(desk, *rows):
    """An import whose gate-months are still to be computed."""
    import_ = desk.read(csv(HEADS, rows))
    with Session.begin() as session:
        imports.accept(session, None, import_.id)
    tasks.publish(desk.settings, import_.id)
    return import_


def claim(lease_seconds: int = 60):
    with Session.begin() as session:
        return rolling_up.claim(session, lease_seconds)


def computed(desk, held):
    with reading() as session:
        files = rolling_up.live_files(session, held)
    return rolling_up.compute(held, files, desk.settings, lambda *_: None)


def write(held, rows) -> None:
    with Session.begin() as session:
        rolling_up.write(session, held, rows)


def row(month: date) -> GateMonth:
    with reading() as session:
        found = session.get_one(GateMonth, ("declarations", "moc-bai", month))
        session.expunge(found)
        return found


def test_what_one_worker_holds_no_other_takes(desk) -> None:
    waiting(desk, *TWO_MONTHS)
    assert claim().gate_months == (("moc-bai", OCTOBER), ("moc-bai", NOVEMBER))
    assert claim() is None


def test_a_worker_that_was_thought_dead_writes_nothing(desk) -> None:
    waiting(desk, declaration(1))
    slow = claim(lease_seconds=-1)
    old = computed(desk, slow)
    desk.lines(declaration(1, **{"Trị giá nguyên tệ": "7,0"}))
    assert desk.flows("value_usd") == [(D("7.00"),)]
    with pytest.raises(FencedOut):
        write(slow, old)
    with pytest.raises(FencedOut), Session.begin() as session:
        rolling_up.extend(session, slow, 60)
    assert desk.flows("value_usd") == [(D("7.00"),)]


def test_a_change_during_the_computation_is_computed_afterwards(desk) -> None:
    waiting(desk, declaration(1))
    held = claim()
    rows = computed(desk, held)
    with Session.begin() as session:
        session.execute(update(GateMonth).values(version=GateMonth.version + 1))
    write(held, rows)
    assert (row(OCTOBER).version, row(OCTOBER).done_version) == (2, 1)
    assert claim().gate_months == (("moc-bai", OCTOBER),)


def test_every_change_of_figures_raises_their_version_once(desk) -> None:
    desk.lines(*TWO_MONTHS)
    with reading() as session:
        before = session.get_one(RollupVersion, "declarations").version
    desk.lines(declaration(3))
    with reading() as session:
        assert session.get_one(RollupVersion, "declarations").version == before + 1


def test_a_damaged_lake_file_stops_its_own_gate_month_only(desk) -> None:
    import_ = waiting(desk, *TWO_MONTHS)
    with reading() as session:
        path = session.scalars(select(LakeFile.path).where(LakeFile.month == OCTOBER)).one()
    whole = Path(desk.settings["LAKE_URL"], path).read_bytes()
    Path(desk.settings["LAKE_URL"], path).write_bytes(b"damaged")
    while tasks.roll_up_one(desk.settings):
        pass
    assert [found[1] for found in desk.flows()] == [NOVEMBER]
    october = row(OCTOBER)
    assert (october.done_version, october.attempts, october.lease_until > now()) == (0, 2, True)
    assert "Exception" in october.error
    Path(desk.settings["LAKE_URL"], path).write_bytes(whole)
    with Session.begin() as session:
        imports.retry(session, None, import_.id)
    assert tasks.work_on(desk.settings, import_.id).state == "published"
    assert (row(OCTOBER).error, row(OCTOBER).attempts) == ("", 0)


def test_a_gate_month_that_failed_is_taken_alone_after_the_others(desk) -> None:
    waiting(desk, *TWO_MONTHS)
    with Session.begin() as session:
        session.execute(update(GateMonth).where(GateMonth.month == OCTOBER).values(attempts=1))
    assert claim().gate_months == (("moc-bai", NOVEMBER),)
    assert claim().gate_months == (("moc-bai", OCTOBER),)


def test_the_lease_of_what_keeps_killing_workers_doubles(desk) -> None:
    waiting(desk, declaration(1))
    with Session.begin() as session:
        session.execute(update(GateMonth).values(attempts=rolling_up.PATIENT + 2))
    claim(lease_seconds=60)
    assert row(OCTOBER).lease_until > now() + timedelta(seconds=7 * 60)


def test_big_gate_months_are_shared_out(desk, monkeypatch) -> None:
    monkeypatch.setattr(rolling_up, "ENOUGH_ROWS", 1)
    waiting(desk, *TWO_MONTHS)
    assert [claim().gate_months, claim().gate_months] == [(("moc-bai", OCTOBER),), (("moc-bai", NOVEMBER),)]


def test_what_was_published_on_a_day_can_be_computed_again(desk) -> None:
    desk.lines(declaration(1, **{"Trị giá nguyên tệ": "100,0"}))
    day = now()
    second = desk.lines(declaration(1, **{"Trị giá nguyên tệ": "70,0"}))
    with Session.begin() as session:
        imports.withdraw(session, None, second.id, "mistake")
    held = claim()

    def value(as_of):
        with reading() as session:
            files = rolling_up.live_files(session, held, as_of)
        table = rolling_up.compute(held, files, desk.settings, lambda *_: None)
        return {row["value_usd"] for row in table.to_pylist()}

    with reading() as session:
        accepted = session.scalars(select(LakeFile.accepted_at).where(LakeFile.import_id == second.id)).one()
    assert (value(day), value(accepted), value(None)) == ({D("100.00")}, {D("70.00")}, {D("100.00")})


def test_the_grains_of_declarations_count_declarations_and_firms_once_each(desk) -> None:
    heads = (*HEADS, "Mã số thuế")
    lines = [
        [*declaration(1, 1, **{"Mã HS": "11081400", "Trị giá nguyên tệ": "1,5"}), "3900000001"],
        [*declaration(1, 2, **{"Mã HS": "07141011", "Trị giá nguyên tệ": "2,5"}), "3900000001"],
        [*declaration(1, 3, **{"Mã HS": "07141091", "Trị giá nguyên tệ": "4,5"}), "3900000001"],
        [
            *declaration(2, 1, **{"Mã HS": "11081400", "Nước đối tác": "Thái Lan", "Trị giá nguyên tệ": "8,5"}),
            "3900000002",
        ],
    ]
    desk.publish(csv(heads, lines))

    def grain(name):
        return desk.flows("hs", "partner", "value_usd", "lines", "declarations", "firms", grain=name)

    assert grain("all") == [("", "", D("17.00"), 4, 2, 2)]
    assert grain("hs2") == [("07", "", D("7.00"), 2, 1, 1), ("11", "", D("10.00"), 2, 2, 2)]
    assert grain("hs4") == [("0714", "", D("7.00"), 2, 1, 1), ("1108", "", D("10.00"), 2, 2, 2)]
    assert grain("partner") == [("", "KH", D("8.50"), 3, 1, 1), ("", "TH", D("8.50"), 1, 1, 1)]
    assert grain("hs2_partner") == [
        ("07", "KH", D("7.00"), 2, 1, 1),
        ("11", "KH", D("1.50"), 1, 1, 1),
        ("11", "TH", D("8.50"), 1, 1, 1),
    ]


def test_transit_and_goods_outside_trade_stand_apart(desk) -> None:
    heads = (*HEADS, "Mã loại hình")
    lines = [
        [*declaration(1, **{"Trị giá nguyên tệ": "1,5"}), "B11"],
        [*declaration(2, **{"Trị giá nguyên tệ": "2,5", "Hướng": "Quá cảnh"}), ""],
        [*declaration(3, **{"Trị giá nguyên tệ": "4,5"}), "G61"],
    ]
    desk.publish(csv(heads, lines))
    assert desk.flows("basis", "direction", "value_usd") == [
        ("excluded", "export", D("4.50")),
        ("gate", "export", D("1.50")),
        ("transit", "transit", D("2.50")),
    ]


def test_amounts_in_other_currencies_take_the_rate_of_their_day(desk) -> None:
    """Shipped for October 2025: a dollar is 26,476.407418 VND and 32.32199 THB, a riel 6.605925 VND."""
    desk.lines(
        declaration(1, **{"Trị giá nguyên tệ": "100,0"}),
        declaration(2, **{"Trị giá nguyên tệ": "26.000.000", "Nguyên tệ": "VND", "Nước đối tác": "Lào"}),
        declaration(3, **{"Trị giá nguyên tệ": "5.000,5", "Nguyên tệ": "THB", "Nước đối tác": "Thái Lan"}),
        declaration(4, **{"Trị giá nguyên tệ": "1.000.000", "Nguyên tệ": "KHR", "Nước đối tác": "Việt Nam"}),
    )
    assert desk.flows("partner", "value_usd", "value_vnd", grain="partner") == [
        ("KH", D("100.00"), D("2647641")),
        ("LA", D("982.01"), D("26000000")),
        ("TH", D("154.71"), D("4096136")),
        ("VN", D("249.50"), D("6605925")),
    ]
