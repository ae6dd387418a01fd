"""Declaration lines: their columns and the rules they must keep."""

from app.trade.amounts import TO_USD, TO_VND, rates_on
from app.trade.cells import day_sql, empty
from app.trade.plan import Plan, Rule
from app.trade.shape import Shape


def _first(plan: Plan) -> list[str]:
    plain = "length(f_declaration) IN (11, 12) AND regexp_full_match(f_declaration, '[0-9]+')"
    digits = "replace(replace(f_hs, '.', ''), ' ', '')"
    return [
        f"CASE WHEN {plain} THEN TRY_CAST(f_declaration AS BIGINT) END AS number",
        f"TRY_CAST({plan.number('line', 0)} AS SMALLINT) AS line",
        f"{day_sql('f_date', plan.mapping.date_style)} AS date",
        f"{plan.label('direction', otherwise='NULL::way')} AS said",
        f"{plan.label('procedure', 'code')} AS procedure",
        f"{plan.label('procedure', 'direction', 'NULL::way')} AS procedure_direction",
        f"{plan.label('procedure', 'in_trade')} AS in_trade",
        f"{plan.label('gate')} AS gate",
        "trim(f_office) AS office",
        f"CASE WHEN length(f_hs) = 8 THEN f_hs ELSE {digits} END AS hs8",
        f"coalesce({plan.label('partner', otherwise='NULL::word_partner')}, 'XX'::word_partner) AS partner",
        f"{plan.number('value', 4)} AS value",
        f"{plan.label('currency', 'currency')} AS currency",
        f"CAST({plan.label('currency', 'factor', '1')} AS BIGINT) AS factor",
        f"{plan.number('value_vnd', 0)} AS given_vnd",
        f"{plan.number('net_kg', 3)} AS net_kg",
        f"{plan.number('gross_kg', 3)} AS gross_kg",
        f"{plan.number('quantity', 3)} AS quantity",
        f"{plan.label('unit')} AS unit",
        "trim(f_tax_code) AS tax_code",
        f"coalesce({plan.label('cancelled')} = 'true', false) AS cancelled"
        if plan.has("cancelled")
        else "false AS cancelled",
    ]


_SECOND = (
    "CASE WHEN number >= 100000000000 THEN number // 10 ELSE number END AS declaration",
    "CAST(CASE WHEN number >= 100000000000 THEN number % 10 ELSE 0 END AS TINYINT) AS revision",
    "coalesce(a.said, a.procedure_direction,"
    " CASE a.f_declaration[1] WHEN '1' THEN 'import'::way WHEN '3' THEN 'export'::way END) AS direction",
    "CASE WHEN a.said = 'transit' OR a.procedure_direction = 'transit' THEN 'transit'::basis"
    " WHEN a.in_trade = 'exclude' THEN 'excluded'::basis ELSE 'gate'::basis END AS basis",
    f"{TO_USD} AS value_usd",
    f"coalesce(a.given_vnd, {TO_VND}) AS value_vnd",
    "known_hs.code IS NOT NULL AS in_tariff",
    "CAST(date_trunc('month', a.date) AS DATE) AS month",
)


def _rules(plan: Plan) -> list[Rule]:
    unknown = " OR NOT t.in_tariff" if plan.known_hs else ""
    return [
        Rule("E07", "declaration", "t.number IS NULL OR t.number < 10000000000"),
        *plan.unreadable("line"),
        *plan.nothing_there("line"),
        Rule("E07", "line", "t.line <= 0"),
        Rule("E02", "date", "t.date IS NULL"),
        Rule("E02", "date", f"t.date > DATE '{plan.today}'"),
        Rule("E05", "gate", "t.gate IS NULL"),
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('export', 'import', 'transit')"),
        *_unknown_direction(plan),
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


def _unknown_direction(plan: Plan) -> list[Rule]:
    """A direction that is written but not understood is asked about, whatever the number of the declaration says."""
    if not plan.has("direction"):
        return []
    written = f"NOT {empty('t.f_direction')}"
    return [Rule("E06", "direction", f"CASE WHEN t.said IS NULL THEN {written} ELSE false END")]


SHAPE = Shape(_first, _SECOND, _rules, rates_on("a.date") + " LEFT JOIN known_hs ON known_hs.code = a.hs8")
