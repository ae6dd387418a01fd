"""A sign of life during long queries: how far they are, and whether they are still wanted."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType

import duckdb

from app.errors import Problem

log = logging.getLogger(__name__)
Tell = Callable[[str, int, int], None]  # step, done, total; raises a `Problem` when the work is not wanted any more
SECONDS = 1.0


class Watch:
    """While entered, a thread tells the progress of `connection` every second and interrupts it when told to stop."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, tell: Tell, seconds: float = SECONDS) -> None:
        self.connection = connection
        self.tell = tell
        self.seconds = seconds
        self.now = ("opening", 0, 5)
        self._over = threading.Event()
        self._stopped: Problem | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def step(self, name: str, start: int, end: int) -> None:
        """What is being done from now on, and which part of a hundred it is."""
        self.now = (name, start, end)
        if self._stopped is not None:
            raise self._stopped

    def _run(self) -> None:
        while not self._over.wait(self.seconds):
            name, start, end = self.now
            part = max(0.0, min(100.0, self.connection.query_progress()))
            try:
                self.tell(name, int(start + (end - start) * part / 100), 100)
            except Problem as stop:
                self._stopped = stop
                self.connection.interrupt()
                return
            except Exception:
                log.exception("the progress of a query could not be noted; it goes on")

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._stopped is not None and error is not self._stopped:
            raise self._stopped from error
