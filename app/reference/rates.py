"""Dated exchange rates: the one that holds on a day, and converting with it."""

from datetime import date, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import Case, Select, case, func, select
from sqlalchemy.orm import Session

from app.errors import Problem
from app.i18n import day as show_day
from app.i18n import number
from app.money import Money
from app.periods import last_day, month_of
from app.reference.models import Rate

GOOD_FOR = timedelta(days=7)
LIKELY = Decimal("0.1")
PRECEDENCE = ("customs", "central", "market")


class NoRate(Problem):
    """No rate of these currencies holds on that day."""

    message = _l("There is no exchange rate from %(base)s to %(quote)s for %(day)s.")


class RateKnown(Problem):
    """Rates never change, because documents keep them: a wrong one is followed by a right one of another kind."""

    message = _l("There is already a rate from %(base)s to %(quote)s of this kind for %(day)s.")


class UnlikelyRate(Problem):
    """Far from the last one: more likely a slip of the keyboard than the market."""

    status = 422
    message = _l("The last rate, of %(day)s, was %(rate)s. If the new one is right, say that you are sure.")


def add(
    session: Session, *, base: str, quote: str, kind: str, day: date, rate: Decimal, source: str, sure: bool = False
) -> Rate:
    """A new dated rate; raises `RateKnown`, or `UnlikelyRate` when it is far from the last and nobody is `sure`."""
    known = _pair(base, quote).where(Rate.kind == kind, Rate.day == day)
    if session.scalar(known) is not None:
        raise RateKnown(base=base, quote=quote, day=show_day(day))
    last = session.scalar(_pair(base, quote).where(Rate.day <= day).order_by(Rate.day.desc(), _rank()).limit(1))
    if last is not None and not sure and abs(rate - last.rate) > last.rate * LIKELY:
        raise UnlikelyRate(day=show_day(last.day), rate=number(last.rate, 6 if last.rate < 1 else 2))
    added = Rate(base=base, quote=quote, kind=kind, day=day, rate=rate, source=source)
    session.add(added)
    session.flush()
    return added


def on(session: Session, base: str, quote: str, day: date) -> Rate:
    """The rate of exactly this pair on a day: the nearest of the last 7 days, else that of the month; or `NoRate`."""
    if rate := _dated(session, base, quote, day) or _of_month(session, base, quote, day):
        return rate
    raise NoRate(base=base, quote=quote, day=day.isoformat())


def latest(session: Session, base: str, quote: str, day: date) -> Rate:
    """The newest rate not after a day, however old, for prices shown with the rate's date; or `NoRate`."""
    query = _pair(base, quote).where(Rate.day <= day).order_by(Rate.day.desc(), _rank())
    if rate := session.scalar(query.limit(1)):
        return rate
    raise NoRate(base=base, quote=quote, day=day.isoformat())


def convert(session: Session, money: Money, currency: str, day: date, *, newest: bool = False) -> tuple[Money, Rate]:
    """The amount in another currency with the rate used, which may be of the reverse pair.

    `newest` takes the newest rate however old: good for showing, not for a document.
    """
    find = latest if newest else on
    try:
        rate = find(session, money.currency, currency, day)
    except NoRate:
        rate = find(session, currency, money.currency, day)
    return apply(rate, money, currency), rate


def apply(rate: Rate, money: Money, currency: str) -> Money:
    """The amount in `currency` by a rate of either direction, rounded once."""
    if (rate.base, rate.quote) == (money.currency, currency):
        return money.convert(rate.rate, currency)
    if (rate.quote, rate.base) == (money.currency, currency):
        return money.convert_back(rate.rate, currency)
    raise ValueError(f"a rate {rate.base}/{rate.quote} does not convert {money.currency} to {currency}")


def table(session: Session, base: str, quote: str, limit: int = 60, offset: int = 0) -> list[Rate]:
    """The newest rates of a pair, newest first."""
    newest = _pair(base, quote).order_by(Rate.day.desc(), _rank())
    return list(session.scalars(newest.limit(limit).offset(offset)))


def count(session: Session, base: str, quote: str) -> int:
    """How many rates a pair has."""
    return session.scalar(select(func.count()).select_from(_pair(base, quote).subquery())) or 0


def pairs(session: Session) -> list[tuple[str, str]]:
    """The pairs there are rates for."""
    return [
        (base, quote)
        for base, quote in session.execute(select(Rate.base, Rate.quote).distinct().order_by(Rate.base, Rate.quote))
    ]


def _dated(session: Session, base: str, quote: str, day: date) -> Rate | None:
    query = _pair(base, quote).where(Rate.kind != "monthly", Rate.day.between(day - GOOD_FOR, day))
    return session.scalar(query.order_by(_rank(), Rate.day.desc()).limit(1))


def _of_month(session: Session, base: str, quote: str, day: date) -> Rate | None:
    month = month_of(day)
    query = _pair(base, quote).where(Rate.kind == "monthly", Rate.day.between(month, last_day(month)))
    return session.scalar(query.order_by(Rate.day).limit(1))


def _pair(base: str, quote: str) -> Select[Rate]:
    return select(Rate).where(Rate.base == base, Rate.quote == quote)


def _rank() -> Case[int]:
    return case({kind: place for place, kind in enumerate(PRECEDENCE)}, value=Rate.kind, else_=len(PRECEDENCE))
