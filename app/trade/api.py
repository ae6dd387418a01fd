"""Customs files for programs: send, follow, map, decide, and read what was wrong."""

from typing import Any

from flask import Response, current_app, request, url_for

from app.accounts.models import Role
from app.accounts.who import caller, require
from app.api import blueprint, told_by
from app.db import Session, reading
from app.forms import pages_of
from app.i18n import language
from app.trade import desk, imports, rows, sources, uploading
from app.trade.download_pages import csv_answer
from app.trade.models import Import
from app.trade.schemas import (
    AcceptSchema,
    ErrorsQuery,
    FindingPageSchema,
    ImportPageSchema,
    ImportSchema,
    ImportStateSchema,
    ListQuery,
    MappingSchema,
    RejectSchema,
    UploadSchema,
)

bp = blueprint("Customs files", __name__, "/trade/imports")
STAFF = (Role.ECONOMIST, Role.ADMIN)
SHOWN = (
    "format", "compression", "encoding", "delimiter", "sheet", "header_row", "headers", "profile", "columns",
    "number_style", "date_style", "missing", "unclear", "given", "new_gates",
)  # fmt: skip
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "source", "dataset"],
                "properties": {
                    "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                    "source": {"type": "string", "description": "code of the source; created when it does not exist"},
                    "dataset": {"type": "string", "enum": ["declarations", "crossings", "summaries", "rates"]},
                    "mends": {"type": "integer", "description": "the import whose bad rows come back corrected"},
                },
            }
        }
    },
}


@bp.post("")
@require(*STAFF)
@bp.doc(requestBody=FORM)
@bp.response(202, ImportSchema)
@bp.alt_response(409, description="The very same file is there already (AlreadyDelivered, with `import_id`)")
@bp.alt_response(413, description="The file is larger than this installation takes")
@bp.alt_response(422, description="A field is missing or wrong, or the file is empty")
def send() -> Any:
    """Send a customs file

    The answer comes at once; workers read the file. Follow `url` until `state` is `ready` (decide with `accept` or
    `reject`), `mapping_needed` (say what the columns are with `mapping`) or `failed` (`reason` says why).
    """
    form, upload = uploading.read_form(
        request.environ, current_app.config["DATA_DIR"], current_app.config["MAX_IMPORT_BYTES"]
    )
    wanted = told_by(UploadSchema(), form, "form")
    with Session.begin() as session:
        sources.find_or_add(session, caller(), wanted["source"])
        import_ = imports.receive(session, caller(), filename=upload.filename, stored=upload, **wanted)
        answer = shown(import_)
    return answer, 202, {"Location": answer["url"]}


@bp.get("")
@require(*STAFF)
@bp.arguments(ListQuery, location="query")
@bp.response(200, ImportPageSchema)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """Imports, the newest first"""
    with reading() as session:
        found, total = imports.listing(session, **query)
        return _page([shown(import_) for import_ in found], total, query["page"])


@bp.get("/<int:import_id>")
@require(*STAFF)
@bp.response(200, ImportStateSchema)
@bp.alt_response(404, description="There is no such import")
def get_import(import_id: int) -> dict[str, Any]:
    """Where an import stands

    State, step and progress while it is worked on; counts of good and bad rows and of each rule once it was read.
    """
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        failing = [
            {"gate": one.gate, "month": f"{one.month:%Y-%m}", "error": one.error}
            for one in desk.failing(session, import_)
        ]
        return shown(import_) | {"failing": failing}


@bp.get("/<int:import_id>/errors")
@require(*STAFF)
@bp.arguments(ErrorsQuery, location="query")
@bp.response(200, FindingPageSchema)
@bp.alt_response(200, schema={"type": "string"}, content_type="text/csv", success=True)
def errors(query: dict[str, Any], import_id: int) -> Response | dict[str, Any]:
    """What was wrong, row by row

    In the order of the file, with row number, column, value, reason and hint; `format=csv` gives all of it at once.
    """
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        session.expunge(import_)
    if query["format"] == "csv":
        return csv_answer(import_, query["rule"], ",")
    found, total = rows.bad_rows(import_, current_app.config["LAKE_URL"], rule=query["rule"], page=query["page"])
    return _page([_finding(row) for row in found], total, query["page"])


