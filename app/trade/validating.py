"""Rules in columns: a table of text becomes typed columns and, per row, the first rule it breaks, all in SQL."""

from app.trade import declaration_rules, table_rules
from app.trade.fields import FIELDS
from app.trade.models import Dataset
from app.trade.plan import Plan, Rule
from app.trade.reading import quoted

# What goes into the lake, in order, besides the partition columns gate and month.
LAKE_COLUMNS: dict[str, str] = {
    Dataset.DECLARATIONS: "declaration, revision, line, date, direction, procedure, basis, office, hs8, partner,"
    " value, currency, value_usd, value_vnd, net_kg, quantity, unit, tax_code, cancelled",
    Dataset.CROSSINGS: "day, direction, measure, count",
    Dataset.SUMMARIES: "basis, period_kind, direction, hs, partner, value_usd, value_vnd, net_kg, status",
    Dataset.RATES: "day, currency, rate",
}
KEYS: dict[str, str] = {
    Dataset.DECLARATIONS: "declaration, revision, line",
    Dataset.CROSSINGS: "gate, month, day, direction, measure",
    Dataset.SUMMARIES: "gate, month, basis, period_kind, direction, hs, partner",
    Dataset.RATES: "currency, day",
}
SHAPES = {
    Dataset.DECLARATIONS: declaration_rules.SHAPE,
    Dataset.CROSSINGS: table_rules.CROSSINGS,
    Dataset.SUMMARIES: table_rules.SUMMARIES,
    Dataset.RATES: table_rules.RATES,
}


def rules(plan: Plan) -> list[Rule]:
    """The rules of the dataset, in the order in which the first broken one is named."""
    return [rule for rule in SHAPES[Dataset(plan.dataset)].rules(plan) if rule.code not in plan.released]


def typed(plan: Plan, numbered: bool = False, only: str = "") -> str:
    """SELECT of the lake columns of every record, good or bad, and `rule` ("E05|gate", or NULL when all is well).

    Numbered rows carry their raw cells and every rule they break; `only` is a condition on the raw cells.
    """
    named = [(rule.broken, quoted(f"{rule.code}|{rule.field}")) for rule in rules(plan)]
    first = " ".join(f"WHEN {broken} THEN {name}" for broken, name in named)
    every = ", ".join(f"CASE WHEN {broken} THEN {name} END" for broken, name in named)
    all_broken = f"[{every}] AS broken, " if numbered else ""
    return f"SELECT *, {all_broken}CASE {first} END AS rule FROM ({_values(plan, numbered, only)}) AS t"


def _values(plan: Plan, numbered: bool, only: str) -> str:
    shape = SHAPES[Dataset(plan.dataset)]
    carried = "c.*, " if numbered else "".join(f"f_{item.name}, " for item in FIELDS[plan.dataset])
    columns = ", ".join([*shape.first(plan), f"coalesce({plan.unseen()}, false) AS unseen"])
    first = f"SELECT {carried}{columns} FROM ({plan.cells(numbered, only)}) AS c{plan.joins()}"
    return f"SELECT a.*, {', '.join(shape.second)} FROM ({first}) AS a{shape.joins}"
