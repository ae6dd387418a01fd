"""How a data set is typed and checked: two layers of columns, what they are joined with, and the rules."""

from collections.abc import Callable
from dataclasses import dataclass

from app.trade.plan import Plan, Rule


@dataclass(frozen=True)
class Shape:
    """`first` reads the text of fields, `second` computes from what was read (row `a`)."""

    first: Callable[[Plan], list[str]]
    second: tuple[str, ...]
    rules: Callable[[Plan], list[Rule]]
    joins: str = ""
