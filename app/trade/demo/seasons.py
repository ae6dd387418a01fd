"""When trade is brisk and when it stands still: seasons of goods, days of the week, Tết, Khmer New Year, closures."""

from calendar import monthrange
from datetime import date, timedelta

from app.periods import TET, khmer_new_year

YEAR_ROUND = (0.98, 0.96, 1.03, 1.02, 1.00, 0.98, 0.98, 1.00, 1.02, 1.04, 1.06, 1.08)
SEASONS = {
    "flat": (1,) * 12,
    "cassava": (2.5, 2.1, 1.6, 0.7, 0.35, 0.25, 0.22, 0.25, 0.35, 0.7, 1.5, 2.6),
    "cashew": (0.4, 1.4, 2.6, 2.8, 2.0, 0.9, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3),
    "rubber": (1.1, 0.6, 0.4, 0.5, 0.9, 1.1, 1.2, 1.2, 1.2, 1.3, 1.3, 1.3),
    "rice": (1.6, 1.4, 1.1, 0.8, 0.7, 0.7, 0.8, 0.9, 0.8, 0.9, 1.1, 1.4),
    "mango": (0.5, 0.8, 1.8, 2.4, 2.0, 1.0, 0.6, 0.5, 0.6, 0.6, 0.6, 0.6),
    "fruit": (0.5, 0.5, 0.6, 1.0, 2.0, 2.3, 1.7, 1.0, 0.7, 0.6, 0.5, 0.6),
    "cane": (2.2, 2.0, 1.8, 1.2, 0.3, 0.2, 0.2, 0.2, 0.2, 0.4, 1.2, 2.1),
    "tobacco": (0.5, 0.8, 1.9, 2.1, 1.7, 1.1, 0.8, 0.7, 0.6, 0.6, 0.6, 0.6),
    "dry": (1.2, 1.2, 1.3, 1.2, 1.0, 0.8, 0.7, 0.7, 0.7, 0.8, 1.1, 1.3),
    "rain": (0.7, 0.7, 0.9, 1.2, 1.5, 1.4, 1.2, 1.1, 0.9, 0.8, 0.8, 0.8),
    "hot": (1.0, 1.1, 1.4, 1.5, 1.2, 1.0, 0.9, 0.8, 0.7, 0.7, 0.8, 0.9),
    "tet": (1.5, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.1, 1.4),
}
CLOSED_DAYS = 7


def days_of(month: date) -> list[date]:
    """Every day of a month."""
    return [month.replace(day=number) for number in range(1, monthrange(month.year, month.month)[1] + 1)]


def briskness(day: date, closed_from: date | None = None) -> float:
    """Freight on a day beside an ordinary working day; nothing while the gate is closed."""
    if closed_from is not None and closed_from <= day < closed_from + timedelta(days=CLOSED_DAYS):
        return 0.0
    weight = {5: 0.85, 6: 0.55}.get(day.weekday(), 1.1)
    if (tet := TET.get(day.year)) is not None:
        away = (day - tet).days
        if -2 <= away <= 5:
            weight *= 0.06
        elif -20 <= away < -2:
            weight *= 1.18
    if 2015 <= day.year <= 2035 and 0 <= (day - khmer_new_year(day.year)).days <= 3:
        weight *= 0.3
    return weight


def travel(day: date) -> float:
    """People on a day beside an ordinary one: more at weekends, and most around Tết."""
    weight = {4: 1.05, 5: 1.25, 6: 1.25}.get(day.weekday(), 0.95)
    tet = TET.get(day.year)
    return weight * 1.6 if tet and -3 <= (day - tet).days <= 6 else weight


def season(name: str, month: date) -> float:
    """How much of a kind of goods there is in a month, 1 on the average of a year."""
    index = SEASONS[name]
    return index[month.month - 1] * 12 / sum(index) * YEAR_ROUND[month.month - 1]


def growth(month: date, yearly: float) -> float:
    """The level of a month beside October 2026, growing by so much a year."""
    months = (month.year - 2026) * 12 + month.month - 10
    return float((1 + yearly) ** (months / 12))
