"""From a readable table to checked rows in the lake, and a list of everything that was wrong."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from app.trade import findings, lake
from app.trade.facts import Facts, gate_key
from app.trade.labels import COLUMNS, Reader
from app.trade.lake import Lake, Part, Slice
from app.trade.models import Dataset
from app.trade.validating import LAKE_COLUMNS, Plan
from app.trade.watching import Watch

HELD = "!"  # stands in the place of the gate for rows that are not good
LABEL_SAMPLE = 20_000


@dataclass
class Staged:
    """What a reading found. Nothing of it is live yet."""

    slices: list[Slice] = field(default_factory=list)
    total: int = 0
    good: int = 0
    bad: int = 0
    warned: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    new_gates: dict[str, str] = field(default_factory=dict)  # slug -> name
    files: dict[str, str] = field(default_factory=dict)  # "findings", "rates" -> path in the lake


@dataclass
class Stage:
    """One reading of one file."""

    plan: Plan
    reader: Reader
    facts: Facts
    work: Path
    connection: duckdb.DuckDBPyConnection
    watch: Watch
    creates_gates: bool = False
    new_gates: dict[str, str] = field(default_factory=dict)

    def run(self, target: Lake, name: str) -> Staged:
        """Read, check and store; `name` becomes the name of the lake files."""
        self._load_facts()
        self.watch.step("reading", 5, 60)
        big = self.plan.dataset == Dataset.DECLARATIONS
        parts = self._partitioned() if big else self._numbered()
        self.watch.step("checking", 60, 80)
        noted = findings.write(self.connection, self.plan, self.reader.suggestion, self.work / "findings.parquet")
        self.watch.step("storing", 80, 100)
        good = [part for part in parts if part.gate != HELD]
        kept = sum(part.rows for part in good)
        staged = Staged([], kept + noted.bad, kept, noted.bad, noted.warned, noted.rules, self.new_gates)
        if noted.path:
            staged.files["findings"] = target.put_aside(noted.path, f"findings/{name}.parquet")
        if self.plan.dataset == Dataset.RATES:
            staged.files["rates"] = target.put_aside(good[0].file, f"rates/{name}.parquet")
        else:
            staged.slices = lake.store(target, self.plan.dataset, name, good)
        return staged

    # --- what the rules look things up in ---

    def _load_facts(self) -> None:
        connection = self.connection
        connection.execute("CREATE TABLE known_hs (code VARCHAR)")
        connection.execute("INSERT INTO known_hs SELECT unnest(?)", [list(self.facts.hs8)])
        connection.execute("CREATE TABLE rate (currency VARCHAR, day DATE, vnd DECIMAL(18, 6))")
        for currency, days in self.facts.vnd_per.items():
            connection.execute(
                "INSERT INTO rate SELECT ?, unnest(?), unnest(?)", [currency, list(days), list(days.values())]
            )
        connection.execute(
            "CREATE TABLE vnd_per AS SELECT own.*, CAST(trunc(own.vnd) AS BIGINT) AS whole,"
            " CAST((own.vnd - trunc(own.vnd)) * 1000000 AS BIGINT) AS millionths, own.vnd::DOUBLE / usd.vnd::DOUBLE AS usd"
            " FROM (FROM rate UNION ALL SELECT 'VND', day, 1 FROM rate WHERE currency = 'USD') own"
            " JOIN rate usd ON usd.currency = 'USD' AND usd.day = own.day"
        )

    def _labels_from(self, limit: int | None) -> None:
        """Make a table per label field with every distinct text and its meaning (NULL where it has none)."""
        names = self.plan.label_fields()
        if not names:
            return
        keys = ", ".join(f"list(DISTINCT {self.plan.key_of(name)}) AS {name}" for name in names)
        cells = self.plan.cells() if limit is None else self.plan.cells() + f" LIMIT {limit}"
        found = self.connection.execute(f"SELECT {keys} FROM ({cells})").fetchone() or [None] * len(names)
        for name, texts in zip(names, found, strict=True):
            self._make_label_table(name, [text for text in texts or [] if text is not None and text.strip()])
        self._forget_rejects()

    def _make_label_table(self, name: str, texts: list[str]) -> None:
        columns = COLUMNS.get(name, ("value",))
        listed = ", ".join(f"{column} VARCHAR" for column in columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE label_{name} (text VARCHAR, {listed})")
        rows = [(text, *(self._answer(name, text) or (None,) * len(columns))) for text in texts]
        self.plan.labels[name] = rows
        if rows:
            series = [list(column) for column in zip(*rows, strict=True)]
            marks = ", ".join("unnest(?::VARCHAR[])" for _ in series)
            self.connection.execute(f"INSERT INTO label_{name} SELECT {marks}", series)

    def _answer(self, name: str, text: str) -> tuple[str | None, ...] | None:
        answer = self.reader.answer(name, text)
        if answer is None and name == "gate" and self.creates_gates:
            slug = self.plan.profile.gate_prefix + gate_key(text).replace(" ", "-")
            self.new_gates[slug] = text.strip()
            return (slug,)
        return answer

    def _forget_rejects(self) -> None:
        self.connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")

    # --- many rows in few gate-months: one pass, row numbers only for what is wrong ---

    def _partitioned(self) -> list[Part]:
        self._labels_from(LABEL_SAMPLE)
        parts = self._copy()
        if any(part.gate == HELD and part.month == "unseen" for part in parts):
            self._labels_from(None)  # a text that the first rows did not have
            parts = self._copy()
        findings.keep_rejects(self.connection)
        good = [part for part in parts if part.gate != HELD]
        self._mark(parts, findings.suspects(self.connection, [str(part.file) for part in good]))
        return findings.without_repeats(self.connection, good, self.plan)

    def _copy(self) -> list[Part]:
        self._forget_rejects()
        columns = LAKE_COLUMNS[Dataset.DECLARATIONS]
        select = (
            f"SELECT {columns}, CASE WHEN rule IS NULL AND NOT unseen THEN gate ELSE '{HELD}' END AS gate,"
            f" CASE WHEN unseen THEN 'unseen' WHEN rule IS NULL THEN month ELSE 'bad' END AS month"
            f" FROM ({self.plan.typed()})"
        )
        return lake.write_partitions(self.connection, select, self.work / "parts")

    def _mark(self, parts: list[Part], suspects: bool) -> None:
        """`marked`: the numbered rows that something has to be said about."""
        held = any(part.gate == HELD for part in parts)
        unknown = self.connection.execute(
            "SELECT count(*) FROM label_partner WHERE value IS NULL"
            if "partner" in self.plan.label_fields()
            else "SELECT 0"
        ).fetchone()
        wanted = ["rule IS NOT NULL", "(f_partner IS NOT NULL AND partner = 'XX')"]
        if suspects:
            wanted.append("(declaration, revision, line) IN (SELECT (declaration, revision, line) FROM suspect)")
        limit = "" if held or suspects or (unknown and unknown[0]) else " LIMIT 0"
        self._in_order(
            f"CREATE TABLE marked AS SELECT * FROM ({self.plan.typed(True)}) WHERE {' OR '.join(wanted)}{limit}"
        )

    def _in_order(self, statement: str) -> None:
        self.connection.execute("SET preserve_insertion_order = true")
        self._forget_rejects()
        self.connection.execute(statement)
        self.connection.execute("SET preserve_insertion_order = false")

    # --- fewer rows in many gate-months: numbered from the start ---

    def _numbered(self) -> list[Part]:
        self._labels_from(None)
        self._in_order(f"CREATE TABLE marked AS SELECT * FROM ({self.plan.typed(True)})")
        findings.keep_rejects(self.connection)
        findings.hold(self.connection, self.plan)
        columns = LAKE_COLUMNS[Dataset(self.plan.dataset)]
        select = f"SELECT {columns}, gate, month FROM marked WHERE rule IS NULL"
        if self.plan.dataset == Dataset.RATES:
            return self._rates()
        return lake.write_slices(self.connection, select, self.work / "parts")

    def _rates(self) -> list[Part]:
        file = self.work / "rates.parquet"
        self.connection.execute(
            f"COPY (SELECT day, currency, rate FROM marked WHERE rule IS NULL ORDER BY day) TO '{file}' (FORMAT parquet)"
        )
        rows = self.connection.execute("SELECT count(*) FROM marked WHERE rule IS NULL").fetchone()
        return [Part("rates", "all", file, rows[0] if rows else 0)]
