"""What the flows API takes and gives."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from app.api import StrictSchema
from app.trade.models import Basis, Dataset

PUBLISHED = (Dataset.DECLARATIONS, Dataset.SUMMARIES, Dataset.CROSSINGS)
DIRECTIONS = ("export", "import", "transit", "in", "out", "both")
_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])")


class Commas(fields.List):
    """Several texts, repeated (gate=a&gate=b) or with commas (gate=a,b); an empty one says nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given = value if isinstance(value, list) else [value]
        parts = [part.strip() for text in given for part in str(text).split(",")]
        once = dict.fromkeys(part for part in parts if part)
        return super()._deserialize(list(once), attr, data, **kwargs)


class MonthField(fields.Field[date | None]):
    """A month as 2025-01, kept as its first day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | None:  # noqa: ARG002
        if not str(value).strip():
            return None
        if not (found := _MONTH.fullmatch(str(value).strip())):
            raise ValidationError(str(_l("Write the month as 2025-01.")))
        return date(int(found["year"]), int(found["month"]), 1)


def _texts(said: str, **options: Any) -> Commas:
    return Commas(fields.String(**options), load_default=list, metadata={"description": said})


class FlowQuery(StrictSchema):
    """A question about published figures. Lists may be repeated or written with commas."""

    dataset = fields.String(load_default=str(Dataset.DECLARATIONS), validate=validate.OneOf(PUBLISHED))
    measure = fields.String(
        load_default="",
        metadata={"description": "value_usd, value_vnd, net_kg, lines; declarations and firms for economists; count"},
    )
    by = _texts("month, quarter, year, gate, direction, hs2, hs4, partner; of crossings also measure")
    gate = _texts("slugs of gates, for example moc-bai")
    direction = _texts("export, import, transit; of crossings in, out, both", validate=validate.OneOf(DIRECTIONS))
    hs = _texts("chapters (07) or headings (0714) of the HS")
    partner = _texts(
        "ISO 3166-1 alpha-2 codes",
        validate=validate.Regexp(r"[A-Z]{2}\Z", error=_l("Two capital letters, for example KH or CN.")),
    )
    basis = fields.String(
        validate=validate.OneOf(list(Basis)),
        metadata={
            "description": "gate (as counted in turnover), province, transit or excluded; never added together"
        },
    )
    from_ = MonthField(data_key="from", load_default=None)
    to = MonthField(load_default=None)
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_options: Any) -> None:
        """The period runs forward."""
        if data["from_"] and data["to"] and data["from_"] > data["to"]:
            raise ValidationError({"from": [str(_l("The first month is after the last."))]})


class GapSchema(StrictSchema):
    """A gate-month without figures."""

    gate = fields.String()
    month = fields.String()


class DeliverySchema(StrictSchema):
    """What one source has delivered that the figures are made of."""

    code = fields.String()
    name = fields.String()
    demonstration = fields.Boolean(attribute="demo")
    imports = fields.Integer()
    rows = fields.Integer()
    first_month = fields.Function(lambda delivery: f"{delivery.first:%Y-%m}", metadata={"type": "string"})
    last_month = fields.Function(lambda delivery: f"{delivery.last:%Y-%m}", metadata={"type": "string"})
    accepted_at = fields.DateTime()


class FlowAnswer(StrictSchema):
    """Rows with one key per dimension, the measure under its own name, and whether nothing is missing in the sum."""

    dataset = fields.String()
    measure = fields.String()
    by = fields.List(fields.String())
    period = fields.Dict(keys=fields.String(), values=fields.String())
    rows = fields.List(fields.Dict())
    complete = fields.Boolean(metadata={"description": "no gate-month of the period is missing"})
    missing = fields.List(fields.Nested(GapSchema))
    missing_total = fields.Integer()
    demonstration = fields.Boolean(metadata={"description": "the figures are invented"})
    as_of = fields.DateTime(allow_none=True, metadata={"description": "when the figures last changed"})
    sources = fields.List(fields.Nested(DeliverySchema))
    held_rows = fields.Integer(metadata={"description": "rows of the files that were not good and do not count"})
    excluded_lines = fields.Integer(metadata={"description": "lines outside trade by their procedure code"})
