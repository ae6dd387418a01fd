"""The JSON API: one OpenAPI 3.1 document from the schemas, bearer tokens, idempotency keys."""

from flask import Flask, Response
from flask_smorest import Api, Blueprint
from marshmallow import RAISE, Schema, fields


class StrictSchema(Schema):
    """Base of every schema: unknown fields are refused, never ignored."""

    class Meta:
        unknown = RAISE


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
    api = Api(app)
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
