"""What a figure shows, said in one sentence that its numbers bear out. Pure: numbers and names in, a sentence out."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import number
from app.trade.comparing import Total
from app.trade.flows import EXPORT, IMPORT, Ranking
from app.trade.monthly import Series
from dashboards.wording import month_word, percent

ALIKE = Decimal(2)  # points of per cent: less is no difference worth a headline
NOTHING = Decimal("0.05")  # a change that rounds to nothing
SEASON_TIMES = Decimal("1.8")  # how much more a season has to bring to be named
SEASON_MONTHS = range(3, 7)
TWO_YEARS = 24
MOVED = {
    ("", True): _l("Trade through the gates grew by %(change)s in %(period)s"),
    ("", False): _l("Trade through the gates shrank by %(change)s in %(period)s"),
    (EXPORT, True): _l("Exports through the gates grew by %(change)s in %(period)s"),
    (EXPORT, False): _l("Exports through the gates shrank by %(change)s in %(period)s"),
    (IMPORT, True): _l("Imports through the gates grew by %(change)s in %(period)s"),
    (IMPORT, False): _l("Imports through the gates shrank by %(change)s in %(period)s"),
}


def of_gate(gate: str, totals: dict[str, Total], series: Sequence[Series]) -> str:
    """A season if there is one, else which way grows faster."""
    seasons = {one.direction: found for one in series if (found := season(one))}
    if IMPORT in seasons:
        return _(
            "%(gate)s: from %(first)s to %(last)s imports are %(times)s times those of the other months",
            gate=gate, **_said(*seasons[IMPORT]),
        )  # fmt: skip
    if EXPORT in seasons:
        return _(
            "%(gate)s: from %(first)s to %(last)s exports are %(times)s times those of the other months",
            gate=gate, **_said(*seasons[EXPORT]),
        )  # fmt: skip
    ways = {one.direction for one in series}
    if len(ways) == 1:
        return _one_way(gate, totals, ways.pop())
    out, into = (_growth(totals, way) for way in (EXPORT, IMPORT))
    if out is None or into is None:
        return _("%(gate)s: exports and imports by month", gate=gate)
    return _race(gate, out, into)


def _one_way(gate: str, totals: dict[str, Total], way: str) -> str:
    change = _growth(totals, way)
    if change is None:
        return (
            _("%(gate)s: exports by month", gate=gate)
            if way == EXPORT
            else _("%(gate)s: imports by month", gate=gate)
        )
    said = {"gate": gate, "change": percent(change, signed=True)}
    if way == EXPORT:
        return _("%(gate)s: exports %(change)s on a year before", **said)
    return _("%(gate)s: imports %(change)s on a year before", **said)


def _said(first: int, last: int, times: Decimal) -> dict[str, str]:
    return {"first": month_word(first), "last": month_word(last), "times": number(times, 1)}


def _growth(totals: dict[str, Total], way: str) -> Decimal | None:
    return totals[way].change.percent if way in totals else None


def _race(gate: str, out: Decimal, into: Decimal) -> str:
    said = {"gate": gate, "exports": percent(out, signed=True), "imports": percent(into, signed=True)}
    if abs(out - into) <= ALIKE:
        return _("%(gate)s: exports (%(exports)s) and imports (%(imports)s) move alike", **said)
    if out > into:
        return _("%(gate)s: exports (%(exports)s) do better than imports (%(imports)s)", **said)
    return _("%(gate)s: imports (%(imports)s) do better than exports (%(exports)s)", **said)


def season(series: Series) -> tuple[int, int, Decimal] | None:
    """First and last month of the year that bring most, and how many times the others; None when none stands out."""
    known = [(month, value) for month, value in series.points if value is not None]
    if len(known) < TWO_YEARS:
        return None
    usual = {place: _mean([value for month, value in known if month.month == place]) for place in range(1, 13)}
    best: tuple[Decimal, int, int] | None = None
    for length in SEASON_MONTHS:
        for first in range(1, 13):
            inside = {(first + step - 1) % 12 + 1 for step in range(length)}
            times = _times(usual, inside)
            if times is not None and (best is None or times > best[0]):
                best = (times, first, (first + length - 2) % 12 + 1)
    if best is None or best[0] < SEASON_TIMES:
        return None
    return best[1], best[2], best[0]


def _times(usual: dict[int, Decimal | None], inside: set[int]) -> Decimal | None:
    within = [value for place, value in usual.items() if place in inside and value is not None]
    outside = [value for place, value in usual.items() if place not in inside and value is not None]
    high, low = _mean(within), _mean(outside)
    if high is None or not low or len(within) < len(inside) or min(within) < 1.2 * float(low):
        return None
    return high / low


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None


def of_turnover(total: Total, period: str, directions: Sequence[str] = ()) -> str:
    """Whether trade, or the one direction that is asked for, grew; like for like."""
    change = total.change.percent
    if change is None:
        return _("All chosen gates together, by month")
    way = directions[0] if len(directions) == 1 else ""
    return str(MOVED[way, change >= 0]) % {"change": percent(abs(change)), "period": period}


def of_goods(ranking: Ranking, names: dict[str, str]) -> str:
    """Which goods come first, and whether they grew."""
    if not ranking.rows:
        return _("No goods in these months")
    first = ranking.rows[0]
    said = {"goods": names.get(first.code, first.code).rstrip("…"), "share": percent(first.share)}
    change = first.change.percent
    if change is None:
        return _("%(goods)s: %(share)s of the whole", **said)
    if abs(change) < NOTHING:
        return _("%(goods)s: %(share)s of the whole, unchanged", **said)
    if change > 0:
        return _("%(goods)s: %(share)s of the whole, up %(change)s", **said, change=percent(change))
    return _("%(goods)s: %(share)s of the whole, down %(change)s", **said, change=percent(-change))


def of_partners(ranking: Ranking, names: dict[str, str]) -> str:
    """How much the greatest partner stands for."""
    if not ranking.rows:
        return _("No partners in these months")
    first = ranking.rows[0]
    return _(
        "%(partner)s stands for %(share)s of the trade",
        partner=names.get(first.code, first.code), share=percent(first.share),
    )  # fmt: skip


def of_crossings(counts: dict[str, Decimal | None], names: dict[str, str]) -> str:
    """Which gate carries most."""
    known = {gate: count for gate, count in counts.items() if count}
    if not known:
        return _("Crossings by month")
    gate = max(known, key=lambda name: known[name])
    if len(known) == 1:
        return _("%(gate)s: crossings by month", gate=names.get(gate, gate))
    share = known[gate] / sum(known.values(), Decimal(0)) * 100
    return _("%(share)s of all crossings go through %(gate)s", share=percent(share), gate=names.get(gate, gate))
