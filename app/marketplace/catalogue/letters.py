"""Letters about a listing to the people of its firm."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.db import now
from app.i18n import localized
from app.marketplace.catalogue.models import Product
from app.marketplace.firms.letters import tell_firm


def decided(session: Session, product: Product, action: str) -> None:
    """What a moderator decided, and what to do now."""
    words = {"product.published": _published, "product.rejected": _rejected, "product.taken_down": _taken_down}[
        action
    ]
    tell_firm(session, product.firm, f"{action}:{product.id}:{now().isoformat()}", lambda: words(product))


def _published(product: Product) -> tuple[str, str]:
    name = localized(product, "name")
    return (
        _("“%(product)s” is published", product=name),
        _("a moderator accepted “%(product)s”. Buyers can see and order it now.", product=name),
    )


def _rejected(product: Product) -> tuple[str, str]:
    name = localized(product, "name")
    return (
        _("“%(product)s” was not accepted", product=name),
        _(
            "a moderator did not accept “%(product)s”.\n\nReason: %(reason)s\n\n"
            "Mend this on the page of the product and send it for review again.",
            product=name,
            reason=product.state_reason,
        ),
    )


def _taken_down(product: Product) -> tuple[str, str]:
    name = localized(product, "name")
    return (
        _("“%(product)s” was taken down", product=name),
        _(
            "a moderator hid “%(product)s” from buyers.\n\nReason: %(reason)s\n\n"
            "Open orders go on. Mend what is named and send the product for review again.",
            product=name,
            reason=product.state_reason,
        ),
    )
