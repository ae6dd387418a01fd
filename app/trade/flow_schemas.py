"""What the flows API takes and gives."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from app.api import AnswerSchema, QuerySchema
from app.trade.models import Basis, Dataset

PUBLISHED = (Dataset.DECLARATIONS, Dataset.SUMMARIES, Dataset.CROSSINGS)
OF_GOODS, OF_VEHICLES = ("export", "import", "transit"), ("in", "out", "both")
DIRECTIONS: dict[str, tuple[str, ...]] = {
    Dataset.DECLARATIONS: OF_GOODS,
    Dataset.SUMMARIES: OF_GOODS,
    Dataset.CROSSINGS: OF_VEHICLES,
}
_PLAIN_MONTH = "(19|20)[0-9]{2}-(0[1-9]|1[0-2])"
_MONTH = re.compile(_PLAIN_MONTH)


class Commas(fields.List):
    """Several texts, repeated (gate=a&gate=b) or with commas (gate=a,b); an empty one says nothing."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        given = value if isinstance(value, list) else [value]
        parts = [part.strip() for text in given for part in str(text).split(",")]
        once = dict.fromkeys(part for part in parts if part)
        return super()._deserialize(list(once), attr, data, **kwargs)


class MonthField(fields.Field[date]):
    """A month as 2025-01, kept as its first day."""

    def __init__(self, **options: Any) -> None:
        described = {"type": "string", "pattern": f"^{_PLAIN_MONTH}$", "example": "2025-01"}
        super().__init__(metadata=described, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ARG002
        if not _MONTH.fullmatch(text := str(value).strip()):
            raise ValidationError([_l("Write the month as 2025-01.")])
        return date.fromisoformat(f"{text}-01")


def _texts(said: str, **options: Any) -> Commas:
    return Commas(fields.String(**options), load_default=list, metadata={"description": said})


class FlowQuery(QuerySchema):
    """A question about published figures. Lists may be repeated or written with commas."""

    dataset = fields.String(load_default=str(Dataset.DECLARATIONS), validate=validate.OneOf(PUBLISHED))
    measure = fields.String(
        load_default="",
        metadata={"description": "value_usd, value_vnd, net_kg, lines; declarations and firms for economists; count"},
    )
    by = _texts("month, quarter, year, gate, direction, hs2, hs4, partner; of crossings also measure")
    gate = _texts("slugs of gates, for example moc-bai")
    direction = _texts(
        "export, import, transit; of crossings in, out, both", validate=validate.OneOf(OF_GOODS + OF_VEHICLES)
    )
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
    from_ = MonthField(data_key="from")
    to = MonthField()
    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))

    @validates_schema
    def fits_together(self, data: dict[str, Any], **_options: Any) -> None:
        """The directions are those of the dataset, and the period runs forward."""
        known = DIRECTIONS[data["dataset"]]
        if not set(data["direction"]) <= set(known):
            choice = str(_l("Choose one of: {choices}.")).format(choices=", ".join(known))
            raise ValidationError({"direction": [choice]})
        if "from_" in data and "to" in data and data["from_"] > data["to"]:
            raise ValidationError({"from": [_l("The first month is after the last.")]})


class GapSchema(AnswerSchema):
    """A gate-month without figures."""

    gate = fields.String()
    month = fields.String()


class DeliverySchema(AnswerSchema):
    """What one source has delivered that the figures are made of."""

    code = fields.String()
    name = fields.String()
    demonstration = fields.Boolean(attribute="demo")
    imports = fields.Integer()
    rows = fields.Integer()
    first_month = fields.Function(lambda delivery: f"{delivery.first:%Y-%m}", metadata={"type": "string"})
    last_month = fields.Function(lambda delivery: f"{delivery.last:%Y-%m}", metadata={"type": "string"})
    accepted_at = fields.DateTime()


class FlowAnswer(AnswerSchema):
    """Rows with one key per dimension, the measure under its own name, and whether nothing is missing in the sum."""

    dataset = fields.String()
    measure = fields.String()
    by = fields.List(fields.String())
    period = fields.Dict(keys=fields.String(), values=fields.String())
    rows = fields.List(fields.Dict())
    complete = fields.Boolean(
        metadata={"description": "there are figures, and no gate-month of the period is missing"}
    )
    missing = fields.List(fields.Nested(GapSchema))
    missing_total = fields.Integer()
    demonstration = fields.Boolean(metadata={"description": "the figures are invented"})
    as_of = fields.DateTime(allow_none=True, metadata={"description": "when the figures last changed"})
    sources = fields.List(fields.Nested(DeliverySchema))
    held_rows = fields.Integer(metadata={"description": "rows of the files that were not good and do not count"})
    excluded_lines = fields.Integer(metadata={"description": "lines outside trade by their procedure code"})
