"""`mocxa trade` on the command line."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.db import Session, now, reading
from app.jobs import Outbox
from app.trade import tasks
from app.trade.commands import trade
from app.trade.models import CrossingRollup, GateMonth, Import, LakeFile
from tests.trade.delivering import CROSSING_HEADS, crossing, csv


@pytest.fixture
def run(web_app, clean):
    def call(*arguments: str):
        return CliRunner().invoke(trade, list(arguments), obj=web_app.config)

    return call


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "lượt xe 10-2025.csv"
    rows = [crossing("16/10/2025", "412"), crossing("17/10/2025", "398"), crossing("18/10/2025", "1", gate="Mộc Bày")]
    path.write_bytes(csv(CROSSING_HEADS, rows))
    return str(path)


@pytest.mark.parametrize("command", ["import", "status", "rollup"])
def test_every_command_explains_itself(run, command) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert "Exit status" in " ".join(told.output.split())


def test_a_file_is_handed_to_the_workers_and_the_command_ends(run, file) -> None:
    told = run("import", file, "--source", "test", "--dataset", "crossings")
    assert told.exit_code == 0
    assert "mocxa trade status" in told.output
    with reading() as session:
        found = session.scalars(select(Import)).one()
        assert (found.state, found.filename, found.source.code) == ("received", "lượt xe 10-2025.csv", "test")
        assert session.scalars(select(Outbox.kind)).one() == "read_import"


def test_waiting_tells_what_was_found_and_leaves_the_decision(run, file) -> None:
    told = run("import", file, "--source", "test", "--dataset", "crossings", "--wait")
    assert told.exit_code == 0
    for words in ("state       ready", "good rows   2", "bad rows    1", "Mộc Bày", "The border gate is not known."):
        assert words in told.output


def test_a_file_is_published_without_any_worker(run, file) -> None:
    told = run("import", file, "--source", "test", "--dataset", "crossings", "--accept")
    assert told.exit_code == 0
    assert "state       published" in told.output
    with reading() as session:
        assert session.scalars(select(CrossingRollup.count)).all() == [810]


def test_workers_leave_an_import_alone_that_a_command_brings_in(run, file) -> None:
    run("import", file, "--source", "test", "--dataset", "crossings", "--wait")
    with reading() as session:
        assert session.scalars(select(Outbox.not_before)).one() > now() + tasks.PATIENCE - timedelta(minutes=1)


def test_held_rows_are_let_through_by_rule(run, tmp_path) -> None:
    path = tmp_path / "twice.csv"
    path.write_bytes(csv(CROSSING_HEADS, [crossing("16/10/2025", "412"), crossing("16/10/2025", "398")]))
    arguments = ("import", str(path), "--source", "test", "--dataset", "crossings", "--accept")
    assert run(*arguments, "--release", "E10").exit_code == 0
    with reading() as session:
        assert session.scalars(select(Import.released)).one() == ["E10"]


def test_the_same_file_again_is_told_with_status_1(run, file) -> None:
    first = ("import", file, "--source", "test", "--dataset", "crossings")
    run(*first)
    told = run(*first)
    assert (told.exit_code, "sent before" in told.output) == (1, True)


def test_a_file_nobody_can_read_is_status_1_with_the_reason(run, tmp_path) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    told = run("import", str(path), "--source", "test", "--dataset", "crossings", "--wait")
    assert (told.exit_code, "not a table" in told.output) == (1, True)
    with reading() as session:
        failed = session.scalars(select(Import.id)).one()
    assert run("status", str(failed)).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no-such-file.csv", "--source", "test", "--dataset", "crossings"),
        ("import", "{file}", "--source", "test", "--dataset", "parcels"),
        ("import", "{file}", "--source", "Có Dấu", "--dataset", "crossings"),
        ("import", "{file}", "--dataset", "crossings"),
        ("status", "4711"),
        ("rollup", "--gate", "nowhere"),
        ("rollup", "--all", "--gate", "moc-bai"),
        ("rollup", "--month", "October"),
    ],
)
def test_a_wrong_command_is_status_2_and_does_nothing(run, file, arguments) -> None:
    told = run(*(argument.format(file=file) for argument in arguments))
    assert (told.exit_code, "Error:" in told.output) == (2, True)
    with reading() as session:
        assert session.scalar(select(Import)) is None


def test_status_lists_imports_in_columns(run, file) -> None:
    run("import", file, "--source", "test", "--dataset", "crossings", "--wait")
    lines = run("status").output.splitlines()
    assert lines[0].split() == ["id", "state", "source", "dataset", "good", "bad", "received", "file"]
    assert lines[1].split()[1:6] == ["ready", "test", "crossings", "2", "1"]
    assert lines[-1] == "1 imports shown; 0 gate-months wait to be computed."


def test_rollup_computes_again_what_is_named(run, file) -> None:
    run("import", file, "--source", "test", "--dataset", "crossings", "--accept")
    with Session.begin() as session:
        session.scalars(select(CrossingRollup)).one().count = 1  # as if somebody had meddled
    told = run("rollup", "--gate", "moc-bai", "--month", "2025-10")
    assert (told.exit_code, told.output.splitlines()) == (
        0, ["1 gate-months to compute.", "Every gate-month is computed."],
    )  # fmt: skip
    with reading() as session:
        assert session.scalars(select(CrossingRollup.count)).all() == [810]
        assert session.scalars(select(GateMonth.version - GateMonth.done_version)).all() == [0]


def test_rollup_all_computes_every_gate_month(run, file) -> None:
    run("import", file, "--source", "test", "--dataset", "crossings", "--accept")
    assert run("rollup", "--all").output.startswith("1 gate-months to compute.")


def test_rollup_tells_what_could_not_be_computed(run, file, web_app) -> None:
    run("import", file, "--source", "test", "--dataset", "crossings", "--accept")
    with reading() as session:
        path = session.scalars(select(LakeFile.path)).one()
    Path(web_app.config["LAKE_URL"], path).unlink()
    told = run("rollup", "--all")
    assert (told.exit_code, "moc-bai" in told.output) == (1, True)
