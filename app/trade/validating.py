"""Rules in columns: a table of text becomes typed columns and, per row, the first rule it breaks, all in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from app.text.numbers import MISSING
from app.trade.fields import FIELDS
from app.trade.labels import COLUMNS
from app.trade.mapping import CONSTANT, Mapping
from app.trade.models import PROVINCE, Dataset
from app.trade.profiles import Profile
from app.trade.reading import Table, quoted

NOTHING = "[" + ", ".join(quoted(text) for text in sorted(MISSING)) + "]"
FEW = 10  # so many texts are looked up faster by a CASE than by a join

# What goes into the lake, in order, besides the partition columns gate and month.
LAKE_COLUMNS = {
    Dataset.DECLARATIONS: "declaration, revision, line, date, direction, procedure, basis, office, hs8, partner, value,"
    " currency, value_usd, value_vnd, net_kg, quantity, unit, tax_code, cancelled",
    Dataset.CROSSINGS: "day, direction, measure, count",
    Dataset.SUMMARIES: "basis, period_kind, direction, hs, partner, value_usd, value_vnd, net_kg, status",
    Dataset.RATES: "day, currency, rate",
}
KEYS = {
    Dataset.DECLARATIONS: "declaration, revision, line",
    Dataset.CROSSINGS: "gate, month, day, direction, measure",
    Dataset.SUMMARIES: "gate, month, basis, period_kind, direction, hs, partner",
    Dataset.RATES: "currency, day",
}


@dataclass(frozen=True)
class Rule:
    """`broken` is a SQL condition over the typed row."""

    code: str
    field: str
    broken: str


@dataclass(frozen=True)
class Plan:
    """Everything needed to write the SQL of one import."""

    dataset: str
    table: Table
    mapping: Mapping
    profile: Profile
    today: date
    known_hs: bool = True
    released: tuple[str, ...] = ()
    labels: dict[str, list[tuple[str | None, ...]]] = field(default_factory=dict)  # field -> (text, answer …)

    def label_fields(self) -> list[str]:
        """Fields of this file that are resolved by a label table."""
        used = [item.name for item in FIELDS[self.dataset] if item.kind == "label" and self._has(item.name)]
        names = [name for name in used if name != "year"]
        return [*names, "worded"] if self.profile.worded_numbers else names

    def _has(self, name: str) -> bool:
        return name in self.mapping.columns or any(name in wide.fixed for wide in self.profile.wide)

    def value_field(self) -> str:
        return self.profile.value_field or ("rate" if self.dataset == Dataset.RATES else "value")

    # --- text of every field ---

    def cells(self, numbered: bool = False) -> str:
        """SELECT of f_<field> (text) per record; numbered ones also carry n, the raw cells and the wide column."""
        raw = ["n", *self.table.columns()] if numbered else []
        fields = [f"{self._text(item.name)} AS f_{item.name}" for item in FIELDS[self.dataset]]
        base = f"({self.table.sql(numbered)})"
        if self.profile.wide:
            unfolded = ", ".join(self._wide_struct())
            base = f"(SELECT *, unnest([{unfolded}]) AS w FROM {base})"
            raw += ["w.header AS wide"] if numbered else []
        return f"SELECT {', '.join(raw + fields)} FROM {base}{self._not_empty()}"

    def _wide_struct(self) -> Iterator[str]:
        names = sorted({name for wide in self.profile.wide for name in wide.fixed})
        for wide in self.profile.wide:
            if wide.header in self.table.found.headers:
                parts = [f"{name}: {quoted(wide.fixed[name]) if name in wide.fixed else 'NULL'}" for name in names]
                parts += [f"header: {quoted(wide.header)}", f"cell: {self._column(wide.header)}"]
                yield "{" + ", ".join(parts) + "}"

    def _not_empty(self) -> str:
        if self.profile.wide:
            return f" WHERE NOT {empty('w.cell')}"
        return ""

    def _text(self, name: str) -> str:
        fixed_by_wide = any(name in wide.fixed for wide in self.profile.wide)
        if self.profile.wide and name == self.profile.value_field:
            return "w.cell"
        header = self.mapping.columns.get(name)
        if fixed_by_wide:
            return f"coalesce(w.{name}, {self._cell(header)})" if header else f"w.{name}"
        return self._cell(header)

    def _cell(self, header: str | None) -> str:
        if header is None:
            return "NULL::VARCHAR"
        return quoted(header[1:]) if header.startswith(CONSTANT) else self._column(header)

    def _column(self, header: str) -> str:
        return f"c{self.table.found.headers.index(header)}"

    def key_of(self, name: str) -> str:
        """The text by which a label field is looked up."""
        if name == "period":
            return "f_period || '|' || coalesce(f_year, '')"
        return f"f_{self.value_field()}" if name == "worded" else f"f_{name}"

    # --- typed columns ---

    def typed(self, numbered: bool = False) -> str:
        """SELECT of the lake columns of every record, good or bad, and `rule` ("E05|gate", or NULL when all is well)."""
        carried = "c.*, " if numbered else ""
        cases = " ".join(f"WHEN {rule.broken} THEN {quoted(rule.code + '|' + rule.field)}" for rule in self.rules())
        every = ", ".join(
            f"CASE WHEN {rule.broken} THEN {quoted(rule.code + '|' + rule.field)} END" for rule in self.rules()
        )
        broken = f"[{every}] AS broken, " if numbered else ""
        return f"SELECT *, {broken}CASE {cases} END AS rule FROM ({self._values(carried, numbered)}) AS t"

    def _values(self, carried: str, numbered: bool) -> str:
        joins = "".join(
            f" LEFT JOIN label_{name} ON label_{name}.text = {self.key_of(name)}"
            for name in self.label_fields()
            if not self._few(name)
        )
        texts = "" if numbered else ", ".join(f"f_{item.name}" for item in FIELDS[self.dataset]) + ", "
        unseen = " OR ".join(self._unseen(name) for name in self.label_fields())
        typed = ", ".join([*self._first(), f"coalesce({unseen or 'false'}, false) AS unseen"])
        first = f"SELECT {carried}{texts}{typed} FROM ({self.cells(numbered)}) AS c{joins}"
        return f"SELECT a.*, {', '.join(self._second())} FROM ({first}) AS a{self._rate_joins()}"

    def _few(self, name: str) -> bool:
        return len(self.labels.get(name, ())) <= FEW

    def _unseen(self, name: str) -> str:
        """Whether the text is one that has not been looked up yet."""
        text = self.key_of(name)
        if not self._few(name):
            return f"(label_{name}.text IS NULL AND trim({text}) <> '')"
        texts = ", ".join(quoted(str(row[0])) for row in self.labels.get(name, ())) or "''"
        return f"({text} NOT IN ({texts}) AND trim({text}) <> '')"

    def _label(self, name: str, column: str = "value", otherwise: str = "NULL::VARCHAR") -> str:
        if name not in self.label_fields():
            return otherwise
        columns = COLUMNS.get(name, ("value",))
        column = column if name in COLUMNS else "value"
        if not self._few(name):
            return f"label_{name}.{column}"
        place = columns.index(column) + 1
        known = [(row[0], row[place]) for row in self.labels.get(name, ()) if row[place] is not None]
        cases = " ".join(f"WHEN {quoted(str(text))} THEN {quoted(str(answer))}" for text, answer in known)
        return f"CASE {self.key_of(name)} {cases} END" if cases else "NULL::VARCHAR"

    def _number(self, name: str, decimals: int) -> str:
        if name == self.value_field() and self.profile.worded_numbers:
            return f"CAST(label_worded.number AS DECIMAL(18, {decimals}))"
        if name not in self.mapping.columns and name != self.profile.value_field:
            return f"NULL::DECIMAL(18, {decimals})"
        return number_sql(f"f_{name}", self.mapping.number_style, decimals, self.table.found.format == "xlsx")

    def _first(self) -> list[str]:
        return FIRST[self.dataset](self)

    def _second(self) -> list[str]:
        return SECOND[self.dataset]

    def _rate_joins(self) -> str:
        if self.dataset not in (Dataset.DECLARATIONS, Dataset.SUMMARIES):
            return ""
        day = "a.date" if self.dataset == Dataset.DECLARATIONS else "last_day(a.month_start)"
        rates = f" LEFT JOIN vnd_per own ON own.currency = a.currency AND own.day = {day}"
        known = " LEFT JOIN known_hs ON known_hs.code = a.hs8" if self.dataset == Dataset.DECLARATIONS else ""
        return rates + known

    def rules(self) -> list[Rule]:
        """The rules of the dataset, in the order in which the first broken one is named."""
        return [rule for rule in RULES[self.dataset](self) if rule.code not in self.released]

    def unreadable(self, name: str, typed: str | None = None) -> list[Rule]:
        """E07 where something is written that is no number; "ambiguous" where it may be two numbers."""
        if not self._has(name) and name != self.profile.value_field:
            return []
        text, number = f"t.f_{name}", f"t.{typed or name}"
        if name == self.value_field() and self.profile.worded_numbers:
            return [
                Rule("ambiguous", name, "t.worded_problem = 'ambiguous'"),
                Rule("E07", name, f"{number} IS NULL AND t.worded_problem IS DISTINCT FROM 'ambiguous'"),
            ]
        written = f"CASE WHEN {number} IS NULL THEN NOT {empty(text)} ELSE false END"
        if self.mapping.number_style is not None:
            return [Rule("E07", name, written)]
        unclear = could_be_two(text)
        return [
            Rule("ambiguous", name, f"{written} AND {unclear}"),
            Rule("E07", name, f"{written} AND NOT {unclear}"),
        ]

    def nothing_there(self, name: str) -> list[Rule]:
        """E07 where a number that must be there is not."""
        typed = {"value": "typed_value", "count": "counted"}.get(name, name)
        typed = name if self.dataset == Dataset.DECLARATIONS else typed
        return [Rule("E07", name, f"CASE WHEN t.{typed} IS NULL THEN {empty(f't.f_{name}')} ELSE false END")]


def number_sql(text: str, style: str | None, decimals: int, typed_cells: bool = False) -> str:
    """A cell as DECIMAL, NULL when it is not one in this style. The common case, a plain number, is cast at once."""
    kind = f"DECIMAL(18, {decimals})"
    if style == "en":
        grouped = rf"CASE WHEN regexp_full_match(trim({text}), '[-+]?\d{{1,3}}(,\d{{3}})+(\.\d+)?') THEN replace({text}, ',', '') END"
        return f"TRY_CAST(CASE WHEN contains({text}, ',') THEN {grouped} ELSE {text} END AS {kind})"
    if style == "vi":
        shape = r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"
        mended = f"replace(replace({text}, '.', ''), ',', '.')"
        grouped = f"CASE WHEN regexp_full_match(trim({text}), '{shape}') THEN {mended} END"
        if typed_cells:  # a number cell of a spreadsheet, written by us with four decimals or more
            grouped = rf"CASE WHEN regexp_full_match({text}, '-?\d+\.\d{{4,}}') THEN {text} ELSE {grouped} END"
        return f"TRY_CAST(CASE WHEN contains({text}, '.') OR contains({text}, ',') THEN {grouped} ELSE {text} END AS {kind})"
    plain = f"CASE WHEN {could_be_two(text)} THEN NULL ELSE replace({text}, ',', '.') END"
    return (
        f"TRY_CAST(CASE WHEN contains({text}, ',') OR contains({text}, '.') THEN {plain} ELSE {text} END AS {kind})"
    )


def empty(text: str) -> str:
    """Whether a cell holds nothing, or a dash that says so. (A list and not IN: that would become a join.)"""
    return f"list_contains({NOTHING}, lower(trim(coalesce({text}, ''))))"


def could_be_two(text: str) -> str:
    """Whether a cell is 1234 in one style and 1.234 in the other."""
    return rf"coalesce(regexp_full_match(trim({text}), '[-+]?[1-9]\d{{0,2}}[.,]\d{{3}}'), false)"


def day_sql(text: str, pattern: str) -> str:
    """A cell as DATE by the file's pattern; a clock time after a blank or T is dropped."""
    if pattern == "serial":
        return f"DATE '1899-12-30' + TRY_CAST({text} AS INTEGER)"
    day = f"CASE WHEN length({text}) > 10 THEN split_part(replace({text}, 'T', ' '), ' ', 1) ELSE {text} END"
    if pattern == "%Y-%m-%d":
        return f"TRY_CAST({day} AS DATE)"
    return f"CAST(try_strptime({day}, {quoted(pattern)}) AS DATE)"


