"""The forms of the administrators' desk."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from app.accounts.administering import GIVEN_BY_HAND
from app.api import StrictSchema
from app.i18n import language
from app.money import CURRENCIES
from app.text import parse_number
from app.trade.models import Dataset

SHORT = validate.Length(max=500, error=_l("Use at most {max} characters."))
BASES = ("USD", "THB", "CNY", "EUR")
KINDS = ("market", "central", "customs")


class RolesSchema(StrictSchema):
    roles = fields.List(fields.Str(validate=validate.OneOf([str(role) for role in GIVEN_BY_HAND])), load_default=list)


class GateSchema(StrictSchema):
    """What changes about a gate; an emptied field is cleared."""

    status = fields.Str(required=True, validate=validate.OneOf(("open", "limited", "closed")))
    notice_vi = fields.Str(load_default=None, allow_none=True, validate=SHORT)
    notice_km = fields.Str(load_default=None, allow_none=True, validate=SHORT)
    notice_en = fields.Str(load_default=None, allow_none=True, validate=SHORT)
    notice_until = fields.Date(load_default=None, allow_none=True)
    opens = fields.Time(load_default=None, allow_none=True)
    closes = fields.Time(load_default=None, allow_none=True)
    hours_source = fields.Str(load_default=None, allow_none=True, validate=SHORT)
    hours_verified_on = fields.Date(load_default=None, allow_none=True)
    goods_until = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def vietnamese_first(self, data: dict[str, Any], **_: Any) -> None:
        if (data["notice_km"] or data["notice_en"]) and not data["notice_vi"]:
            raise ValidationError(gettext("Write the notice in Vietnamese too."), "notice_vi")


class TypedRate(fields.Field[Decimal]):
    """A rate as the reader's language writes numbers, with at most six decimals."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> Decimal:
        found = parse_number(str(value), "vi" if language() == "vi" else "en").value
        if found is None or found <= 0 or found > 10**9 or found % Decimal("0.000001"):
            raise ValidationError(gettext("Give a number above zero with at most 6 decimals."))
        return found


class RateSchema(StrictSchema):
    base = fields.Str(required=True, validate=validate.OneOf(BASES))
    quote = fields.Str(required=True, validate=validate.OneOf(list(CURRENCIES)))
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    day = fields.Date(required=True)
    rate = TypedRate(required=True)
    source = fields.Str(required=True, validate=SHORT)
    sure = fields.Bool(load_default=False)

    @validates_schema
    def two_currencies(self, data: dict[str, Any], **_: Any) -> None:
        if data["base"] == data["quote"]:
            raise ValidationError(gettext("Choose two different currencies."), "quote")


class GateMonthSchema(StrictSchema):
    dataset = fields.Str(required=True, validate=validate.OneOf([str(dataset) for dataset in Dataset]))
    gate = fields.Str(required=True, validate=validate.Length(1, 80))
    month = fields.Date(required=True)


class TrailSchema(StrictSchema):
    """The filters of the audit log in the address."""

    who = fields.Str(load_default="")
    action = fields.Str(load_default="")
    subject_type = fields.Str(load_default="")
    subject_id = fields.Str(load_default="")
    since = fields.Date(load_default=None, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)
