"""Alembic environment: the same models and engine settings as the application."""

from typing import Any

from alembic import context

import app.registry  # noqa: F401  importing the blueprints imports every model
from app import db

config = context.config


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our own column types into migrations by name."""
    if kind == "type" and isinstance(item, db.Exact):
        autogen.imports.add("from app.db import Exact")
        return f"Exact({item.scale})"
    if kind == "type" and isinstance(item, db.Instant):
        autogen.imports.add("from app.db import Instant")
        return "Instant()"
    return False


def run() -> None:
    engine = db.make_engine(config.attributes["url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.Base.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
