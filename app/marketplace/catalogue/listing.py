"""A seller's side of a product: draft, edit, send for review, withdraw. Stock is in `stocking`, photos in `photos`.

What a moderator has judged (words, goods, certificates, photos) goes back to review when it changes; prices,
quantities and gates do not. See docs/decisions/0005-what-needs-review.md.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import audit
from app.accounts.who import Caller
from app.db import now
from app.errors import NotFound, Problem
from app.marketplace.catalogue import terms
from app.marketplace.catalogue.drawings import drawing_for
from app.marketplace.catalogue.ladders import as_facts, set_ladder, steps_of
from app.marketplace.catalogue.models import NEXT, Category, Certificate, Product, ProductState
from app.marketplace.fields import plain
from app.marketplace.firms.models import Firm
from app.marketplace.slugs import free_slug
from app.periods import today
from app.reference import gates, hs_codes

WORDS = ("name_vi", "name_en", "name_km", "description_vi", "description_en", "description_km")
JUDGED = (*WORDS, "hs_code", "origin", "unit", "packaging", "category", "certificates")
FREE = ("moq", "multiple", "lead_days", "prices", "gates")


class NotNow(Problem):
    """The listing stands elsewhere."""

    message = _l("This cannot be done now: the product is in another state. Look at it again.")


class FirmNotVerified(Problem):
    """Only verified firms sell."""

    message = _l("Your firm is not verified yet. The product is kept as a draft; send it once the firm is verified.")


class NoPriceYet(Problem):
    """Nobody can order a thing without a price."""

    message = _l("Give at least one price before you send the product for review.")


class NoGateYet(Problem):
    """Nobody can receive a thing that is handed over nowhere."""

    message = _l("Choose at least one gate before you send the product for review.")


class UnitInUse(Problem):
    """Open orders are in the old unit."""

    message = _l("The unit cannot change while open orders hold some of the stock.")


def own(session: Session, who: Caller, product_id: int, *, lock: bool = False) -> Product:
    """A product of the caller's firm; that of another firm is not there. `lock`: to change it."""
    query = select(Product).where(Product.id == product_id, Product.firm_id == who.firm_id)
    if lock:
        query = query.with_for_update(of=Product).execution_options(populate_existing=True)
    if who.firm_id is None or (product := session.scalar(query)) is None:
        raise NotFound()
    return product


def draft(session: Session, who: Caller, firm: Firm, values: Mapping[str, Any]) -> Product:
    """A new product, seen by its firm only."""
    product = Product(firm=firm, slug=free_slug(session, Product, values["name_vi"], values["name_en"]))
    _apply(session, product, values)
    session.add(product)
    audit.record(session, who, "product.drafted", product, after=facts(product), firm_id=firm.id)
    terms.rewrite(session, product)
    return product


def edit(session: Session, who: Caller, product: Product, values: Mapping[str, Any]) -> bool:
    """Take over what the form says; whether a published product went back to review because of it."""
    before = facts(product)
    if product.reserved and values["unit"] != product.unit:
        raise UnitInUse()
    _apply(session, product, values)
    return note_change(session, who, product, before, facts(product))


def note_change(
    session: Session, who: Caller, product: Product, before: dict[str, Any], after: dict[str, Any]
) -> bool:
    """Write down what is different; whether a published product went back to review because of it."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return False
    audit.record(
        session,
        who,
        "product.edited",
        product,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        firm_id=product.firm_id,
    )
    judged_again = product.state == ProductState.PUBLISHED and not set(changed) <= set(FREE)
    if judged_again:
        move(session, who, product, "product.back_to_review", ProductState.PENDING)
    if product.state == ProductState.PENDING:
        product.submitted_at = now()
    terms.rewrite(session, product)
    return judged_again


def submit(session: Session, who: Caller, product: Product) -> None:
    """Ask the moderators; raises what is still missing."""
    if product.state not in {ProductState.DRAFT, ProductState.REJECTED, ProductState.WITHDRAWN}:
        raise NotNow()
    if not product.firm.is_verified:
        raise FirmNotVerified()
    if not product.prices:
        raise NoPriceYet()
    if not product.gates:
        raise NoGateYet()
    product.submitted_at = now()
    move(session, who, product, "product.submitted", ProductState.PENDING)


def withdraw(session: Session, who: Caller, product: Product) -> None:
    """Take it off the shelf, or back out of the queue; open orders go on."""
    to = ProductState.DRAFT if product.state == ProductState.PENDING else ProductState.WITHDRAWN
    move(session, who, product, "product.withdrawn", to)


def move(session: Session, who: Caller, product: Product, action: str, to: ProductState, reason: str = "") -> None:
    """One step of the table, written down, with the search terms that follow from it; raises `NotNow`."""
    from_ = ProductState(product.state)
    if to not in NEXT[from_]:
        raise NotNow()
    product.state, product.state_reason = to, reason
    after = {"state": to.value} | ({"reason": reason} if reason else {})
    audit.record(session, who, action, product, before={"state": from_.value}, after=after, firm_id=product.firm_id)
    terms.rewrite(session, product)


def facts(product: Product) -> dict[str, Any]:
    """Everything a form changes, in the shape the audit log keeps."""
    return {
        **{name: getattr(product, name) for name in (*WORDS, "hs_code", "origin", "unit", "packaging")},
        "category": product.category.slug,
        "certificates": sorted(_certificate_facts(row) for row in product.certificates),
        "moq": plain(product.moq),
        "multiple": plain(product.multiple),
        "lead_days": product.lead_days,
        "prices": as_facts(steps_of(product)),
        "gates": sorted(gate.slug for gate in product.gates),
    }


def _apply(session: Session, product: Product, values: Mapping[str, Any]) -> None:
    for name in (*WORDS, "origin", "unit", "packaging", "moq", "multiple", "lead_days"):
        setattr(product, name, values[name])
    product.hs_code = hs_codes.line(session, values["hs_code"]).code
    product.drawing = drawing_for(product.hs_code)
    product.category = session.scalars(select(Category).where(Category.slug == values["category"])).one()
    product.gates = [gates.taking_goods(session, slug, today()) for slug in values["gates"]]
    set_ladder(product, values["steps"])
    _set_certificates(product, values["certificates"])


def _set_certificates(product: Product, rows: list[dict[str, Any]]) -> None:
    """Replace them, keeping the rows that say the same."""
    wanted = [Certificate(**row) for row in rows]
    kept = {_certificate_facts(row): row for row in product.certificates}
    product.certificates = [kept.pop(_certificate_facts(row), row) for row in wanted]


def _certificate_facts(row: Certificate) -> str:
    stars = f" {row.stars}★" if row.stars else ""
    until = f" until {row.valid_until.isoformat()}" if row.valid_until else ""
    return f"{row.kind}{stars} {row.number} {row.issuer}{until}".strip()
