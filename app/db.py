"""The database: declarative base, exact column types, and the two ways to open a transaction.

    with Session.begin() as session:   # write; on SQLite BEGIN IMMEDIATE, so it waits instead of failing
        orders.place(session, ...)
    with reading() as session:         # read only, refused by the database if it writes
        ...

Differences between SQLite and PostgreSQL live in this module and nowhere else.
"""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import (
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Numeric,
    UpdateBase,
    create_engine,
    event,
    orm,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, sessionmaker
from sqlalchemy.types import TypeDecorator, TypeEngine


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Exact(TypeDecorator[Decimal]):
    """A decimal with `scale` digits after the point: NUMERIC on PostgreSQL, a scaled integer on SQLite."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(20, self.scale))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value)
        scaled = exact.scaleb(self.scale)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.scale} decimals")
        return exact if dialect.name == "postgresql" else int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) if dialect.name == "postgresql" else Decimal(int(value)).scaleb(-self.scale)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; timezone-aware in Python on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


Session = sessionmaker(expire_on_commit=False)


def connect(url: str, **options: Any) -> Engine:
    """Bind the session factory to `url`; no connection is opened until first use."""
    engine = make_engine(url, **options)
    Session.configure(bind=engine)
    return engine


def make_engine(url: str, **options: Any) -> Engine:
    """An engine with the settings this project relies on (reliability: lost updates, lock waits, durability).

    A page may need a second connection while it holds one, so a limit could make all threads wait for one another:
    there are as many connections as the threads ask for, and a few are kept.
    """
    options = {"pool_size": 10, "max_overflow": -1} | options
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False}, **options)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    settings = (
        "-c lock_timeout=5s -c statement_timeout=120s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    )
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"options": settings, "connect_timeout": 5},
        **options,
    )


def _tune_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would be deferred
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "temp_store=MEMORY",
        "mmap_size=268435456",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def affected(session: orm.Session, statement: UpdateBase) -> int:
    """Run an UPDATE or DELETE; how many rows it changed."""
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def fill(session: orm.Session, model: type[Base], rows: pa.Table) -> None:
    """Insert many rows at once; `rows` has the columns of the table under their names."""
    if rows.num_rows == 0:
        return
    if session.get_bind().dialect.name == "postgresql":
        _copy(session, model, rows)
        return
    types = model.__table__.columns
    columns = [_as_sqlite(rows[name], types[name].type) for name in rows.column_names]
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {model.__tablename__} ({', '.join(rows.column_names)}) VALUES ({marks})"  # noqa: S608
    session.connection().exec_driver_sql(statement, list(zip(*columns, strict=True)))


def _as_sqlite(values: pa.ChunkedArray, type_: TypeEngine[Any]) -> list[Any]:
    """Plain values as the column types of this module write them into SQLite."""
    if isinstance(type_, Exact):
        factor = pa.scalar(10**type_.scale, pa.decimal128(7, 0))
        values = pc.multiply(values.cast(pa.decimal128(20, type_.scale)), factor).cast(pa.int64())
    elif pa.types.is_date(values.type):
        values = values.cast(pa.string())
    return list(values.to_pylist())


def _copy(session: orm.Session, model: type[Base], rows: pa.Table) -> None:
    out = io.BytesIO()
    csv.write_csv(rows, out, csv.WriteOptions(include_header=False))
    driver: Any = session.connection().connection.driver_connection
    statement = f"COPY {model.__tablename__} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)"
    with driver.cursor().copy(statement) as copying:
        copying.write(out.getvalue())


SQLITE_NOT_NOW = ("database is locked", "disk is full", "disk I/O error", "unable to open database file")


def is_busy(error: DBAPIError) -> bool:
    """Whether the database can do nothing about it now: a lock waited too long, the disk is full, nobody answers …"""
    if isinstance(error.orig, sqlite3.Error):
        return any(words in str(error.orig) for words in SQLITE_NOT_NOW)
    return isinstance(error, OperationalError)  # what PostgreSQL calls so may be tried again


@contextmanager
def reading() -> Iterator[orm.Session]:
    """A read-only transaction with one consistent view; never waits for writers."""
    with Session() as session:
        session.connection(execution_options={"read_only": True, "postgresql_readonly": True})
        yield session
        session.rollback()
