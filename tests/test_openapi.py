"""The document of the API is whole, and tells what the operations do."""

import re

import pytest


@pytest.fixture(scope="module")
def document(web_app):
    return web_app.test_client().get("/api/v1/openapi.json").json


def parts(thing):
    """Every object in the document."""
    yield from [thing] if isinstance(thing, dict) else ()
    for inner in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from parts(inner)


def operations(document):
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_it_describes_every_address_of_the_api(document, web_app) -> None:
    there = {
        (method.lower(), rule.rule)
        for rule in web_app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json"
    }
    told = {(method, path) for method, path, _ in operations(document)}
    assert document["openapi"].startswith("3.1.")
    assert {(method, path.count("{")) for method, path in told} == {(m, rule.count("<")) for m, rule in there}
    assert len(told) == len(there)


def test_every_reference_leads_somewhere(document) -> None:
    for reference in [part["$ref"] for part in parts(document) if "$ref" in part]:
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found


def test_what_stands_for_nothing_said_is_one_of_the_choices(document) -> None:
    schemas = [part for part in parts(document) if "enum" in part and "default" in part]
    assert schemas
    assert [schema for schema in schemas if schema["default"] not in schema["enum"]] == []


def test_patterns_are_written_for_every_language_of_programs(document) -> None:
    patterns = [part["pattern"] for part in parts(document) if isinstance(part.get("pattern"), str)]
    assert patterns
    assert [pattern for pattern in patterns if not (pattern.startswith("^") and pattern.endswith("$"))] == []


def test_every_problem_has_the_one_shape(document) -> None:
    shape = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for method, path, operation in operations(document):
        problems = {code: told for code, told in operation["responses"].items() if code == "default" or code >= "400"}
        assert {"503", "default"} <= problems.keys(), (method, path)
        assert all(told["content"] == shape and told["description"] for told in problems.values()), (method, path)


def test_it_says_where_a_token_is_needed_and_there_a_visitor_is_refused(document, client) -> None:
    for method, path, operation in operations(document):
        guarded = operation["security"] == [{"token": []}]
        address = re.sub(r"{\w+}", "moc-bai", re.sub(r"{\w+_id}", "1", path))
        answer = client.open(address, method=method.upper())
        assert (answer.status_code == 401) == guarded, (method, path)
        assert ("401" in operation["responses"]) >= guarded, (method, path)
        assert (answer.headers.get("WWW-Authenticate") == "Bearer") == guarded, (method, path)


def test_a_body_and_a_path_bring_their_own_problems(document) -> None:
    for method, path, operation in operations(document):
        codes = operation["responses"].keys()
        body = operation.get("requestBody", {}).get("content", {})
        assert ("404" in codes) >= ("{" in path), (method, path)
        assert not body or {"413", "422"} <= codes, (method, path)
        assert "application/json" not in body or {"400", "415"} <= codes, (method, path)
        assert not operation.get("parameters") or "422" in codes, (method, path)
