"""Real databases, committed for real and emptied after each test; TEST_DATABASE_URL chooses PostgreSQL."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, select, text, update

import app.registry  # imports every model
from app import create_app, db, jobs
from app.accounts import api_tokens, signing_in
from app.db import Base, Session
from app.reference.load import load_reference
from app.reference.models import Gate
from tests import servers
from tests.factories import Make

assert app.registry

REFERENCE = {
    "gate", "country", "hs_code", "hs_term", "customs_office", "procedure_code", "rate", "reference_file",
}  # fmt: skip


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this test process: PostgreSQL when TEST_DATABASE_URL is set, else an SQLite file."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        name = f"{url.rpartition('/')[2]}_{os.getpid()}"
        servers.create_database(url, name)
        return url.rpartition("/")[0] + "/" + name
    return f"sqlite:///{tmp_path_factory.mktemp('db')}/test.db"


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    engine = db.make_engine(database_url)
    Base.metadata.create_all(engine)
    Session.configure(bind=engine)
    with Session.begin() as session:
        load_reference(session)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def gates_as_shipped(engine: Engine) -> list[dict]:
    """The rows of the gates before any test; what administrators and imports do to them is undone after each test."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(Gate.__table__)).mappings()]


@pytest.fixture(scope="session")
def web_app(engine, database_url, tmp_path_factory):
    """The application on the test database."""
    application = create_app(
        {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path_factory.mktemp("var")), "DEMO": "false"}
    )
    application.testing = True
    Session.kw["bind"].dispose()
    Session.configure(bind=engine)
    return application


@pytest.fixture
def clean(engine: Engine, gates_as_shipped: list[dict]) -> Iterator[None]:
    """Empty every table but the reference data after the test."""
    yield
    with Session.begin() as session:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in REFERENCE:
                session.execute(text(f'DELETE FROM "{table.name}"'))
        _restore_gates(session, gates_as_shipped)


def _restore_gates(session, shipped: list[dict]) -> None:
    gate = Gate.__table__
    session.execute(delete(gate).where(gate.c.id.not_in([row["id"] for row in shipped])))
    present = {row["id"]: dict(row) for row in session.execute(select(gate)).mappings()}
    for row in shipped:
        if present[row["id"]] != row:
            session.execute(update(gate).where(gate.c.id == row["id"]).values(**row))


@pytest.fixture
def session(clean):
    """A session whose changes are seen by requests after `session.commit()`."""
    with Session() as session:
        yield session


@pytest.fixture
def make(session) -> Make:
    """Factories: the smallest valid thing of each kind, committed."""
    return Make(session)


@pytest.fixture
def client(web_app, clean):
    """A browser of a visitor: same-origin posts, Vietnamese by default."""
    client = web_app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def sign_in(session):
    """`sign_in(client, person)`: the client holds a live session of the person, as after the sign-in page."""

    def enter(client, person):
        client.set_cookie("sid", signing_in.open_session(session, person, address="127.0.0.1"))
        session.commit()
        return client

    return enter


@pytest.fixture
def token_of(session):
    """`token_of(person)`: a bearer token; send it as `headers={"Authorization": f"Bearer {token}"}`."""

    def create(person) -> str:
        token = api_tokens.create(session, None, person, "tests")
        session.commit()
        return token

    return create


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis() as url:
        yield url


@pytest.fixture
def rung(monkeypatch) -> list[bool]:
    """How often the bell rang."""
    rings: list[bool] = []
    monkeypatch.setattr(jobs, "ring", lambda: rings.append(True))
    return rings
