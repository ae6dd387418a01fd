"""Sources, imports, lake files, gate-months to compute and the rollups that figures read."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Exact, Instant, now

PROVINCE = "province"  # stands in the place of a gate where a figure is of the whole province


class Dataset(enum.StrEnum):
    """What one row of a file is."""

    DECLARATIONS = "declarations"  # a line of a customs declaration
    CROSSINGS = "crossings"  # a count of vehicles or people
    SUMMARIES = "summaries"  # a monthly total
    RATES = "rates"  # a dated exchange rate


class Basis(enum.StrEnum):
    """Measures of trade that are never added to one another."""

    GATE = "gate"  # through a gate
    PROVINCE = "province"  # by firms of the province, wherever it crossed
    TRANSIT = "transit"  # merely crossing the territory
    EXCLUDED = "excluded"  # outside the statistics by procedure code (temporary, returned, domestic)


class Status(enum.StrEnum):
    """How final a published figure is, weakest first."""

    ESTIMATE = "estimate"
    PRELIMINARY = "preliminary"
    ADJUSTED = "adjusted"
    OFFICIAL = "official"
    OFFICIAL_ADJUSTED = "official_adjusted"


class State(enum.StrEnum):
    """Where an import stands."""

    RECEIVED = "received"
    READING = "reading"
    MAPPING_NEEDED = "mapping_needed"
    READY = "ready"
    ACCEPTED = "accepted"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was published, then taken back by a person
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


NEXT: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.READING, State.CANCELLED, State.FAILED}),
    State.READING: frozenset({State.READING, State.MAPPING_NEEDED, State.READY, State.FAILED, State.CANCELLED}),
    State.MAPPING_NEEDED: frozenset({State.RECEIVED, State.REJECTED, State.CANCELLED}),
    State.READY: frozenset({State.RECEIVED, State.ACCEPTED, State.REJECTED, State.CANCELLED}),
    State.ACCEPTED: frozenset({State.PUBLISHING, State.PUBLISHED}),
    State.PUBLISHING: frozenset({State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
    State.REJECTED: frozenset(),
    State.FAILED: frozenset({State.RECEIVED, State.REJECTED}),
    State.CANCELLED: frozenset({State.RECEIVED}),
}
DROPPED = (State.REJECTED, State.FAILED, State.CANCELLED, State.WITHDRAWN)  # the file may be delivered again
_LIVE = "state NOT IN ('rejected', 'failed', 'cancelled', 'withdrawn')"  # all but DROPPED


def _one_of(column: str, values: type[enum.StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class TradeSource(Base):
    """Who delivers files, and what is known about their shape."""

    __tablename__ = "trade_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # short, used in the API and on the command line
    name: Mapped[str]
    reporter: Mapped[str] = mapped_column(default="VN")  # the country whose figures these are
    creates_gates: Mapped[bool] = mapped_column(default=False)  # an unknown gate label becomes a gate
    demo: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class ColumnMapping(Base):
    """Which column of a source's file is which field; a new version for every change."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("source_id", "dataset", "header_key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("trade_source.id"))
    dataset: Mapped[str]
    header_key: Mapped[str]  # hash of the folded headers, so that a changed layout is noticed
    version: Mapped[int]
    columns: Mapped[dict[str, str]] = mapped_column(JSON)  # field -> header as written in the file
    number_style: Mapped[str] = mapped_column(default="")  # "vi" 1.234,5 · "en" 1,234.5 · "" detected
    date_style: Mapped[str] = mapped_column(default="")  # strptime pattern, "" detected
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created: Mapped[datetime] = mapped_column(Instant, default=now)