@bp.post("/<int:import_id>/mapping")
@require(*STAFF)
@bp.arguments(MappingSchema)
@bp.response(202, ImportSchema)
@bp.alt_response(409, description="The import is in a state in which its columns cannot be changed")
def mapping(wanted: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Say which column is which field

    Kept for the source: the next file with the same headers needs no question. The file is read again.
    """
    with Session.begin() as session:
        return shown(imports.confirm_mapping(session, caller(), import_id, **wanted))


@bp.post("/<int:import_id>/accept")
@require(*STAFF)
@bp.arguments(AcceptSchema, required=False)
@bp.response(202, ImportSchema)
@bp.alt_response(409, description="The import is not ready to be decided, or somebody was faster")
def accept(wanted: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Publish the good rows

    `release` names rules whose held rows are let through. The figures follow when the gate-months are computed.
    """
    with Session.begin() as session:
        return shown(imports.accept(session, caller(), import_id, wanted["release"]))


@bp.post("/<int:import_id>/reject")
@require(*STAFF)
@bp.arguments(RejectSchema)
@bp.response(200, ImportSchema)
@bp.alt_response(409, description="The import cannot be rejected any more")
def reject(wanted: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Do not use the file, and say why"""
    with Session.begin() as session:
        return shown(imports.reject(session, caller(), import_id, wanted["reason"]))


@bp.post("/<int:import_id>/cancel")
@require(*STAFF)
@bp.response(200, ImportSchema)
@bp.alt_response(409, description="Too late: it was decided")
def cancel(import_id: int) -> dict[str, Any]:
    """Stop reading; nothing of the file is used"""
    with Session.begin() as session:
        return shown(imports.cancel(session, caller(), import_id))


@bp.post("/<int:import_id>/retry")
@require(*STAFF)
@bp.response(202, ImportSchema)
@bp.alt_response(409, description="There is nothing to try again")
def retry(import_id: int) -> dict[str, Any]:
    """Read a failed or cancelled file once more"""
    with Session.begin() as session:
        return shown(imports.retry(session, caller(), import_id))


@bp.post("/<int:import_id>/withdraw")
@require(*STAFF)
@bp.arguments(RejectSchema)
@bp.response(202, ImportSchema)
@bp.alt_response(409, description="It is not published")
def withdraw(wanted: dict[str, Any], import_id: int) -> dict[str, Any]:
    """Take a published file back: what it had replaced counts again"""
    with Session.begin() as session:
        return shown(imports.withdraw(session, caller(), import_id, wanted["reason"]))


def shown(import_: Import) -> dict[str, Any]:
    """An import as the API shows it."""
    named = ("id", "dataset", "filename", "sha256", "size", "state", "step", "good", "bad", "warned", "rules")
    dated = ("released", "created", "decided_at", "published_at")
    return {name: getattr(import_, name) for name in (*named, *dated)} | {
        "url": f"/api/v1/trade/imports/{import_.id}",
        "page": url_for("trade_imports.show", lang=language(), import_id=import_.id),
        "source": import_.source.code,
        "mends": import_.mends_id,
        "progress": {"done": import_.done, "total": import_.total},
        "found": {name: import_.found[name] for name in SHOWN if name in import_.found},
        "reason": imports.why(import_),
    }


def _finding(row: rows.BadRow) -> dict[str, Any]:
    same = ("severity", "rule", "field", "column", "value", "reason", "hint")
    return {name: getattr(row, name) for name in same} | {"row": row.number}


def _page(items: list[dict[str, Any]], total: int, page: int) -> dict[str, Any]:
    return {"items": items, "total": total, "page": page, "pages": pages_of(total, rows.PAGE_SIZE)}
