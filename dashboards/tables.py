"""The numbers behind a figure: what the page shows beside it and the downloads hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from app.i18n import month, number
from dashboards.wording import EXACT, Scale, percent

Kind = Literal["text", "code", "month", "number", "share", "percent", "points"]
Cell = str | date | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """`scale`: how numbers are shortened on the page; downloads carry them whole, in `scale.raw`."""

    head: str
    kind: Kind = "text"
    scale: Scale | None = None

    def shown_head(self) -> str:
        """With the unit of the page."""
        return f"{self.head} ({self.scale.unit})" if self.scale and self.scale.unit else self.head

    def raw_head(self) -> str:
        """With the unit of the downloads."""
        return f"{self.head} ({self.scale.raw})" if self.scale else self.head

    def decimals(self) -> int:
        """Decimals in downloads."""
        return EXACT[self.scale.column] if self.scale else 1

    def shown(self, cell: Cell) -> str:
        """The cell as the page writes it."""
        if cell is None:
            return "–"
        if self.kind == "month" and isinstance(cell, date):
            return month(cell)
        if self.kind in ("percent", "share") and isinstance(cell, Decimal):
            return percent(cell, signed=self.kind == "percent")
        if self.kind == "points" and isinstance(cell, Decimal):
            return f"{'+' if cell > 0 else ''}{number(cell, 1)}"
        if self.kind == "number" and self.scale and isinstance(cell, Decimal | int):
            return self.scale.text(Decimal(cell))
        return str(cell)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values; None is missing. `links`: row by row, the choices it leads to."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    links: Sequence[dict[str, Any]] = field(default=())

    def shown_rows(self) -> list[tuple[dict[str, Any], list[tuple[Column, str]]]]:
        """Per row where it leads and its cells in words, for the template."""
        links = self.links or [{}] * len(self.rows)
        return [
            (link, [(column, column.shown(cell)) for column, cell in zip(self.columns, row, strict=True)])
            for link, row in zip(links, self.rows, strict=True)
        ]
