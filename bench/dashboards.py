"""Figures of the dashboards over 1,000,000 and over 5,000,000 declaration lines: the same time, from rollups."""

import tempfile
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

import app.registry  # every table
from app import config, db
from app.db import Base, Session
from app.reference.load import load_reference
from app.trade import imports, sources, tasks, uploads
from app.trade.models import FlowRollup
from bench import declarations
from bench.load import get
from bench.servers import GRANIAN, running

assert app.registry

SIZES = (1_000_000, 5_000_000)
NOISE = 1.25
TURNS = 25
FIGURES = (
    "volume.json?panel=moc-bai",
    "directions.json",
    "goods.json",
    "goods.json?hs=08",
    "partners.json",
    "partners.json?hs=08",
)


def prepare(folder: Path, lines: int) -> dict[str, str]:
    """A database into which so many lines were imported through the real door; the environment of its server."""
    given = {"DATA_DIR": str(folder), "REDIS_URL": "redis://127.0.0.1:1"}
    settings = config.load(given)
    engine = db.connect(settings["DATABASE_URL"])
    Base.metadata.create_all(engine)
    with Session.begin() as session:
        load_reference(session)
        sources.add(session, None, code="bench", name="Bench")
    path = folder / "lines.csv"
    declarations.write(path, lines)
    with path.open("rb") as stream:
        stored = uploads.store(folder, stream, settings["MAX_IMPORT_BYTES"])
    with Session.begin() as session:
        number = imports.receive(
            session, None, source="bench", dataset="declarations", filename=path.name, stored=stored
        ).id
    tasks.run_to_published(settings, number)
    path.unlink()
    with Session() as session:
        rows = session.scalar(select(func.count()).select_from(FlowRollup))
    print(f"{lines:>9,} lines: {rows:,} rollup rows")
    engine.dispose()
    return given


def measure(small: str, large: str) -> dict[str, tuple[float, float]]:
    """Median milliseconds of each figure and of the page over both sizes, asked in turns so that noise meets both."""
    found: dict[str, tuple[float, float]] = {}
    for name in (*FIGURES, "page"):
        path = "/vi/trade/" if name == "page" else f"/vi/trade/figures/{name}"
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(TURNS):
            for base, seen in zip((small, large), times, strict=True):
                answered = get([base + path], requests=4, connections=1)
                if turn:  # the first one warms the server up
                    seen.append(answered.p50)
        found[name] = (median(times[0]), median(times[1]))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environments = []
        for size in SIZES:
            place = Path(folder) / str(size)
            place.mkdir()
            environments.append(prepare(place, size))
        with (
            running(GRANIAN, "wsgi:app", **environments[0]) as small,
            running(GRANIAN, "wsgi:app", **environments[1]) as large,
        ):
            found = measure(small, large)
    for name, (few, many) in found.items():
        print(f"{name:28} {few:6.1f} ms and {many:6.1f} ms: {many / few:.2f} of the time")
    ratio = median(many / few for few, many in found.values())
    print(f"median {ratio:.2f}, at most {NOISE}: {'kept' if ratio <= NOISE else 'NOT KEPT'}")


if __name__ == "__main__":
    main()
