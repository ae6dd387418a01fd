"""The letters of this folder, each in its reader's language."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Person
from app.i18n import force_locale


def confirm_email(session: Session, person: Person, link: str, key: str) -> None:
    """Asks a new person to prove that the address is theirs."""
    with force_locale(person.language):
        subject = _("Confirm your e-mail address for Mộc Xa")
        body = _(
            "Hello %(name)s,\n\n"
            "welcome to Mộc Xa, the market of the border gates of Tây Ninh. "
            "Open this link to confirm that this e-mail address is yours. It works once, for 24 hours:\n\n"
            "%(link)s\n\n"
            "If you did not open an account, do nothing.",
            name=person.name,
            link=link,
        )
    mail.write(
        session,
        dedup=f"confirm:{key}",
        recipient=person.email,
        language=person.language,
        subject=subject,
        body=body,
    )


def reset_password(session: Session, person: Person, link: str, key: str, minutes: int) -> None:
    """Carries the link by which a new password is set."""
    with force_locale(person.language):
        subject = _("A new password for Mộc Xa")
        body = _(
            "Hello %(name)s,\n\n"
            "someone, probably you, asked for a new password for this e-mail address. "
            "Open this link to choose one. It works once, for %(minutes)s minutes:\n\n"
            "%(link)s\n\n"
            "If it was not you, do nothing: your password stays as it is.",
            name=person.name,
            link=link,
            minutes=minutes,
        )
    mail.write(
        session,
        dedup=f"reset:{key}",
        recipient=person.email,
        language=person.language,
        subject=subject,
        body=body,
    )


def password_changed(session: Session, person: Person, key: str) -> None:
    """Tells a person that the password is another one now, in case it was somebody else."""
    with force_locale(person.language):
        subject = _("Your password for Mộc Xa was changed")
        body = _(
            "Hello %(name)s,\n\n"
            "the password of your account was changed just now, and other devices were signed out. "
            "If it was not you, ask for a new password on the sign-in page at once.",
            name=person.name,
        )
    mail.write(
        session,
        dedup=f"changed:{key}",
        recipient=person.email,
        language=person.language,
        subject=subject,
        body=body,
    )
