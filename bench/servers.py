"""Which server: granian against gunicorn (threads) on the same bare page, in one run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load import Result, get
from tests.servers import free_port, wait_for

GRANIAN = [
    "granian",
    "--interface",
    "wsgi",
    "--no-ws",
    "--http",
    "1",
    "--blocking-threads",
    "8",
    "--log-level",
    "error",
]
GUNICORN = ["gunicorn", "--threads", "8", "--worker-class", "gthread", "--log-level", "error"]


@contextmanager
def running(command: list[str], target: str, **environment: str) -> Iterator[str]:
    """The server on a free port; yields its address."""
    port = free_port()
    where = (
        ["--bind", f"127.0.0.1:{port}"] if command[0] == "gunicorn" else ["--host", "127.0.0.1", "--port", str(port)]
    )
    process = subprocess.Popen(
        [sys.executable, "-m", *command, *where, target], env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def measure(command: list[str], path: str) -> Result:
    """Requests per second of one server after a warm-up."""
    with running(command, "bench.bare:app") as address:
        get([address + path], requests=400)
        return get([address + path], requests=4000, connections=8)


def main() -> None:
    rounds = [(measure(GRANIAN, "/hello"), measure(GUNICORN, "/hello")) for _ in range(3)]
    for ours, theirs in rounds:
        print(f"granian  {ours}\ngunicorn {theirs}\nratio {ours.rate / theirs.rate:.2f}")
    print(f"median ratio granian / gunicorn: {sorted(a.rate / b.rate for a, b in rounds)[1]:.2f}")
