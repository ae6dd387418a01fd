"""The JSON API: one OpenAPI 3.1 document from the schemas, bearer tokens, idempotency keys."""

from typing import Any

from flask import Flask, Response
from flask_babel import lazy_gettext as _l
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields

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
}


class StrictSchema(Schema):
    """Base of every schema: unknown fields are refused, never ignored; errors speak the reader's language."""

    class Meta:
        unknown = RAISE

    error_messages = {
        "unknown": _l("There is no such field."),
        "type": _l("This has the wrong shape."),
    }

    def on_bind_field(self, _field_name: str, field_obj: fields.Field[Any]) -> None:
        said = field_obj.error_messages.items()
        field_obj.error_messages = {
            key: SENTENCES.get(text, text) if isinstance(text, str) else text for key, text in said
        }


class PlainApi(Api):
    """flask-smorest without error answers of its own: app.errors has the one shape, for pages too."""

    def _register_error_handlers(self) -> None:
        return


def blueprint(name: str, import_name: str, prefix: str = "") -> Blueprint:
    """A flask-smorest blueprint under /api/v1."""
    return Blueprint(name, import_name, url_prefix=f"/api/v1{prefix}")


def init_app(app: Flask) -> Api:
    """Create the document at /api/v1/openapi.json; blueprints are registered by the caller."""
    app.config.update(
        API_TITLE="Mộc Xa",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "Border-gate marketplace and trade-flow monitor of Tây Ninh province, Việt Nam."},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api = PlainApi(app)
    api.ERROR_SCHEMA = ProblemSchema
    return api


class ProblemSchema(StrictSchema):
    """application/problem+json (RFC 9457) with our stable `code` and the facts in `details`."""

    type = fields.Str()
    status = fields.Int()
    code = fields.Str()
    title = fields.Str()
    details = fields.Dict()


def no_content() -> Response:
    """An empty 204 answer."""
    return Response(status=204)
