"""Problem: the one error shape. JSON (RFC 9457 `application/problem+json`) for the API, a page for people."""

import logging
from typing import Any

from flask import Flask, Response, g, json, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from app.db import is_busy

log = logging.getLogger(__name__)


class Problem(Exception):
    """A rule of the domain said no. Subclasses name the rule; `details` carry the facts for the reader.

    `message` is a gettext msgid with %(name)s places, filled from `details` in the reader's language.
    """

    status = 409
    message = _l("This cannot be done.")

    def __init__(self, **details: Any) -> None:
        super().__init__(type(self).__name__)
        self.details = details

    @property
    def code(self) -> str:
        return type(self).__name__

    def text(self) -> str:
        """The sentence for the reader, in the language of the request."""
        return str(self.message) % self.details if self.details else str(self.message)


class NotFound(Problem):
    """There is no such thing, or it is not this person's to see."""

    status = 404
    message = _l("There is nothing at this address.")


class Forbidden(Problem):
    """The person is known but may not do this."""

    status = 403
    message = _l("You do not have permission to do this.")


class SignInNeeded(Problem):
    """Nobody is signed in."""

    status = 401
    message = _l("Please sign in first.")


class TooMany(Problem):
    """Too many attempts in a short time."""

    status = 429
    message = _l("Too many attempts. Please wait %(minutes)s minutes and try again.")


HTTP_WORDS = {
    400: _l("The request could not be understood."),
    401: _l("Please sign in first."),
    403: _l("You do not have permission to do this."),
    404: _l("There is nothing at this address."),
    405: _l("This address does not accept this kind of request."),
    409: _l("This cannot be done now."),
    413: _l("The file or form is too large."),
    415: _l("This type of content is not accepted."),
    422: _l("Some fields are not right."),
    429: _l("Too many attempts. Please wait a little."),
    503: _l("Too much is going on at this moment. Nothing was changed; please try again."),
    500: _l("Something went wrong on our side. Nothing was half done; please try again."),
}


PROBLEM_TYPE = "application/problem+json"


def wants_json() -> bool:
    return request.path.startswith("/api/")


def answer(status: int, code: str, text: str, details: dict[str, Any] | None = None) -> tuple[Any, int]:
    """The error answer for this request: problem+json under /api/, else the error page in the reader's language."""
    if wants_json():
        body = {
            "type": "about:blank",
            "status": status,
            "code": code,
            "title": text,
            "details": details or {},
        }
        asked = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        # The details may repeat what was sent, and JSON can spell what UTF-8 cannot.
        written = json.dumps(body).encode(errors="backslashreplace")
        return Response(written, mimetype=PROBLEM_TYPE, headers=asked), status
    if "lang" not in g:
        g.lang = None
    return render_template("error.html", status=status, code=code, text=text, details=details or {}), status


def sentences(messages: Any) -> Any:
    """The messages of marshmallow in one shape: names, and at the end of them always a list of sentences."""
    if isinstance(messages, dict):
        return {str(name): sentences(inner) for name, inner in messages.items()}
    return [str(one) for one in messages] if isinstance(messages, list) else [str(messages)]


def init_app(app: Flask) -> None:
    """Register the handlers; the only place where an exception becomes an answer."""

    @app.errorhandler(Problem)
    def problem(error: Problem) -> tuple[Any, int]:
        return answer(error.status, error.code, error.text(), error.details)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> tuple[Any, int]:
        return answer(422, "Invalid", str(HTTP_WORDS[422]), sentences(error.normalized_messages()))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code and error.code < 400:
            return error
        status = error.code or 500
        words = HTTP_WORDS.get(status) or error.description or gettext("Something went wrong.")
        response = make_response(answer(status, error.name.replace(" ", ""), str(words)))
        for name, value in error.get_headers():
            response.headers.setdefault(name, value)  # such as Allow, which says what the address does accept
        return response

    @app.errorhandler(DBAPIError)
    def database(error: DBAPIError) -> Any:
        if not is_busy(error):
            return crash(error)
        log.warning("the database was too busy for %s %s", request.method, request.path)
        response = make_response(answer(503, "Busy", str(HTTP_WORDS[503])))
        response.headers["Retry-After"] = "2"
        return response

    @app.errorhandler(Exception)
    def crash(error: Exception) -> tuple[Any, int]:
        log.exception("unhandled error on %s %s", request.method, request.path)
        if app.testing or app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        return answer(500, "InternalError", str(HTTP_WORDS[500]))
