"""The page of the API says what the document says."""

import pytest

from app.describing import NEEDED, NOT_NEEDED, POSSIBLE, Kind, kind_of, operations, shapes

DOCUMENT = {
    "paths": {
        "/things/{id}": {
            "parameters": [{"in": "path", "name": "id", "required": True, "schema": {"type": "integer"}}],
            "post": {
                "tags": ["Things"],
                "summary": "Make it",
                "security": [{"token": []}],
                "parameters": [
                    {"in": "query", "name": "way", "schema": {"enum": ["", "up", "down"], "default": "up"}}
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {
                    "201": {"description": "Made", "content": {"text/csv": {"schema": {"type": "string"}}}}
                },
            },
            "get": {"tags": ["Things"], "security": [], "responses": {}},
        },
        "/others": {"get": {"tags": ["Others"], "security": [{}, {"token": []}], "responses": {}}},
    },
    "components": {
        "schemas": {
            "Thing": {
                "description": "What it is",
                "required": ["name"],
                "properties": {"name": {"type": "string", "example": "x"}, "size": {"type": ["integer", "null"]}},
            }
        }
    },
}


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"type": "string"}, Kind("string")),
        ({"type": "string", "format": "date"}, Kind("string, date")),
        ({"type": ["string", "null"]}, Kind("string or null")),
        ({"enum": ["a"]}, Kind("string")),
        ({}, Kind("any value")),
        ({"$ref": "#/components/schemas/Thing"}, Kind("", "Thing")),
        ({"type": "array", "items": {"type": "integer"}}, Kind("list of integer")),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, Kind("list of", "Thing")),
        ({"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]}, Kind("null", "Thing")),
    ],
)
def test_a_schema_is_told_in_a_few_words(facts, kind) -> None:
    assert kind_of(facts) == kind


def test_operations_stand_under_their_subject_with_all_they_take_and_answer() -> None:
    found = operations(DOCUMENT)
    assert {subject: [one.method for one in those] for subject, those in found.items()} == {
        "Things": ["GET", "POST"],
        "Others": ["GET"],
    }
    make = found["Things"][1]
    assert [(row.name, row.where, row.required) for row in make.parameters] == [
        ("id", "path", True), ("way", "query", False),
    ]  # fmt: skip
    assert (make.parameters[1].choices, make.parameters[1].default) == (("up", "down"), "up")
    assert make.bodies == (("application/json", Kind("", "Thing")),)
    assert [(answer.status, answer.kinds) for answer in make.answers] == [("201", (("text/csv", Kind("string")),))]
    assert [one.token for one in (*found["Things"], *found["Others"])] == [NOT_NEEDED, NEEDED, POSSIBLE]


def test_shapes_have_their_fields() -> None:
    description, (name, size) = shapes(DOCUMENT)["Thing"]
    assert (description, name.required, name.example, size.required) == ("What it is", True, "x", False)


def test_every_shape_of_the_page_can_be_reached(client) -> None:
    page = client.get("/api/").text
    links = set(part.partition('"')[0] for part in page.split('href="#')[1:])
    anchors = set(part.partition('"')[0] for part in page.split('id="')[1:])
    assert {"OrderIn", "OrderGroupOut", "Problem", "FlowAnswer", "Import"} <= links
    assert links <= anchors
