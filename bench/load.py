"""A small load generator on loopback: keep-alive connections in threads, bounded by a number of requests."""

import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Result:
    """What a run measured; times in milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float
    errors: int

    def __str__(self) -> str:
        return f"{self.rate:7.0f}/s  p50 {self.p50:6.1f} ms  p95 {self.p95:6.1f} ms  errors {self.errors}"


def get(urls: list[str], requests: int = 1000, connections: int = 4, headers: str = "") -> Result:
    """Ask for `urls` in turn, `requests` times in all, over `connections` keep-alive connections."""
    times: list[float] = []
    errors: list[str] = []
    share = requests // connections

    def visit(first: int) -> None:
        host = urlsplit(urls[0]).netloc
        address, _, port = host.partition(":")
        with socket.create_connection((address, int(port or 80)), timeout=30) as wire:
            for number in range(share):
                path = urls[(first + number) % len(urls)].partition(host)[2]
                started = time.perf_counter()
                wire.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode())
                status = _read_answer(wire)
                times.append(time.perf_counter() - started)
                if status >= 400:
                    errors.append(path)

    started = time.perf_counter()
    threads = [threading.Thread(target=visit, args=(number * share,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - started
    ordered = sorted(times)
    at = [1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99)]
    return Result(len(times) / spent, *at, errors=len(errors))


def _read_answer(wire: socket.socket) -> int:
    """Read one whole answer (Content-Length or chunked) and return its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += wire.recv(65536) or _closed()
    head, _, body = data.partition(b"\r\n\r\n")
    lowered = head.lower()
    if b"content-length:" in lowered:
        wanted = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < wanted:
            body += wire.recv(65536) or _closed()
    elif b"transfer-encoding: chunked" in lowered:
        while not body.endswith(b"0\r\n\r\n"):
            body += wire.recv(65536) or _closed()
    return int(head.split(b" ", 2)[1])


def _closed() -> bytes:
    raise ConnectionError("the server closed the connection")
