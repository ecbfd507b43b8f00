"""Shapes say what OpenAI clients get: answers of the double, validated member by member."""

from pydantic import TypeAdapter

from averment.core.jsonable import Json, to_json
from averment.core.testing.backend import an_answer
from averment.service.chat_format import chunks, completion
from averment.service.contract import openai_shapes
from averment.service.response_format import failed, finished, opening
from tests.service.contract.test_shapes import check


def test_answers_as_chat_completions() -> None:
    answer = an_answer()
    check(openai_shapes.ChatCompletion, completion(answer, model="averment"))
    for chunk in chunks(answer, model="averment", with_usage=True):
        TypeAdapter(openai_shapes.ChatChunk).validate_python(to_json(chunk))


def test_answers_as_responses() -> None:
    opened, answer = opening("a", model="averment", created=1), an_answer()
    check(openai_shapes.Response, finished(opened, answer))
    TypeAdapter(openai_shapes.Response).validate_python(opened)
    problem: dict[str, Json] = {
        "type": "about:blank",
        "title": "t",
        "status": 500,
        "trace_id": None,
        "code": "X",
        "detail": "d",
    }
    TypeAdapter(openai_shapes.Response).validate_python(failed(opened, problem))
