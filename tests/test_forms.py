"""Forms: the words of a mistake, and what is taken as typed."""

import pytest
from flask import g
from marshmallow import ValidationError, fields

from app import forms
from app.api import SENTENCES, StrictSchema
from app.forms import Secret, safe_target


class Thing(StrictSchema):
    name = fields.Str(required=True)
    count = fields.Int()
    password = Secret()


def test_every_sentence_of_marshmallow_that_a_field_says_is_ours() -> None:
    spoken = {
        sentence
        for kind in (fields.Str, fields.Int, fields.Float, fields.Decimal, fields.Bool, fields.Date, fields.Email)
        for sentence in kind().error_messages.values()
    }
    for_programmers = {sentence for sentence in spoken if "formatted" in sentence or "awareness" in sentence}
    assert spoken - for_programmers <= set(SENTENCES)


def test_a_mistake_is_named_beside_its_field(web_app) -> None:
    with web_app.test_request_context("/en/", method="POST", data={"count": "many", "more": "x"}):
        g.lang = "en"
        with pytest.raises(ValidationError) as caught:
            forms.load(Thing())
        assert forms.errors_of(caught.value) == {
            "name": ["Fill in this field."],
            "count": ["Give a whole number."],
            "more": ["There is no such field."],
        }


def test_white_space_is_dropped_around_text_but_kept_in_a_password(web_app) -> None:
    with web_app.test_request_context("/en/", method="POST", data={"name": "  An ", "password": " two  words "}):
        assert forms.load(Thing()) == {"name": "An", "password": " two  words "}


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "", None, "vi/"]
)
def test_only_an_address_on_this_site_is_a_target(target) -> None:
    assert safe_target(target, "/vi/") == "/vi/"


def test_an_address_on_this_site_keeps_its_question() -> None:
    assert safe_target("/km/?q=a&page=2", "/vi/") == "/km/?q=a&page=2"
