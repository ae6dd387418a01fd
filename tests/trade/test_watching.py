"""Long queries: told every moment how far they are, stopped when they are not wanted any more."""

import time

import duckdb
import pytest

from app.jobs import FencedOut
from app.trade.watching import Watch

LONG = "SELECT count(DISTINCT hash(a, b)) FROM range(40000) x(a), range(40000) y(b)"


def test_a_query_that_is_not_wanted_any_more_is_interrupted() -> None:
    def tell(_step: str, _done: int, _total: int) -> None:
        raise FencedOut()

    started = time.monotonic()
    with duckdb.connect() as connection, pytest.raises(FencedOut), Watch(connection, tell, seconds=0.05):
        connection.execute(LONG).fetchall()
    assert time.monotonic() - started < 20


def test_a_database_that_does_not_answer_for_a_moment_stops_nothing() -> None:
    told: list[str] = []

    def tell(step: str, _done: int, _total: int) -> None:
        told.append(step)
        raise OSError("the database is away")

    with duckdb.connect() as connection, Watch(connection, tell, seconds=0.01) as watch:
        watch.step("reading", 5, 60)
        while len(told) < 3:
            connection.execute("SELECT sum(a) FROM range(100000) x(a)").fetchall()
    assert told[-1] == "reading"


def test_between_queries_the_next_step_notices_it() -> None:
    def tell(_step: str, _done: int, _total: int) -> None:
        raise FencedOut()

    with duckdb.connect() as connection, pytest.raises(FencedOut), Watch(connection, tell, seconds=0.01) as watch:
        while True:
            watch.step("reading", 5, 60)
            time.sleep(0.01)
