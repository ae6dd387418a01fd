"""What all of the API has in common: strict input, one shape of mistakes, tokens."""

import json

import pytest
from flask import g
from marshmallow import ValidationError, fields, validate

from app.api import LARGEST_BODY, AnswerSchema, QuerySchema, StrictSchema, page_field
from app.errors import sentences


class Filters(QuerySchema):
    page = page_field()
    gate = fields.List(fields.Str(), load_default=list)


class Rules(StrictSchema):
    name = fields.Str(validate=validate.Length(2, 5))
    note = fields.Str(validate=validate.Length(max=5))
    few = fields.List(fields.Str(validate=validate.OneOf("ab")), validate=validate.Length(1, 2))
    count = fields.Int(validate=validate.Range(1, 9))
    words = fields.Dict(keys=fields.Str(), values=fields.Int())


@pytest.fixture
def mistakes_of(web_app):
    """What a reader of English is told."""

    def tell(schema, given):
        with web_app.test_request_context("/en/"), pytest.raises(ValidationError) as caught:
            g.lang = "en"
            schema.load(given)
            pytest.fail("nothing was wrong")
        with web_app.test_request_context("/en/"):
            g.lang = "en"
            return sentences(caught.value.normalized_messages())

    return tell


@pytest.fixture
def bearer(make, token_of):
    return {"Authorization": f"Bearer {token_of(make.person(language='en'))}"}


def test_what_is_left_empty_in_a_query_says_nothing() -> None:
    assert Filters().load({"page": "", "gate": ["", "moc-bai"]}) == {"page": 1, "gate": ["moc-bai"]}
    assert Filters().load({"gate": [""]}) == {"page": 1, "gate": []}


@pytest.mark.parametrize("page", ["0", "-1", "100000", "9" * 30, "x"])
def test_a_page_that_cannot_be_is_refused(page) -> None:
    with pytest.raises(ValidationError):
        Filters().load({"page": page})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "x"}, {"name": ["Use 2 to 5 characters."]}),
        ({"note": "too long"}, {"note": ["Use at most 5 characters."]}),
        ({"few": []}, {"few": ["Give 1 to 2 values."]}),
        ({"few": ["c"]}, {"few": {"0": ["Choose one of: a, b."]}}),
        ({"count": 10}, {"count": ["Give a number from 1 to 9."]}),
        ({"words": {"a": "b"}}, {"words": {"a": {"value": ["Give a whole number."]}}}),
        ({"other": 1}, {"other": ["There is no such field."]}),
        ([], {"_schema": ["This has the wrong shape."]}),
        ({"name": "a\x00"}, {"name": ["Some characters of this text cannot be stored."]}),
        ({"few": ["\ud800"]}, {"few": ["Some characters of this text cannot be stored."]}),
        ({"words": {"\udfff": 1}}, {"words": ["Some characters of this text cannot be stored."]}),
    ],
)
def test_every_rule_speaks_our_own_sentences_in_one_shape(mistakes_of, given, told) -> None:
    assert mistakes_of(Rules(), given) == told


def test_every_field_of_an_answer_is_promised() -> None:
    class Told(AnswerSchema):
        name = fields.Str()

    assert Told().fields["name"].required


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b'{"gate":', "application/json", 400, "NotJson"),
        (b"\xff\xfe", "application/json", 400, "NotJson"),
        (b"[" * 100_000, "application/json", 400, "NotJson"),
        (b"9" * 5_000, "application/json", 400, "NotJson"),
        (b"{}", "text/plain", 415, "UnsupportedMediaType"),
        (b"gate=moc-bai", "application/x-www-form-urlencoded", 415, "UnsupportedMediaType"),
        (b" " * (LARGEST_BODY + 1), "application/json", 413, "RequestEntityTooLarge"),
        (b"", "application/json", 422, "Invalid"),
        (b'{"\\ud800": 1}', "application/json", 422, "Invalid"),
    ],
)
def test_a_body_that_is_none_is_refused_for_what_it_is(client, bearer, body, kind, status, code) -> None:
    answer = client.post("/api/v1/orders", data=body, content_type=kind, headers=bearer)
    assert (answer.status_code, json.loads(answer.data)["code"]) == (status, code)


def test_a_parameter_that_is_unknown_is_refused_everywhere(client, bearer) -> None:
    for address in ("products", "orders", "hs?q=san", "trade/flows"):
        joint = "&" if "?" in address else "?"
        answer = client.get(f"/api/v1/{address}{joint}surprise=1", headers=bearer)
        assert (answer.status_code, answer.json["details"]) == (
            422,
            {"query": {"surprise": ["There is no such field."]}},
        )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_token_may_be_written_in_any_case(client, make, token_of, scheme) -> None:
    token = token_of(make.person())
    assert client.get("/api/v1/me", headers={"Authorization": f"{scheme} {token}"}).status_code == 200
    for wrong in (token, f"Basic {token}", f"Token {token}", "Bearer"):
        assert client.get("/api/v1/me", headers={"Authorization": wrong}).status_code == 401


@pytest.mark.parametrize(("header", "title"), [("en", "Please sign in first."), ("*", "Vui lòng đăng nhập trước.")])
def test_the_language_of_the_header_is_answered(client, header, title) -> None:
    assert client.get("/api/v1/me", headers={"Accept-Language": header}).json["title"] == title


def test_the_header_goes_before_the_language_of_the_person(client, bearer) -> None:
    asked = {"Accept-Language": "vi;q=0.9"}
    assert client.get("/api/v1/products/1", headers=bearer).json["title"] == "There is no product 1 on sale."
    assert client.get("/api/v1/products/1", headers=bearer | asked).json["title"] == "Không có sản phẩm 1 đang bán."
