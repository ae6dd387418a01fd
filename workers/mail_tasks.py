"""Sending e-mail: the row is kept, the server is told once."""

from app import jobs, mail
from app.accounts.models import Mail
from app.db import Session, now, reading
from app.jobs import Claim
from workers.settings import current


def send_mail(held: Claim) -> None:
    """Hand the mail to the SMTP server of SMTP_URL; without one it stays on the outbox page."""
    with reading() as session:
        letter = session.get_one(Mail, held.payload["mail_id"])
        session.expunge(letter)
    if letter.sent_at is None:
        mail.deliver(current()["SMTP_URL"], current()["MAIL_FROM"], letter)
    with Session.begin() as session:
        jobs.finish(session, held)
        session.get_one(Mail, letter.id).sent_at = now()
