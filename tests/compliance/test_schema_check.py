"""The compiled checks say what an independent interpreter of JSON Schema says."""

import copy
import json
from typing import Any, cast

import jsonschema  # type: ignore[import-untyped]  # no stubs among the locked packages
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from averment.compliance.events import event_rules, schema_documents
from averment.compliance.schema_check import SchemaCompiler
from averment.core.audit import EventType
from tests.compliance.samples import SAMPLES

REGISTRY: Registry[Any] = Registry().with_resources(
    (name, Resource.from_contents(cast("dict[str, Any]", schema))) for name, schema in schema_documents().items()
)
VALIDATORS = {
    kind: jsonschema.Draft202012Validator(dict(event_rules(kind).schema), registry=REGISTRY) for kind in SAMPLES
}
ODD = [None, True, False, 0, -1, 2**53, 1.5, "", "x", "sha256:" + "a" * 64, "sha256:" + "A" * 64, "a b", "trial", [],
       {},        "x" * 200, ["x"] * 200, {"x": 1}, "abc\n", "/home/anna/x.pdf"]  # fmt: skip


@pytest.mark.parametrize("kind", SAMPLES)
def test_sample_leaves_pass_both(kind: EventType) -> None:
    assert event_rules(kind).check(SAMPLES[kind]) is None
    assert list(VALIDATORS[kind].iter_errors(SAMPLES[kind])) == []


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        return found + [place for key, member in value.items() for place in places(member, (*path, key))]
    if isinstance(value, list):
        return found + [place for at, member in enumerate(value) for place in places(member, (*path, at))]
    return found


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_changed_leaves_are_judged_alike(kind: EventType, data: st.DataObject) -> None:
    leaf = cast("Any", copy.deepcopy(SAMPLES[kind]))
    *path, last = data.draw(st.sampled_from(places(leaf)))
    holder = leaf
    for part in path:
        holder = holder[part]
    match data.draw(st.sampled_from(["replace", "remove", "add"])):
        case "replace":
            holder[last] = data.draw(st.sampled_from(ODD))
        case "remove":
            del holder[last]
        case "add" if isinstance(holder, dict):
            holder["another"] = 1
        case _:
            holder.append(data.draw(st.sampled_from(ODD)))
    problem = event_rules(kind).check(leaf)
    # The interpreter lets a pattern's `$` match before a final line break and takes 1.0 for an integer; we do not.
    is_strict = "\\n" in json.dumps(leaf) or "1.5" in json.dumps(leaf)
    assert (problem is None) == (not list(VALIDATORS[kind].iter_errors(leaf))) or (is_strict and problem)


def test_a_failure_names_the_place_and_not_the_value() -> None:
    leaf = copy.deepcopy(SAMPLES[EventType.ERROR])
    cast("dict[str, object]", leaf["data"])["code"] = "Anna Schmidt"
    problem = event_rules(EventType.ERROR).check(leaf)
    assert problem is not None
    assert problem.startswith("error.data.code does not match")
    assert "Anna" not in problem


@pytest.mark.parametrize("schema", [{"type": "string", "minLength": 1}, {"type": "object", "properties": {}}])
def test_a_schema_with_unknown_rules_is_not_compiled(schema: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^place: "):
        SchemaCompiler({}).compile_check(schema, "place")


def test_texts_are_replaced_where_the_schema_says_so() -> None:
    keying = event_rules(EventType.ANALYSIS_STARTED).keying
    assert keying is not None
    seen: list[tuple[str, str]] = []

    def keyer(mode: str, text: str) -> str:
        seen.append((mode, text))
        return mode

    found = keying({"groups": ["a", "b"], "model": "m", "model_revision": None, "answer_id": "kept"}, keyer)
    assert found == {"groups": ["log", "log"], "model": "name", "model_revision": None, "answer_id": "kept"}
    assert seen == [("log", "a"), ("log", "b"), ("name", "m")]
