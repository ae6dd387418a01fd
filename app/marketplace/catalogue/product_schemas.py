"""Products as programs ask for them and get them. Decimals are text ("2.5"), so that nothing is rounded."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.api import AnswerSchema, QuerySchema, page_field
from app.i18n import CODES
from app.marketplace.catalogue.facets import BAND, LONGEST, MOST, SORTS
from app.marketplace.fields import Currency, Quantity
from app.money import rounded

_few = validate.Length(max=MOST, error=_l("Give at most {max} values."))


def _chosen(description: str, **rule: Any) -> fields.List:
    return fields.List(fields.Str(**rule), load_default=list, validate=_few, metadata={"description": description})


class InLanguage(QuerySchema):
    """In which language names are given; Accept-Language counts when this is absent."""

    lang = fields.Str(validate=validate.OneOf(CODES, error=_l("Choose vi, km or en.")))
    currency = Currency(load_default="VND")


class ProductsIn(InLanguage):
    """Words and choices; several values of one facet add up, different facets narrow each other."""

    q = fields.Str(
        load_default="",
        validate=validate.Length(max=LONGEST, error=_l("Use at most {max} characters.")),
        metadata={"description": "Words in Vietnamese, Khmer or English, a firm's name, or digits of an HS code"},
    )
    page = page_field()
    per_page = fields.Int(load_default=24, validate=validate.Range(1, 100, error=_l("Ask for {min} to {max}.")))
    category = _chosen("Slugs of categories")
    firm = _chosen("Slugs of firms")
    gate = _chosen("Slugs of gates, such as moc-bai")
    certificate = _chosen("Kinds, such as haccp or ocop-4")
    price = _chosen(
        "Price bands of the minimum order, such as usd:1-5 or vnd:20000-", validate=validate.Regexp(rf"{BAND}\Z")
    )
    sort = fields.Str(
        load_default="",
        validate=validate.OneOf(("", *SORTS), error=_l("Choose relevance, newest, price or -price.")),
        metadata={"description": "relevance with words and newest without, or price, -price"},
    )


class NamesOut(AnswerSchema):
    """The name in each language the firm wrote it in."""

    vi = fields.Str()
    km = fields.Str(allow_none=True)
    en = fields.Str(allow_none=True)


class NamedOut(AnswerSchema):
    slug = fields.Str()
    name = fields.Str()


class SellerOut(NamedOut):
    country = fields.Str(metadata={"example": "VN"})
    verified = fields.Bool()


class StepAmount(fields.String):
    """What a unit costs, with the decimals of its currency: "25000", "0.90"."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002
        return str(rounded(value, obj.currency).amount)


class StepOut(AnswerSchema):
    """A price the firm quotes, from a quantity on."""

    currency = Currency()
    min_quantity = Quantity()
    amount = StepAmount()


class ShownPriceOut(AnswerSchema):
    """The unit price of the minimum order. `converted`: with the rates named, not quoted by the firm."""

    currency = Currency()
    amount = fields.Str(metadata={"example": "25000"})
    converted = fields.Bool()
    rate_ids = fields.List(fields.Int())


class CertificateOut(AnswerSchema):
    kind = fields.Str()
    stars = fields.Int(allow_none=True)
    number = fields.Str()
    issuer = fields.Str()
    valid_until = fields.Date(allow_none=True)


class PictureOut(AnswerSchema):
    url = fields.Str()
    width = fields.Int()
    height = fields.Int()


class ProductOut(AnswerSchema):
    """A product on sale. `moq` is the smallest order, `available` what can be ordered now."""

    id = fields.Int()
    slug = fields.Str()
    url = fields.Str(metadata={"description": "The page for people"})
    name = fields.Str(metadata={"description": "In the language asked for, else in the one there is"})
    names = fields.Nested(NamesOut)
    description = fields.Str()
    category = fields.Nested(NamedOut)
    firm = fields.Nested(SellerOut)
    hs_code = fields.Str(metadata={"description": "AHTN 2022, 8 digits"})
    origin = fields.Str(metadata={"description": "ISO 3166-1 alpha-2"})
    unit = fields.Str(metadata={"description": "UN/ECE Recommendation 20 and 21, or ours", "example": "KGM"})
    unit_name = fields.Str()
    packaging = fields.Str()
    moq = Quantity()
    multiple = Quantity()
    available = Quantity()
    lead_days = fields.Int()
    price = fields.Nested(ShownPriceOut, allow_none=True)
    prices = fields.List(fields.Nested(StepOut))
    gates = fields.List(fields.Nested(NamedOut), metadata={"description": "Where it is handed over (FCA)"})
    certificates = fields.List(fields.Nested(CertificateOut), metadata={"description": "Those in force"})
    pictures = fields.List(fields.Nested(PictureOut))


class FacetValueOut(AnswerSchema):
    value = fields.Str()
    count = fields.Int()


class ProductsOut(AnswerSchema):
    """One page of products. Counts of a facet respect the words and all other facets."""

    items = fields.List(fields.Nested(ProductOut))
    total = fields.Int()
    page = fields.Int()
    pages = fields.Int()
    facets = fields.Dict(keys=fields.Str(), values=fields.List(fields.Nested(FacetValueOut)))
