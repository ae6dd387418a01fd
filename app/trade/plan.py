"""The SQL of one import up to its rules: every field of a record as text, as a word that is known, as a number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.trade.cells import could_be_two, empty, number_sql
from app.trade.fields import FIELDS
from app.trade.labels import COLUMNS, WORDS
from app.trade.mapping import CONSTANT, Mapping
from app.trade.models import Dataset
from app.trade.profiles import Profile
from app.trade.reading import Table, quoted

FEW = 10  # so many texts are looked up faster by a CASE than by a join


class Rule(NamedTuple):
    """`broken` is a SQL condition over the typed row `t`."""

    code: str
    field: str
    broken: str


@dataclass(frozen=True)
class Plan:
    """What is known of a file before its rows are read, and the label tables made from its first rows."""

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
        used = [item.name for item in FIELDS[self.dataset] if item.kind == "label" and self.has(item.name)]
        names = [name for name in used if name != "year"]
        return [*names, "worded"] if self.profile.worded_numbers else names

    def has(self, name: str) -> bool:
        """Whether this file says anything about a field."""
        return name in self.mapping.columns or any(name in wide.fixed for wide in self.profile.wide)

    def value_field(self) -> str:
        return self.profile.value_field or ("rate" if self.dataset == Dataset.RATES else "value")

    # --- text of every field ---

    def cells(self, numbered: bool = False, only: str = "") -> str:
        """SELECT of f_<field> (text) per record; numbered ones also carry n, the raw cells and the wide column."""
        raw = ["n", *self.table.columns()] if numbered else []
        fields = [f"{self.text(item.name)} AS f_{item.name}" for item in FIELDS[self.dataset]]
        base = f"({self.table.sql(numbered)}){only}"
        if self.profile.wide:
            unfolded = ", ".join(self._wide_structs())
            base = f"(SELECT *, unnest([{unfolded}]) AS w FROM {base}) WHERE NOT {empty('w.cell')}"
            raw += ["w.header AS wide"] if numbered else []
        return f"SELECT {', '.join(raw + fields)} FROM {base}"

    def _wide_structs(self) -> Iterator[str]:
        names = sorted({name for wide in self.profile.wide for name in wide.fixed})
        for wide in self.profile.wide:
            if wide.header in self.table.found.headers:
                parts = [f"{name}: {quoted(wide.fixed[name]) if name in wide.fixed else 'NULL'}" for name in names]
                parts += [f"header: {quoted(wide.header)}", f"cell: {self._column(wide.header)}"]
                yield "{" + ", ".join(parts) + "}"

    def text(self, name: str) -> str:
        """Where the text of a field stands: a column, a constant, a kind of column, or nowhere."""
        if self.profile.wide and name == self.profile.value_field:
            return "w.cell"
        header = self.mapping.columns.get(name)
        if any(name in wide.fixed for wide in self.profile.wide):
            return f"coalesce(w.{name}, {self._cell(header)})" if header else f"w.{name}"
        return self._cell(header)

    def _cell(self, header: str | None) -> str:
        if header is None:
            return "NULL::VARCHAR"
        return quoted(header[1:]) if header.startswith(CONSTANT) else self._column(header)

    def _column(self, header: str) -> str:
        return f"c{self.table.found.headers.index(header)}"

    # --- words ---

    def key_of(self, name: str) -> str:
        """The text by which a label field is looked up."""
        if name == "period":
            return "f_period || '|' || coalesce(f_year, '')"
        return f"f_{self.value_field()}" if name == "worded" else f"f_{name}"

    def few(self, name: str) -> bool:
        return len(self.labels.get(name, ())) <= FEW

    def joins(self) -> str:
        """The label tables with many texts."""
        return "".join(
            f" LEFT JOIN label_{name} ON label_{name}.text = {self.key_of(name)}"
            for name in self.label_fields()
            if not self.few(name)
        )

    def label(self, name: str, column: str = "value", otherwise: str = "NULL::VARCHAR") -> str:
        """The meaning of a label: an ENUM where it goes into the lake, which is a tenth of the bytes of text."""
        if name not in self.label_fields():
            return otherwise
        if not self.few(name):
            return f"label_{name}.{column}"
        place = COLUMNS.get(name, ("value",)).index(column) + 1
        kind = WORDS.get((name, column), "VARCHAR")
        cases = " ".join(
            f"WHEN {quoted(str(row[0]))} THEN {quoted(str(row[place]))}::{kind}"
            for row in self.labels.get(name, ())
            if row[place] is not None
        )
        return f"CASE {self.key_of(name)} {cases} END" if cases else f"NULL::{kind}"

    def unseen(self) -> str:
        """Whether a row has a text that was not looked up yet."""
        return " OR ".join(self._unseen(name) for name in self.label_fields()) or "false"

    def _unseen(self, name: str) -> str:
        text = self.key_of(name)
        if not self.few(name):
            return f"(label_{name}.text IS NULL AND trim({text}) <> '')"
        texts = ", ".join(quoted(str(row[0])) for row in self.labels.get(name, ())) or "''"
        first = self.label(name, COLUMNS.get(name, ("value",))[0])
        return f"CASE WHEN {first} IS NULL THEN {text} NOT IN ({texts}) AND trim({text}) <> '' ELSE false END"

    # --- numbers ---

    def number(self, name: str, decimals: int) -> str:
        """A field as DECIMAL."""
        if name == self.value_field() and self.profile.worded_numbers:
            return f"CAST({self.label('worded', 'number')} AS DECIMAL(18, {decimals}))"
        if name not in self.mapping.columns and name != self.profile.value_field:
            return f"NULL::DECIMAL(18, {decimals})"
        return number_sql(f"f_{name}", self.mapping.number_style, decimals, self.table.found.format == "xlsx")

    def unreadable(self, name: str, typed: str | None = None) -> list[Rule]:
        """E07 where something is written that is no number; "ambiguous" where it may be two numbers."""
        if not self.has(name) and name != self.profile.value_field:
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
        unclear = f"CASE WHEN {number} IS NULL THEN {could_be_two(text)} ELSE false END"
        return [Rule("ambiguous", name, unclear), Rule("E07", name, f"{written} AND NOT {unclear}")]

    def nothing_there(self, name: str, typed: str | None = None) -> list[Rule]:
        """E07 where a number that must be there is not."""
        return [Rule("E07", name, f"CASE WHEN t.{typed or name} IS NULL THEN {empty(f't.f_{name}')} ELSE false END")]
