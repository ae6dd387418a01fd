"""The codes of the administrators' desk as words for readers."""

from flask_babel import lazy_gettext as _l

ROLES = {
    "buyer": _l("Buyer"),
    "seller": _l("Member of a firm"),
    "economist": _l("Economist"),
    "moderator": _l("Moderator"),
    "admin": _l("Administrator"),
}
