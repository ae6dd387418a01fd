"""Alembic: up gives exactly the tables of the models, down gives an empty database, on both kinds."""

import os
import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

import app.registry
from app import db, migrating
from tests import servers

assert app.registry


@pytest.fixture
def empty_url(tmp_path) -> str:
    """An empty database of the kind this run tests."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        name = f"migrations_{uuid.uuid4().hex[:8]}"
        servers.create_database(url, name)
        return f"{url.rpartition('/')[0]}/{name}"
    return f"sqlite:///{tmp_path}/empty.db"


def tables(url: str) -> set[str]:
    engine = db.make_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_up_gives_the_tables_of_the_models_and_nothing_else(empty_url) -> None:
    migrating.upgrade(empty_url)
    assert tables(empty_url) == set(db.Base.metadata.tables) | {"alembic_version"}
    engine = db.make_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.Base.metadata) == []
        assert migrating.is_current(connection)
    engine.dispose()


def test_down_gives_an_empty_database_and_up_works_again(empty_url) -> None:
    migrating.upgrade(empty_url)
    migrating.downgrade(empty_url, "base")
    assert tables(empty_url) <= {"alembic_version"}
    migrating.upgrade(empty_url)
    assert tables(empty_url) == set(db.Base.metadata.tables) | {"alembic_version"}


def test_an_empty_database_has_no_revision_and_a_migrated_one_the_newest(empty_url) -> None:
    assert migrating.revision(empty_url) is None
    migrating.upgrade(empty_url)
    assert migrating.revision(empty_url) == migrating.head()
