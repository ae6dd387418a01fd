"""Starting and stopping everything as one."""

import socket
import sys
import threading
import time

import pytest

from app import running
from app.running import Together


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            running.everything({"HOST": "127.0.0.1", "PORT": port}, "")


def test_when_one_child_ends_all_end(monkeypatch, capfd) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    together = Together({})
    stays = together.start("stays", [sys.executable, "-c", "import time; time.sleep(60)"])
    together.start("ends", [sys.executable, "-c", ""])
    assert together.run() == 1
    assert stays.poll() is not None
    assert "ends ended by itself" in capfd.readouterr().err


def test_asked_to_stop_every_child_is_asked_and_the_status_is_zero(monkeypatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    together = Together({})
    child = together.start("child", [sys.executable, "-c", "import time; time.sleep(60)"])
    threading.Thread(target=lambda: (time.sleep(0.3), together._ask_to_stop(2, None))).start()
    assert together.run() == 0
    assert child.returncode == -15


def test_the_embedded_valkey_opens_no_port(tmp_path) -> None:
    together = Together({})
    try:
        url = running.start_valkey(together, tmp_path)
        assert url.startswith("unix://")
        assert (tmp_path / "valkey").stat().st_mode & 0o777 == 0o700
        assert "port 0" in (tmp_path / "valkey" / "valkey.conf").read_text()
    finally:
        together.stop()
