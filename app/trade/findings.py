"""What was wrong in a file: rows held back and rows to look at, with row number, column, value and rule."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from app.trade.lake import Part
from app.trade.models import Dataset
from app.trade.plan import Plan
from app.trade.reading import CELL_SHOWN, quoted
from app.trade.validating import KEYS, LAKE_COLUMNS

AT_ONCE = 2_000_000  # rows that are compared with one another at a time
CELL_KEPT = 32_767  # a spreadsheet cell holds no more
MANY_WORDS = 50  # more unknown words are not a slip but another list
Suggest = Callable[[str, str], str]  # (field, word as written) -> known word, or ""
MANY = 30  # fewer lines of a tariff code say nothing about its usual price


@dataclass
class Noted:
    """Counts for the import, and the file with every finding."""

    bad: int = 0
    warned: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    path: Path | None = None


def keep_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Lines DuckDB could not cut into columns, as `reject(line, kind, text)`, each line once."""
    connection.execute("CREATE OR REPLACE TABLE reject (line BIGINT, kind VARCHAR, text VARCHAR)")
    exists = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchone()
    if exists:
        connection.execute(
            "INSERT INTO reject SELECT line, min(error_type::VARCHAR), left(min(csv_line), 200) FROM reject_errors"
            " GROUP BY line ORDER BY line"
        )


def rows(files: list[str]) -> str:
    """The rows of some Parquet files."""
    return f"read_parquet([{', '.join(map(quoted, files))}], hive_partitioning=false)"


