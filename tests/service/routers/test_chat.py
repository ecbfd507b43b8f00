"""Chat completions by OpenAI's own client, and by requests in the form in which chat front ends send them."""

import json
from collections.abc import Iterator

import openai
import pytest
from starlette.testclient import TestClient

from averment.core import errors
from averment.core.access import Role
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import KEY, with_roles

CHAT = "/v1/chat/completions"
ASKED = [{"role": "user", "content": "What is the term?"}]


@pytest.fixture
def ai(client: TestClient) -> Iterator[openai.OpenAI]:
    yield openai.OpenAI(base_url="http://testserver/v1", api_key=KEY, http_client=client, max_retries=0)


def ask(ai: openai.OpenAI, **more: object) -> openai.types.chat.ChatCompletion:
    done = ai.chat.completions.create(**{"model": "averment", "messages": ASKED, **more})  # type: ignore[call-overload]  # by name
    assert isinstance(done, openai.types.chat.ChatCompletion)
    return done


def test_the_client_reads_models_answers_and_annotations(ai: openai.OpenAI) -> None:
    assert [model.id for model in ai.models.list()] == ["averment"]
    assert ai.models.retrieve("averment").owned_by == "averment"
    message = ask(ai).choices[0].message
    assert message.content is not None
    assert message.annotations is not None
    assert [message.content[place.model_extra["start_index"] : place.model_extra["end_index"]]  # type: ignore[index]
            for place in message.annotations] == ["“<b>3 y”", "1.50"]  # fmt: skip
    assert {place.type for place in message.annotations} == {"file_citation"}


def test_the_clients_own_stream_accumulates_to_the_same_message(ai: openai.OpenAI) -> None:
    whole = ask(ai).choices[0].message
    with ai.chat.completions.stream(model="averment", messages=[{"role": "user", "content": "q"}]) as stream:
        for event in stream:
            if event.type == "chunk":
                assert event.chunk.choices, "a client may read the first choice of every chunk"
        final = stream.get_final_completion().choices[0].message
    assert final.content == whole.content
    assert final.annotations == whole.annotations


@pytest.mark.parametrize(
    ("error", "expected", "status"),
    [
        (errors.AccessDenied("no"), openai.PermissionDeniedError, 403),
        (errors.RecordNotFound("no"), openai.NotFoundError, 404),
        (errors.ContextTooLong("no"), openai.UnprocessableEntityError, 422),
        (errors.QuotaExceeded("no"), openai.RateLimitError, 429),
        (errors.AuditWriteFailed("no"), openai.InternalServerError, 503),
        (errors.AvermentError("secret"), openai.InternalServerError, 500),
    ],
)
def test_errors_are_those_of_the_client(
    ai: openai.OpenAI, backend: DoubleBackend, error: errors.AvermentError,
    expected: type[openai.APIStatusError], status: int,
) -> None:  # fmt: skip
    backend.error = error
    for stream in (False, True):
        with pytest.raises(expected) as caught:
            ask(ai, stream=stream)
        assert (caught.value.status_code, caught.value.code) == (status, error.code)
        assert caught.value.type
        assert "secret" not in str(caught.value)


def test_who_is_not_signed_in_or_asks_wrongly_is_told_so(ai: openai.OpenAI, client: TestClient) -> None:
    with pytest.raises(openai.NotFoundError, match="gpt-4"):
        ask(ai, model="gpt-4")
    with pytest.raises(openai.NotFoundError, match="gpt-4"):
        ai.models.retrieve("gpt-4")
    with pytest.raises(openai.UnprocessableEntityError, match="response_format"):
        ask(ai, response_format={"type": "json_object"})
    with pytest.raises(openai.UnprocessableEntityError, match="fit its schema"):
        ask(ai, messages="hello")
    with_roles(client, Role.REVIEWER)
    with pytest.raises(openai.PermissionDeniedError):
        openai.OpenAI(
            base_url="http://testserver/v1", api_key="avm_reviewer", http_client=client, max_retries=0
        ).chat.completions.create(model="averment", messages=[{"role": "user", "content": "q"}])  # fmt: skip
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url="http://testserver/v1", api_key="x", http_client=client).models.list()


def test_an_error_in_the_middle_of_a_stream_is_raised(ai: openai.OpenAI, backend: DoubleBackend) -> None:
    backend.error_after_step = errors.AuditWriteFailed("disk full")
    with pytest.raises(openai.APIError, match="disk full"):
        list(ai.chat.completions.create(model="averment", messages=[{"role": "user", "content": "q"}], stream=True))


def test_a_purpose_in_the_header_is_a_code(client: TestClient) -> None:
    wanted = {"model": "averment", "messages": ASKED}
    for wrong in ("../x", "A", "a b", ""):
        assert client.post(CHAT, json=wanted, headers={"Averment-Purpose": wrong}).status_code == 422


def test_what_open_webui_sends_is_answered(client: TestClient, backend: DoubleBackend) -> None:
    body = {
        "stream": True, "model": "averment", "stream_options": {"include_usage": True}, "temperature": 0.7,
        "max_tokens": 1000, "user": {"name": "Ada", "id": "1", "email": "a@b.c", "role": "user"},
        "chat_id": "4e8c", "session_id": "s", "id": "m", "features": {"web_search": False}, "tool_ids": None,
        "messages": [
            {"role": "system", "content": "### Task:\nRespond to the user query using the provided context."},
            {"role": "user", "content": [{"type": "text", "text": "What is the term?"}]},
        ],
    }  # fmt: skip
    lines = [line for line in client.post(CHAT, json=body).text.split("\n\n") if line]
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    assert lines[-1] == "data: [DONE]"
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1]).startswith("“<b>3 y”")
    assert (chunks[-1]["choices"], chunks[-1]["usage"]["total_tokens"]) == ([], 9)
    finish = next(chunk for chunk in chunks if chunk["choices"] and chunk["choices"][0]["finish_reason"])
    assert finish["averment"]["ignored"] == [
        "chat_id", "features", "id", "max_tokens", "messages.system", "session_id", "temperature", "user",
    ]  # fmt: skip
    assert backend.requests[-1].question == "What is the term?"


def test_what_librechat_sends_is_answered(client: TestClient, backend: DoubleBackend) -> None:
    body = {
        "model": "averment", "user": "66f", "stream": True, "temperature": 1, "top_p": 1, "presence_penalty": 0,
        "frequency_penalty": 0, "stop": ["||>"], "stream_options": {"include_usage": True}, "tools": [],
        "messages": [{"role": "system", "content": "Be brief.", "name": "instructions"}, *ASKED],
    }  # fmt: skip
    response = client.post(CHAT, json=body)
    assert response.status_code == 200
    assert response.text.endswith("data: [DONE]\n\n")
    assert backend.requests[-1].conversation == ()


def test_a_title_for_the_front_end_is_refused_without_an_analysis(client: TestClient, backend: DoubleBackend) -> None:
    prompt = "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n"
    body = {"model": "averment", "messages": [{"role": "user", "content": prompt}], "stream": False}
    refused = client.post(CHAT, json=body)
    assert (refused.status_code, refused.json()["error"]["type"]) == (422, "invalid_request_error")
    assert backend.requests == []


def test_other_routes_keep_their_problem_documents(client: TestClient) -> None:
    assert "error" not in client.post("/v1/search", json={"query": ""}).json()
    assert client.post(CHAT, json={}).json()["error"]["code"] == client.post(CHAT, json={}).json()["code"]
