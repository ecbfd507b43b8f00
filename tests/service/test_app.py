import json
import re
import threading
from datetime import date

import pytest
from starlette.testclient import TestClient

from averment.core import errors
from averment.core.access import Role
from averment.core.analysis import Turn
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import KEY, Measured, serve, with_roles

CHAT = {"model": "averment", "messages": [{"role": "user", "content": "What is the term?"}]}


def test_a_chat_answer_carries_annotations_usage_and_receipt(client: TestClient) -> None:
    body = client.post("/v1/chat/completions", json=CHAT).json()
    message = body["choices"][0]["message"]
    (first, second) = message["annotations"]
    assert message["content"][first["start_index"] : first["end_index"]] == "“<b>3 y”"
    assert message["content"][second["start_index"] : second["end_index"]] == "1.50"
    assert first["averment"] == {
        "text_hash": "sha256:aa", "start": 3, "end": 9, "page": 2,
        "boxes": [{"page": 2, "x0": 1, "y0": 2, "x1": 3, "y1": 4}],
    }  # fmt: skip
    assert body["usage"]["total_tokens"] == 9
    assert body["averment"]["receipt"]["index"] == 4
    assert body["averment"]["value"]["value"] == "1.50"


def test_a_stream_ends_with_annotations_finish_and_done(client: TestClient) -> None:
    wanted = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
    lines = [line for line in client.post("/v1/chat/completions", json=wanted).text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta.get("content", "") for delta in deltas) == "“<b>3 y” 1.50 Trial."
    assert [bool(delta.get("annotations")) for delta in deltas][-2:] == [True, False]
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-2]["averment"]["receipt"]["index"] == 4
    assert chunks[-1]["usage"]["prompt_tokens"] == 7
    assert {"step"} == set(chunks[1]["averment"])


def test_the_log_failing_before_the_first_byte_is_503_without_an_answer(
    client: TestClient, backend: DoubleBackend
) -> None:
    backend.error = errors.AuditWriteFailed("disk full")
    for stream in (False, True):
        response = client.post("/v1/chat/completions", json={**CHAT, "stream": stream})
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["retry-after"]
        assert "3 y" not in response.text


def test_the_log_failing_later_ends_the_stream_with_an_error_and_no_answer(
    client: TestClient, backend: DoubleBackend
) -> None:
    backend.error_after_step = errors.AuditWriteFailed("disk full")
    response = client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    assert response.status_code == 200
    assert '"error"' in response.text
    assert "3 y" not in response.text


def test_earlier_messages_become_the_conversation(client: TestClient, backend: DoubleBackend) -> None:
    first = client.post("/v1/chat/completions", json=CHAT).json()["choices"][0]["message"]["content"]
    messages = [*CHAT["messages"], {"role": "assistant", "content": first}, {"role": "user", "content": "And who?"}]
    metadata = {"averment": {"after": "0198"}}
    asked = {**CHAT, "messages": messages, "metadata": metadata}
    assert client.post("/v1/chat/completions", json=asked).status_code == 200
    request = backend.requests[-1]
    assert (request.question, request.after) == ("And who?", "0198")
    assert request.conversation == (Turn(question="What is the term?", answer=first, document_ids=("d1",)),)
    assert client.post("/v1/analyses", json={"question": "And who?", "after": "0199"}).status_code == 202
    assert client.post("/v1/analyses", json={"question": "And who?", "after": "../x"}).status_code == 422


def test_our_metadata_becomes_filters_and_purpose(client: TestClient, backend: DoubleBackend) -> None:
    metadata = {"averment": {"filters": {"kind": "contract", "party": ["A", "B"]}, "purpose": "review"}}
    assert client.post("/v1/chat/completions", json={**CHAT, "metadata": metadata}).status_code == 200
    request = backend.requests[-1]
    assert request.filters.kind == ("contract",)
    assert request.filters.party == ("A", "B")
    assert request.purpose == "review"
    assert client.post("/v1/chat/completions", json=CHAT, headers={"Averment-Purpose": "nda"}).status_code == 200
    assert backend.requests[-1].purpose == "nda"
    bad = {"averment": {"filters": {"colour": "red"}}}
    response = client.post("/v1/chat/completions", json={**CHAT, "metadata": bad})
    assert response.status_code == 422
    assert "colour" in response.json()["detail"]


