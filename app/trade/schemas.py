"""What the import pages and the import API take and give."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from app.addresses import LARGEST_ID
from app.api import AnswerSchema, QuerySchema, StrictSchema, page_field
from app.trade.mapping import CONSTANT, PATTERNS
from app.trade.models import Dataset, State
from app.trade.reasons import BY_CODE

NUMBER_STYLES = ("", "vi", "en")
FIELD, CONSTANT_OF = "field:", "constant:"  # names of the boxes of the mapping page


def _source_code(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(
            r"[a-z0-9][a-z0-9-]{0,39}\Z",
            error=_l("Use lower-case letters, digits and hyphens, at most 40 of them."),
        ),
        **options,
    )


def _import_id() -> fields.Integer:
    return fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_ID))


def _dataset(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(list(Dataset)), **options)


# --- what comes in ---


class UploadSchema(StrictSchema):
    """The fields that come with a file. A source of that code is created when there is none yet."""

    source = _source_code(required=True)
    dataset = _dataset(required=True)
    mends = _import_id()


class UploadForm(StrictSchema):
    """The form on the page: a source of the list, or the name of a new one."""

    source = _source_code(load_default="")
    new_source = fields.String(load_default="", validate=validate.Length(max=120))
    mends = _import_id()
    dataset = _dataset(required=True, error_messages={"required": _l("Say what the rows of the file are.")})

    @validates_schema
    def one_source(self, data: dict[str, Any], **_options: Any) -> None:
        """Without a source nobody could say later whose figures these are."""
        if not data["source"] and not data["new_source"]:
            raise ValidationError({"source": [str(_l("Choose who delivered the file, or name a new source."))]})


class ListQuery(QuerySchema):
    """Which imports to list."""

    state = fields.String(validate=validate.OneOf(list(State)))
    dataset = _dataset()
    source = _source_code()
    page = page_field()


class FindingsQuery(QuerySchema):
    """Which findings to list: of one rule, or all."""

    rule = fields.String(load_default="", validate=validate.OneOf(("", *BY_CODE)))
    page = page_field()


class ErrorsQuery(FindingsQuery):
    """The same in the API: a page as JSON, or all of them as CSV."""

    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))


class EmptySchema(StrictSchema):
    """Nothing has to be said."""


class AcceptSchema(StrictSchema):
    """`release`: rules whose held rows are let through."""

    release = fields.List(fields.String(validate=validate.OneOf(list(BY_CODE))), load_default=list)


class RejectSchema(StrictSchema):
    """Why a file is not taken; everyone sees the reason beside the import."""

    reason = fields.String(
        required=True,
        validate=validate.Length(3, 500, error=_l("Say why, in 3 to 500 characters.")),
        error_messages={"required": _l("Say why, in 3 to 500 characters.")},
    )


class MappingSchema(StrictSchema):
    """Field → header as written in the file, or "=text" for one text that holds for every row."""

    columns = fields.Dict(keys=fields.String(), values=fields.String(validate=validate.Length(1, 200)), required=True)
    number_style = fields.String(load_default="", validate=validate.OneOf(NUMBER_STYLES))
    date_style = fields.String(load_default="", validate=validate.OneOf(("", *PATTERNS)))


class MappingForm(MappingSchema):
    """The same from the mapping page: a `field:<name>` and a `constant:<name>` box for each field."""

    @pre_load
    def gather(self, data: dict[str, str], **_options: Any) -> dict[str, Any]:
        """Turn the boxes into `columns`; a text typed for every row wins over a chosen column."""
        columns: dict[str, str] = {}
        rest: dict[str, Any] = {}
        for name, text in data.items():
            if name.startswith(FIELD):
                columns.setdefault(name.removeprefix(FIELD), text)
            elif name.startswith(CONSTANT_OF):
                columns[name.removeprefix(CONSTANT_OF)] = CONSTANT + text
            else:
                rest[name] = text
        if not columns:
            raise ValidationError({"columns": [str(_l("Choose a column for each required field."))]})
        return {"columns": columns, **rest}


class SourceSchema(StrictSchema):
    """A source as its form has it."""

    name = fields.String(required=True, validate=validate.Length(2, 120))
    reporter = fields.String(
        load_default="VN",
        validate=validate.Regexp(r"[A-Z]{2}\Z", error=_l("Two capital letters, for example VN or KH.")),
    )
    creates_gates = fields.Boolean(load_default=False)
    note = fields.String(load_default="", validate=validate.Length(max=500))


class NewSourceSchema(SourceSchema):
    """A source that does not exist yet; its code stays."""

    code = _source_code(required=True)


# --- what goes out ---


class ProgressSchema(AnswerSchema):
    """How far the present step is."""

    done = fields.Integer()
    total = fields.Integer()


class FailingSchema(AnswerSchema):
    """A gate-month that could not be computed yet; it is tried again by itself, or at once with `retry`."""

    gate = fields.String()
    month = fields.String()
    error = fields.String()


class ImportSchema(AnswerSchema):
    """One delivered file: where it stands and what was found in it."""

    id = fields.Integer()
    url = fields.String(metadata={"description": "this import in the API"})
    page = fields.String(metadata={"description": "the page for people"})
    source = fields.String()
    mends = fields.Integer(allow_none=True)
    dataset = fields.String()
    filename = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    state = fields.String(validate=validate.OneOf(list(State)))
    step = fields.String()
    progress = fields.Nested(ProgressSchema)
    good = fields.Integer(metadata={"description": "rows that count"})
    bad = fields.Integer(metadata={"description": "rows held back"})
    warned = fields.Integer(metadata={"description": "things to look at in rows that count"})
    rules = fields.Dict(keys=fields.String(), values=fields.Integer())
    released = fields.List(fields.String())
    found = fields.Dict(metadata={"description": "format, encoding, delimiter, header row, columns, styles"})
    reason = fields.String(metadata={"description": "why it waits, failed or was rejected"})
    created = fields.DateTime()
    decided_at = fields.DateTime(allow_none=True)
    published_at = fields.DateTime(allow_none=True)


class ImportStateSchema(ImportSchema):
    """One delivered file, and what could not be computed of it yet."""

    failing = fields.List(fields.Nested(FailingSchema))


class ImportPageSchema(AnswerSchema):
    """A page of imports, the newest first."""

    items = fields.List(fields.Nested(ImportSchema))
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class FindingSchema(AnswerSchema):
    """One thing that was found in one row of the file."""

    row = fields.Integer(metadata={"description": "number of the row in the file, as a spreadsheet shows it"})
    severity = fields.String(validate=validate.OneOf(("error", "warning")))
    rule = fields.String()
    field = fields.String()
    column = fields.String(metadata={"description": "header of the column as written in the file"})
    value = fields.String()
    reason = fields.String()
    hint = fields.String()


class FindingPageSchema(AnswerSchema):
    """A page of findings in the order of the file."""

    items = fields.List(fields.Nested(FindingSchema))
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()
