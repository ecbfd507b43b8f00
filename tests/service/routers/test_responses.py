"""The responses interface by OpenAI's own client."""

from collections.abc import Iterator

import openai
import pytest
from starlette.testclient import TestClient

from averment.core import errors
from averment.core.access import Role
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import KEY, with_roles


@pytest.fixture
def ai(client: TestClient) -> Iterator[openai.OpenAI]:
    yield openai.OpenAI(base_url="http://testserver/v1", api_key=KEY, http_client=client, max_retries=0)


def test_a_response_is_given_read_again_and_followed(ai: openai.OpenAI, backend: DoubleBackend) -> None:
    made = ai.responses.create(model="averment", input="What is the term?", instructions="Be brief.")
    assert made.output_text == "“<b>3 y” 1.50 Trial."
    assert (made.status, made.usage.total_tokens if made.usage else None) == ("completed", 9)
    ours = (made.model_extra or {})["averment"]
    assert (f"resp_{ours['answer_id']}", ours["ignored"]) == (made.id, ["instructions"])
    assert ai.responses.retrieve(made.id).output_text == made.output_text
    ai.responses.create(
        model="averment",
        input=[{"role": "user", "content": [{"type": "input_text", "text": "And who?"}]}],
        previous_response_id=made.id,
    )
    request = backend.requests[-1]
    assert (request.question, request.after) == ("And who?", ours["answer_id"])


def test_the_clients_stream_ends_with_the_whole_response(ai: openai.OpenAI) -> None:
    with ai.responses.stream(model="averment", input="What is the term?") as stream:
        seen = list(stream)
        final = stream.get_final_response()
    assert [event.sequence_number for event in seen] == list(range(len(seen)))
    assert "".join(event.delta for event in seen if event.type == "response.output_text.delta") == final.output_text
    assert (final.status, final.output_text) == ("completed", "“<b>3 y” 1.50 Trial.")
    step = next(event for event in seen if event.type == "response.in_progress")
    assert (step.model_extra or {})["averment"]["step"]["kind"] == "plan"


def test_errors_before_and_within_a_response(ai: openai.OpenAI, backend: DoubleBackend) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="background"):
        ai.responses.create(model="averment", input="q", background=True)
    with pytest.raises(openai.UnprocessableEntityError, match="schema"):
        ai.responses.create(model="averment", input="q", previous_response_id="resp_../x")
    backend.error_after_step = errors.AuditWriteFailed("disk full")
    *_, last = ai.responses.create(model="averment", input="q", stream=True)
    assert last.type == "response.failed"
    assert last.response.error is not None
    assert last.response.error.message == "AUD002: disk full"
    assert ai.responses.retrieve(last.response.id).status == "failed"
    backend.error = errors.AuditWriteFailed("disk full")
    for stream in (False, True):
        with pytest.raises(openai.InternalServerError):
            ai.responses.create(model="averment", input="q", stream=stream)


def test_a_response_of_another_is_not_there(ai: openai.OpenAI, client: TestClient) -> None:
    made = ai.responses.create(model="averment", input="q")
    for identity in ("resp_0198", made.id.removeprefix("resp_"), "x"):
        with pytest.raises(openai.NotFoundError):
            ai.responses.retrieve(identity)
    with_roles(client, Role.ANALYST)
    assert client.get(f"/v1/responses/{made.id}").status_code == 404
