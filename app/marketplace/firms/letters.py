"""Letters to the people of a firm, each in their own language."""

from collections.abc import Callable

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Membership, Person
from app.i18n import force_locale, localized
from app.marketplace.firms.models import Firm

Words = Callable[[], tuple[str, str]]
"""Subject and body, asked for once for each reader's language."""


def tell_firm(session: Session, firm: Firm, key: str, words: Words, *, owners_only: bool = False) -> None:
    """Write to the members of a firm who may sign in. `key` names the event, so that nothing is sent twice."""
    query = select(Person).join(Membership, Membership.person_id == Person.id)
    query = query.where(Membership.firm_id == firm.id, Person.disabled_at.is_(None)).order_by(Person.id)
    if owners_only:
        query = query.where(Membership.role == "owner")
    for person in session.scalars(query):
        tell(session, person, key, words)


def tell(session: Session, person: Person, key: str, words: Words) -> None:
    """Write to one person."""
    with force_locale(person.language):
        subject, body = words()
        greeting = _("Hello %(name)s,", name=person.name)
        mail.write(
            session,
            dedup=f"{key}:{person.id}",
            recipient=person.email,
            language=person.language,
            subject=subject,
            body=f"{greeting}\n\n{body}",
        )


def registered(firm: Firm) -> tuple[str, str]:
    """A new firm waits for a moderator."""
    name = localized(firm, "name")
    return (
        _("%(firm)s is registered and waits for verification", firm=name),
        _(
            "thank you for registering %(firm)s with Mộc Xa. A moderator now compares the facts with the "
            "tax register, and you get a letter with the answer. Meanwhile you can prepare your products.",
            firm=name,
        ),
    )


def verified(firm: Firm) -> tuple[str, str]:
    """The firm may sell."""
    name = localized(firm, "name")
    return (
        _("%(firm)s is verified", firm=name),
        _("a moderator verified %(firm)s. You can now send products for review and sell them.", firm=name),
    )


def rejected(firm: Firm) -> tuple[str, str]:
    """The registration has to be mended."""
    name = localized(firm, "name")
    return (
        _("The registration of %(firm)s was rejected", firm=name),
        _(
            "a moderator could not verify %(firm)s.\n\nReason: %(reason)s\n\n"
            "Mend this on the page of your firm and send the registration again.",
            firm=name,
            reason=firm.state_reason,
        ),
    )


def suspended(firm: Firm) -> tuple[str, str]:
    """The firm may not sell for now."""
    name = localized(firm, "name")
    return (
        _("%(firm)s is suspended", firm=name),
        _(
            "a moderator suspended %(firm)s.\n\nReason: %(reason)s\n\n"
            "Your products are hidden from buyers. Open orders go on: please fulfil them.",
            firm=name,
            reason=firm.state_reason,
        ),
    )


def reinstated(firm: Firm) -> tuple[str, str]:
    """The suspension is over."""
    name = localized(firm, "name")
    return (
        _("%(firm)s may sell again", firm=name),
        _("the suspension of %(firm)s is over. Your products are shown to buyers again.", firm=name),
    )


def bank_changed(firm: Firm) -> tuple[str, str]:
    """In case it was somebody else."""
    name = localized(firm, "name")
    return (
        _("The bank account of %(firm)s was changed", firm=name),
        _(
            "the account that buyers of %(firm)s pay to is now %(account)s at %(bank)s, held by %(holder)s. "
            "If nobody of your firm changed it, change it back at once and tell a moderator.",
            firm=name,
            account=firm.bank_account,
            bank=firm.bank_name,
            holder=firm.bank_holder,
        ),
    )


def invited(firm: Firm) -> tuple[str, str]:
    """Somebody is asked to act for a firm."""
    name = localized(firm, "name")
    return (
        _("%(firm)s invites you to act for it", firm=name),
        _(
            "%(firm)s invites you to look after its products and orders on Mộc Xa. "
            "Sign in and open “My firm's shop” to accept or decline.",
            firm=name,
        ),
    )


def removed(firm: Firm) -> tuple[str, str]:
    """Somebody no longer acts for a firm."""
    name = localized(firm, "name")
    return (
        _("You no longer act for %(firm)s", firm=name),
        _("your access to the products and orders of %(firm)s has ended.", firm=name),
    )
