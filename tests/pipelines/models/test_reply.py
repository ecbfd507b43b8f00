import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import ModelOutputInvalid
from averment.pipelines.models.reply import usable_text, without_thinking

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}


@given(st.text(), st.text())
def test_nothing_between_marks_of_thinking_comes_through(thought: str, answer: str) -> None:
    clean = answer.replace("<think>", "").replace("</think>", "")
    assert without_thinking(f"<think>{thought.replace('</think>', '')}</think>{clean}") == clean.strip()


@given(st.text())
def test_thinking_that_never_ends_leaves_nothing(thought: str) -> None:
    assert without_thinking(f"<think>{thought.replace('</think>', '')}") == ""


def test_a_reply_within_the_schema_is_returned_as_it_came() -> None:
    assert usable_text('{"a": 1}', schema=SCHEMA, finish="stop") == '{"a": 1}'
    assert usable_text('<think>{"a": 2}</think>{"a": 1}', schema=SCHEMA, finish="stop") == '{"a": 1}'


def test_a_mark_inside_a_json_string_is_content() -> None:
    text = json.dumps({"a": "x</think>y"})
    assert usable_text(text, schema={"type": "object"}, finish="stop") == text


@pytest.mark.parametrize("text", ["", "no", '{"a": "secret"}', '{"a": 1, "b": "secret"}', "[", "null", "[" * 100_000])
def test_a_whole_reply_outside_the_schema_is_an_error_without_the_text(text: str) -> None:
    with pytest.raises(ModelOutputInvalid) as caught:
        usable_text(text, schema=SCHEMA, finish="stop")
    assert "secret" not in caught.value.message


def test_a_reply_that_was_cut_off_is_returned_for_the_caller_to_judge() -> None:
    assert usable_text('{"a', schema=SCHEMA, finish="length") == '{"a'
