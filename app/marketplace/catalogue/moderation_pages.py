"""/{lang}/moderation/: what waits for a moderator, the facts of each, and the decisions."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession

from app import forms
from app.accounts.models import Role
from app.accounts.who import Caller, require, signed_in
from app.db import Session, reading
from app.i18n import language, pages_blueprint
from app.marketplace.catalogue import listing, moderating, product_form
from app.marketplace.catalogue.certificates import is_valid, name_of
from app.marketplace.catalogue.labels import DECISION_NAMES, FACT_NAMES, state_name
from app.marketplace.catalogue.models import Product
from app.marketplace.catalogue.schemas import DecisionSchema
from app.marketplace.firms import labels as firm_labels
from app.marketplace.firms import members, verifying
from app.marketplace.firms.models import Firm
from app.marketplace.firms.tax_codes import shown
from app.reference import hs_codes

bp: Blueprint = pages_blueprint("moderation", __name__)
Errors = dict[str, list[str]]
MODERATORS = (Role.MODERATOR, Role.ADMIN)


@bp.get("/moderation/")
@require(*MODERATORS)
def queues() -> str:
    """Firms and listings that wait, the longest waiting first, and the last decisions."""
    with reading() as session:
        return render_template(
            "moderation/queues.html",
            firms=verifying.waiting(session),
            products=moderating.waiting(session),
            decisions=moderating.recent_decisions(session),
            decision_names=DECISION_NAMES,
            shown=shown,
            dotted=hs_codes.dotted,
        )


@bp.get("/moderation/firms")
@require(*MODERATORS)
def firms() -> str:
    """All firms, found by name, tax code or state."""
    q, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    page = forms.page_number()
    with reading() as session:
        found, total = verifying.search(session, q, state if state in firm_labels.STATE_NAMES else "", page)
        return render_template(
            "moderation/firms.html",
            firms=found,
            total=total,
            page=page,
            pages=forms.pages_of(total, verifying.PAGE),
            url_of=forms.page_url,
            q=q,
            state=state,
            states=firm_labels.STATE_NAMES,
            state_name=firm_labels.state_name,
            shown=shown,
        )


@bp.get("/moderation/firms/<int:firm_id>")
@require(*MODERATORS)
def firm(firm_id: int) -> ResponseReturnValue:
    """A firm with what its verification rests on."""
    return _firm(firm_id, {}, "", 200)


@bp.post("/moderation/firms/<int:firm_id>")
@require(*MODERATORS)
def decide_firm(firm_id: int) -> ResponseReturnValue:
    """Verify, reject, suspend or reinstate."""
    reason, seen = request.form.get("reason", ""), request.form.get("facts", "")
    steps: dict[str, Callable[[OrmSession, Caller, Firm], None]] = {
        "verify": lambda session, who, about: verifying.verify(session, who, about, seen),
        "reinstate": lambda session, who, about: verifying.reinstate(session, who, about, seen),
        "reject": lambda session, who, about: verifying.reject(session, who, about, reason),
        "suspend": lambda session, who, about: verifying.suspend(session, who, about, reason),
    }
    try:
        _checked(reason)
        with Session.begin() as session:
            found = verifying.by_id(session, firm_id)
            steps[request.form.get("decision", "")](session, signed_in(), found)
    except KeyError:
        return _firm(firm_id, {"decision": [_("Choose a decision.")]}, reason, 422)
    except ValidationError as error:
        return _firm(firm_id, forms.errors_of(error), reason, 422)
    except (verifying.ReasonNeeded, verifying.NotNow, verifying.ChangedMeanwhile) as problem:
        return _firm(firm_id, {"reason": [problem.text()]}, reason, problem.status)
    flash(_("Decided. The firm got a letter."), "good")
    return redirect(f"/{language()}/moderation/", 303)


@bp.get("/moderation/products/<int:product_id>")
@require(*MODERATORS)
def product(product_id: int) -> ResponseReturnValue:
    """A listing with everything a buyer would see, and what is different since it was last published."""
    return _product(product_id, {}, "", 200)


@bp.post("/moderation/products/<int:product_id>")
@require(*MODERATORS)
def decide_product(product_id: int) -> ResponseReturnValue:
    """Accept, reject or take down."""
    reason = request.form.get("reason", "")
    try:
        seen = _checked(reason)
        steps: dict[str, Callable[[OrmSession, Caller, Product], None]] = {
            "publish": lambda session, who, about: moderating.publish(session, who, about, seen),
            "reject": lambda session, who, about: moderating.reject(session, who, about, seen, reason),
            "take_down": lambda session, who, about: moderating.take_down(session, who, about, reason),
        }
        with Session.begin() as session:
            found = moderating.by_id(session, product_id, lock=True)
            steps[request.form.get("decision", "")](session, signed_in(), found)
    except KeyError:
        return _product(product_id, {"decision": [_("Choose a decision.")]}, reason, 422)
    except ValidationError as error:
        return _product(product_id, forms.errors_of(error), reason, 422)
    except (verifying.ReasonNeeded, listing.NotNow, listing.FirmNotVerified, moderating.ChangedMeanwhile) as problem:
        return _product(product_id, {"reason": [problem.text()]}, reason, problem.status)
    flash(_("Decided. The firm got a letter."), "good")
    return redirect(_next_in_queue(), 303)


def _checked(reason: str) -> datetime | None:
    """Whether the reason is fit; answers when the listing that was read had been sent."""
    asked = {"reason": reason.strip(), "seen": request.form.get("seen", "")}
    seen: datetime | None = DecisionSchema().load({name: text for name, text in asked.items() if text})["seen"]
    return seen


def _next_in_queue() -> str:
    """The listing that waits longest now, so that a moderator can work through them; else the queues."""
    with reading() as session:
        following = next((f"products/{waiting.id}" for waiting in moderating.waiting(session)), "")
    return f"/{language()}/moderation/{following}"


def _firm(firm_id: int, errors: Errors, reason: str, status: int) -> ResponseReturnValue:
    with reading() as session:
        found = verifying.by_id(session, firm_id)
        page = render_template(
            "moderation/firm.html",
            firm=found,
            tax_code=shown(found.country, found.tax_code),
            state=firm_labels.state_name(found.state),
            facts=verifying.facts_in_short(found),
            people=members.of(session, found),
            history=verifying.history(session, found),
            decision_names=DECISION_NAMES,
            errors=errors,
            reason=reason,
        )
        return page, status


def _product(product_id: int, errors: Errors, reason: str, status: int) -> ResponseReturnValue:
    with reading() as session:
        found = moderating.by_id(session, product_id)
        page = render_template(
            "moderation/product.html",
            product=found,
            state=state_name(found.state),
            firm_state=firm_labels.state_name(found.firm.state),
            differences=moderating.differences(session, found),
            fact_names=FACT_NAMES,
            hs=hs_codes.lookup(session, found.hs_code),
            dotted=hs_codes.dotted,
            ladder=product_form.of(found)["steps"],
            certificate_name=name_of,
            is_valid=is_valid,
            seen=found.submitted_at.astimezone(UTC).isoformat() if found.submitted_at else "",
            errors=errors,
            reason=reason,
        )
        return page, status
