"""What a reader chose: gates, directions, goods, partners, months, measure, currency. The address is this state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api import StrictSchema
from app.periods import add_months, months_between
from app.reference.gates import NoSuchGate
from app.reference.models import Gate
from app.trade import coverage, flows, flows_crossings, freshness
from app.trade.flow_schemas import Commas, MonthField
from app.trade.flows_crossings import PEOPLE, VEHICLES, Asked
from app.trade.models import Basis, Dataset
from app.trade.scope import Scope

MEASURES = ("value", "weight", "lines")
CURRENCIES = ("USD", "VND")
KINDS = (VEHICLES, "truck", "container", "bus", "car", PEOPLE)
YEARS_SHOWN = 2  # whole years before the newest one that are shown at first


class SelectionQuery(StrictSchema):
    """The filters of a page; lists may be repeated or written with commas."""

    gate = Commas(fields.String(), load_default=list)
    direction = Commas(fields.String(validate=validate.OneOf(("export", "import"))), load_default=list)
    hs = Commas(
        fields.String(
            validate=validate.Regexp(
                r"\d\d(\d\d)?\Z", error=_l("Write a chapter of 2 digits (07) or a heading of 4 digits (0714).")
            )
        ),
        load_default=list,
    )
    partner = Commas(
        fields.String(validate=validate.Regexp(r"[A-Z]{2}\Z", error=_l("Choose a country of the list."))),
        load_default=list,
    )
    from_ = MonthField(data_key="from", load_default=None)
    to = MonthField(load_default=None)
    measure = fields.String(load_default="value", validate=validate.OneOf(MEASURES))
    currency = fields.String(load_default="USD", validate=validate.OneOf(CURRENCIES))
    kind = fields.String(load_default=VEHICLES, validate=validate.OneOf(KINDS))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_options: Any) -> None:
        """The period runs forward; chapter and heading do not stand beside a partner."""
        if data["from_"] and data["to"] and data["from_"] > data["to"]:
            raise ValidationError({"from": [str(_l("The first month is after the last."))]})
        if data["partner"] and any(len(code) == 4 for code in data["hs"]):
            said = _l("Headings are not published by partner. Choose a chapter of 2 digits, or no partner.")
            raise ValidationError({"hs": [str(said)]})


class FigureQuery(SelectionQuery):
    """The filters of one figure: of a figure drawn for each gate, `panel` is which."""

    panel = fields.String(load_default="")


@dataclass(frozen=True, slots=True)
class Selection:
    """`gates` are those shown, `asked_gates` those named in the address (none: all of the province).

    `ground`: what can be shown at all, over all its months; None where only crossings are there.
    `span`: the months with figures; `there`: the gates with figures, the greater ones of the province first.
    """

    first: date
    last: date
    ground: Scope | None
    span: tuple[date, date]
    there: tuple[str, ...]
    gates: tuple[str, ...]
    asked_gates: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    measure: str = "value"
    currency: str = "USD"
    kind: str = VEHICLES
    demo: bool = False
    asked_months: tuple[date | None, date | None] = (None, None)

    @property
    def column(self) -> str:
        """The column of the rollups that is shown."""
        return {"value": f"value_{self.currency.lower()}", "weight": "net_kg", "lines": "lines"}[self.measure]

    @property
    def months(self) -> list[date]:
        return list(months_between(self.first, self.last))

    @property
    def summed(self) -> tuple[date, date]:
        """The months that totals and ranks add up: the period, or of a long one its last year so far."""
        return (self.first, self.last) if len(self.months) <= 12 else (self.last.replace(month=1), self.last)

    def scope(self, *, summed: bool = False, **changes: Any) -> Scope:
        """The figures that are meant, over the whole period or over the months that are summed."""
        first, last = self.summed if summed else (self.first, self.last)
        ground = self.ground or Scope(first, last, demo=self.demo)
        chosen = {"gates": self.gates, "directions": self.directions, "hs": self.hs, "partners": self.partners}
        return replace(ground, **{"first": first, "last": last} | chosen | changes)

    def crossings(self) -> Asked:
        """The vehicles or people that are meant."""
        return Asked(self.first, self.last, self.kind, self.gates, self.demo)

    def query(self, **changes: Any) -> dict[str, Any]:
        """The part of an address that leads back here, with some choices changed; what is usual is left out."""
        given: dict[str, Any] = {
            "gate": list(self.asked_gates),
            "direction": list(self.directions),
            "hs": list(self.hs),
            "partner": list(self.partners),
            "from": self.asked_months[0],
            "to": self.asked_months[1],
            "measure": self.measure,
            "currency": self.currency,
            "kind": self.kind,
        } | changes
        usual = {"measure": "value", "currency": "USD", "kind": VEHICLES}
        return {name: _written(value) for name, value in given.items() if value and value != usual.get(name)}


def _written(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ",".join(value)
    return f"{value:%Y-%m}" if isinstance(value, date) else value


def select_from(session: Session, asked: Mapping[str, Any], basis: Basis = Basis.GATE) -> Selection | None:
    """The checked query with what it leaves open filled in; None while nothing is published."""
    demo = freshness.is_demo(session)
    ground = _ground(session, basis, demo)
    span = (ground.first, ground.last) if ground else flows_crossings.span(session, demo)
    if span is None:
        return None
    last = asked["to"] or (max(span[1], asked["from_"]) if asked["from_"] else span[1])
    first = asked["from_"] or min(max(span[0], date(last.year - YEARS_SHOWN, 1, 1)), last)
    there = _with_figures(session, ground, demo)
    own = [gate.slug for gate in there if not gate.created_by_import]
    every = tuple(gate.slug for gate in there)
    return Selection(
        first,
        last,
        ground,
        span,
        every,
        gates=_known(session, asked["gate"]) or tuple(own) or every,  # foreign ports only where there is nothing else
        asked_gates=tuple(asked["gate"]),
        directions=tuple(asked["direction"]),
        hs=tuple(asked["hs"]),
        partners=tuple(asked["partner"]),
        measure=asked["measure"],
        currency=asked["currency"],
        kind=asked["kind"],
        demo=demo,
        asked_months=(asked["from_"], asked["to"]),
    )


def _ground(session: Session, basis: Basis, demo: bool) -> Scope | None:
    """Declarations; where there are none of that basis, the monthly summaries of the newest source."""
    if span := flows.span(session, Dataset.DECLARATIONS, basis, demo=demo):
        return Scope(*span, basis=basis, demo=demo)
    for source_id in flows.sources_of(session, Dataset.SUMMARIES, basis, demo):
        if span := flows.span(session, Dataset.SUMMARIES, basis, source_id=source_id, demo=demo):
            return Scope(*span, basis=basis, dataset=Dataset.SUMMARIES, source_id=source_id, demo=demo)
    through_gates = _ground(session, Basis.GATE, demo) if basis != Basis.GATE else None
    return replace(through_gates, basis=basis) if through_gates else None  # nothing of this basis: an empty figure


def _with_figures(session: Session, ground: Scope | None, demo: bool) -> list[Gate]:
    """The gates that have figures of the ground, or crossings."""
    traded = coverage.presence(session, ground).gates if ground else {}
    counted = flows_crossings.gates(session, demo)
    order = (Gate.created_by_import, Gate.priority, Gate.id)
    return list(session.scalars(select(Gate).where(Gate.slug.in_({*traded, *counted})).order_by(*order)))


def _known(session: Session, slugs: Sequence[str]) -> tuple[str, ...]:
    """The gates named in the address, in its order; raises for one that does not exist."""
    there = set(session.scalars(select(Gate.slug).where(Gate.slug.in_(slugs)))) if slugs else set()
    for slug in slugs:
        if slug not in there:
            raise ValidationError({"gate": [str(NoSuchGate.message) % {"gate": slug}]})
    return tuple(slugs)


def presets(span: tuple[date, date]) -> list[tuple[Any, date, date]]:
    """Periods that are asked for again and again, counted back from the newest month with figures."""
    last = span[1]
    year = last.replace(month=1)
    found = [
        (_l("This year so far"), year, last),
        (_l("Last 12 months"), add_months(last, -11), last),
        (_l("The year before"), add_months(year, -12), add_months(year, -1)),
        (_l("Everything"), span[0], last),
    ]
    return [(words, max(first, span[0]), end) for words, first, end in found if end >= span[0]]
