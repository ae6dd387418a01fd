"""The document of the API as a page shows it: operations by subject, and the shapes they take and give."""

from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
NEEDED, POSSIBLE, NOT_NEEDED = "needed", "possible", ""


@dataclass(frozen=True)
class Kind:
    """What a value is, in the words of JSON; `shape` names the one it leads to."""

    words: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Row:
    """A parameter or a field. `where` is empty for fields."""

    name: str
    kind: Kind
    required: bool
    where: str = ""
    description: str = ""
    choices: tuple[str, ...] = ()
    default: str = ""
    example: str = ""


@dataclass(frozen=True)
class Answer:
    """What comes back with a status."""

    status: str
    description: str
    kinds: tuple[tuple[str, Kind], ...]  # of each content type


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    summary: str
    description: str
    token: str
    parameters: tuple[Row, ...]
    bodies: tuple[tuple[str, Kind], ...]
    fields: tuple[Row, ...]  # of a body that has no shape with a name
    answers: tuple[Answer, ...]


def operations(document: dict[str, Any]) -> dict[str, list[Operation]]:
    """Subject → operations, in the order of the document."""
    groups: dict[str, list[Operation]] = {}
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if told := item.get(method):
                subject = (told.get("tags") or ["API"])[0]
                groups.setdefault(subject, []).append(_operation(path, method, told, item.get("parameters", [])))
    return groups


def shapes(document: dict[str, Any]) -> dict[str, tuple[str, tuple[Row, ...]]]:
    """Name → what it is, and its fields."""
    found = document.get("components", {}).get("schemas", {})
    return {name: (facts.get("description", ""), _fields(facts)) for name, facts in sorted(found.items())}


def kind_of(facts: dict[str, Any]) -> Kind:
    """In a few words what a schema allows."""
    if "$ref" in facts:
        return Kind(shape=facts["$ref"].rpartition("/")[2])
    if "anyOf" in facts:
        inner = [kind_of(one) for one in facts["anyOf"]]
        shape = next((one.shape for one in inner if one.shape), "")
        return Kind(" or ".join(one.words for one in inner if one.words), shape)
    if facts.get("type") == "array":
        inside = kind_of(facts.get("items", {}))
        return Kind(f"list of {inside.words}".strip(), inside.shape)
    told = facts.get("type", "string" if "enum" in facts else "any value")
    words = " or ".join(told) if isinstance(told, list) else str(told)
    return Kind(f"{words}, {facts['format']}" if "format" in facts else words)


def _operation(path: str, method: str, told: dict[str, Any], shared: list[dict[str, Any]]) -> Operation:
    parameters = [one for one in (*shared, *told.get("parameters", [])) if "name" in one]
    content = told.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        token=_token(told.get("security", [])),
        parameters=tuple(_parameter(one) for one in parameters),
        bodies=_kinds(content),
        fields=tuple(row for media in content.values() for row in _fields(media.get("schema", {}))),
        answers=tuple(_answer(status, answer) for status, answer in told.get("responses", {}).items()),
    )


def _token(security: list[dict[str, Any]]) -> str:
    if not security:
        return NOT_NEEDED
    return POSSIBLE if {} in security else NEEDED


def _parameter(one: dict[str, Any]) -> Row:
    return _row(one["name"], one.get("schema", {}) | one, bool(one.get("required")), one["in"])


def _fields(facts: dict[str, Any]) -> tuple[Row, ...]:
    required = facts.get("required", [])
    return tuple(_row(name, inner, name in required) for name, inner in facts.get("properties", {}).items())


def _row(name: str, facts: dict[str, Any], required: bool, where: str = "") -> Row:
    choices = facts.get("enum") or facts.get("items", {}).get("enum", [])
    return Row(
        name=name,
        kind=kind_of(facts),
        required=required,
        where=where,
        description=facts.get("description", ""),
        choices=tuple(str(choice) for choice in choices if choice not in ("", None)),
        default=str(facts["default"]) if facts.get("default") not in ("", None, []) else "",
        example=str(facts.get("example", "")),
    )


def _answer(status: str, told: dict[str, Any]) -> Answer:
    return Answer(status, told.get("description", ""), _kinds(told.get("content", {})))


def _kinds(content: dict[str, Any]) -> tuple[tuple[str, Kind], ...]:
    return tuple((media, kind_of(part.get("schema", {}))) for media, part in content.items())
