"""Letters on their way out: to the right server, once, and nothing of them stays behind."""

import smtplib
import ssl
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app import mail
from app.accounts.models import Mail
from app.db import Session, reading
from app.jobs import Outbox
from workers import bell

SENDER = "Mộc Xa <no-reply@mocxa.example>"


class Server:
    """Takes the place of smtplib's connection and remembers what it was told."""

    def __init__(self, host: str, port: int, timeout: float, context: ssl.SSLContext | None = None) -> None:
        self.at, self.secured_by, self.told = (host, port), context, []
        Server.last = self

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def starttls(self, *, context: ssl.SSLContext | None = None) -> None:
        self.secured_by = context

    def login(self, user: str, password: str) -> None:
        assert self.secured_by is not None, "the password would be readable on its way"
        self.told.append((user, password))

    def send_message(self, message) -> None:
        self.told.append(message)


@pytest.fixture(autouse=True)
def _server(monkeypatch, clean, rung) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)


def letter(**facts: str) -> Mail:
    given = {
        "id": 7,
        "created": datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
        "recipient": "dara@test.example",
        "language": "km",
        "subject": "Chào",
        "body": "Một liên kết",
    }
    return Mail(**given | facts)


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_password_is_only_given_to_the_server_that_its_certificate_names(scheme) -> None:
    mail.deliver(f"{scheme}://mocxa:b%C3%AD%40m@smtp.test.example:587", SENDER, letter())
    context = Server.last.secured_by
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert Server.last.told[0] == ("mocxa", "bí@m")


def test_a_letter_arrives_with_its_names_and_words() -> None:
    mail.deliver("smtp://localhost:25", SENDER, letter())
    [message] = Server.last.told
    assert (message["To"], message["Subject"], message["Content-Language"]) == ("dara@test.example", "Chào", "km")
    assert message.get_content() == "Một liên kết\n"
    assert message["Date"] == "Tue, 24 Nov 2026 03:00:00 +0000"
    assert message["From"].addresses[0].display_name == "Mộc Xa"


def test_a_subject_cannot_carry_a_second_header(session) -> None:
    mail.write(
        session, dedup="a", recipient="a@test.example", language="vi", subject="Xin\r\nBcc: all@test.example", body=""
    )
    assert session.scalar(select(Mail.subject)) == "Xin Bcc: all@test.example"


@pytest.mark.parametrize("recipient", ["a@test.example\r\nBcc: b@test.example", "a@test.example\nX: y"])
def test_a_recipient_that_carries_a_second_header_is_never_written_to(recipient) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        mail.deliver("smtp://localhost:25", SENDER, letter(recipient=recipient))


# --- by a worker ---


@pytest.fixture
def work(session, monkeypatch):
    """`work(**settings)`: a worker does what is due; answers the letter as it is kept afterwards."""

    def send(**more: str) -> Mail:
        monkeypatch.setattr(
            "workers.mail_tasks.current",
            lambda: {"SMTP_URL": "smtp://localhost", "MAIL_FROM": SENDER, "DEMO": False} | more,
        )
        monkeypatch.setattr("workers.bell.current", lambda: {"LEASE_SECONDS": 60})
        mail.write(session, dedup="a", recipient="a@test.example", language="vi", subject="Chào", body="Một liên kết")
        session.commit()
        assert bell.run_one_deed()
        with reading() as found:
            kept = found.scalars(select(Mail)).one()
            found.expunge(kept)
            return kept

    return send


def test_a_letter_that_went_out_leaves_no_link_behind(work) -> None:
    kept = work()
    assert Server.last.told[0].get_content() == "Một liên kết\n"
    assert (kept.body, kept.error, kept.sent_at is not None) == ("", "", True)


@pytest.mark.parametrize("more", [{"DEMO": True}, {"SMTP_URL": ""}])
def test_in_the_demonstration_or_without_a_server_letters_stay_to_be_read(work, more) -> None:
    Server.last = None
    assert (work(**more).body, Server.last) == ("Một liên kết", None)


def test_a_letter_that_was_not_taken_says_why_and_is_tried_again(work, monkeypatch) -> None:
    def refuse(_self, _message) -> None:
        raise smtplib.SMTPRecipientsRefused({"a@test.example": (550, b"unknown")})

    monkeypatch.setattr(Server, "send_message", refuse)
    kept = work()
    assert kept.error.startswith("SMTPRecipientsRefused")
    assert (kept.body, kept.sent_at) == ("Một liên kết", None)
    with Session() as session:
        deed = session.scalars(select(Outbox)).one()
    assert (deed.done_at, deed.failed_at, deed.attempts) == (None, None, 1)
