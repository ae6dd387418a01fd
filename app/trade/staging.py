"""From a readable table to checked rows in the lake, and a list of everything that was wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from flask_babel import lazy_gettext as _l

from app.trade import amounts, findings, lake
from app.trade.detecting import BadFile
from app.trade.facts import Facts, gate_key
from app.trade.findings import rows
from app.trade.labels import COLUMNS, WORDS, Reader
from app.trade.lake import Lake, Part, Slice
from app.trade.models import PROVINCE, Basis, Dataset
from app.trade.plan import Plan
from app.trade.reading import quoted
from app.trade.validating import LAKE_COLUMNS, typed
from app.trade.watching import Watch

HELD, UNSEEN = "!", "?"  # stand in the place of the gate for rows that are not good, or not all looked up
LABEL_SAMPLE = 20_000
LABEL_LENGTH = 200  # a longer text is no label
MOST_LABELS = 20_000
SPARE = {HELD, UNSEEN, PROVINCE, "XX", ""}  # words that SQL puts in by itself
FIXED = {
    "way": ("export", "import", "transit", "in", "out", "both"),
    "basis": tuple(Basis),
}


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
    moves_itself: bool = False  # a declaration line is in two gate-months, in different revisions


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
    moves_itself: bool = False

    def run(self, target: Lake, name: str) -> Staged:
        """Read, check and store; `name` becomes the name of the lake files."""
        self._load_facts()
        self.watch.step("reading", 5, 60)
        big = self.plan.dataset == Dataset.DECLARATIONS
        parts = self._partitioned() if big else self._numbered()
        self.watch.step("checking", 60, 80)
        noted = findings.write(self.connection, self.plan, self.reader.suggestion, self.work / "findings.parquet")
        self.watch.step("storing", 80, 100)
        kept = sum(part.rows for part in parts)
        staged = Staged([], kept + noted.bad, kept, noted.bad, noted.warned, noted.rules, self.new_gates)
        staged.moves_itself = self.moves_itself
        if noted.path:
            staged.files["findings"] = target.put_aside(noted.path, f"findings/{name}.parquet")
        if self.plan.dataset == Dataset.RATES:
            staged.files["rates"] = target.put_aside(parts[0].file, f"rates/{name}.parquet")
        else:
            staged.slices = lake.store(target, self.plan.dataset, name, parts)
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
        connection.execute(amounts.VND_PER)
        for name, words in FIXED.items():
            self._make_type(name, words)
        for name in sorted(set(WORDS.values()) - set(FIXED)):
            self._make_type(name, SPARE)

    def _labels_from(self, limit: int | None) -> None:
        """Make a table per label field with every distinct text and its meaning (NULL where it has none)."""
        names = self.plan.label_fields()
        if not names:
            return
        keys = ", ".join(f"list(DISTINCT left({self.plan.key_of(name)}, {LABEL_LENGTH})) AS {name}" for name in names)
        cells = self.plan.cells() if limit is None else self.plan.cells() + f" LIMIT {limit}"
        found = self.connection.execute(f"SELECT {keys} FROM ({cells})").fetchone() or [None] * len(names)
        for name, texts in zip(names, found, strict=True):
            self._make_label_table(name, [text for text in texts or [] if text is not None and text.strip()])
        self._forget_rejects()

    def _make_label_table(self, name: str, texts: list[str]) -> None:
        if len(texts) > MOST_LABELS:
            column = self.plan.mapping.columns.get(name, name)
            raise BadFile(
                _l("Column “%(column)s” holds more than %(most)s different texts. Is it really the right column?"),
                column=column,
                most=MOST_LABELS,
            )
        columns = COLUMNS.get(name, ("value",))
        rows = [(text, *(self._answer(name, text) or (None,) * len(columns))) for text in texts]
        self.plan.labels[name] = rows
        self.connection.execute(f"DROP TABLE IF EXISTS label_{name}")
        kinds = [self._word_type(name, column, {row[at] for row in rows}) for at, column in enumerate(columns, 1)]
        listed = ", ".join(f"{column} {kind}" for column, kind in zip(columns, kinds, strict=True))
        self.connection.execute(f"CREATE TABLE label_{name} (text VARCHAR, {listed})")
        if rows:
            series = [list(column) for column in zip(*rows, strict=True)]
            marks = ", ".join("unnest(?::VARCHAR[])" for _ in series)
            self.connection.execute(f"INSERT INTO label_{name} SELECT {marks}", series)

    def _word_type(self, name: str, column: str, answers: set[str | None]) -> str:
        """The type of an answer: an ENUM of just the words of this file, or text."""
        kind = WORDS.get((name, column), "VARCHAR")
        if kind.startswith("word_"):
            self._make_type(kind, {word for word in answers if word is not None} | SPARE)
        return kind

    def _make_type(self, name: str, words: Iterable[str]) -> None:
        self.connection.execute(f"DROP TYPE IF EXISTS {name}")
        self.connection.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(quoted, sorted(words)))})")

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
        if any(part.gate == UNSEEN for part in parts):
            self._labels_from(None)  # a text that the first rows did not have
            parts = self._copy()
        findings.keep_rejects(self.connection)
        good = [part for part in parts if part.gate not in (HELD, UNSEEN)]
        held = [part for part in parts if part.gate in (HELD, UNSEEN)]
        findings.suspects(self.connection, _files(good))
        self.moves_itself = findings.moves(self.connection, _files(good))
        self._mark(_files(good), _files(held))
        return findings.without_repeats(self.connection, good)

    def _copy(self) -> list[Part]:
        """Write every row: the good ones under their gate and month, the others with the number as it was typed."""
        self._forget_rejects()
        columns = LAKE_COLUMNS[Dataset.DECLARATIONS].replace(
            "tax_code", "CASE WHEN rule IS NULL THEN tax_code ELSE f_declaration END AS tax_code"
        )
        select = (
            f"SELECT {columns},"
            f" CASE WHEN unseen THEN '{UNSEEN}' WHEN rule IS NULL THEN gate ELSE '{HELD}' END AS gate,"
            f" CASE WHEN rule IS NULL AND NOT unseen THEN month ELSE DATE '1900-01-01' END AS month"
            f" FROM ({typed(self.plan)})"
        )
        return lake.write_parts(self.connection, select, self.work / "parts")

    def _mark(self, good: list[str], held: list[str]) -> None:
        """`marked`: the numbered rows that something has to be said about, found again by their declaration."""
        self.connection.execute("CREATE TABLE wanted (declaration VARCHAR)")
        texts = "unnest([declaration::VARCHAR, (declaration * 10 + revision)::VARCHAR])"
        self.connection.execute(f"INSERT INTO wanted SELECT {texts} FROM suspect")
        if held:
            self.connection.execute(
                f"INSERT INTO wanted SELECT DISTINCT trim(coalesce(tax_code, '')) FROM {rows(held)}"
            )
        if good and any(row[1] is None for row in self.plan.labels.get("partner", ())):
            self.connection.execute(
                f"INSERT INTO wanted SELECT DISTINCT {texts} FROM {rows(good)} WHERE partner = 'XX'"
            )
        some = self.connection.execute("SELECT 1 FROM wanted LIMIT 1").fetchone()
        number = self.plan.text("declaration")
        only = f" WHERE trim(coalesce({number}, '')) IN (FROM wanted)" if some else " LIMIT 0"
        self._in_order(
            f"CREATE TABLE marked AS SELECT * FROM ({typed(self.plan, True, only)}) WHERE rule IS NOT NULL OR"
            " (f_partner IS NOT NULL AND partner = 'XX') OR (declaration, revision, line) IN"
            " (SELECT (declaration, revision, line) FROM suspect)"
        )

    def _in_order(self, statement: str) -> None:
        self.connection.execute("SET preserve_insertion_order = true")
        self._forget_rejects()
        self.connection.execute(statement)
        self.connection.execute("SET preserve_insertion_order = false")

    # --- fewer rows in many gate-months: numbered from the start ---

    def _numbered(self) -> list[Part]:
        self._labels_from(None)
        self._in_order(f"CREATE TABLE marked AS SELECT * FROM ({typed(self.plan, True)})")
        findings.keep_rejects(self.connection)
        findings.hold(self.connection, self.plan)
        if self.plan.dataset == Dataset.RATES:
            return self._rates()
        self._name_new_gates()
        select = f"SELECT {LAKE_COLUMNS[self.plan.dataset]}, gate, month FROM marked WHERE rule IS NULL"
        return lake.write_parts(self.connection, select, self.work / "parts")

    def _name_new_gates(self) -> None:
        header = self.plan.profile.gate_name
        if not self.new_gates or header not in self.plan.table.found.headers:
            return
        column = f"c{self.plan.table.found.headers.index(header)}"
        names = self.connection.execute(
            f"SELECT gate::VARCHAR, min({column}) FROM marked WHERE gate IS NOT NULL GROUP BY gate"
        ).fetchall()
        often = Counter(name for _, name in names)
        for slug, name in names:
            if name and slug in self.new_gates:  # two ports of one name are told apart by their codes
                self.new_gates[slug] = f"{name} ({self.new_gates[slug]})" if often[name] > 1 else name

    def _rates(self) -> list[Part]:
        file = self.work / "rates.parquet"
        written = self.connection.execute(
            f"COPY (SELECT day, currency, rate FROM marked WHERE rule IS NULL ORDER BY day)"
            f" TO {quoted(str(file))} (FORMAT parquet)"
        ).fetchone()
        return [Part("rates", self.facts.today, file, written[0] if written else 0)]


def _files(parts: list[Part]) -> list[str]:
    return [str(part.file) for part in parts]
