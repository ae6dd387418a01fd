"""The operator's command: every part explains itself."""

import pytest
from click.testing import CliRunner

from app.cli import main


@pytest.fixture
def mocxa(tmp_path, monkeypatch):
    """The command on an installation of its own; the connections of the other tests stay as they are."""
    monkeypatch.setattr("app.db.connect", lambda _url: None)
    monkeypatch.setattr("app.jobs.connect", lambda _url, _workers: None)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(main, words)


PROMISED = (
    *(("serve",), ("worker",), ("migrate",), ("demo", "load"), ("demo", "remove"), ("user", "add"), ("token",)),
    *(("trade", "import"), ("trade", "status"), ("trade", "rollup"), ("backup",), ("restore",), ("check",)),
)


@pytest.mark.parametrize("words", PROMISED, ids=" ".join)
def test_each_promised_command_says_what_it_does(mocxa, words) -> None:
    answer = mocxa(*words, "--help")
    assert answer.exit_code == 0
    sentence = answer.output.split("\n\n")[1].strip()
    assert len(sentence) > 20


def test_a_wrong_setting_is_one_clear_line_and_no_traceback(mocxa, monkeypatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    answer = mocxa("check")
    assert answer.exit_code != 0
    assert "PORT='eighty'" in str(answer.exception)