# --- declarations ---


def _declarations(plan: Plan) -> list[str]:
    number = "CASE WHEN length(f_declaration) IN (11, 12) AND NOT contains(f_declaration, 'E') THEN TRY_CAST(f_declaration AS BIGINT) END"
    digits = "replace(replace(f_hs, '.', ''), ' ', '')"
    return [
        f"{number} AS number",
        f"TRY_CAST({plan._number('line', 0)} AS SMALLINT) AS line",
        f"{day_sql('f_date', plan.mapping.date_style)} AS date",
        f"{plan._label('direction')} AS said",
        f"{plan._label('procedure', 'code')} AS procedure",
        f"{plan._label('procedure', 'direction')} AS procedure_direction",
        f"{plan._label('procedure', 'in_trade')} AS in_trade",
        f"{plan._label('gate')} AS gate",
        "trim(f_office) AS office",
        f"CASE WHEN length(f_hs) = 8 THEN f_hs ELSE {digits} END AS hs8",
        f"coalesce({plan._label('partner')}, 'XX') AS partner",
        f"{plan._number('value', 4)} AS value",
        f"{plan._label('currency', 'currency')} AS currency",
        f"CAST({plan._label('currency', 'factor', '1')} AS BIGINT) AS factor",
        f"{plan._number('value_vnd', 0)} AS given_vnd",
        f"{plan._number('net_kg', 3)} AS net_kg",
        f"{plan._number('gross_kg', 3)} AS gross_kg",
        f"{plan._number('quantity', 3)} AS quantity",
        f"{plan._label('unit')} AS unit",
        "trim(f_tax_code) AS tax_code",
        f"coalesce({plan._label('cancelled')} = 'true', false) AS cancelled",
    ]


