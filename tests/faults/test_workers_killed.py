"""Workers killed at random while they roll up, and Redis emptied: the figures are those of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import delete, func, select, update

from app import jobs
from app.db import Session, reading
from app.trade.models import FlowRollup, GateMonth
from tests.trade.delivering import HEADS, csv
from tests.trade.desk import Desk, desk_in

KILLS = 50
GATES = ("Mộc Bài", "Xa Mát")
GOODS = ("11081400", "07141011", "08013100", "10063099", "40012210")
COLUMNS = [column for column in FlowRollup.__table__.columns if column.name != "id"]

pytestmark = pytest.mark.faults


@pytest.fixture
def desk(engine, clean, tmp_path: Path) -> Desk:
    return desk_in(tmp_path, engine.url.render_as_string(hide_password=False))


class Crew:
    """Real worker processes."""

    def __init__(self, desk: Desk, redis_url: str, count: int) -> None:
        self.environment = os.environ | {
            "DATA_DIR": desk.settings["DATA_DIR"],
            "DATABASE_URL": desk.settings["DATABASE_URL"],
            "REDIS_URL": redis_url,
            "LEASE_SECONDS": "2",
            "SWEEP_SECONDS": "1",
            "WORKERS": str(count),
        }
        self.log = (Path(desk.settings["DATA_DIR"]) / "workers.log").open("wb")
        self.workers = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "workers"],
            env=self.environment,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
            stdout=self.log,
            stderr=self.log,
        )

    def kill(self, at: int, whole_group: bool) -> None:
        """kill -9, and a new worker in its place. A job that was forked off may live on as an orphan."""
        victim = self.workers[at]
        (os.killpg if whole_group else os.kill)(victim.pid, signal.SIGKILL)
        victim.wait()
        self.workers[at] = self._start()

    def stop(self) -> None:
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait(100)
        self.log.close()


def lines(gate_months: int, each: int) -> list[list[str]]:
    made = random.Random(7)
    return [
        [
            f"3081{number:07d}{made.choice('0001')}", "1", f"{number % 27 + 1:02d}/{place // 2 + 1:02d}/2025", "Xuất",
            GATES[place % 2], made.choice(GOODS), made.choice(("Campuchia", "Thái Lan")),
            f"{made.randint(100, 90_000)},{made.randint(1, 99)}", "USD", str(made.randint(10, 9_000)),
        ]
        for number, place in enumerate(place for place in range(gate_months) for _ in range(each))
    ]  # fmt: skip


def figures() -> list[tuple]:
    with reading() as session:
        return sorted((tuple(row) for row in session.execute(select(*COLUMNS))), key=str)


def ask_again() -> None:
    """As an import does: every gate-month has to be computed again."""
    with Session.begin() as session:
        session.execute(update(GateMonth).values(version=GateMonth.version + 1))
        jobs.ring_after_commit(session)


def leases() -> set[str | None]:
    with reading() as session:
        return set(session.scalars(select(GateMonth.lease_token).where(GateMonth.lease_token.is_not(None))))


def wait_until_done(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with reading() as session:
            left = session.scalar(select(func.count()).where(GateMonth.done_version < GateMonth.version))
        if not left:
            return
        time.sleep(0.2)
    raise AssertionError(f"{left} gate-months were never computed")


def test_killed_fifty_times_and_redis_emptied_once(desk, redis_url, monkeypatch) -> None:
    desk.publish(csv(HEADS, lines(24, 1500)))
    undisturbed = figures()
    assert len(desk.flows("gate", "month")) == 24
    with Session.begin() as session:
        session.execute(delete(FlowRollup))
    redis = Redis.from_url(redis_url)
    redis.flushall()
    monkeypatch.setattr(jobs._bell, "redis", redis)
    chance = random.Random(20_261_124)
    crew, interrupted = Crew(desk, redis_url, 2), 0
    try:
        for kill in range(KILLS):
            ask_again()
            if kill == KILLS // 2:
                redis.flushall()
            known, end = leases(), time.monotonic() + 2.5
            while time.monotonic() < end and not leases() - known:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.2))
            interrupted += bool(leases() - known)
            crew.kill(chance.randrange(2), chance.random() < 0.5)
        wait_until_done(60)
    finally:
        crew.stop()
        monkeypatch.undo()
    assert interrupted >= 20, "the kills did not meet workers at work"
    assert figures() == undisturbed
