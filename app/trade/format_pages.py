"""What customs files may look like: every data set with its columns, words and rules, and templates to fill in."""

import csv
import io

from flask import Response, abort, render_template, send_file
from flask_babel import gettext

from app.i18n import pages_blueprint
from app.trade import formats, reasons, words, workbooks
from app.trade.download_pages import XLSX, attached
from app.trade.formats import FORMATS
from app.trade.mending import BOM
from app.trade.models import Dataset

bp = pages_blueprint("trade_formats", __name__)


@bp.get("/trade/formats")
def dictionary() -> str:
    """The data dictionary, open to everyone who has to deliver files."""
    return render_template(
        "trade/formats.html",
        formats=FORMATS,
        field_of=formats.field_of,
        other_headers=formats.other_headers,
        words_of=formats.words,
        rules=reasons.RULES,
        date_styles=words.DATE_STYLES,
        number_styles=words.NUMBER_STYLES,
    )


@bp.get("/trade/formats/<dataset>-<any(template, example):kind>.<any(csv, xlsx):suffix>")
def template(dataset: str, kind: str, suffix: str) -> Response:
    """An empty template, or one with three rows filled in."""
    if dataset not in set(Dataset):
        abort(404)
    shape, filled = FORMATS[dataset], kind == "example"
    name = f"{shape.file} – {gettext('example')}.{suffix}" if filled else f"{shape.file}.{suffix}"
    if suffix == "xlsx":
        book = io.BytesIO(workbooks.template(dataset, filled))
        return send_file(book, mimetype=XLSX, as_attachment=True, download_name=name)
    return Response(_csv(dataset, filled), mimetype="text/csv", headers={"Content-Disposition": attached(name)})


def _csv(dataset: str, filled: bool) -> str:
    columns = FORMATS[dataset].columns
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")  # numbers are written with a decimal comma
    writer.writerow([column.header for column in columns])
    writer.writerows([column.filled[place] for column in columns] for place in range(3 if filled else 0))
    return BOM + text.getvalue()
