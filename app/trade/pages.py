"""Customs files on pages: send one, see what waits, follow one from its bytes to the published figures."""

from collections.abc import Mapping
from math import ceil
from types import MappingProxyType
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session as OrmSession
from werkzeug.wrappers import Response

from app import forms
from app.accounts.models import Role
from app.accounts.who import caller, require
from app.db import Session, reading
from app.errors import Problem
from app.i18n import pages_blueprint
from app.reference import gates
from app.trade import changes, desk, imports, reasons, rows, sources, uploading, words
from app.trade.fields import FIELDS
from app.trade.formats import FORMATS
from app.trade.imports import AlreadyDelivered
from app.trade.models import Dataset, Import, State
from app.trade.schemas import FindingsQuery, ListQuery, UploadForm
from app.trade.uploading import Upload
from app.trade.workbooks import MENDING_ROWS

bp = pages_blueprint("trade_imports", __name__)
Errors = Mapping[str, list[str]]
Typed = Mapping[str, Any]
NONE: Mapping[str, Any] = MappingProxyType({})


# --- the list, and sending a file ---


@bp.get("/trade/imports")
@require(Role.ECONOMIST, Role.ADMIN)
def listing() -> str:
    """What waits for me, the form to send a file, and every import so far."""
    with reading() as session:
        return _listing(session, ListQuery().load(request.args.to_dict()))


def _listing(session: OrmSession, query: dict[str, Any], errors: Errors = NONE, **shown: Any) -> str:
    found, total = imports.listing(session, **query)
    return render_template(
        "trade/imports.html",
        open_imports=desk.open_imports(session) if query.keys() == {"page"} else [],
        found=found,
        total=total,
        query=query,
        pages=ceil(total / rows.PAGE_SIZE),
        sources=sources.listing(session),
        formats=FORMATS,
        states=words.STATES,
        words=words,
        why=imports.why,
        megabytes=current_app.config["MAX_IMPORT_BYTES"] // 1_000_000,
        errors=errors,
        **{"typed": {}} | shown,
    )


@bp.post("/trade/imports")
@require(Role.ECONOMIST, Role.ADMIN)
def send() -> ResponseReturnValue:
    """Take a file in and go to its page at once; workers read it."""
    typed: dict[str, str] = {}
    try:
        typed, upload = uploading.read_form(
            request.environ, current_app.config["DATA_DIR"], current_app.config["MAX_IMPORT_BYTES"]
        )
        wanted = UploadForm().load(typed)
        with Session.begin() as session:
            import_id = _receive(session, wanted, upload).id
    except ValidationError as error:
        return _send_again(typed, forms.errors_of(error), 422)
    except AlreadyDelivered as problem:
        return _send_again(typed, {"file": [problem.text()]}, 409, earlier=problem.details["import_id"])
    except Problem as problem:
        return _send_again(typed, {"file": [problem.text()]}, problem.status)
    return redirect(url_for("trade_imports.show", import_id=import_id), 303)


def _receive(session: OrmSession, wanted: dict[str, Any], upload: Upload) -> Import:
    code = wanted["source"]
    if not code:
        code = sources.add(
            session, caller(), code=desk.free_code(session, wanted["new_source"]), name=wanted["new_source"]
        ).code
    return imports.receive(
        session,
        caller(),
        source=code,
        dataset=wanted["dataset"],
        filename=upload.filename,
        stored=upload,
        mends=wanted["mends"],
    )


def _send_again(typed: Typed, errors: Errors, status: int, earlier: int | None = None) -> ResponseReturnValue:
    with reading() as session:
        return _listing(session, {"page": 1}, errors, typed=typed, earlier=earlier), status


# --- one import ---


@bp.get("/trade/imports/<int:import_id>")
@require(Role.ECONOMIST, Role.ADMIN)
def show(import_id: int) -> str:
    """Where one file stands, what was found in it, and what can be done."""
    with reading() as session:
        return page_of(session, import_id)


def page_of(session: OrmSession, import_id: int, errors: Errors = NONE, typed: Typed = NONE) -> str:
    """The page of an import; `errors` and `typed` come from a form on it that was not right."""
    import_ = imports.by_id(session, import_id)
    query = FindingsQuery().load(request.args.to_dict() if request.method == "GET" else {})
    findings, found = rows.bad_rows(import_, current_app.config["LAKE_URL"], **query)
    return render_template(
        "trade/import.html",
        import_=import_,
        why=imports.why(import_),
        people=desk.names_of(session, import_.created_by, import_.decided_by),
        state=State(import_.state),
        State=State,
        words=words,
        format=FORMATS[import_.dataset],
        fields={field.name: field.title for field in FIELDS[import_.dataset]},
        findings=findings,
        found=found,
        query=query,
        pages=ceil(found / rows.PAGE_SIZE),
        left=desk.seconds_left(import_),
        failing=desk.failing(session, import_),
        rule_rows=_rules(import_),
        rule_names={rule.code: rule.chip for rule in reasons.RULES},
        releasable=desk.releasable(import_),
        mending_rows=MENDING_ROWS,
        boxes=desk.boxes(import_),
        headers=desk.headers(import_),
        preview=rows.preview(import_),
        number_example=desk.number_example(import_),
        date_example=desk.date_example(import_),
        by_gate=changes.by_gate(session, import_),
        gate_of={gate.slug: gate for gate in gates.all_gates(session, imported=True)},
        errors=errors,
        typed=typed,
    )


def _rules(import_: Import) -> list[dict[str, Any]]:
    """Each rule that was broken, with its words and how often."""
    return [
        {"code": code, "count": count, "rule": reasons.BY_CODE[code]} for code, count in sorted(import_.rules.items())
    ]


@bp.get("/trade/imports/<int:import_id>/progress")
@require(Role.ECONOMIST, Role.ADMIN)
def progress(import_id: int) -> Response:
    """The progress card alone; when the work is over, the whole page is fetched anew."""
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        card = render_template(
            "trade/_progress.html",
            import_=import_,
            words=words,
            left=desk.seconds_left(import_),
            failing=desk.failing(session, import_),
        )
        answer = make_response(card)
        if import_.state not in words.MOVING:
            answer.headers["HX-Refresh"] = "true"
        answer.headers["Cache-Control"] = "no-store"
        return answer


@bp.get("/trade/imports/<int:import_id>/comparison")
@require(Role.ECONOMIST, Role.ADMIN)
def comparison(import_id: int) -> str:
    """What the good rows add up to and which published rows they replace; a part of the page that takes a moment."""
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        compared = changes.compare(session, import_, current_app.config["LAKE_URL"])
        part = "trade/_comparison.html" if forms.is_htmx() else "trade/comparison.html"
        return render_template(
            part, import_=import_, comparison=compared, counted=import_.dataset == Dataset.CROSSINGS, words=words
        )
