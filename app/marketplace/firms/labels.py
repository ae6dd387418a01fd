"""What the states of a firm are called."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.marketplace.firms.models import FirmState

STATE_NAMES: dict[str, Any] = {
    FirmState.PENDING: _l("waiting for verification"),
    FirmState.VERIFIED: _l("verified"),
    FirmState.REJECTED: _l("rejected"),
    FirmState.SUSPENDED: _l("suspended"),
}
WHAT_NOW: dict[str, Any] = {
    FirmState.PENDING: _l(
        "A moderator compares the facts with the tax register, usually within two working days. "
        "Meanwhile you can prepare products; they can be sent for review once the firm is verified."
    ),
    FirmState.VERIFIED: _l("The firm is verified and may sell."),
    FirmState.REJECTED: _l("Mend what the moderator names below and send the registration again."),
    FirmState.SUSPENDED: _l("The firm's products are hidden from buyers. Open orders go on."),
}


def state_name(state: str) -> str:
    """A state in a word or two."""
    return str(STATE_NAMES[state])
