"""The fields of each dataset: what a column may mean, how it is read, and whether a file must have it."""

from typing import Literal, NamedTuple

from flask_babel import lazy_gettext as _l

from app.trade.models import Dataset

Kind = Literal["label", "number", "date", "hs", "code", "declaration"]


class Field(NamedTuple):
    """`label` fields hold few distinct texts and are resolved once per text; the others are read in columns."""

    name: str
    title: str
    kind: Kind
    required: bool = False


FIELDS: dict[str, tuple[Field, ...]] = {
    Dataset.DECLARATIONS: (
        Field("declaration", _l("Declaration number"), "declaration", required=True),
        Field("line", _l("Line number"), "number", required=True),
        Field("date", _l("Registration date"), "date", required=True),
        Field("direction", _l("Direction"), "label"),
        Field("procedure", _l("Procedure code"), "label"),
        Field("gate", _l("Gate"), "label", required=True),
        Field("office", _l("Customs office"), "code"),
        Field("hs", _l("HS code"), "hs", required=True),
        Field("partner", _l("Partner country"), "label"),
        Field("value", _l("Value"), "number", required=True),
        Field("currency", _l("Currency"), "label", required=True),
        Field("value_vnd", _l("Value in VND"), "number"),
        Field("net_kg", _l("Net weight, kg"), "number"),
        Field("gross_kg", _l("Gross weight, kg"), "number"),
        Field("quantity", _l("Quantity"), "number"),
        Field("unit", _l("Unit"), "label"),
        Field("tax_code", _l("Tax code"), "code"),
        Field("cancelled", _l("Status of the declaration"), "label"),
    ),
    Dataset.CROSSINGS: (
        Field("gate", _l("Gate"), "label", required=True),
        Field("period", _l("Day or month"), "label", required=True),
        Field("year", _l("Year"), "label"),
        Field("direction", _l("Direction"), "label"),
        Field("measure", _l("Kind of vehicle or people"), "label", required=True),
        Field("count", _l("Count"), "number", required=True),
    ),
    Dataset.SUMMARIES: (
        Field("gate", _l("Gate"), "label", required=True),
        Field("period", _l("Period"), "label", required=True),
        Field("year", _l("Year"), "label"),
        Field("direction", _l("Direction"), "label", required=True),
        Field("hs", _l("HS code"), "hs"),
        Field("partner", _l("Partner country"), "label"),
        Field("value", _l("Value"), "number", required=True),
        Field("currency", _l("Currency"), "label", required=True),
        Field("net_kg", _l("Net weight, kg"), "number"),
        Field("status", _l("Status of the figure"), "label"),
    ),
    Dataset.RATES: (
        Field("date", _l("Day"), "date", required=True),
        Field("currency", _l("Currency"), "label", required=True),
        Field("rate", _l("VND for one unit"), "number", required=True),
    ),
}


def field(dataset: str, name: str) -> Field:
    """The field of that name."""
    return next(found for found in FIELDS[dataset] if found.name == name)
