"""What every card is made with: the selection, names, and where its figures come from."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.i18n import month, number
from app.trade import flows_crossings, monthly
from app.trade.comparing import Change
from app.trade.flows_crossings import Counted
from app.trade.freshness import Freshness, freshness
from app.trade.models import Basis, Dataset
from app.trade.monthly import Monthly, Series
from app.trade.scope import Scope
from dashboards import wording
from dashboards.figures import Words
from dashboards.selection import Selection
from dashboards.tables import Table

DATASETS = {
    Dataset.DECLARATIONS: lambda: _("Customs declarations"),
    Dataset.CROSSINGS: lambda: _("Border guard sheets"),
    Dataset.SUMMARIES: lambda: _("Monthly summaries"),
}


@dataclass(frozen=True)
class Card:
    """A figure with all that belongs to it. `figure` is None where there is nothing to draw; `notes` say why."""

    name: str
    title: str
    subtitle: str
    table: Table
    figure: dict[str, Any] | None
    source: str
    facts: Freshness
    panel: str = ""
    notes: list[str] = field(default_factory=list)
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the card on the page and of its downloads."""
        return f"{self.name}-{self.panel}" if self.panel else self.name


@dataclass(frozen=True)
class Board:
    """One reader's question with the session that answers it."""

    session: Session
    selection: Selection
    _facts: dict[Scope, Freshness] = field(default_factory=dict)

    @cached_property
    def gates(self) -> dict[str, str]:
        return wording.gate_names(self.session, self.selection.gates)

    @cached_property
    def monthly(self) -> Monthly:
        """Trade through the chosen gates, read once for the tiles and all lines."""
        return monthly.read(self.session, self.selection.scope(), self.selection.column)

    @cached_property
    def counted(self) -> Counted:
        """Crossings of the chosen kind, read once for the tile and the lines."""
        return flows_crossings.read(self.session, self.selection.crossings())

    def gate(self, slug: str) -> str:
        return self.gates.get(slug, slug)

    def words(self, title: str, source: str) -> Words:
        """The words inside a figure, and what it says about itself when it is taken away as JSON."""
        months = {when: month(when) for when in self.selection.months}
        meta = [("title", title), ("source", source)]
        meta += [("demonstration", _("Demonstration data: invented"))] if self.selection.demo else []
        return Words(months, tet=_("Tết"), meta=tuple(meta))

    # --- where figures come from ---

    def facts(self, scope: Scope) -> Freshness:
        """Who delivered the figures of a scope; asked once for those that differ only in goods, partners or ways."""
        plain = replace(scope, directions=(), hs=(), partners=(), basis=Basis.GATE)
        if plain not in self._facts:
            self._facts[plain] = freshness(self.session, plain)
        return self._facts[plain]

    def source(self, scope: Scope, facts: Freshness) -> str:
        """“Customs declarations · 12 files · to 10/2026”."""
        parts = [str(DATASETS[Dataset(scope.dataset)]())]
        if facts.imports:
            parts.append(ngettext("%(num)s file", "%(num)s files", facts.imports))
        if facts.last:
            parts.append(_("to %(month)s", month=month(facts.last)))
        if self.selection.demo:
            parts.insert(0, _("Demonstration data (invented)"))
        return " · ".join(parts)

    # --- what is said beside numbers ---

    def gaps(self, missing: tuple[tuple[str, date], ...]) -> list[str]:
        """That something is missing, and what."""
        return [_("No figures: %(gaps)s", gaps=self.listed(missing))] if missing else []

    def listed(self, missing: tuple[tuple[str, date], ...]) -> str:
        """Gate-months in words."""
        return wording.listed_gaps(missing, self.gates)

    def compared(self, change: Change) -> list[str]:
        """How far the comparison with the year before reaches, where it does not reach over everything."""
        if change.compared == change.asked:
            return []
        if change.compared == 0:
            return [_("No comparison with the year before: no month is whole in both years.")]
        return [
            _(
                "The change compares %(compared)s of %(asked)s months: those whole in both years.",
                compared=number(change.compared), asked=number(change.asked),
            )
        ]  # fmt: skip


def values_of(series: list[Series]) -> list[Decimal]:
    """All known values of some series."""
    return [value for one in series for value in one.known]
