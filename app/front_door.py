"""Addresses without a language: the way in, and the readable page of the API."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import describing
from app.i18n import language

bp = Blueprint("front_door", __name__)


@bp.get("/")
def enter() -> Response:
    """To the storefront in the reader's language."""
    answer = redirect(f"/{language()}/", code=302)
    answer.headers["Vary"] = "Accept-Language, Cookie"
    return answer


@bp.get("/api/")
def api_page() -> str:
    """Every operation of the API, from the same document machines read."""
    spec = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return render_template(
        "api.html",
        groups=describing.operations(spec),
        shapes=describing.shapes(spec),
        spec_url=url_for("api-docs.openapi_json"),
    )
