"""Where the figures come from: per data set who delivered what, how much was held back or left out."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.trade import flows, flows_crossings
from app.trade.freshness import freshness, is_demo
from app.trade.models import Basis, Dataset, Import, LakeFile, TradeSource
from app.trade.scope import Scope

SHOWN = (Dataset.DECLARATIONS, Dataset.CROSSINGS, Dataset.SUMMARIES)
MOST_FILES = 100


def told(session: Session, staff: bool) -> dict[str, Any]:
    """Everything the page of sources says; single files only to economists and administrators."""
    demo = is_demo(session)
    scopes = {dataset: _everything(session, dataset, demo) for dataset in SHOWN}
    return {
        "demo_shown": demo,
        "datasets": [(dataset, freshness(session, scope)) for dataset, scope in scopes.items() if scope],
        "files": _files(session, demo) if staff else [],
    }


def _everything(session: Session, dataset: str, demo: bool) -> Scope | None:
    """All months of a data set."""
    if dataset == Dataset.CROSSINGS:
        spans = [flows_crossings.span(session, demo)]
    else:
        spans = [flows.span(session, dataset, basis, demo=demo) for basis in Basis]
    months = [month for span in spans if span for month in span]
    return Scope(min(months), max(months), dataset=dataset, demo=demo) if months else None


def _files(session: Session, demo: bool) -> list[Import]:
    """The delivered files that count now, the newest first."""
    live = select(LakeFile.import_id).where(LakeFile.withdrawn_at.is_(None)).distinct()
    query = select(Import).join(TradeSource, Import.source_id == TradeSource.id).where(Import.id.in_(live))
    return list(session.scalars(query.where(TradeSource.demo == demo).order_by(Import.id.desc()).limit(MOST_FILES)))
