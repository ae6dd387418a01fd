"""Exact numbers, instants and the two kinds of transaction, on whichever database the run uses."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, OperationalError, StatementError

from app import db
from app.db import Exact, Instant, Session, reading
from app.reference.models import Rate


def rate(value: Decimal, day: int = 1) -> Rate:
    return Rate(
        base="USD", quote="LAK", kind="market", day=datetime(2026, 1, day, tzinfo=UTC).date(), rate=value, source="t"
    )


@pytest.fixture
def _no_kip(engine):
    yield
    with Session.begin() as session:
        for row in session.scalars(select(Rate).where(Rate.quote == "LAK")):
            session.delete(row)


@pytest.mark.usefixtures("_no_kip")
def test_a_decimal_comes_back_exactly_and_sums_exactly() -> None:
    with Session.begin() as session:
        session.add_all([rate(Decimal("0.100001"), 1), rate(Decimal("0.200002"), 2)])
    with reading() as session:
        of_kip = Rate.quote == "LAK"
        assert session.scalars(select(Rate.rate).where(of_kip).order_by(Rate.day)).all() == [
            Decimal("0.100001"),
            Decimal("0.200002"),
        ]
        assert session.scalar(select(func.sum(Rate.rate)).where(of_kip)) == Decimal("0.300003")


@pytest.mark.usefixtures("engine")
def test_a_decimal_with_too_many_places_is_refused_and_not_rounded() -> None:
    with pytest.raises(StatementError, match="more than 6 decimals"), Session.begin() as session:
        session.add(rate(Decimal("1.0000001")))
        session.flush()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
@settings(max_examples=200)
def test_any_decimal_survives_the_scaled_integer_of_sqlite(value: Decimal) -> None:
    class Sqlite:
        name = "sqlite"

    column, dialect = Exact(3), Sqlite()
    assert column.process_result_value(column.process_bind_param(value, dialect), dialect) == value


def test_an_instant_is_the_same_moment_in_utc_whatever_zone_it_was_given_in() -> None:
    class Sqlite:
        name = "sqlite"

    evening = datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=7)))
    stored = Instant().process_bind_param(evening, Sqlite())
    assert stored == datetime(2026, 11, 24, 16, 30)  # noqa: DTZ001  as SQLite keeps it
    assert Instant().process_result_value(stored, Sqlite()) == evening


@pytest.mark.usefixtures("_no_kip")
def test_a_reading_transaction_cannot_write() -> None:
    with pytest.raises(DatabaseError), reading() as session:
        session.add(rate(Decimal(1)))
        session.flush()


@pytest.mark.usefixtures("_no_kip")
def test_after_a_refused_write_the_connection_writes_again() -> None:
    with pytest.raises(DatabaseError), reading() as session:
        session.add(rate(Decimal(1)))
        session.flush()
    with Session.begin() as session:
        session.add(rate(Decimal(2)))
    with reading() as session:
        assert session.scalar(select(Rate.rate).where(Rate.quote == "LAK")) == 2


def test_threads_that_need_a_second_connection_never_wait_for_one_another(database_url) -> None:
    """A page counts the cart while its own transaction is open; there may be more threads than kept connections."""
    engine, everybody, answers = db.make_engine(database_url), threading.Barrier(24, timeout=20), []

    def page() -> None:
        with engine.connect() as first:
            first.execute(text("SELECT 1"))
            everybody.wait()
            with engine.connect() as second:
                answers.append(second.scalar(text("SELECT 1")))

    engine = engine.execution_options(read_only=True)
    threads = [threading.Thread(target=page) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert answers == [1] * 24


@pytest.mark.parametrize(
    ("said", "may_be_tried_again"),
    [
        ("database is locked", True),
        ("database or disk is full", True),
        ("disk I/O error", True),
        ("unable to open database file", True),
        ("no such table: nothing", False),
    ],
)
def test_what_sqlite_cannot_do_now_is_told_from_what_it_never_can(said, may_be_tried_again) -> None:
    error = OperationalError("INSERT", {}, sqlite3.OperationalError(said))
    assert db.is_busy(error) is may_be_tried_again


def test_a_postgresql_that_nobody_reaches_may_be_tried_again() -> None:
    engine = db.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError) as refused:
        engine.connect()
    assert db.is_busy(refused.value)
