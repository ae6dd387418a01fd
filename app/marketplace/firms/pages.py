"""/{lang}/firms/{slug}: the public page of a firm."""

from flask import Blueprint, render_template

from app.db import reading
from app.i18n import pages_blueprint
from app.marketplace.firms import public
from app.marketplace.firms.labels import state_name
from app.marketplace.firms.tax_codes import shown

bp: Blueprint = pages_blueprint("firms", __name__)


@bp.get("/firms/<slug>")
def firm(slug: str) -> str:
    """Who the firm is, as verified, and the way to its products."""
    with reading() as session:
        profile = public.profile(session, slug)
        return render_template(
            "firms/firm.html",
            profile=profile,
            firm=profile.firm,
            tax_code=shown(profile.firm.country, profile.firm.tax_code),
            state=state_name(profile.firm.state),
        )
