"""What the forms about a product take."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, post_load, validate

from app.api import StrictSchema
from app.marketplace.catalogue.certificates import KINDS, STARRED
from app.marketplace.catalogue.ladders import Step, WrongLadder, checked
from app.marketplace.fields import Slug, Text, TypedAmount, TypedQuantity
from app.money import CURRENCIES
from app.reference.hs_codes import plain
from app.units import UNITS

MOST_ROWS = 20


class StepSchema(StrictSchema):
    """One row of the price table: a quantity and what a unit costs from there on."""

    start = TypedQuantity(load_default=None, data_key="from")
    VND = TypedAmount(load_default=None)
    USD = TypedAmount(load_default=None)
    KHR = TypedAmount(load_default=None)


class CertificateSchema(StrictSchema):
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS, error=_l("Choose the kind of certificate.")))
    number = Text(80, required=True)
    issuer = Text(160, load_default="")
    stars = fields.Int(load_default=None, validate=validate.Range(3, 5, error=_l("OCOP has 3, 4 or 5 stars.")))
    valid_until = fields.Date(load_default=None)

    @post_load
    def stars_are_of_ocop(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Other kinds have none."""
        return data if data["kind"] == STARRED else data | {"stars": None}


class ProductSchema(StrictSchema):
    """A product as its form sends it; `categories` and `gates` are those there are."""

    name_vi = Text(120, required=True)
    name_en = Text(120, load_default=None)
    name_km = Text(120, load_default=None)
    description_vi = Text(4000, load_default=None)
    description_en = Text(4000, load_default=None)
    description_km = Text(4000, load_default=None)
    category = Slug(required=True)
    hs_code = fields.Str(required=True)
    origin = fields.Str(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z", error=_l("Choose a country.")))
    unit = fields.Str(required=True, validate=validate.OneOf(UNITS, error=_l("Choose a unit.")))
    packaging = Text(120, load_default="")
    moq = TypedQuantity(required=True)
    multiple = TypedQuantity(required=True)
    lead_days = fields.Int(required=True, validate=validate.Range(0, 180, error=_l("Give 0 to 180 days.")))
    gates = fields.List(fields.Str(), load_default=list)
    steps = fields.List(fields.Nested(StepSchema), load_default=list, validate=validate.Length(max=MOST_ROWS))
    certificates = fields.List(
        fields.Nested(CertificateSchema), load_default=list, validate=validate.Length(max=MOST_ROWS)
    )

    def __init__(self, categories: Collection[str], gates: Collection[str]) -> None:
        super().__init__()
        self.categories, self.known_gates = categories, gates

    @post_load
    def fit_together(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What one field alone does not tell."""
        errors: dict[str, list[str]] = {}
        if data["category"] not in self.categories:
            errors["category"] = [str(_l("Choose a category."))]
        if not set(data["gates"]) <= set(self.known_gates):
            errors["gates"] = [str(_l("Choose gates that take goods now."))]
        data["hs_code"] = plain(data["hs_code"])
        if data["moq"] % data["multiple"]:
            errors["moq"] = [str(_l("The smallest order must be a multiple of the order step."))]
        try:
            data["steps"] = checked(_steps(data))
        except WrongLadder as wrong:
            errors["steps"] = [wrong.text()]
        if errors:
            raise ValidationError(errors)
        return data


class StockSchema(StrictSchema):
    on_hand = TypedQuantity(required=True, zero=True)
    seen = fields.Decimal(required=True)


class AdjustSchema(StrictSchema):
    by = TypedQuantity(required=True)
    way = fields.Str(required=True, validate=validate.OneOf(["in", "out"]))


class DecisionSchema(StrictSchema):
    """A moderator's answer. `seen` is when the listing that was read had been sent."""

    seen = fields.AwareDateTime(load_default=None)
    reason = Text(1000, load_default="")


def _steps(data: dict[str, Any]) -> list[Step]:
    """The table as steps; a row without a quantity begins at the smallest order."""
    return [
        Step(currency, row["start"] or data["moq"], row[currency])
        for row in data["steps"]
        for currency in CURRENCIES
        if row[currency] is not None
    ]
