"""The JSON API: strict input, complete answers, mistakes in the reader's language, bearer tokens."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, Request
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate
from webargs.core import missing, parse_json
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType

from app.addresses import LAST_PAGE
from app.errors import Problem
from app.openapi import SECURITY, ProblemApi, Problems

LARGEST_BODY = 1_000_000  # bytes of JSON

# marshmallow's own sentences in the reader's language.
SENTENCES = {
    "Missing data for required field.": _l("Fill in this field."),
    "Field may not be null.": _l("Fill in this field."),
    "Not a valid string.": _l("Write text here."),
    "Not a valid utf-8 string.": _l("Write text here."),
    "Not a valid number.": _l("Give a number."),
    "Not a valid integer.": _l("Give a whole number."),
    "Number too large.": _l("This number is too large."),
    "Special numeric values (nan or infinity) are not permitted.": _l("Give a number."),
    "Not a valid boolean.": _l("Answer true or false."),
    "Not a valid date.": _l("Give a date, for example 2026-11-24."),
    "Not a valid {obj_type}.": _l("Give a date or a time."),
    "Invalid value.": _l("This value is not known here."),
    "Not a valid list.": _l("Give a list."),
    "Not a valid mapping type.": _l("Give names and values."),
    "Invalid type.": _l("This has the wrong shape."),
    "Not a valid email address.": _l("Write an e-mail address, for example name@firm.vn."),
    "Not a valid URL.": _l("Write an address that begins with https://."),
    "String does not match expected pattern.": _l("This has the wrong shape."),
    "Must be one of: {choices}.": _l("Choose one of: {choices}."),
}


_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class NotJson(Problem):
    """The body cannot be read."""

    status = 400
    message = _l("The body is not valid JSON.")


# --- schemas ---------------------------------------------------------------------------------------


class StrictSchema(Schema):
    """Base of every schema: unknown fields are refused, never ignored; errors speak the reader's language."""

    class Meta:
        unknown = RAISE

    error_messages = {
        "unknown": _l("There is no such field."),
        "type": _l("This has the wrong shape."),
    }

    def on_bind_field(self, _field_name: str, field_obj: fields.Field[Any]) -> None:
        _speak(field_obj)

    @pre_load
    def refuse_what_is_no_text(self, data: Any, **_: Any) -> Any:
        """JSON can spell the null character and half of a letter; no database and no answer can hold them."""
        if isinstance(data, Mapping):
            wrong = [name for name in data if not (_is_text(name) and _is_text(data[name]))]
            if wrong:
                raise ValidationError(
                    {name: [_l("Some characters of this text cannot be stored.")] for name in wrong}
                )
        return data


class QuerySchema(StrictSchema):
    """A query string; an empty value is as good as none, so that a form of filters can be sent as it is."""

    @pre_load
    def drop_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """Without what was left empty."""
        said = {name: data[name] for name in data}
        lists = {name: [one for one in value if one != ""] for name, value in said.items() if isinstance(value, list)}
        return {name: value for name, value in (said | lists).items() if value not in ("", [])}


class AnswerSchema(StrictSchema):
    """Base of what is answered: every field is always there, and the document says so."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        super().on_bind_field(field_name, field_obj)
        field_obj.required = True


def page_field() -> fields.Int:
    """Which page of a list, from 1 on."""
    return fields.Int(load_default=1, validate=validate.Range(1, LAST_PAGE, error=_l("Ask for {min} to {max}.")))


def _speak(field: fields.Field[Any]) -> None:
    """Our own sentences for a field, its rules and what is inside it."""
    said = field.error_messages.items()
    field.error_messages = {key: SENTENCES.get(text, text) if isinstance(text, str) else text for key, text in said}
    for rule in field.validators:
        if isinstance(rule, (validate.Length, validate.Range)) and rule.error is None:
            rule.error = _bounds(rule, isinstance(field, fields.String))
        elif isinstance(rule, (validate.OneOf, validate.Regexp)):
            rule.error = SENTENCES.get(rule.error, rule.error)
    inner = (getattr(field, name, None) for name in ("inner", "key_field", "value_field"))
    for one in filter(None, inner):
        _speak(one)


def _bounds(rule: validate.Length | validate.Range, is_text: bool) -> Any:
    if isinstance(rule, validate.Range):
        return _l("Give a number from {min} to {max}.")
    if is_text:
        return _l("Use at most {max} characters.") if rule.min is None else _l("Use {min} to {max} characters.")
    return _l("Give at most {max} values.") if rule.min is None else _l("Give {min} to {max} values.")


def _is_text(value: Any) -> bool:
    """Whether everything written in a value of JSON is text; what is no text at all is for the fields to judge."""
    if isinstance(value, str):
        return not _NOT_TEXT.search(value)
    if isinstance(value, dict):
        return all(_is_text(key) and _is_text(inner) for key, inner in value.items())
    return not isinstance(value, list) or all(map(_is_text, value))


# --- requests --------------------------------------------------------------------------------------


class StrictParser(FlaskParser):
    """webargs, where each place is as strict as its schema and a wrong body is refused rather than read as empty."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002
        """The body; `missing` when there is none."""
        req.max_content_length = LARGEST_BODY
        if not (body := req.get_data()):
            return missing
        if not is_json_request(req):
            raise UnsupportedMediaType()
        try:
            return parse_json(body)
        except (ValueError, RecursionError):
            raise NotJson() from None

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> Any:
        """As every mistake in a form."""
        raise error


def told_by(schema: Schema, given: Mapping[str, Any], place: str) -> dict[str, Any]:
    """What a place of the request holds; mistakes are named under that place, as `arguments` does."""
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        raise ValidationError({place: error.normalized_messages()}) from None


class ApiBlueprint(Blueprint):
    """A flask-smorest blueprint with strict arguments."""

    ARGUMENTS_PARSER = StrictParser()


def blueprint(name: str, import_name: str, prefix: str = "") -> ApiBlueprint:
    """A blueprint under /api/v1."""
    return ApiBlueprint(name, import_name, url_prefix=f"/api/v1{prefix}")


def init_app(app: Flask) -> ProblemApi:
    """Create the document at /api/v1/openapi.json; blueprints are registered by the caller."""
    app.config.update(
        API_TITLE="Mộc Xa",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "Border-gate marketplace and trade-flow monitor of Tây Ninh province, Việt Nam."},
            "servers": [{"url": app.config["PUBLIC_URL"]}],
            "components": {"securitySchemes": {SECURITY: {"type": "http", "scheme": "bearer"}}},
        },
    )
    return ProblemApi(app, spec_kwargs={"extra_plugins": [Problems(app.view_functions)]})
