"""What the states of a listing are called, what its seller does next, and the names of its facts."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.marketplace.catalogue.models import ProductState

STATE_NAMES: dict[str, Any] = {
    ProductState.DRAFT: _l("draft"),
    ProductState.PENDING: _l("waiting for review"),
    ProductState.PUBLISHED: _l("published"),
    ProductState.REJECTED: _l("not accepted"),
    ProductState.WITHDRAWN: _l("withdrawn"),
}
WHAT_NOW: dict[str, Any] = {
    ProductState.DRAFT: _l("Only your firm sees it. Send it for review when it is complete."),
    ProductState.PENDING: _l("A moderator looks at it next, usually within a working day. Buyers do not see it."),
    ProductState.PUBLISHED: _l("Buyers see and order it."),
    ProductState.REJECTED: _l("Mend what the moderator names below and send it for review again."),
    ProductState.WITHDRAWN: _l("Buyers do not see it. Send it for review to sell it again."),
}
FACT_NAMES: dict[str, Any] = {
    "name_vi": _l("Name in Vietnamese"),
    "name_en": _l("Name in English"),
    "name_km": _l("Name in Khmer"),
    "description_vi": _l("Description in Vietnamese"),
    "description_en": _l("Description in English"),
    "description_km": _l("Description in Khmer"),
    "category": _l("Category"),
    "hs_code": _l("HS code"),
    "origin": _l("Origin"),
    "unit": _l("Unit"),
    "packaging": _l("Packing"),
    "moq": _l("Smallest order"),
    "multiple": _l("Order step"),
    "lead_days": _l("Days to prepare"),
    "prices": _l("Prices"),
    "gates": _l("Gates"),
    "certificates": _l("Certificates"),
    "photos": _l("Photos"),
}
DECISION_NAMES: dict[str, Any] = {
    "firm.registered": _l("Firm registered"),
    "firm.registration_changed": _l("Registered facts changed"),
    "firm.sent_again": _l("Sent to the moderators again"),
    "firm.verified": _l("Firm verified"),
    "firm.rejected": _l("Firm rejected"),
    "firm.suspended": _l("Firm suspended"),
    "firm.reinstated": _l("Firm reinstated"),
    "product.published": _l("Product accepted"),
    "product.rejected": _l("Product not accepted"),
    "product.taken_down": _l("Product taken down"),
}


def state_name(state: str) -> str:
    """A state in a word or two."""
    return str(STATE_NAMES[state])
