"""Bad rows of a customs file to take away."""

import re
from io import BytesIO
from pathlib import PurePath
from urllib.parse import quote

from flask import Response, current_app, send_file, stream_with_context
from flask_babel import gettext

from app.accounts.models import Role
from app.accounts.who import require
from app.db import reading
from app.i18n import language, pages_blueprint
from app.text import fold
from app.trade import imports, mending, rows
from app.trade.models import Import

bp = pages_blueprint("trade_downloads", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/trade/imports/<int:import_id>/errors.csv")
@require(Role.ECONOMIST, Role.ADMIN)
def errors_csv(import_id: int) -> Response:
    """Every finding; with the delimiter that a spreadsheet program of the reader's language expects."""
    return csv_answer(_import(import_id), "", ";" if language() == "vi" else ",")


def csv_answer(import_: Import, rule: str, delimiter: str) -> Response:
    """The findings, of one rule or all, as a streamed CSV file."""
    found = rows.all_bad_rows(import_, current_app.config["LAKE_URL"], rule=rule)
    lines = mending.csv_of(found, import_.found.get("headers", ()), delimiter)
    headers = {"Content-Disposition": attached(_name(import_, gettext("errors"), "csv"))}
    return Response(stream_with_context(lines), mimetype="text/csv", headers=headers)


def attached(name: str) -> str:
    """Content-Disposition for a download whose name may be Vietnamese (RFC 5987), with a plain name beside it."""
    plain = re.sub(r"[^\w. -]+", "_", fold(name), flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


@bp.get("/trade/imports/<int:import_id>/mending.xlsx")
@require(Role.ECONOMIST, Role.ADMIN)
def mending_xlsx(import_id: int) -> Response:
    """The rows held back, to be corrected and sent again."""
    import_ = _import(import_id)
    found = rows.all_bad_rows(import_, current_app.config["LAKE_URL"])
    book = mending.workbook_of(found, import_.found.get("headers", ()))
    return send_file(
        BytesIO(book), mimetype=XLSX, as_attachment=True, download_name=_name(import_, gettext("to mend"), "xlsx")
    )


def _import(import_id: int) -> Import:
    with reading() as session:
        import_ = imports.by_id(session, import_id)
        session.expunge(import_)
        return import_


def _name(import_: Import, what: str, suffix: str) -> str:
    """“tờ khai tháng 10 – to mend.xlsx”."""
    stem = import_.filename.removesuffix(".gz")
    return f"{PurePath(stem).stem} – {what}.{suffix}"