def test_the_day_asked_for_comes_through_chat_and_analyses(client: TestClient, backend: DoubleBackend) -> None:
    metadata = {"averment": {"as_of": "2024-05-31"}}
    assert client.post("/v1/chat/completions", json={**CHAT, "metadata": metadata}).status_code == 200
    assert backend.requests[-1].as_of == date(2024, 5, 31)
    assert client.post("/v1/chat/completions", json=CHAT).status_code == 200
    assert backend.requests[-1].as_of is None
    created = client.post("/v1/analyses", json={"question": "q", "as_of": "2024-06-01"})
    client.get(f"{created.headers['location']}/events")
    assert backend.requests[-1].as_of == date(2024, 6, 1)
    for wrong in ("2024-02-30", "31.05.2024", "2024-05-31T00:00:00Z", 20240531):
        assert client.post("/v1/analyses", json={"question": "q", "as_of": wrong}).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/models"), ("POST", "/v1/chat/completions"), ("POST", "/v1/search"), ("GET", "/v1/analyses"),
     ("POST", "/v1/analyses"), ("GET", "/v1/analyses/x"), ("DELETE", "/v1/analyses/x"),
     ("GET", "/v1/analyses/x/events"), ("GET", "/metrics")],
)  # fmt: skip
def test_every_route_but_health_needs_the_key(client: TestClient, method: str, path: str) -> None:
    for wrong in ("Bearer no", "Basic x", "Bearer "):
        assert client.request(method, path, json={}, headers={"Authorization": wrong}).status_code == 401
    assert client.get("/healthz", headers={"Authorization": ""}).status_code == 200


def test_readiness_names_the_part_that_is_not(client: TestClient, backend: DoubleBackend) -> None:
    assert client.get("/readyz").status_code == 200
    backend.parts["model"] = "not reachable"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["model"] == "not reachable"


def test_an_analysis_runs_in_the_background_and_replays_its_events(client: TestClient) -> None:
    created = client.post("/v1/analyses", json={"question": "What is the term?"})
    assert created.status_code == 202
    path = created.headers["location"]
    events = client.get(f"{path}/events").text
    assert events.index("event: step") < events.index("event: answer")
    rest = client.get(f"{path}/events", headers={"Last-Event-ID": "0"}).text
    assert "event: step" not in rest
    assert "event: answer" in rest
    body = client.get(path).json()
    assert body["status"] == "completed"
    assert body["answer"]["receipt"]["index"] == 4
    assert client.get("/v1/analyses/none").status_code == 404


def test_cancelling_ends_an_analysis_and_too_many_are_refused(client: TestClient, backend: DoubleBackend) -> None:
    backend.hold = threading.Event()
    first, second = (client.post("/v1/analyses", json={"question": "q"}).json()["id"] for _ in range(2))
    refused = client.post("/v1/analyses", json={"question": "q"})
    assert refused.status_code == 429
    assert client.delete(f"/v1/analyses/{first}").status_code == 202
    assert client.delete(f"/v1/analyses/{second}").status_code == 202
    for identity in (first, second):
        client.get(f"/v1/analyses/{identity}/events")
        assert client.get(f"/v1/analyses/{identity}").json()["status"] == "cancelled"


def test_a_search_shows_how_it_was_understood_and_what_was_dropped(client: TestClient) -> None:
    body = client.post("/v1/search", json={"query": "governing law", "ignore": ["topics"]}).json()
    assert [passage["text"] for passage in body["passages"]] == ["governing law"]
    assert body["interpretation"]["searched"] == "governing law"
    assert body["interpretation"]["ignored"] == ["topics"]


def test_hostile_requests_get_the_right_status(client: TestClient) -> None:
    assert client.post("/v1/search", json={"query": "x", "top_k": 0}).status_code == 422
    assert client.post("/v1/search", json={"query": "x", "filters": {"colour": "red"}}).status_code == 422
    assert client.post("/v1/search", json={"query": "x", "ignore": [""]}).status_code == 422
    assert client.post("/v1/search", json={"query": "x", "ignore": ["list"] * 65}).status_code == 422
    assert client.post("/v1/search", json={"query": " "}).status_code == 422
    assert client.post("/v1/search", content=b"{", headers={"content-type": "application/json"}).status_code == 422
    assert client.post("/v1/search", json={"query": "x" * 5000}).status_code == 413
    assert client.post("/v1/chat/completions", json={**CHAT, "model": "gpt-4"}).status_code == 404
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"


def test_answers_are_not_cached_or_sniffed(client: TestClient) -> None:
    headers = client.get("/v1/models").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]


def test_a_public_address_without_sign_in_is_refused(backend: DoubleBackend, measured: Measured) -> None:
    for host in ("0.0.0.0", "10.0.0.1", "example.org", "::"):
        with pytest.raises(errors.ConfigurationError, match="loopback only"):
            serve(backend, Settings(service=ServiceSettings(host=host)), measured.metrics)