class Import(Base):
    """One delivered file: who, when, what was found in it, and what became of it."""

    __tablename__ = "trade_import"
    __table_args__ = (
        _one_of("state", State),
        _one_of("dataset", Dataset),
        Index(
            "uq_trade_import_live",
            *("source_id", "dataset", "sha256"),
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("trade_source.id"), index=True)
    dataset: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.RECEIVED, index=True)
    step: Mapped[str] = mapped_column(default="received")  # what is being done now
    step_at: Mapped[datetime] = mapped_column(Instant, default=now)  # when `state` last changed
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    rules: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # rule code -> how many
    found: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # format, encoding, header row, styles …
    released: Mapped[list[str]] = mapped_column(JSON, default=list)  # rules whose held rows a person let through
    reason: Mapped[str] = mapped_column(default="")  # msgid: why it failed, was rejected or waits
    reason_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("column_mapping.id"))
    mends_id: Mapped[int | None] = mapped_column(ForeignKey("trade_import.id"))  # whose bad rows came back in it
    attempt: Mapped[int] = mapped_column(default=0)  # raised by every reading; an overtaken reading writes nothing
    demo: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(Instant, default=now, index=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    source: Mapped[TradeSource] = relationship(lazy="joined")


class StagedFile(Base):
    """What a reading wrote into the lake; becomes a `LakeFile` when the import is accepted."""

    __tablename__ = "staged_file"

    import_id: Mapped[int] = mapped_column(ForeignKey("trade_import.id"), primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    path: Mapped[str]
    rows: Mapped[int]
    bytes: Mapped[int]


class LakeFile(Base):
    """An immutable Parquet file with the good rows of one gate-month of one import.

    A `moved` file holds only the keys of lines whose newest revision is in another gate-month.
    """

    __tablename__ = "lake_file"
    __table_args__ = (
        UniqueConstraint("import_id", "gate", "month", "moved"),
        Index("ix_lake_file_gate_month", "dataset", "gate", "month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("trade_import.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("trade_source.id"))
    dataset: Mapped[str]
    gate: Mapped[str]  # slug of the gate, or `PROVINCE`
    month: Mapped[date]
    path: Mapped[str]  # relative to the lake
    rows: Mapped[int]
    bytes: Mapped[int]
    moved: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)  # what it raised its gate-month to
    accepted_at: Mapped[datetime] = mapped_column(Instant)  # never rewritten: `as_of` is computed from it
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class GateMonth(Base):
    """What is to be computed: `version` is raised by every change, `done_version` follows it.

    After a failure `lease_until` is the end of the wait before the next attempt, and `error` says what happened.
    """

    __tablename__ = "gate_month"
    __table_args__ = (
        Index(
            "ix_gate_month_due",
            *("attempts", "dataset", "month", "gate"),
            sqlite_where=text("version > done_version"),
            postgresql_where=text("version > done_version"),
        ),
    )

    dataset: Mapped[str] = mapped_column(primary_key=True)
    gate: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    done_version: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    lease_token: Mapped[str | None] = mapped_column(index=True)
    leased_version: Mapped[int] = mapped_column(default=0)  # the version that is being computed
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class FlowRollup(Base):
    """Declarations or summaries of one gate-month at one grain; figures read this and nothing finer.

    `grain` says which of `hs` and `partner` are filled: "all", "hs2", "hs4", "partner" or "hs2_partner".
    Rows of different grain, basis, period_kind or (for summaries) source are never added.
    Counts of distinct declarations and firms hold for their own row only.
    Demonstration data has rows of its own (`demo`), never added to real ones.
    """

    __tablename__ = "flow_rollup"
    __table_args__ = (Index("ix_flow_rollup_grain", "dataset", "grain", "month", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("trade_source.id"))  # None for declarations
    demo: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str]
    gate: Mapped[str]
    month: Mapped[date]  # the last month of a longer period
    period_kind: Mapped[str] = mapped_column(default="month")  # month, quarter, cumulative
    direction: Mapped[str]  # export, import
    grain: Mapped[str]
    hs: Mapped[str] = mapped_column(default="")
    partner: Mapped[str] = mapped_column(default="")  # ISO 3166-1 alpha-2, "XX" unknown
    value_usd: Mapped[Decimal | None] = mapped_column(Exact(2))
    value_vnd: Mapped[Decimal | None] = mapped_column(Exact(0))
    net_kg: Mapped[Decimal | None] = mapped_column(Exact(3))  # of the lines with a weight; None when no line has one
    weighed: Mapped[int] = mapped_column(default=0)  # lines with a weight
    lines: Mapped[int]
    declarations: Mapped[int | None]
    firms: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="")


class CrossingRollup(Base):
    """Counts of one kind of vehicle or people through one gate in one month, one way."""

    __tablename__ = "crossing_rollup"
    __table_args__ = (Index("ix_crossing_rollup_month", "month", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("trade_source.id"))
    demo: Mapped[bool] = mapped_column(default=False)
    gate: Mapped[str]
    month: Mapped[date]
    direction: Mapped[str]  # in, out, both
    measure: Mapped[str]  # truck, bus, person …
    count: Mapped[int]


class RollupVersion(Base):
    """`version` is raised in every transaction that changes rollups of a dataset; the ETag of every figure.

    `lake` is raised whenever files become live or are withdrawn: a publication prepared before that looks again.
    """

    __tablename__ = "rollup_version"

    dataset: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    lake: Mapped[int] = mapped_column(default=0)
    updated: Mapped[datetime] = mapped_column(Instant, default=now)
