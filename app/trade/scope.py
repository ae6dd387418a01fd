"""Which flows are meant (basis, gates, directions, goods, partners, months) and the grain that answers for them."""

from dataclasses import dataclass, replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_

from app.errors import Problem
from app.periods import add_months, months_between
from app.trade.models import Basis, Dataset, FlowRollup

GRAINS = {
    (0, False): "all",
    (2, False): "hs2",
    (4, False): "hs4",
    (0, True): "partner",
    (2, True): "hs2_partner",
}
SUMS = ("value_usd", "value_vnd", "net_kg", "lines")
DISTINCT = ("declarations", "firms")
DIRECTIONS = ("export", "import", "transit")


class NotPublished(Problem):
    """Rollups do not hold this combination."""

    status = 422
    message = _l(
        "Figures are published by chapter (hs2), by heading (hs4), by partner, and by chapter with partner. "
        "%(asked)s cannot be combined: ask for hs2 with partner, or for hs4 without partner."
    )


class TooFine(Problem):
    """Rollups stop at headings."""

    status = 422
    message = _l("Figures are published by chapter (2 digits) and heading (4 digits) of the HS; %(code)s is neither.")


@dataclass(frozen=True, slots=True)
class Scope:
    """An empty tuple means all. `first` and `last` are months, both inside.

    Different bases, different sources of summaries, and real and demonstration figures are never added: a scope
    names one of each.
    """

    first: date
    last: date
    gates: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    basis: str = Basis.GATE
    dataset: str = Dataset.DECLARATIONS
    source_id: int | None = None
    demo: bool = False

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first, self.last))

    def year_before(self) -> "Scope":
        """The same months one year earlier."""
        return replace(self, first=add_months(self.first, -12), last=add_months(self.last, -12))

    def grain(self, *by: str) -> str:
        """The grain that answers a question by these dimensions under these filters; raises what is not published."""
        return grain_of(set(by), self.hs, self.partners)

    def conditions(self, grain: str) -> list[ColumnElement[bool]]:
        """Everything but the months, as conditions on `FlowRollup`."""
        found = [
            FlowRollup.dataset == self.dataset,
            FlowRollup.grain == grain,
            FlowRollup.basis == self.basis,
            FlowRollup.demo == self.demo,
            FlowRollup.period_kind == "month",
        ]
        if self.source_id is not None:
            found.append(FlowRollup.source_id == self.source_id)
        if self.gates:
            found.append(FlowRollup.gate.in_(self.gates))
        if self.directions:
            found.append(FlowRollup.direction.in_(self.directions))
        if self.partners:
            found.append(FlowRollup.partner.in_(self.partners))
        return [*found, under(self.hs, grain)] if self.hs else found


def under(codes: tuple[str, ...], grain: str) -> ColumnElement[bool]:
    """The condition that the goods are under one of the codes."""
    digits = 4 if grain == "hs4" else 2
    whole = FlowRollup.hs.in_([code for code in codes if len(code) == digits])
    return or_(whole, *(FlowRollup.hs.startswith(code) for code in codes if len(code) < digits))


def grain_of(by: set[str], hs: tuple[str, ...], partners: tuple[str, ...]) -> str:
    """The coarsest grain that holds the dimensions asked for."""
    for code in hs:
        if len(code) not in (2, 4) or not code.isdigit():
            raise TooFine(code=code)
    digits = max([len(code) for code in hs] + [size for name, size in (("hs2", 2), ("hs4", 4)) if name in by] + [0])
    with_partner = bool(partners) or "partner" in by
    if (grain := GRAINS.get((digits, with_partner))) is None:
        raise NotPublished(asked="hs4 + partner")
    return grain