_TO_USD = (
    "CASE WHEN a.currency = 'USD' THEN CAST(a.value AS DECIMAL(18, 2))"
    " ELSE TRY_CAST(CAST(a.value AS DOUBLE) * own.usd AS DECIMAL(18, 2)) END"
)
# Whole numbers only: hundredths times (whole + millionths of) the rate. Exact, and five times as fast as wide decimals.
_CENTS = "CAST(a.value * 100 AS BIGINT)"
_TO_VND = (
    f"CASE WHEN a.currency = 'VND' THEN CAST(a.value AS DECIMAL(18, 0)) WHEN a.value < 10000000000 THEN"
    f" CAST(({_CENTS} * own.whole + {_CENTS} * own.millionths // 1000000 + 50) // 100 AS DECIMAL(18, 0))"
    " ELSE TRY_CAST(CAST(a.value AS DECIMAL(20, 2)) * own.vnd AS DECIMAL(18, 0)) END"
)
_DECLARATIONS = [
    "CASE WHEN number >= 100000000000 THEN number // 10 ELSE number END AS declaration",
    "CAST(CASE WHEN number >= 100000000000 THEN number % 10 ELSE 0 END AS TINYINT) AS revision",
    "coalesce(a.said, a.procedure_direction, CASE a.f_declaration[1] WHEN '1' THEN 'import' WHEN '3' THEN 'export' END)"
    " AS direction",
    "CASE WHEN a.said = 'transit' OR a.procedure_direction = 'transit' THEN 'transit'"
    " WHEN a.in_trade = 'exclude' THEN 'excluded' ELSE 'gate' END AS basis",
    f"{_TO_USD} AS value_usd",
    f"coalesce(a.given_vnd, {_TO_VND}) AS value_vnd",
    "known_hs.code IS NOT NULL AS in_tariff",
    "strftime(a.date, '%Y-%m') AS month",
]


