"""Rows become Plotly figures: plain dicts, checked against Plotly's own schema by a test. Words come in as text.

Colours are names of the design tokens, "var(--river)"; the page resolves them for light and dark.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.periods import TET, add_months

Figure = dict[str, Any]
Point = tuple[date, Decimal | None]

GATE_COLOURS = {"moc-bai": "var(--river)", "xa-mat": "var(--laterite)"}
OTHER_COLOURS = ("var(--rice)", "var(--ink-soft)", "var(--dusk)", "var(--good)")
DASHES = {"export": "solid", "import": "dot", "transit": "solid"}
MOST_POINTS = 2_000
MIDDLE = timedelta(days=14)  # a month stands in its middle, so that a feast lies where its dip is
LABEL_GAP = 0.075  # of the height: two labels do not come nearer
HEADROOM = 1.12
FEWEST_SLOTS = 7  # a bar is no thicker where there are few


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its direct label; `texts` say each point in words. `points` are in the unit that is drawn."""

    name: str
    colour: str
    dash: str
    points: Sequence[Point]
    texts: Sequence[str]
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its name above and its value in words beside; `link` leads to what it is made of."""

    name: str
    value: Decimal
    text: str
    link: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What a figure says beside its data, in the reader's language."""

    months: dict[date, str]
    tet: str = ""
    missing: str = ""
    meta: tuple[tuple[str, str], ...] = ()


def colour_of(gate: str, gates: Sequence[str]) -> str:
    """A gate has the same colour on every chip, card, chart and map."""
    others = [name for name in gates if name not in GATE_COLOURS]
    if gate in others:
        return OTHER_COLOURS[others.index(gate) % len(OTHER_COLOURS)]
    return GATE_COLOURS.get(gate, "var(--ink)")


def _label_room(lines: Sequence[Line]) -> int:
    """Pixels right of the lines for the longest direct label; marks above and below a letter take no width."""
    shown = [re.sub(r"<[^>]+>", "", line.label) for line in lines]
    letters = [sum(unicodedata.category(sign) != "Mn" for sign in label) for label in shown]
    return 12 + 7 * max(letters, default=0)


def over_time(lines: Sequence[Line], words: Words, top: Decimal | None = None) -> Figure:
    """Lines by month, from zero up to `top` (so that figures beside each other share a scale); gaps stay gaps."""
    peak = (
        float(top or max((value for line in lines for _, value in line.points if value is not None), default=1)) or 1
    )
    months = [month for month, _ in lines[0].points] if lines else []
    return {
        "data": [_trace(line) for line in lines],
        "layout": {
            "height": 300,
            "margin": {"l": 8, "r": _label_room(lines), "t": 22, "b": 8},
            "hovermode": "x unified",
            "xaxis": _months_axis(months, words),
            "yaxis": {"range": [0, peak * HEADROOM], "nticks": 5, "tickformat": ",.6~f", "showline": False},
            "shapes": [*_feasts(months), *_holes(lines)],
            "annotations": [*_feast_words(months, words), *_direct_labels(lines, peak)],
            "meta": dict(words.meta),
        },
    }


def _trace(line: Line) -> dict[str, Any]:
    points = list(line.points)[-MOST_POINTS:]
    alone = [index for index in range(len(points)) if _stands_alone(points, index)]
    return {
        "type": "scatter",
        "mode": "lines+markers" if alone else "lines",
        "name": line.name,
        "x": [(month + MIDDLE).isoformat() for month, _ in points],
        "y": [None if value is None else float(value) for _, value in points],
        "connectgaps": False,
        "line": {"color": line.colour, "dash": line.dash, "width": 2.5},
        "marker": {"color": line.colour, "size": [7 if index in alone else 0 for index in range(len(points))]},
        "text": list(line.texts)[-MOST_POINTS:],
        "hovertemplate": f"{line.name} <b>%{{text}}</b><extra></extra>",
    }


def _stands_alone(points: Sequence[Point], index: int) -> bool:
    """A point between two gaps would not be seen as a line."""
    near = [*points[max(0, index - 1) : index], *points[index + 1 : index + 2]]
    return points[index][1] is not None and all(value is None for _, value in near)


