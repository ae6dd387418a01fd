"""The kinds of certificate a product can carry, as they are called; most are names and the same in each language."""

from flask_babel import lazy_gettext as _l

from app.marketplace.catalogue.models import Certificate
from app.periods import today

KINDS = {
    "ocop": "OCOP",
    "vietgap": "VietGAP",
    "globalgap": "GlobalG.A.P.",
    "vietgahp": "VietGAHP",
    "organic": _l("Organic"),
    "gi": _l("Geographical indication"),
    "collective": _l("Collective mark"),
    "growing_area": _l("Growing area code"),
    "attp": _l("Food safety (ATTP)"),
    "haccp": "HACCP",
    "iso22000": "ISO 22000",
    "fssc22000": "FSSC 22000",
    "brc": "BRCGS",
    "halal": "HALAL",
    "fda": "FDA",
    "gmp": "GMP",
    "iso9001": "ISO 9001",
    "iso13485": "ISO 13485",
    "qcvn": _l("Conformity mark (QCVN)"),
    "tcvn": "TCVN",
    "fsc": "FSC",
    "ispm15": "ISPM 15",
    "carb": "CARB P2",
    "enplus": "ENplus",
    "oekotex": "OEKO-TEX",
}
STARRED = "ocop"


def name_of(kind: str) -> str:
    """What a kind is called in the reader's language."""
    return str(KINDS.get(kind, kind))


def is_valid(certificate: Certificate) -> bool:
    """Whether it may be shown to buyers: it has not expired."""
    return certificate.valid_until is None or certificate.valid_until >= today()