def _declaration_rules(plan: Plan) -> list[Rule]:
    unknown = " OR NOT t.in_tariff" if plan.known_hs else ""
    return [
        Rule("E07", "declaration", "t.number IS NULL"),
        *plan.unreadable("line"),
        *plan.nothing_there("line"),
        Rule("E07", "line", "t.line <= 0"),
        Rule("E02", "date", "t.date IS NULL"),
        Rule("E02", "date", f"t.date > DATE '{plan.today}'"),
        Rule("E05", "gate", "t.gate IS NULL"),
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('export', 'import', 'transit')"),
        Rule("E06", "procedure", "t.said IN ('export', 'import') AND t.procedure_direction <> t.said"),
        Rule("E04", "hs", "length(t.hs8) = 7"),
        Rule("E03", "hs", f"length(t.hs8) IS DISTINCT FROM 7 AND (t.hs8 IS NULL OR length(t.hs8) <> 8{unknown})"),
        *plan.unreadable("value"),
        *plan.nothing_there("value"),
        Rule("E08", "value", "t.value < 0"),
        Rule("E07", "currency", "t.currency IS NULL"),
        Rule(
            "rate",
            "currency",
            "t.value_usd IS NULL AND t.currency IS NOT NULL AND t.date IS NOT NULL AND t.value IS NOT NULL",
        ),
        *plan.unreadable("net_kg"),
        Rule("E08", "net_kg", "t.net_kg < 0"),
        *plan.unreadable("gross_kg"),
        Rule("E08", "gross_kg", "t.gross_kg < t.net_kg"),
        *plan.unreadable("quantity"),
        Rule("E08", "quantity", "t.quantity < 0"),
    ]


