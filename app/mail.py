"""E-mail: written to the outbox with the event that causes it, delivered by a worker."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jobs
from app.accounts.models import Mail

SECONDS = 20


def write(session: Session, *, dedup: str, recipient: str, language: str, subject: str, body: str) -> None:
    """Put a letter into the outbox in the caller's transaction; the same `dedup` key is never written twice."""
    if session.scalar(select(Mail.id).where(Mail.dedup == dedup)) is not None:
        return
    letter = Mail(dedup=dedup, recipient=recipient, language=language, subject=_one_line(subject), body=body)
    session.add(letter)
    session.flush()
    jobs.put(session, "send_mail", {"mail_id": letter.id})


def deliver(smtp_url: str, sender: str, letter: Mail) -> None:
    """Send over SMTP. Without `smtp_url` the letter stays on the outbox page, where the demonstration reads it."""
    if not smtp_url:
        return
    server = urlsplit(smtp_url)
    name, address = parseaddr(sender)
    user, _, domain = address.partition("@")
    message = EmailMessage()
    message.set_content(letter.body)  # first, since it takes away what says something of a content
    message["From"] = Address(name, user, domain)
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = letter.created
    message["Content-Language"] = letter.language
    message["Message-ID"] = make_msgid(idstring=f"mocxa-{letter.id}", domain=domain)
    with _connected(server) as smtp:
        if server.username:
            smtp.login(unquote(server.username), unquote(server.password or ""))
        smtp.send_message(message)


def _connected(server: SplitResult) -> smtplib.SMTP:
    """A connection to the server that its certificate names; plain only where there is no password to protect."""
    host, port, checked = server.hostname or "localhost", server.port or 0, ssl.create_default_context()
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=checked)
    smtp = smtplib.SMTP(host, port, timeout=SECONDS)
    if server.username:
        smtp.starttls(context=checked)
    return smtp


def _one_line(text: str) -> str:
    return " ".join(text.split())
