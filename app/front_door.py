"""Addresses without a language: the way in, and the readable page of the API."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.i18n import language

bp = Blueprint("front_door", __name__)

METHODS = ("get", "post", "put", "patch", "delete")


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
    return render_template("api.html", groups=operations(spec), spec_url=url_for("api-docs.openapi_json"))


def operations(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, each with method, path, sentence, parameters, body fields and answers."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in spec.get("paths", {}).items():
        for method in METHODS:
            if operation := item.get(method):
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                entry = {
                    "method": method.upper(),
                    "path": path,
                    "summary": operation.get("summary", ""),
                    "description": operation.get("description", ""),
                    "parameters": [p for p in parameters if "name" in p],
                    "body": _body_fields(spec, operation),
                    "answers": sorted(code for code in operation.get("responses", {}) if code != "default"),
                }
                groups.setdefault((operation.get("tags") or ["API"])[0], []).append(entry)
    return groups


def _body_fields(spec: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    schema: dict[str, Any] = next((part.get("schema", {}) for part in content.values()), {})
    name = schema.get("$ref", "").rpartition("/")[2]
    found = spec.get("components", {}).get("schemas", {}).get(name, schema)
    required = set(found.get("required", []))
    return [
        {"name": field, "type": _type(facts), "required": field in required}
        for field, facts in found.get("properties", {}).items()
    ]


def _type(facts: dict[str, Any]) -> str:
    kind = facts.get("type", facts.get("$ref", "object").rpartition("/")[2])
    return " | ".join(kind) if isinstance(kind, list) else str(kind)
