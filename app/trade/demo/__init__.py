"""The demonstration figures: 36 months of invented files, brought in through the same door as real ones."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from app.db import Session, reading
from app.errors import Problem
from app.periods import add_months, month_of, months_between, today
from app.trade import imports, sources, tasks, uploads
from app.trade.demo import clearing
from app.trade.demo.declarations import TITLES, TRANSIT, WAYS, amended, month_of_way, with_anomalies, write
from app.trade.demo.rates import vnd_per_usd
from app.trade.demo.sheets import closure, crossings, province
from app.trade.lake import Lake
from app.trade.models import Dataset

MONTHS = 36
FEWEST = 4  # months that make a file of their own
SOURCES = {
    Dataset.DECLARATIONS: ("du-lieu-mau-to-khai", "Tờ khai hải quan (dữ liệu mẫu)"),
    Dataset.CROSSINGS: ("du-lieu-mau-xnc", "Bộ đội Biên phòng (dữ liệu mẫu)"),
    Dataset.SUMMARIES: ("du-lieu-mau-tinh", "Sở Công Thương (dữ liệu mẫu)"),
}
Files = Iterator[tuple[Dataset, Path]]


class RealFiguresThere(Problem):
    """Invented figures are never put beside real ones."""

    message = _l(
        "Real figures are published here; the demonstration is only loaded into an installation without any."
    )


def refuse_beside_real_figures() -> None:
    """Raises `RealFiguresThere`."""
    with reading() as session:
        if clearing.has_real_figures(session):
            raise RealFiguresThere()


def load(settings: Mapping[str, Any]) -> None:
    """Make the files, read, accept and publish them; what was left of an earlier demonstration goes first."""
    refuse_beside_real_figures()
    with reading() as session:
        rate = vnd_per_usd(session)
    remove(settings)
    with Session.begin() as session:
        for code, name in SOURCES.values():
            sources.add(session, None, code=code, name=name, demo=True, note="Invented by the demonstration")
    with tempfile.TemporaryDirectory() as folder:
        for dataset, path in files(Path(folder), today(), rate):
            _bring_in(settings, dataset, path)
    while tasks.roll_up_one(settings):
        pass


def _bring_in(settings: Mapping[str, Any], dataset: Dataset, path: Path) -> None:
    """One file up to its publication; the gate-months are computed once for all files, at the end."""
    with path.open("rb") as stream:
        stored = uploads.store(settings["DATA_DIR"], stream, settings["MAX_IMPORT_BYTES"])
    with Session.begin() as session:
        number = imports.receive(
            session, None, source=SOURCES[dataset][0], dataset=dataset, filename=path.name, stored=stored,
            wait=tasks.PATIENCE,
        ).id  # fmt: skip
    tasks.read(settings, number)
    with Session.begin() as session:
        imports.accept(session, None, number)
    tasks.publish(settings, number)


def files(folder: Path, day: date, rate: Callable[[date], float]) -> Files:
    """Every file of the demonstration up to the last full month before a day, in the order they would have come."""
    last = add_months(month_of(day), -1)
    months = list(months_between(add_months(last, 1 - MONTHS), last))
    closed, hole = closure(last), add_months(last, -7)
    lines = {
        (way, month): with_anomalies(way, month, last, month_of_way(way, month, closed.get(way.gate)))
        for way in (*WAYS, TRANSIT)
        for month in months
        if not (way.gate == "xa-mat" and month == hole)
    }
    for name, part in by_years(months).items():
        for direction in TITLES:
            chosen = [
                line
                for way, month in lines
                if way.direction == direction and month in part
                for line in lines[way, month]
            ]
            yield Dataset.DECLARATIONS, write(folder, f"du-lieu-mau-{direction}-{name}", direction, chosen, rate)
        yield Dataset.CROSSINGS, crossings(folder, name, part, closed)
    yield Dataset.SUMMARIES, province(folder, months)
    again = amended(lines[WAYS[0], add_months(last, -1)])
    yield Dataset.DECLARATIONS, write(folder, f"du-lieu-mau-sua-doi-{last:%Y-%m}", "export", again, rate)


def by_years(months: list[date]) -> dict[str, list[date]]:
    """Files come by years; the few months of a year that is nearly over go with the next one."""
    years: dict[str, list[date]] = {}
    waiting: list[date] = []
    for year in sorted({month.year for month in months}):
        waiting += [month for month in months if month.year == year]
        if len(waiting) >= FEWEST or year == months[-1].year:
            years["-".join(sorted({str(month.year) for month in waiting}))], waiting = waiting, []
    return years


def remove(settings: Mapping[str, Any]) -> None:
    """Take away every invented figure: rollups, imports, sources, lake files and the delivered files themselves."""
    with Session.begin() as session:
        left = clearing.clear(session)
    Lake(settings["LAKE_URL"]).drop(left.lake)
    for sha256 in left.uploads:
        uploads.place(settings["DATA_DIR"], sha256).unlink(missing_ok=True)
