"""A memory of answers that stay true as long as their key does; the oldest of too many are forgotten."""

from collections.abc import Callable
from typing import Any


class Kept:
    """Safe to share between threads: the worst that can happen is that something is computed twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        """What was kept, or None."""
        return self._answers.get(key)

    def put(self, key: Any, answer: Any) -> Any:
        """Keep an answer and return it."""
        self._answers[key] = answer
        if len(self._answers) > self._most:
            for oldest in list(self._answers)[: self._most // 10 + 1]:
                self._answers.pop(oldest, None)
        return answer

    def made(self, key: Any, make: Callable[[], Any]) -> Any:
        """What was kept, else what `make` gives."""
        answer = self._answers.get(key)
        return self.put(key, make()) if answer is None else answer
