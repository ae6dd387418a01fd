"""/media/photos/…: the files of photos. Their name is their content, so a browser keeps them for ever."""

import re
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, send_file

from app.marketplace.catalogue.photos import WIDTHS, path_of

bp = Blueprint("media", __name__)

YEAR = 31_536_000
NAME = re.compile(rf"([0-9a-f]{{64}})-({'|'.join(map(str, WIDTHS))})\.webp")


@bp.get("/media/photos/<name>")
def photo(name: str) -> Response:
    """One width of a photo."""
    found = NAME.fullmatch(name)
    if found is None:
        abort(404)
    path = path_of(folder(), found[1], int(found[2]))
    if not path.is_file():
        abort(404)
    answer = send_file(path, mimetype="image/webp", etag=name, max_age=YEAR)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


def folder() -> Path:
    """Where this installation keeps photos."""
    return Path(current_app.config["DATA_DIR"]) / "photos"