# --- crossings ---


def _crossings(plan: Plan) -> list[str]:
    asked = "NULL::VARCHAR" if "direction" in plan.label_fields() else "'both'"
    return [
        f"{plan._label('gate')} AS gate",
        f"CAST({plan._label('period', 'month')} AS DATE) AS month_start",
        f"{plan._label('period', 'period_kind')} AS period_kind",
        f"CAST({plan._label('period', 'day')} AS DATE) AS day",
        f"{plan._label('period', 'problem')} AS period_problem",
        f"CASE {plan._label('direction', otherwise=asked)} WHEN 'export' THEN 'out' WHEN 'import' THEN 'in'"
        f" ELSE {plan._label('direction', otherwise=asked)} END AS direction",
        f"{plan._label('measure')} AS measure",
        f"{plan._number('count', 1)} AS counted",
    ]


_CROSSINGS = [
    "CASE WHEN a.counted = trunc(a.counted) THEN CAST(a.counted AS BIGINT) END AS count",
    "strftime(a.month_start, '%Y-%m') AS month",
]


def _crossing_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E05", "gate", "t.gate IS NULL"),
        *_period_rules(plan),
        Rule("E02", "period", "t.period_kind NOT IN ('month', 'half_month')"),
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('in', 'out', 'both')"),
        Rule("E20", "measure", "t.measure IS NULL"),
        *plan.unreadable("count", "counted"),
        *plan.nothing_there("count"),
        Rule("E07", "count", "t.counted IS NOT NULL AND t.count IS NULL"),
        Rule("E08", "count", "t.count < 0"),
    ]


def _period_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("ambiguous", "period", "t.period_problem = 'ambiguous'"),
        Rule("E02", "period", "t.month_start IS NULL"),
        Rule("E02", "period", f"t.month_start > DATE '{plan.today}'"),
    ]


# --- summaries ---


