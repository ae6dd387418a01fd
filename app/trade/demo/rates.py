"""What a dollar was worth in đồng, for the tax value that invented declarations carry beside their dollars."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reference.models import Rate

WITHOUT_RATES = 25_000.0


def vnd_per_usd(session: Session) -> Callable[[date], float]:
    """Day → the rate of that day or the nearest before it; before the first rate that is known, the first."""
    found = session.execute(
        select(Rate.day, Rate.rate).where(Rate.base == "USD", Rate.quote == "VND").order_by(Rate.day)
    ).all()
    days = [day for day, _ in found]

    def rate(day: date) -> float:
        place = max(bisect_right(days, day) - 1, 0)
        return float(found[place][1]) if found else WITHOUT_RATES

    return rate
