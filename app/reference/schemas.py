"""What the API of the shared facts takes and gives."""

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.api import AnswerSchema, QuerySchema


def _degrees() -> fields.Decimal:
    return fields.Decimal(allow_none=True, as_string=True, metadata={"type": "string", "example": "11.0785"})


class GateOut(AnswerSchema):
    """A border gate. Hours are given only with their source and the day they were verified."""

    slug = fields.Str()
    code = fields.Str()
    type = fields.Str(metadata={"description": "international, main or secondary"})
    name_vi = fields.Str()
    name_km = fields.Str(allow_none=True)
    name_en = fields.Str()
    counterpart_en = fields.Str(allow_none=True)
    counterpart_km = fields.Str(allow_none=True)
    status = fields.Str(metadata={"description": "open, limited or closed"})
    takes_goods = fields.Bool(metadata={"description": "Whether goods can be handed over here today"})
    goods_until = fields.Date(allow_none=True)
    opens = fields.Time(allow_none=True, format="%H:%M")
    closes = fields.Time(allow_none=True, format="%H:%M")
    hours_source = fields.Str(allow_none=True)
    hours_verified_on = fields.Date(allow_none=True)
    notice_vi = fields.Str(allow_none=True)
    notice_km = fields.Str(allow_none=True)
    notice_en = fields.Str(allow_none=True)
    notice_until = fields.Date(allow_none=True)
    lat = _degrees()
    lon = _degrees()


class GateListOut(AnswerSchema):
    items = fields.List(fields.Nested(GateOut))


class HsNodeOut(AnswerSchema):
    """A node of the tariff AHTN 2022: chapter (2 digits), heading (4), subheading (6) or line (8)."""

    code = fields.Str()
    dotted = fields.Str(metadata={"description": "As the tariff prints it", "example": "0801.32.00"})
    level = fields.Int()
    text_vi = fields.Str(allow_none=True)
    text_km = fields.Str(allow_none=True)
    text_en = fields.Str(allow_none=True)


class HsHitOut(HsNodeOut):
    path = fields.List(fields.Nested(HsNodeOut), metadata={"description": "The nodes above, chapter first"})


class HsDetailOut(HsHitOut):
    edition = fields.Str()
    children = fields.List(fields.Nested(HsNodeOut))


class HsListOut(AnswerSchema):
    items = fields.List(fields.Nested(HsHitOut))


class HsQueryIn(QuerySchema):
    """Words in Vietnamese (with or without diacritics), Khmer or English, or the first digits of a code."""

    q = fields.Str(required=True, validate=validate.Length(1, 200, error=_l("Use at most {max} characters.")))
    limit = fields.Int(load_default=20, validate=validate.Range(1, 100, error=_l("Ask for {min} to {max}.")))