def _months_axis(months: Sequence[date], words: Words) -> dict[str, Any]:
    """Years where there are many months, months where there are few."""
    step = 1 if len(months) <= 7 else 3 if len(months) <= 15 else 12
    ticks = [month for month in months if step == 1 or (month.month - 1) % step == 0]
    axis: dict[str, Any] = {
        "type": "date",
        "tickvals": [(month + (timedelta(0) if step == 12 else MIDDLE)).isoformat() for month in ticks],
        "ticktext": [str(month.year) if step == 12 else words.months.get(month, "") for month in ticks],
        "ticks": "outside",
        "ticklen": 5,
        "showline": False,
        "hoverformat": "%m/%Y",
    }
    if months:
        axis["range"] = [months[0].isoformat(), add_months(months[-1], 1).isoformat()]
    return axis


def _feasts(months: Sequence[date]) -> list[dict[str, Any]]:
    """A band over the days around each Tết, when freight stands still."""
    return [_band(tet - timedelta(days=5), tet + timedelta(days=9), "var(--rice-soft)") for tet in _tets(months)]


def _tets(months: Sequence[date]) -> list[date]:
    if not months:
        return []
    return [tet for tet in TET.values() if months[0] <= tet < add_months(months[-1], 1)]


def _feast_words(months: Sequence[date], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "x": (tet + timedelta(days=2)).isoformat(), "y": 1, "yref": "paper", "yanchor": "bottom",
            "showarrow": False, "text": words.tet, "font": {"size": 11, "color": "var(--rice)"},
        }
        for tet in _tets(months)
        if words.tet
    ]  # fmt: skip


def _holes(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """A band over each month that some line has nothing for although it has before and after."""
    gaps = set()
    for line in lines:
        known = [index for index, (_, value) in enumerate(line.points) if value is not None]
        if known:
            gaps |= {month for month, value in line.points[known[0] : known[-1]] if value is None}
    return [_band(month, add_months(month, 1), "var(--sunk)") for month in sorted(gaps)]


def _band(first: date, last: date, colour: str) -> dict[str, Any]:
    return {
        "type": "rect", "xref": "x", "yref": "paper", "layer": "below", "y0": 0, "y1": 1,
        "x0": first.isoformat(), "x1": last.isoformat(), "fillcolor": colour, "line": {"width": 0},
    }  # fmt: skip


def _direct_labels(lines: Sequence[Line], peak: float) -> list[dict[str, Any]]:
    """The name and newest value at the end of each line, moved apart where lines end close together."""
    ends = []
    for line in lines:
        known = [(month, value) for month, value in line.points if value is not None]
        if known:
            ends.append((float(known[-1][1] or 0), known[-1][0], line))
    placed: list[dict[str, Any]] = []
    below = None
    for value, month, line in sorted(ends, key=lambda end: end[0]):
        height = value if below is None else max(value, below + peak * HEADROOM * LABEL_GAP)
        below = height
        placed.append(
            {
                "x": (month + MIDDLE).isoformat(), "y": height, "xanchor": "left", "xshift": 6, "showarrow": False,
                "text": line.label, "font": {"color": line.colour, "size": 12}, "align": "left",
            }
        )  # fmt: skip
    return placed


def ranks(bars: Sequence[Bar], words: Words, colour: str = "var(--river)") -> Figure:
    """Horizontal bars from zero, the greatest on top, each name above its bar and its value beside it."""
    peak = float(max((bar.value for bar in bars), default=Decimal(1))) or 1.0
    places = list(range(len(bars)))
    slots = max(len(bars), FEWEST_SLOTS)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": [float(bar.value) for bar in bars],
                "y": places,
                "width": 0.42,
                "marker": {"color": colour, "opacity": [1 if bar.strong else 0.42 for bar in bars]},
                "text": [bar.text for bar in bars],
                "textposition": "outside",
                "textfont": {"size": 13},
                "customdata": [bar.link for bar in bars],
                "hoverinfo": "skip" if not any(bar.link for bar in bars) else "none",
                "cliponaxis": False,
            }
        ],
        "layout": {
            "height": 42 * slots + 24,
            "margin": {"l": 4, "r": 8, "t": 4, "b": 4},
            "xaxis": {"visible": False, "range": [0, peak * 1.55]},
            "yaxis": {"visible": False, "range": [slots - 0.4, -0.75]},
            "annotations": [
                {
                    "x": 0, "y": place - 0.4, "xanchor": "left", "yanchor": "middle", "showarrow": False,
                    "text": bar.name, "font": {"size": 13},
                }
                for place, bar in enumerate(bars)
            ],
            "meta": dict(words.meta),
        },
    }  # fmt: skip
