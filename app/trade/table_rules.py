"""Crossings, summaries and rates: their columns and the rules they must keep."""

from app.trade.amounts import TO_USD, TO_VND, rates_on
from app.trade.cells import day_sql
from app.trade.models import PROVINCE
from app.trade.plan import Plan, Rule
from app.trade.shape import Shape


def _period(plan: Plan) -> list[str]:
    return [
        f"CAST({plan.label('period', 'month')} AS DATE) AS month",
        f"{plan.label('period', 'period_kind')} AS period_kind",
        f"CAST({plan.label('period', 'day')} AS DATE) AS day",
        f"{plan.label('period', 'problem')} AS period_problem",
    ]


def _period_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("ambiguous", "period", "t.period_problem = 'ambiguous'"),
        Rule("E02", "period", "t.month IS NULL"),
        Rule("E02", "period", f"coalesce(t.day, t.month) > DATE '{plan.today}'"),
    ]


# --- crossings ---


def _crossings(plan: Plan) -> list[str]:
    way = plan.label("direction", otherwise="NULL::way" if "direction" in plan.label_fields() else "'both'::way")
    return [
        f"{plan.label('gate')} AS gate",
        *_period(plan),
        f"CASE {way} WHEN 'export' THEN 'out'::way WHEN 'import' THEN 'in'::way ELSE {way} END AS direction",
        f"{plan.label('measure')} AS measure",
        f"{plan.number('count', 1)} AS counted",
    ]


def _crossing_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E05", "gate", "t.gate IS NULL"),
        *_period_rules(plan),
        Rule("E02", "period", "t.period_kind NOT IN ('month', 'half_month')"),
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('in', 'out', 'both')"),
        Rule("E20", "measure", "t.measure IS NULL"),
        *plan.unreadable("count", "counted"),
        *plan.nothing_there("count", "counted"),
        Rule("E07", "count", "t.counted IS NOT NULL AND t.count IS NULL"),
        Rule("E08", "count", "t.count < 0"),
    ]


CROSSINGS = Shape(
    _crossings,
    ("CASE WHEN a.counted = trunc(a.counted) THEN CAST(a.counted AS BIGINT) END AS count",),
    _crossing_rules,
)


# --- summaries ---


def _summaries(plan: Plan) -> list[str]:
    factor = f"* {plan.mapping.weight_factor}" if plan.mapping.weight_factor != 1 else ""
    weight = f"CAST({plan.number('net_kg', 3)} {factor} AS DECIMAL(18, 3))"
    times = f"CAST({plan.label('currency', 'factor', '1')} AS BIGINT)"
    return [
        f"{plan.label('gate')} AS gate",
        *_period(plan),
        f"{plan.label('direction', otherwise='NULL::way')} AS direction",
        "coalesce(replace(replace(f_hs, '.', ''), ' ', ''), '') AS hs",
        f"CASE WHEN f_partner IS NULL THEN ''::word_partner"
        f" ELSE coalesce({plan.label('partner', otherwise='NULL::word_partner')}, 'XX'::word_partner) END AS partner",
        f"{plan.number('value', 6)} AS typed_value",
        f"{plan.label('worded', 'problem')} AS worded_problem",
        f"{plan.label('currency', 'currency')} AS currency",
        f"TRY_CAST({plan.number('value', 6)} * {times} AS DECIMAL(18, 2)) AS value",
        f"{weight} AS typed_kg",
        f"nullif({weight}, 0) AS net_kg",  # 0 means that weight was not collected
        f"coalesce({plan.label('status')}, '') AS status",
        f"{plan.label('status')} AS said_status",
    ]


_SUMMARIES = (
    f"CASE WHEN a.direction = 'transit' THEN 'transit'::basis WHEN a.gate = '{PROVINCE}' THEN 'province'::basis"
    " ELSE 'gate'::basis END AS basis",
    f"{TO_USD} AS value_usd",
    f"{TO_VND} AS value_vnd",
)


def _summary_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E05", "gate", "t.gate IS NULL"),
        *_period_rules(plan),
        Rule("E02", "period", "t.day IS NOT NULL"),  # a day or half a month is no monthly total
        Rule("E06", "direction", "t.direction IS NULL OR t.direction NOT IN ('export', 'import', 'transit')"),
        Rule("E03", "hs", r"NOT regexp_full_match(t.hs, '|\d{2}|\d{4}|\d{6}|\d{8}') OR t.hs LIKE '00%'"),
        *plan.unreadable("value", "typed_value"),
        *plan.nothing_there("value", "typed_value"),
        Rule("E07", "value", "t.typed_value IS NOT NULL AND t.value IS NULL"),  # too large for a figure
        Rule("E08", "value", "t.value < 0"),
        Rule("E07", "currency", "t.currency IS NULL"),
        Rule("rate", "currency", "t.value_usd IS NULL AND t.currency <> 'VND' AND t.value IS NOT NULL"),
        *plan.unreadable("net_kg", "typed_kg"),
        Rule("E08", "net_kg", "t.net_kg < 0"),
        *([Rule("E20", "status", "t.f_status IS NOT NULL AND t.said_status IS NULL")] if plan.has("status") else []),
    ]


SUMMARIES = Shape(_summaries, _SUMMARIES, _summary_rules, rates_on("least(last_day(a.month), today())"))


# --- rates ---


def _rates(plan: Plan) -> list[str]:
    return [
        f"{day_sql('f_date', plan.mapping.date_style)} AS day",
        f"{plan.label('currency', 'currency')} AS currency",
        f"{plan.number('rate', 6)} AS rate",
    ]


def _rate_rules(plan: Plan) -> list[Rule]:
    return [
        Rule("E02", "date", "t.day IS NULL"),
        Rule("E02", "date", f"t.day > DATE '{plan.today}'"),
        Rule("E07", "currency", "t.currency IS NULL OR t.currency = 'VND'"),
        *plan.unreadable("rate"),
        *plan.nothing_there("rate"),
        Rule("E08", "rate", "t.rate <= 0"),
    ]


RATES = Shape(_rates, ("'rates' AS gate", "CAST(date_trunc('month', a.day) AS DATE) AS month"), _rate_rules)
