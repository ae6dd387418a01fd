"""The codes of the shared facts as words for readers."""

from flask_babel import lazy_gettext as _l

GATE_TYPES = {
    "international": _l("International gate"),
    "main": _l("Main gate"),
    "secondary": _l("Secondary gate"),
    "foreign": _l("Foreign port"),
}
GATE_STATES = {"open": _l("Open"), "limited": _l("Limited"), "closed": _l("Closed")}
RATE_KINDS = {
    "customs": _l("Customs rate"),
    "central": _l("Central bank"),
    "market": _l("Market, daily"),
    "monthly": _l("First of the month"),
}
