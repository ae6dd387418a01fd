"""Order numbers people can say on the telephone: MX-2611-00042 is the 42nd order of November 2026."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.i18n import ZONE
from app.marketplace.orders.models import OrderCounter


def take(session: Session, many: int, moment: datetime) -> list[str]:
    """The next `many` numbers of the month. Whoever takes after us waits for our commit, so take them last."""
    month = f"{moment.astimezone(ZONE):%y%m}"
    count = update(OrderCounter).where(OrderCounter.month == month).values(last=OrderCounter.last + many)
    last = session.scalar(count.returning(OrderCounter.last))
    if last is None:
        _open(session, month)
        last = session.scalars(count.returning(OrderCounter.last)).one()
    return [f"MX-{month}-{number:05}" for number in range(last - many + 1, last + 1)]


def _open(session: Session, month: str) -> None:
    try:
        with session.begin_nested():
            session.add(OrderCounter(month=month, last=0))
    except IntegrityError:
        pass  # another first order of this month was quicker
