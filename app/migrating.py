"""Bringing the database to the newest shape with Alembic, and loading the facts the product needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.db import make_engine

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def _config(url: str = "") -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Run every migration up to `revision` on the database at `url`."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Go back to `revision` ('base' empties the database)."""
    command.downgrade(_config(url), revision)


def head() -> str | None:
    """The newest revision in the code."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def is_current(connection: Connection) -> bool:
    """Whether the database has the newest revision."""
    return MigrationContext.configure(connection).get_current_revision() == head()


def revision(url: str) -> str | None:
    """The revision the database at `url` has."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return found
