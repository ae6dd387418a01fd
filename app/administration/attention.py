"""What waits for somebody: one count and one address for each thing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Mail, Person
from app.administration import work
from app.db import now
from app.jobs import Outbox
from app.marketplace.catalogue.models import Product, ProductState
from app.marketplace.firms.models import Firm, FirmState
from app.periods import today
from app.reference.models import Gate, Rate
from app.trade.models import Import, State

SLOW = timedelta(minutes=10)
OLD_RATE = timedelta(days=35)


@dataclass(frozen=True)
class Waiting:
    """Something to look at: how many, what, and where."""

    count: int
    words: str
    place: str
    bad: bool = False


def what_waits(session: Session) -> list[Waiting]:
    """Everything with a count above zero, faults first."""
    found = [*_faults(session), *_decisions(session)]
    return [waiting for waiting in found if waiting.count]


def _faults(session: Session) -> list[Waiting]:
    unfinished = Outbox.done_at.is_(None) & Outbox.failed_at.is_(None)
    return [
        Waiting(
            _count(session, Outbox.failed_at.is_not(None)), str(_l("Work that was given up")), "admin/jobs", True
        ),
        Waiting(
            _count(session, unfinished & (Outbox.not_before < now() - SLOW)),
            str(_l("Work that waits for more than 10 minutes")),
            "admin/jobs",
            True,
        ),
        Waiting(0 if work.beats(session) else 1, str(_l("No worker gives a sign of life")), "admin/jobs", True),
        Waiting(
            len(work.stuck_gate_months(session)), str(_l("Months whose figures failed")), "admin/jobs#months", True
        ),
        Waiting(_count(session, Mail.error != ""), str(_l("Letters that could not be sent")), "outbox", True),
    ]


def _decisions(session: Session) -> list[Waiting]:
    waiting = (State.MAPPING_NEEDED, State.READY)
    stale_notice = Gate.notice_until < today()
    return [
        Waiting(
            _count(session, Firm.state == FirmState.PENDING), str(_l("Firms that wait to be verified")), "moderation/"
        ),
        Waiting(
            _count(session, Product.state == ProductState.PENDING),
            str(_l("Products that wait to be published")),
            "moderation/",
        ),
        Waiting(
            _count(session, Import.state.in_(waiting)),
            str(_l("Customs files that wait for a person")),
            "trade/imports",
        ),
        Waiting(
            _count(session, or_(Gate.status == "closed", stale_notice)),
            str(_l("Gates that are closed or whose notice has run out")),
            "admin/gates",
        ),
        Waiting(
            0 if _has_fresh_rate(session) else 1, str(_l("No exchange rate USD to VND of this month")), "admin/rates"
        ),
    ]


def figures(session: Session) -> list[tuple[str, int]]:
    """How much there is: people, firms, products."""
    return [
        (str(_l("People")), _count(session, Person.disabled_at.is_(None))),
        (str(_l("Verified firms")), _count(session, Firm.state == FirmState.VERIFIED)),
        (str(_l("Products on sale")), _count(session, Product.state == ProductState.PUBLISHED)),
    ]


def _has_fresh_rate(session: Session) -> bool:
    fresh = select(Rate.id).where(Rate.base == "USD", Rate.quote == "VND", Rate.day > today() - OLD_RATE)
    return session.scalar(fresh.limit(1)) is not None


def _count(session: Session, rule: ColumnElement[Any]) -> int:
    return session.scalar(select(func.count()).where(rule)) or 0
