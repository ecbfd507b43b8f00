"""The OpenAPI document: whole, stable, and about every route."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from averment.service.app import new_app
from averment.service.contract.described import DESCRIBED, PARAMETERS, TAGS
from averment.service.contract.document import describe
from averment.service.errors import PROBLEM
from averment.service.identity.routes import RULES


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe(new_app())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_route_is_there_and_nothing_else(document: dict[str, Any]) -> None:
    assert {name for name, _ in operations(document)} == {rule.replace(":path}", "}") for rule in RULES}
    assert set(DESCRIBED) == set(RULES)


def test_the_service_hands_out_this_document(client: TestClient, document: dict[str, Any]) -> None:
    del client.headers["Authorization"]
    assert client.get("/openapi.json").json() == json.loads(json.dumps(document))


def test_operations_have_a_name_of_their_own_a_tag_and_a_description(document: dict[str, Any]) -> None:
    names = Counter(operation["operationId"] for _, operation in operations(document))
    assert [name for name, n in names.items() if n > 1 or not name.replace("_", "").isalpha()] == []
    for name, operation in operations(document):
        assert (name, operation["description"].rstrip().endswith((".", "`"))) == (name, True)
        assert operation["summary"]
        assert set(operation["tags"]) <= set(TAGS)
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == set(TAGS)


def test_parameters_and_bodies_are_described_with_examples(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], name
            assert parameter["schema"], name
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            assert content["schema"], (name, media)
            assert "example" in content or media != "application/json", name


def test_every_status_has_a_schema_and_problems_are_problem_documents(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            contents = response.get("content", {})
            assert bool(contents) == (status not in {"303", "304"}), (name, status)
            assert all("schema" in content for content in contents.values()), (name, status)
            if int(status) >= 400 and name != "GET /readyz":
                assert PROBLEM in contents, (name, status)


def test_who_must_sign_in_is_said_with_the_roles_that_open_the_route(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        rule = RULES[name.replace("{path}", "{path:path}")]
        assert operation["security"] == ([] if rule.is_open else [{"bearer": []}, {"session": []}]), name
        assert operation.get("x-averment-roles", []) == sorted(rule.roles), name
        assert operation.get("x-averment-scope", "") == ("" if rule.is_open else rule.scope), name
        if not rule.is_open:
            assert {"401", "403"} <= set(operation["responses"]), name


def test_what_is_referred_to_is_there_and_what_is_there_is_referred_to(document: dict[str, Any]) -> None:
    text = json.dumps({**document, "components": {}}) + json.dumps(document["components"]["schemas"])
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(document["components"]["schemas"])


def test_no_parameter_is_described_that_no_route_has(document: dict[str, Any]) -> None:
    found = {
        parameter["name"].lower()
        for _, operation in operations(document)
        for parameter in operation.get("parameters", ())
    }
    assert set(PARAMETERS) == found


def test_a_document_is_the_same_whenever_it_is_made(document: dict[str, Any]) -> None:
    assert json.dumps(describe(new_app())) == json.dumps(document)
