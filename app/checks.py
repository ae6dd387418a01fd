"""`mocxa check`: settings, servers and the invariants that must always hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import jobs, migrating
from app.db import reading
from app.marketplace.catalogue.models import Photo
from app.marketplace.catalogue.photos import WIDTHS, path_of
from app.trade import uploads
from app.trade.models import DROPPED, Import, LakeFile, StagedFile


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    name: str
    ok: bool
    detail: str


# Each question counts rows that must not exist.
INVARIANTS = {
    "stock is never reserved beyond what is there": (
        "SELECT count(*) FROM product WHERE reserved < 0 OR reserved > on_hand"
    ),
    "reserved stock equals the open orders": (
        "SELECT count(*) FROM (SELECT p.id FROM product p LEFT JOIN order_line l ON l.product_id = p.id"
        " LEFT JOIN \"order\" o ON o.id = l.order_id AND o.state IN ('placed', 'confirmed', 'ready', 'at_gate')"
        " GROUP BY p.id, p.reserved HAVING p.reserved <>"
        " COALESCE(SUM(CASE WHEN o.id IS NULL THEN 0 ELSE l.quantity END), 0)) wrong"
    ),
    "an order's total is the sum of its lines": (
        'SELECT count(*) FROM (SELECT o.id FROM "order" o JOIN order_line l ON l.order_id = o.id'
        " GROUP BY o.id, o.total HAVING o.total <> SUM(l.amount)) wrong"
    ),
    "no order is without lines": (
        'SELECT count(*) FROM "order" o WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id)'
    ),
    "only verified firms have published products": (
        "SELECT count(*) FROM product p JOIN firm f ON f.id = p.firm_id"
        " WHERE p.state = 'published' AND f.state NOT IN ('verified', 'suspended')"
    ),
}


def run(settings: Mapping[str, Any]) -> list[Finding]:
    """Every check, each with what was found."""
    findings = [_private(Path(settings["DATA_DIR"]))]
    with reading() as session:
        findings.append(_migrated(session))
        findings += [_invariant(session, name, question) for name, question in INVARIANTS.items()]
        findings.append(_stored(session, settings))
        backlog = jobs.backlog(session)
    findings.append(
        Finding("failed work", backlog["failed"] == 0, f"{backlog['failed']} given up, see the jobs page")
    )
    findings.append(
        Finding("redis", True, "answers" if jobs.ping() else "does not answer; work waits for the sweepers")
    )
    return findings


def _private(folder: Path) -> Finding:
    """The database, customs files with tax codes and the secret lie in it."""
    if folder.stat().st_mode & 0o007:
        return Finding("data folder", False, f"everybody on this machine can read it: chmod o= {folder}")
    return Finding("data folder", True, str(folder))


def _stored(session: Session, settings: Mapping[str, Any]) -> Finding:
    """Every file that the database names is there: lake, delivered files and photos."""
    data = Path(settings["DATA_DIR"])
    filesystem, root = fsspec.core.url_to_fs(settings["LAKE_URL"])
    lake = {name.removeprefix(f"{root.rstrip('/')}/") for name in filesystem.find(root)}
    in_lake = {*session.scalars(select(LakeFile.path)), *session.scalars(select(StagedFile.path))}
    delivered = session.scalars(select(Import.sha256).where(Import.state.not_in(DROPPED)))
    others = [uploads.place(data, sha256) for sha256 in delivered]
    photos = session.scalars(select(Photo.sha256).distinct())
    others += [path_of(data / "photos", sha256, width) for sha256 in photos for width in WIDTHS]
    missing = [*sorted(in_lake - lake), *(str(path) for path in others if not path.is_file())]
    named = len(in_lake) + len(others)
    return Finding("stored files", not missing, f"{named} named" + (f", missing: {missing[0]} …" if missing else ""))


def _migrated(session: Session) -> Finding:
    current = migrating.is_current(session.connection())
    return Finding("migrations", current, "at the head" if current else "run `mocxa migrate`")


def _invariant(session: Session, name: str, question: str) -> Finding:
    wrong = session.scalar(text(question)) or 0
    return Finding(name, wrong == 0, "holds" if wrong == 0 else f"{wrong} rows break it")
