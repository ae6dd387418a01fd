"""The OpenAPI document: what each operation answers when all is well, and which problems it tells otherwise."""

from collections.abc import Mapping
from inspect import cleandoc
from typing import Any

from apispec import APISpec, BasePlugin
from flask_smorest import Api
from marshmallow import RAISE, Schema, fields

SECURITY = "token"
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REASONS = {
    "400": "The body is not valid JSON (NotJson)",
    "401": "No bearer token, or one that is not valid (SignInNeeded)",
    "403": "The person of the token may not do this (Forbidden)",
    "404": "There is no such thing, or it is not yours to see",
    "413": "The body is too large",
    "415": "The body is of another content type",
    "422": "Something is missing, unknown or wrong; `details` names it (Invalid)",
    "503": "Too busy; nothing was changed, try again after the seconds of Retry-After (Busy)",
}
WITH_JSON = ("400", "415")
WITH_BODY = ("413", "422")
_END = r"\Z"


class ProblemSchema(Schema):
    """An error (RFC 9457). `code` is stable, `title` is in the reader's language, `details` holds the facts."""

    class Meta:
        unknown = RAISE

    type = fields.Str(required=True)
    status = fields.Int(required=True)
    code = fields.Str(required=True, metadata={"example": "OutOfStock"})
    title = fields.Str(required=True)
    details = fields.Dict(required=True)


class Problems(BasePlugin):
    """Adds to every operation who may call it and the problems that follow from its shape; to schemas, what they are.

    `views`: endpoint → view; `require` left on the view whom it lets in.
    """

    def __init__(self, views: Mapping[str, Any]) -> None:
        self.views = views

    def init_spec(self, spec: APISpec) -> None:
        """Make the shape of a problem known."""
        spec.components.schema("Problem", schema=ProblemSchema)

    def schema_helper(self, *_facts: Any, schema: Any = None, **_: Any) -> dict[str, Any]:
        """What a schema is, as its docstring says."""
        said = (schema if isinstance(schema, type) else type(schema)).__doc__
        return {"description": cleandoc(said)} if schema and said else {}

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, *, rule: Any = None, **_: Any
    ) -> None:
        """Complete the operations of one address."""
        roles = getattr(self.views[rule.endpoint], "required_roles", None)
        for operation in (operations or {}).values():
            operation.setdefault("security", [] if roles is None else [{SECURITY: []}])
            told = {str(code): answer for code, answer in operation.get("responses", {}).items()}
            codes = {code for code in told if code >= "400"} | _expected(path or "", operation, roles)
            operation["responses"] = {code: told[code] for code in sorted(told.keys() - codes)}
            operation["responses"] |= {code: _problem(code, told.get(code)) for code in sorted(codes)}
            operation["responses"]["default"] = _problem("default", {"description": "Any other problem"})


class ProblemApi(Api):
    """flask-smorest with our one shape of errors; app.errors answers them, for pages too."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemSchema

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.ma_plugin.converter.add_attribute_function(_pattern)
        self.ma_plugin.converter.add_parameter_attribute_function(_may_be_empty)

    def _register_error_handlers(self) -> None:
        return

    def _register_pagination_header(self) -> None:
        return


def _pattern(_converter: Any, _field: Any, ret: dict[str, Any], **_: Any) -> dict[str, str]:
    """Rules that are Python's regular expressions, as other languages write them."""
    written = str(ret.get("pattern", ""))
    return {"pattern": f"^{written.removesuffix(_END)}$"} if written.endswith(_END) else {}


def _may_be_empty(_converter: Any, field: fields.Field[Any], ret: dict[str, Any], **_: Any) -> dict[str, bool]:
    """A filter of a query string that is left empty says nothing."""
    return {"allowEmptyValue": True} if ret["in"] == "query" and not field.required else {}


def _expected(path: str, operation: dict[str, Any], roles: tuple[str, ...] | None) -> set[str]:
    """The problems an operation of this shape can tell."""
    codes = {"503"}
    if "{" in path:
        codes.add("404")
    if operation.get("parameters"):
        codes.add("422")
    if body := operation.get("requestBody"):
        codes.update(WITH_BODY, WITH_JSON if "application/json" in body["content"] else ())
    if roles is not None:
        codes.add("401")
    if roles:
        codes.add("403")
    return codes


def _problem(code: str, told: Any) -> dict[str, Any]:
    """The answer as the operation describes it, else as this kind of problem is described everywhere."""
    described = told if isinstance(told, dict) else {}
    return {"description": described.get("description") or REASONS[code], "content": PROBLEM}
