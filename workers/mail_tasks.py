"""Sending e-mail: the row is kept, the server is told once."""

from app import jobs, mail
from app.accounts.models import Mail
from app.db import Session, now, reading
from app.jobs import Claim
from workers.settings import current


def send_mail(held: Claim) -> None:
    """Hand the mail to the SMTP server of SMTP_URL; without one, and in the demonstration, it stays on its page."""
    settings = current()
    server = "" if settings["DEMO"] else settings["SMTP_URL"]
    with reading() as session:
        letter = session.get_one(Mail, held.payload["mail_id"])
        session.expunge(letter)
    if letter.sent_at is None:
        try:
            mail.deliver(server, settings["MAIL_FROM"], letter)
        except Exception as error:
            _note_failure(letter.id, error)
            raise  # the outbox tries again
    with Session.begin() as session:
        jobs.finish(session, held)
        sent = session.get_one(Mail, letter.id)
        sent.sent_at, sent.error = now(), ""
        if server:
            sent.body = ""  # its links open accounts, and it is with its reader now


def _note_failure(mail_id: int, error: Exception) -> None:
    with Session.begin() as session:
        session.get_one(Mail, mail_id).error = f"{type(error).__name__}: {error}"
