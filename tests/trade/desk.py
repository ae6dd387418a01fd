"""A desk where files go in as bytes and rollups come out as rows: the engine without the web."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import config
from app.db import Session, reading
from app.trade import imports, rows, sources, tasks, uploads
from app.trade.models import CrossingRollup, FlowRollup, Import
from tests.trade.delivering import HEADS, csv, declaration


@dataclass
class Desk:
    """A clerk who brings files in and looks at what becomes of them."""

    settings: dict[str, Any]

    def receive(self, content: bytes, dataset: str = "declarations", name: str = "file.csv", **source: Any) -> int:
        stored = uploads.store(self.settings["DATA_DIR"], io.BytesIO(content), self.settings["MAX_IMPORT_BYTES"])
        code = source.pop("source", "office")
        with Session.begin() as session:
            if code not in {known.code for known in sources.listing(session)}:
                sources.add(session, None, code=code, name=code.title(), **source)
            import_ = imports.receive(session, None, source=code, dataset=dataset, filename=name, stored=stored)
            return import_.id

    def read(self, content: bytes, dataset: str = "declarations", **more: Any) -> Import:
        """Delivered and read."""
        import_id = self.receive(content, dataset, **more)
        tasks.read(self.settings, import_id)
        return self.state(import_id)

    def publish(self, content: bytes, dataset: str = "declarations", **more: Any) -> Import:
        """Delivered, read, accepted, published."""
        return tasks.run_to_published(self.settings, self.receive(content, dataset, **more))

    def lines(self, *rows: Sequence[str], **more: Any) -> Import:
        """Publish declaration lines."""
        return self.publish(csv(HEADS, rows), **more)

    def line(self, number: int, line: int = 1, **changed: str) -> list[str]:
        return declaration(number, line, **changed)

    def state(self, import_id: int) -> Import:
        with reading() as session:
            import_ = imports.by_id(session, import_id)
            session.expunge_all()
            return import_

    def wrong(self, import_: Import) -> list[tuple[int, str, str, str]]:
        """(row, rule, field, value) of every finding."""
        found = rows.all_bad_rows(import_, self.settings["LAKE_URL"])
        return [(row.number, row.rule, row.field, row.value) for row in found]

    def flows(self, *columns: str, **wanted: Any) -> list[tuple[Any, ...]]:
        """Rollup rows, sorted, by some of their columns."""
        names = columns or ("gate", "month", "direction", "value_usd", "lines")
        with reading() as session:
            query = select(*(getattr(FlowRollup, name) for name in names)).filter_by(**{"grain": "all"} | wanted)
            return sorted((tuple(row) for row in session.execute(query)), key=str)

    def crossings(self, *columns: str, **wanted: Any) -> list[tuple[Any, ...]]:
        names = columns or ("gate", "month", "direction", "measure", "count")
        with reading() as session:
            query = select(*(getattr(CrossingRollup, name) for name in names)).filter_by(**wanted)
            return sorted((tuple(row) for row in session.execute(query)), key=str)


def desk_in(folder: Path, database_url: str) -> Desk:
    """A desk with its own files on the test database."""
    return Desk(config.load({"DATA_DIR": str(folder), "DATABASE_URL": database_url, "REDIS_URL": ""}))
