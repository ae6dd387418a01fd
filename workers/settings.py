"""The settings of this worker process, read once."""

from functools import lru_cache
from typing import Any

from app import config, db, jobs


@lru_cache(maxsize=1)
def current() -> dict[str, Any]:
    """All settings (see `app.config`)."""
    return config.load()


def connect() -> dict[str, Any]:
    """Point the session factory and the bell at their servers; nothing is opened yet, so forking stays safe."""
    settings = current()
    db.connect(settings["DATABASE_URL"])
    jobs.connect(settings["REDIS_URL"], settings["WORKERS"])
    return settings
