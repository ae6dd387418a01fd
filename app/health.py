"""/healthz: the process answers. /readyz: orders can be taken. /metrics: for the operator's own network."""

import shutil
from typing import Any

from flask import Blueprint, Response, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app import jobs, migrating
from app.db import reading
from app.jobs import WorkerBeat

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """Alive; touches nothing."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """Ready: database answers, migrations are at the head, disk is not full. Redis down only degrades."""
    facts: dict[str, Any] = {"database": False, "migrated": False, "disk": False, "redis": jobs.ping()}
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
            facts["database"] = True
            facts["migrated"] = migrating.is_current(session.connection())
            facts["workers"] = session.scalar(select(func.count()).select_from(WorkerBeat))
    except SQLAlchemyError as error:
        facts["reason"] = type(error).__name__
    facts["disk"] = _has_room(current_app.config["DATA_DIR"])
    ready = facts["database"] and facts["migrated"] and facts["disk"]
    facts["status"] = ("ready" if facts["redis"] else "degraded") if ready else "not ready"
    return facts, 200 if ready else 503


def _has_room(folder: str) -> bool:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return False
    return usage.free / usage.total >= 0.01


@bp.get("/metrics")
def metrics() -> Response:
    """Backlog figures in the Prometheus text format. The proxy keeps this address inside (deploy/)."""
    with reading() as session:
        figures = jobs.backlog(session)
    lines = [f"mocxa_outbox_{name} {figures[name]}" for name in ("waiting", "failed")]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