def suspects(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """Fill `suspect` with keys delivered twice (E10) and with unit values far off their tariff line (E11)."""
    connection.execute("CREATE TABLE suspect (declaration BIGINT, revision TINYINT, line SMALLINT, code VARCHAR)")
    if not files:
        return
    _look_for_repeats(connection, files)
    connection.execute(
        "CREATE TABLE usual AS SELECT hs8, direction, avg(price) AS middle, stddev_pop(price) AS spread FROM"
        f" (SELECT hs8, direction, {_PRICE} AS price FROM {rows(files)} WHERE {_PRICED})"
        f" GROUP BY hs8, direction HAVING count(*) >= {MANY} AND spread < 0.9"
    )
    connection.execute(
        f"INSERT INTO suspect SELECT declaration, revision, line, 'E11' FROM {rows(files)} r"
        " JOIN usual ON usual.hs8 = r.hs8 AND usual.direction = r.direction"
        f" WHERE {_PRICED} AND abs({_PRICE} - middle) > greatest(ln(8), 4 * spread)"
    )


def _look_for_repeats(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """A share of the declarations at a time, so that the memory needed does not grow with the file."""
    (counted,) = connection.execute(f"SELECT count(*) FROM {rows(files)}").fetchone() or (0,)
    shares = 1 + counted // AT_ONCE
    for share in range(shares):
        mine = f"{rows(files)} WHERE declaration % {shares} = {share}"
        keys = connection.execute(
            f"SELECT count(*), count(DISTINCT (declaration * 10 + revision) * 100000 + line) FROM {mine}"
        ).fetchone() or (0, 0)
        if keys[0] != keys[1]:
            connection.execute(
                f"INSERT INTO suspect SELECT declaration, revision, line, 'E10' FROM {mine}"
                " GROUP BY declaration, revision, line HAVING count(*) > 1"
            )


def moves(connection: duckdb.DuckDBPyConnection, files: list[str]) -> bool:
    """Whether a line is in two gate-months, which takes different revisions of it."""
    if not files:
        return False
    found = connection.execute(
        f"SELECT 1 FROM {rows(files)} WHERE (declaration, line) IN"
        f" (SELECT (declaration, line) FROM {rows(files)} WHERE revision > 0)"
        " GROUP BY declaration, line HAVING min(file_index) <> max(file_index) LIMIT 1"
    )
    return bool(found.fetchall())


_PRICE = "ln(value_usd::DOUBLE / net_kg::DOUBLE)"
_PRICED = "value_usd > 0 AND net_kg > 0"


def without_repeats(connection: duckdb.DuckDBPyConnection, parts: list[Part]) -> list[Part]:
    """The parts with every key once: the first in the file stays, the others are held (E10)."""
    connection.execute(f"CREATE TABLE repeated AS {_repeats(KEYS[Dataset.DECLARATIONS])}")
    touched = set(
        connection.execute(
            "SELECT DISTINCT gate::VARCHAR, month FROM marked WHERE rule IS NULL AND (declaration, revision, line) IN"
            " (SELECT (declaration, revision, line) FROM suspect WHERE code = 'E10')"
        ).fetchall()
    )
    mended = [_mended(connection, part) if (part.gate, part.month) in touched else part for part in parts]
    return [part for part in mended if part.rows]


def _mended(connection: duckdb.DuckDBPyConnection, part: Part) -> Part:
    columns = LAKE_COLUMNS[Dataset.DECLARATIONS]
    mended = part.file.with_name("mended.parquet")
    key = "(declaration, revision, line)"
    twice = "(SELECT (declaration, revision, line) FROM suspect WHERE code = 'E10')"
    written = connection.execute(
        f"COPY (SELECT {columns} FROM {rows([str(part.file)])}"
        f" WHERE {key} NOT IN {twice} UNION ALL SELECT {columns} FROM marked WHERE rule IS NULL"
        f" AND gate = {quoted(part.gate)} AND month = DATE '{part.month}' AND {key} IN {twice}"
        f" AND rowid NOT IN (SELECT id FROM repeated)) TO {quoted(str(mended))} (FORMAT parquet)"
    ).fetchone()
    return Part(part.gate, part.month, mended, written[0] if written else 0)


def hold(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Hold what only shows when all rows are seen together: repeated keys, copied periods."""
    connection.execute("CREATE TABLE suspect (code VARCHAR, n BIGINT, wide VARCHAR, value VARCHAR, expected VARCHAR)")
    connection.execute("CREATE TABLE repeated (id BIGINT, n BIGINT, first BIGINT, first_id BIGINT)")
    if plan.profile.repeats == "error" and "E10" not in plan.released:
        connection.execute(f"INSERT INTO repeated {_repeats(KEYS[Dataset(plan.dataset)])}")
        connection.execute("UPDATE marked SET rule = 'E10|' WHERE rowid IN (SELECT id FROM repeated)")
    if plan.dataset == Dataset.SUMMARIES and "E13" not in plan.released:
        _hold_copies(connection)
    _compare_growth(connection, plan)


def _repeats(key: str) -> str:
    return (
        "SELECT id, n, first, first_id FROM (SELECT rowid AS id, n, first_value(n) OVER same AS first,"
        " first_value(rowid) OVER same AS first_id,"
        " row_number() OVER same AS place FROM marked WHERE rule IS NULL"
        f" WINDOW same AS (PARTITION BY {key} ORDER BY n, rowid)) WHERE place > 1"
    )


def _hold_copies(connection: duckdb.DuckDBPyConnection) -> None:
    """E13: a whole period of a direction, all its products and partners, is the same as a year before."""
    connection.execute(
        "CREATE TABLE period_print AS SELECT gate, basis, period_kind, month, direction, count(*) AS lines,"
        " bit_xor(hash(hs, partner, currency, value, net_kg)) AS print FROM marked"
        " WHERE rule IS NULL AND value > 0 GROUP BY ALL"
    )
    connection.execute(
        "CREATE TABLE copied AS SELECT later.* FROM period_print later JOIN period_print earlier"
        " ON earlier.month = later.month - INTERVAL 1 YEAR AND earlier.print = later.print"
        " AND earlier.lines = later.lines AND earlier.gate = later.gate AND earlier.basis = later.basis"
        " AND earlier.period_kind = later.period_kind AND earlier.direction = later.direction"
    )
    connection.execute(
        "UPDATE marked SET rule = 'E13|value', broken = ['E13|value'] FROM copied c WHERE marked.rule IS NULL"
        " AND marked.gate = c.gate AND marked.basis = c.basis AND marked.period_kind = c.period_kind"
        " AND marked.month = c.month AND marked.direction = c.direction"
    )


def _compare_growth(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """E15: growth cells are recomputed and never taken as given."""
    for growth in plan.profile.growth:
        given, this, before = (
            f"TRY_CAST(c{plan.table.found.headers.index(name)} AS DOUBLE)"
            for name in (growth.header, growth.this, growth.before)
        )
        connection.execute(
            f"INSERT INTO suspect SELECT DISTINCT 'E15', n, {quoted(growth.header)}, round({given}, 2)::VARCHAR,"
            f" round({this} / {before} * 100, 2)::VARCHAR FROM marked"
            f" WHERE {before} <> 0 AND abs({given} - {this} / {before} * 100) > 0.05"
        )


def write(connection: duckdb.DuckDBPyConnection, plan: Plan, suggest: Suggest, target: Path) -> Noted:
    """Everything found, as a Parquet file: n, severity, code, field, header, value, other, cells, suggestion."""
    connection.execute(f"CREATE TABLE finding AS {_findings_sql(plan)}")
    _shift_past_rejects(connection)
    counts = connection.execute(
        "SELECT code, severity, count(*), count(DISTINCT n) FROM finding GROUP BY ALL ORDER BY code"
    ).fetchall()
    if not counts:
        return Noted()
    _suggest(connection, suggest)
    held = connection.execute("SELECT count(DISTINCT (n, wide)) FROM finding WHERE severity = 'error'").fetchone()
    connection.execute(
        "COPY (SELECT finding.* EXCLUDE (wide), suggestion.suggestion FROM finding LEFT JOIN suggestion"
        f" USING (field, value) ORDER BY n, severity, code) TO {quoted(str(target))} (FORMAT parquet)"
    )
    warned = sum(count for _code, severity, count, _rows in counts if severity == "warning")
    rules: dict[str, int] = {}
    for code, _severity, count, _rows in counts:
        rules[code] = rules.get(code, 0) + count
    return Noted(held[0] if held else 0, warned, rules, target)


def _suggest(connection: duckdb.DuckDBPyConnection, suggest: Suggest) -> None:
    """`suggestion`: for every word that was not known, the known word most like it."""
    connection.execute("CREATE TABLE suggestion (field VARCHAR, value VARCHAR, suggestion VARCHAR)")
    unknown = connection.execute(
        "SELECT DISTINCT field, value FROM finding WHERE code IN ('E05', 'E06', 'E18', 'E20') AND value <> ''"
        f" ORDER BY field, value LIMIT {MANY_WORDS}"
    ).fetchall()
    found = [(field, value, word) for field, value in unknown if (word := suggest(field, value))]
    if found:
        connection.executemany("INSERT INTO suggestion VALUES (?, ?, ?)", found)


def _findings_sql(plan: Plan) -> str:
    cells = f"[{', '.join(f'left(m.{name}, {CELL_KEPT})' for name in plan.table.columns())}]"
    wide = "m.wide" if plan.profile.wide else "NULL::VARCHAR"
    header = _by_field(plan, header=True)
    value = _by_field(plan, header=False)
    columns = "n, severity, code, field, header, value, other, cells, wide"
    parts = [
        f"SELECT n, 'error' AS severity, split_part(b, '|', 1) AS code, split_part(b, '|', 2) AS field,"
        f" {header} AS header, {value} AS value, NULL::VARCHAR AS other, {cells} AS cells, {wide} AS wide"
        " FROM (SELECT *, unnest(list_distinct(broken)) AS b FROM marked WHERE rule <> 'E10|') m",
        f"SELECT m.n, 'error', 'E10', CASE WHEN {_same(plan)} THEN '' ELSE 'differs' END, '', '', r.first::VARCHAR,"
        f" {cells}, {wide} FROM marked m JOIN repeated r ON r.id = m.rowid JOIN marked f ON f.rowid = r.first_id",
        "SELECT line, 'error', 'E17', kind, '', text, NULL, [text], NULL FROM reject",
    ]
    if plan.dataset in (Dataset.DECLARATIONS, Dataset.SUMMARIES):
        partner = quoted(plan.mapping.columns.get("partner", ""))
        parts.append(
            f"SELECT m.n, 'warning', 'E18', 'partner', {partner}, f_partner, NULL, {cells}, {wide} FROM marked m"
            " WHERE rule IS NULL AND f_partner IS NOT NULL AND partner = 'XX'"
        )
    if plan.dataset == Dataset.DECLARATIONS:
        parts.append(
            f"SELECT m.n, 'warning', 'E11', 'value', {quoted(plan.mapping.columns.get('value', ''))}, f_value, NULL,"
            f" {cells}, NULL FROM marked m JOIN suspect s ON s.code = 'E11' AND s.declaration = m.declaration"
            " AND s.revision = m.revision AND s.line = m.line WHERE rule IS NULL"
        )
    else:
        parts.append(
            f"SELECT DISTINCT s.n, 'warning', s.code, '', s.wide, s.value, s.expected, {cells}, s.wide FROM suspect s"
            " JOIN marked m ON m.n = s.n"
        )
    return f"SELECT {columns} FROM (" + " UNION ALL ".join(parts) + ")"


def _same(plan: Plan) -> str:
    """Whether two rows `m` and `f` are alike to the letter."""
    return " AND ".join(f"m.{name} IS NOT DISTINCT FROM f.{name}" for name in plan.table.columns())


def _by_field(plan: Plan, header: bool) -> str:
    cases = []
    for name, column in plan.mapping.columns.items():
        shown = quoted(column.removeprefix("=")) if header else f"left(f_{name}, {CELL_SHOWN})"
        cases.append(f"WHEN '{name}' THEN {shown}")
    if plan.profile.wide and plan.profile.value_field:
        cases.append(
            f"WHEN '{plan.profile.value_field}' THEN {'wide' if header else 'f_' + plan.profile.value_field}"
        )
    return f"CASE split_part(b, '|', 2) {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _shift_past_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows are numbered without the lines that could not be cut; count those back in."""
    counted = connection.execute("SELECT count(*) FROM reject").fetchone()
    if not counted or not counted[0]:
        return
    connection.execute("CREATE TABLE gap AS SELECT line - row_number() OVER (ORDER BY line) AS after FROM reject")
    shifted = "{0} + (SELECT count(*) FROM gap WHERE gap.after < {0})"
    connection.execute(f"UPDATE finding SET n = {shifted.format('n')} WHERE code <> 'E17'")
    connection.execute(f"UPDATE finding SET other = ({shifted.format('other::BIGINT')})::VARCHAR WHERE code = 'E10'")