def _summaries(plan: Plan) -> list[str]:
    factor = f"* {plan.mapping.weight_factor}" if plan.mapping.weight_factor != 1 else ""
    weight = f"CAST({plan._number('net_kg', 3)} {factor} AS DECIMAL(18, 3))"
    return [
        f"{plan._label('gate')} AS gate",
        f"CAST({plan._label('period', 'month')} AS DATE) AS month_start",
        f"{plan._label('period', 'period_kind')} AS period_kind",
        f"CAST({plan._label('period', 'day')} AS DATE) AS day",
        f"{plan._label('period', 'problem')} AS period_problem",
        f"{plan._label('direction')} AS direction",
        "coalesce(replace(replace(f_hs, '.', ''), ' ', ''), '') AS hs",
        f"coalesce({plan._label('partner')}, CASE WHEN f_partner IS NULL THEN '' ELSE 'XX' END) AS partner",
        f"{plan._number('value', 6)} AS typed_value",
        f"{plan._label('worded', 'problem')} AS worded_problem",
        f"{plan._label('currency', 'currency')} AS currency",
        f"CAST({plan._label('currency', 'factor', '1')} AS BIGINT) AS factor",
        f"TRY_CAST({plan._number('value', 6)} * CAST({plan._label('currency', 'factor', '1')} AS BIGINT)"
        " AS DECIMAL(18, 2)) AS value",
        f"{weight} AS typed_kg",
        f"nullif({weight}, 0) AS net_kg",  # 0 means that weight was not collected
        f"coalesce({plan._label('status')}, '') AS status",
        f"{plan._label('status')} AS said_status",
    ]


_SUMMARIES = [
    f"CASE WHEN a.direction = 'transit' THEN 'transit' WHEN a.gate = '{PROVINCE}' THEN 'province' ELSE 'gate' END"
    " AS basis",
    f"{_TO_USD} AS value_usd",
    f"{_TO_VND} AS value_vnd",
    "strftime(a.month_start, '%Y-%m') AS month",
]


def _summary_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E05", "gate", "t.gate IS NULL"),
        *_period_rules(plan),
        Rule("E02", "period", "t.day IS NOT NULL"),  # a day or half a month is no monthly total
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('export', 'import', 'transit')"),
        Rule("E03", "hs", r"NOT regexp_full_match(t.hs, '|\d{2}|\d{4}|\d{6}|\d{8}') OR t.hs LIKE '00%'"),
        *plan.unreadable("value", "typed_value"),
        *plan.nothing_there("value"),
        Rule("E08", "value", "t.value < 0"),
        Rule("E07", "currency", "t.currency IS NULL"),
        Rule("rate", "currency", "t.value_usd IS NULL AND t.currency <> 'VND' AND t.value IS NOT NULL"),
        *plan.unreadable("net_kg", "typed_kg"),
        Rule("E08", "net_kg", "t.net_kg < 0"),
        *([Rule("E20", "status", "t.f_status IS NOT NULL AND t.said_status IS NULL")] if plan._has("status") else []),
    ]


# --- rates ---


def _rates(plan: Plan) -> list[str]:
    return [
        f"{day_sql('f_date', plan.mapping.date_style)} AS day",
        f"{plan._label('currency', 'currency')} AS currency",
        f"{plan._number('rate', 6)} AS rate",
    ]


_RATES = ["'rates' AS gate", "strftime(a.day, '%Y-%m') AS month"]


def _rate_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E02", "date", "t.day IS NULL"),
        Rule("E02", "date", f"t.day > DATE '{plan.today}'"),
        Rule("E07", "currency", "t.currency IS NULL OR t.currency = 'VND'"),
        *plan.unreadable("rate"),
        *plan.nothing_there("rate"),
        Rule("E08", "rate", "t.rate <= 0"),
    ]


FIRST = {
    Dataset.DECLARATIONS: _declarations,
    Dataset.CROSSINGS: _crossings,
    Dataset.SUMMARIES: _summaries,
    Dataset.RATES: _rates,
}
SECOND = {
    Dataset.DECLARATIONS: _DECLARATIONS,
    Dataset.CROSSINGS: _CROSSINGS,
    Dataset.SUMMARIES: _SUMMARIES,
    Dataset.RATES: _RATES,
}
RULES = {
    Dataset.DECLARATIONS: _declaration_rules,
    Dataset.CROSSINGS: _crossing_rules,
    Dataset.SUMMARIES: _summary_rules,
    Dataset.RATES: _rate_rules,
}
