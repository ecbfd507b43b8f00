"""Leaves: a schema for every type, canonical bytes, and nothing that could be a text."""

import json
from typing import Any, cast

import jsonschema  # type: ignore[import-untyped]  # no stubs among the locked packages
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance import events
from averment.compliance.events import (
    check_leaf,
    decode_leaf,
    encode_leaf,
    event_rules,
    is_name,
    keyed_data,
    schema_documents,
)
from averment.core.audit import EventType
from averment.core.errors import AuditIntegrityError, AuditWriteFailed
from tests.compliance.samples import SAMPLES

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcz_09", max_size=6), inner, max_size=4),
    max_leaves=20,
)


def test_every_type_has_a_schema_a_sample_and_a_line_in_the_documentation() -> None:
    assert set(SAMPLES) == set(EventType)
    for kind in EventType:
        assert f"- `{kind}`: " in str(events.__doc__)
        assert event_rules(kind).schema["$id"] == f"urn:averment:schema:{kind}"


def test_the_schemas_are_schemas_and_close_every_object() -> None:
    def closed(schema: object) -> bool:
        if isinstance(schema, dict):
            is_open = schema.get("type") == "object" and schema.get("additionalProperties") is not False
            return not is_open and all(closed(part) for part in schema.values())
        return all(closed(part) for part in schema) if isinstance(schema, list) else True

    for document in schema_documents().values():
        jsonschema.Draft202012Validator.check_schema(cast("dict[str, Any]", document))
        assert closed(document)


def test_no_string_is_free_text() -> None:
    """Every string of a leaf has a pattern, a fixed value or a closed set."""

    def strings(schema: object) -> list[dict[str, object]]:
        if isinstance(schema, dict):
            return [schema] * (schema.get("type") == "string") + [s for part in schema.values() for s in strings(part)]
        return [s for part in schema for s in strings(part)] if isinstance(schema, list) else []

    found = [schema for document in schema_documents().values() for schema in strings(document)]
    assert found
    assert all(str(schema.get("pattern", "")).startswith("^") for schema in found)


@pytest.mark.slow
@given(st.dictionaries(st.text("abcz_09", max_size=6), VALUES, max_size=6))
def test_leaves_are_written_in_the_canonical_form(leaf: dict[str, object]) -> None:
    assert encode_leaf({"type": "t", **leaf}) == rfc8785.dumps(cast("Any", {"type": "t", **leaf}))


@pytest.mark.parametrize("kind", EventType)
def test_samples_survive_their_bytes(kind: EventType) -> None:
    leaf = SAMPLES[kind]
    assert decode_leaf(encode_leaf(leaf), index=41) == leaf


def test_a_leaf_that_is_too_long_says_what_to_do() -> None:
    with pytest.raises(AuditWriteFailed, match="at most 65535 are allowed") as caught:
        encode_leaf({"type": "error", "x": "y" * 70_000})
    assert caught.value.hint == "put long lists into a payload and their digest into the leaf"


@pytest.mark.parametrize("entry", [b"", b"[]", b"{", b"\xff", b"1"])
def test_what_is_no_leaf_is_refused_by_index(entry: bytes) -> None:
    with pytest.raises(AuditIntegrityError, match="entry 9 is not"):
        decode_leaf(entry, index=9)


def test_a_leaf_outside_its_schema_is_not_written() -> None:
    with pytest.raises(AuditWriteFailed, match=r"error\.data lacks code"):
        check_leaf(EventType.ERROR, {**SAMPLES[EventType.ERROR], "data": {"stage": "x", "retryable": True}})


def test_a_name_may_hold_slashes_and_a_path_is_no_name() -> None:
    assert all(
        is_name(name)
        for name in ("Qwen/Qwen3-8B", "application/pdf", "all-MiniLM-L6-v2", "all-MiniLM-L6-v2@sha256:7bf307814c493c49")
    )
    assert not any(
        is_name(name)
        for name in ("/models/qwen", "../x", "C:\\x", "a b", "", "x/", "a\n", "m@sha256:x", "m@sha1:00000000")
    )


def test_sequences_and_mappings_become_plain_json() -> None:
    found = keyed_data(EventType.ERROR, {"a": (1, {"b": ("c",)})}, keyer=lambda _mode, text: text)
    assert json.dumps(found) == '{"a": [1, {"b": ["c"]}]}'