def test_a_request_id_is_in_the_response_its_problem_and_nothing_unsafe_is_taken(client: TestClient) -> None:
    given = client.get("/v1/analyses/nothing", headers={"X-Request-Id": "case-17"})
    assert (given.headers["x-request-id"], given.json()["request_id"]) == ("case-17", "case-17")
    refused = client.post("/v1/search", json={}, headers={"X-Request-Id": "case-18"})
    assert (refused.status_code, refused.json()["request_id"]) == (422, "case-18")
    for unsafe in ("x" * 65, "a b", "-a"):
        made = client.get("/healthz", headers={"X-Request-Id": unsafe}).headers["x-request-id"]
        assert made != unsafe
        assert len(made) == 36


def test_a_key_sent_again_gives_what_it_gave_and_refuses_another_body(
    client: TestClient, backend: DoubleBackend
) -> None:
    bodies: dict[str, dict[str, object]] = {
        "/v1/analyses": {"question": "q"},
        "/v1/chat/completions": {"model": "averment", "messages": [{"role": "user", "content": "q"}]},
        "/v1/responses": {"model": "averment", "input": "q"},
    }
    changed = {"question": "other", "messages": [{"role": "user", "content": "other"}], "input": "other"}
    for number, (path, body) in enumerate(bodies.items(), start=1):
        headers = {"Idempotency-Key": f"k {path}".replace(" ", "-")}
        first, again = (client.post(path, json=body, headers=headers) for _ in range(2))
        assert first.status_code in {200, 202}, first.text
        assert again.json()["id"] == first.json()["id"]
        other = {name: changed.get(name, value) for name, value in body.items()}
        refused = client.post(path, json=other, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "CFG002")
        client.get(f"/v1/analyses/{client.get('/v1/analyses').json()['data'][0]['id']}/events")
        assert len(backend.requests) == number
    for bad in ("", "x" * 256, "a b"):
        assert client.post("/v1/analyses", json={"question": "q"}, headers={"Idempotency-Key": bad}).status_code == 422


def test_a_stream_ends_with_its_end_and_is_read_on_behind_any_event(client: TestClient) -> None:
    place = client.post("/v1/analyses", json={"question": "q"}).headers["location"]
    whole = client.get(f"{place}/events").text
    assert re.findall(r"id: (\d+)\nevent: (\w+)", whole) == [("0", "step"), ("1", "answer"), ("2", "end")]
    assert client.get(f"{place}/events", headers={"Last-Event-ID": "1"}).text.startswith("id: 2\nevent: end")
    assert client.get(f"{place}/events", headers={"Last-Event-ID": "x"}).status_code == 422


def test_a_history_belongs_to_its_asker_who_may_take_what_is_over_from_it(
    client: TestClient, backend: DoubleBackend
) -> None:
    backend.hold = threading.Event()
    running = client.post("/v1/analyses", json={"question": "q"}).headers["location"]
    refused = client.delete(f"{running}/history")
    assert (refused.status_code, refused.json()["code"]) == (422, "CFG002")
    backend.hold.set()
    client.get(f"{running}/events")
    with_roles(client, Role.ANALYST)
    assert client.delete(f"{running}/history").status_code == 404
    client.headers["Authorization"] = f"Bearer {KEY}"
    assert client.delete(f"{running}/history").json()["removed"]
    assert client.get(running).status_code == 404
    assert client.get("/v1/analyses").json() == {"data": [], "next_cursor": None}


def test_a_history_comes_in_pieces(client: TestClient) -> None:
    places = [client.post("/v1/analyses", json={"question": str(number)}).headers["location"] for number in range(3)]
    first = client.get("/v1/analyses?limit=2").json()
    rest = client.get("/v1/analyses", params={"cursor": first["next_cursor"]}).json()
    assert [row["question"] for row in (*first["data"], *rest["data"])] == ["2", "1", "0"]
    assert rest["next_cursor"] is None
    assert client.get("/v1/analyses?cursor=made-up").status_code == 422
    for place in places:
        client.get(f"{place}/events")


def test_a_service_that_is_stopping_is_not_ready_and_sends_streams_away(
    client: TestClient, backend: DoubleBackend
) -> None:
    backend.hold = threading.Event()
    place = client.post("/v1/analyses", json={"question": "q"}).headers["location"]
    client.app.state.jobs.interrupt()  # type: ignore[attr-defined]  # a FastAPI
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]["service"]) == (503, "stopping")
    assert client.post("/v1/analyses", json={"question": "q"}).status_code == 503
    assert client.get(f"{place}/events").text.endswith("retry: 2000\n\n")
