"""`mocxa check`: settings, servers and the invariants that must always hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import jobs, migrating
from app.db import reading


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
    findings = [Finding("settings", True, f"data in {settings['DATA_DIR']}")]
    with reading() as session:
        findings.append(_migrated(session))
        findings += [_invariant(session, name, question) for name, question in INVARIANTS.items()]
        backlog = jobs.backlog(session)
    findings.append(
        Finding("failed work", backlog["failed"] == 0, f"{backlog['failed']} given up, see the jobs page")
    )
    findings.append(
        Finding("redis", True, "answers" if jobs.ping() else "does not answer; work waits for the sweepers")
    )
    lake = Path(settings["LAKE_URL"])
    findings.append(Finding("lake", True, f"{sum(1 for _ in lake.rglob('*.parquet')) if lake.exists() else 0} files"))
    return findings


def _migrated(session: Session) -> Finding:
    current = migrating.is_current(session.connection())
    return Finding("migrations", current, "at the head" if current else "run `mocxa migrate`")


def _invariant(session: Session, name: str, question: str) -> Finding:
    wrong = session.scalar(text(question)) or 0
    return Finding(name, wrong == 0, "holds" if wrong == 0 else f"{wrong} rows break it")
