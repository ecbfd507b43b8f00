"""The service as a process: OpenAI's client, our own routes, metrics, and a stop that leaves a whole log."""

import asyncio
import json
import re
import resource
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import mcp
import openai
import pytest
from mcp.client.streamable_http import streamable_http_client

from tests.e2e.installation import Installation, make_installation
from tests.e2e.serving import Served, serving

pytestmark = pytest.mark.slow

QUESTION = "Which law governs the agreement?"
LEASE = """LEASE AGREEMENT

1. PARTIES. This Lease is made between Fjordvik Properties AS and Halden Tools Ltd.

2. TERM. This Lease runs for three years from 1 May 2024.

3. RENT. The Tenant shall pay a monthly rent of EUR 12,500.

4. GOVERNING LAW. This Lease is governed by the laws of Norway.
"""
SUPPLY = LEASE.replace("LEASE AGREEMENT", "SUPPLY AGREEMENT").replace("Lease", "Supply Agreement")
SUPPLY = SUPPLY.replace("Norway", "Portugal").replace("three years", "five years")


def make_corpus(root: Path) -> Installation:
    """Make an installation that has read two short contracts."""
    folder = root / "documents"
    folder.mkdir(parents=True)
    (folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (folder / "supply.txt").write_text(SUPPLY, encoding="utf-8")
    installation = make_installation(root)
    new = ("--description", "Review", "--owner", "Legal", "--intended-use", "Lawyers read contracts")
    installation.ok("purpose", "new", "review", *new)
    assert installation.ok("ingest", "documents", "--json").json()["added"] == 2
    return installation


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installation that nothing runs in, to be copied."""
    return make_corpus(tmp_path_factory.mktemp("service")).root


@pytest.fixture(scope="module")
def installation(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    copy = shutil.copytree(corpus, tmp_path_factory.mktemp("served") / "copy")
    return Installation(copy, extra={"AVERMENT_SERVICE__MCP": "true"})


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


def ask(served: Served, **more: object) -> dict[str, object]:
    """Ask over chat in one piece."""
    body = {"model": "averment", "messages": [{"role": "user", "content": QUESTION}], **more}
    with served.client() as client:
        response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    found = response.json()
    assert isinstance(found, dict)
    return found


def test_an_openai_client_gets_an_answer_with_citations_usage_and_receipt(served: Served) -> None:
    client = served.openai()
    assert [model.id for model in client.models.list()] == ["averment"]
    done = client.chat.completions.create(
        model="averment",
        messages=[{"role": "user", "content": QUESTION}],
        metadata={"averment": {"filters": {"file_name": "lease.txt"}}},
    )
    message = done.choices[0].message
    assert "Norway" in message.content
    assert "Portugal" not in message.content
    extension = done.model_extra["averment"]
    assert done.id == f"chatcmpl-{extension['answer_id']}"
    assert extension["status"] == "answered"
    assert extension["receipt"]["inclusion_proof"]
    assert extension["coverage"]["documents_in_scope"] == 1
    assert done.choices[0].finish_reason == "stop"
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens
    annotations = message.model_extra.get("annotations") or [item.model_dump() for item in message.annotations]
    place = annotations[0]["averment"]
    assert LEASE[place["start"] : place["end"]] in message.content
    assert annotations[0]["type"] == "file_citation"


def test_a_stream_says_the_same_as_one_piece_and_carries_annotations_before_the_end(served: Served) -> None:
    whole = ask(served)
    chunks = list(
        served.openai().chat.completions.create(
            model="averment", messages=[{"role": "user", "content": QUESTION}], stream=True,
            stream_options={"include_usage": True},
        )
    )  # fmt: skip
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    text = "".join(choice.delta.content or "" for choice in choices)
    assert text == whole["choices"][0]["message"]["content"]  # type: ignore[index]
    assert choices[-1].finish_reason == "stop"
    assert (choices[-2].delta.model_extra or {})["annotations"]
    finish = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason)
    assert finish.model_extra["averment"]["receipt"]["origin"]
    assert chunks[-1].usage.total_tokens >= 0
    steps = [chunk for chunk in chunks if "step" in (chunk.model_extra or {}).get("averment", {})]
    assert steps, "the stream carries its steps while the analysis runs"
    assert all("Norway" not in json.dumps(chunk.model_extra) for chunk in steps)


def test_a_response_is_streamed_read_again_and_followed_by_the_client(served: Served) -> None:
    client = served.openai()
    supply = {"averment": json.dumps({"filters": {"file_name": "supply.txt"}})}
    with client.responses.stream(model="averment", input=QUESTION, metadata=supply) as stream:
        steps = [event for event in stream if event.type == "response.in_progress"]
        made = stream.get_final_response()
    assert steps
    assert "Portugal" in made.output_text
    ours = made.model_extra["averment"]
    assert (made.usage.total_tokens, ours["usage"]["model_calls"]) == (0, 0), "no language model runs"
    assert client.responses.retrieve(made.id).output_text == made.output_text
    more = client.responses.create(model="averment", input="And how long does it run?", previous_response_id=made.id)
    assert "five years" in more.output_text
    with pytest.raises(openai.UnprocessableEntityError, match="response_format"):
        client.chat.completions.create(
            model="averment",
            messages=[{"role": "user", "content": QUESTION}],
            response_format={"type": "json_object"},
        )


def test_an_mcp_client_searches_asks_and_reads_what_the_answer_cites(
    served: Served, installation: Installation
) -> None:
    lease = {"file_name": "lease.txt"}

    async def session() -> tuple[Any, ...]:
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {served.key}"}, trust_env=False) as http,
            mcp.Client(streamable_http_client(f"{served.url}/mcp", http_client=http)) as client,
        ):
            found = await client.call_tool("search", {"query": "governing law", "filters": lease})
            answer = await client.call_tool("ask", {"question": QUESTION, "filters": lease})
            place = answer.structured_content["annotations"][0]
            span = {name: place["averment"][name] for name in ("start", "end", "text_hash")}
            read = await client.call_tool("read_passage", {"document_id": place["file_id"], **span, "around": 0})
            return found.structured_content, answer.structured_content, read.structured_content, span

    found, answer, read, span = asyncio.run(session())
    assert "Norway" in found["passages"][0]["text"]
    assert read["text"] == LEASE[span["start"] : span["end"]]
    assert read["text"] in answer["text"]
    entries = installation.ok("audit", "show", "--answer", answer["averment"]["answer_id"], "--json").json()["entries"]
    assert {"analysis.started", "analysis.completed"} <= {entry["type"] for entry in entries}


def test_a_chat_goes_on_about_what_the_answer_before_cites(served: Served) -> None:
    first = ask(served, metadata={"averment": {"filters": {"file_name": "supply.txt"}}})
    said = first["choices"][0]["message"]["content"]  # type: ignore[index]
    conversation = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": said},
        {"role": "user", "content": "And how long does it run?"},
    ]
    identity = first["averment"]["answer_id"]  # type: ignore[index]
    for follow_up in (
        {"messages": conversation},
        {"messages": conversation[-1:], "metadata": {"averment": {"after": identity}}},
    ):
        answer = ask(served, **follow_up)
        assert "Regarding " in str(answer["averment"]["asked_as"])  # type: ignore[index]
        content = answer["choices"][0]["message"]["content"]  # type: ignore[index]
        assert "five years" in content
        assert "three years" not in content


def test_filters_purpose_and_answer_type_come_through_metadata(served: Served) -> None:
    def metadata(name: str, **more: object) -> dict[str, object]:
        return {"averment": {"filters": {"file_name": [name]}, **more}}

    lease = ask(served, metadata=metadata("lease.txt"))
    supply = ask(served, metadata={"averment": json.dumps(metadata("supply.txt", purpose="review")["averment"])})
    assert "Norway" in lease["choices"][0]["message"]["content"]  # type: ignore[index]
    assert "Portugal" in supply["choices"][0]["message"]["content"]  # type: ignore[index]
    assert supply["averment"]["purpose"] == "review"  # type: ignore[index]
    nothing = ask(served, metadata=metadata("no-such-file.txt"))
    assert nothing["averment"]["status"] == "abstained"  # type: ignore[index]
    assert nothing["averment"]["coverage"]["documents_in_scope"] == 0  # type: ignore[index]


def test_a_wrong_key_is_refused_by_every_route_that_shows_anything(served: Served) -> None:
    with pytest.raises(openai.AuthenticationError):
        served.openai(key="wrong").models.list()
    with served.client(key="wrong") as client:
        for path in ("/v1/models", "/v1/analyses", "/metrics"):
            assert client.get(path).status_code == 401
        assert client.post("/v1/search", json={"query": "law"}).status_code == 401
        assert client.get("/healthz").status_code == 200


def test_search_returns_what_the_command_line_returns(served: Served, installation: Installation) -> None:
    with served.client() as client:
        over_http = client.post("/v1/search", json={"query": "governing law", "top_k": 3}).json()["passages"]
        bad = client.post("/v1/search", json={"query": "law", "filters": {"colour": "red"}})
    by_command = installation.ok("search", "governing law", "--top-k", "3", "--json").json()["passages"]
    assert over_http == by_command
    assert over_http
    assert (bad.status_code, bad.headers["content-type"]) == (422, "application/problem+json")


def test_an_analysis_is_created_followed_resumed_and_listed(served: Served) -> None:
    with served.client() as client:
        created = client.post("/v1/analyses", json={"question": QUESTION})
        assert created.status_code == 202
        place = created.headers["location"]
        events = client.get(f"{place}/events")
        assert events.headers["content-type"].startswith("text/event-stream")
        numbers = [int(number) for number in re.findall(r"^id: (\d+)$", events.text, re.MULTILINE)]
        assert numbers == list(range(len(numbers)))
        assert re.findall(r"^event: (\w+)$", events.text, re.MULTILINE)[-2:] == ["answer", "end"]
        middle = numbers[len(numbers) // 2]
        rest = client.get(f"{place}/events", headers={"Last-Event-ID": str(middle)}).text
        assert [int(number) for number in re.findall(r"^id: (\d+)$", rest, re.MULTILINE)] == numbers[middle + 1 :]
        body = client.get(place).json()
        assert body["status"] == "completed"
        assert body["answer"]["id"] == body["id"]
        assert body["answer"]["receipt"]["index"] >= 0
        assert body["id"] in {item["id"] for item in client.get("/v1/analyses").json()["data"]}
        assert client.get("/v1/analyses/0197-no-such").status_code == 404


def test_a_cancelled_analysis_ends_and_says_so(served: Served) -> None:
    with served.client() as client:
        places = [
            client.post("/v1/analyses", json={"question": f"{QUESTION} ({number})"}).headers["location"]
            for number in range(6)
        ]
        assert client.delete(places[-1]).status_code == 202
        for place in places:
            client.get(f"{place}/events")
        assert client.get(places[-1]).json()["status"] == "cancelled"
        assert client.get(places[0]).json()["status"] == "completed"


def test_health_readiness_and_metrics(served: Served) -> None:
    ask(served)
    with served.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        client.post("/v1/search", json={"query": "law"})
        client.get("/v1/analyses/0197-some-id")
        text = client.get("/metrics").text
    for name in ("requests_total", "request_duration_seconds_bucket", "analyses_total", "passages_total",
                 "analysis_duration_seconds_count", "active_analyses", "model_tokens_total"):  # fmt: skip
        assert f"\naverment_{name}{{" in text or f"\naverment_{name} " in text, name
    assert 'route="/v1/analyses/{analysis_id}"' in text
    assert "0197-some-id" not in text
    assert QUESTION not in text
    assert re.search(r'averment_analyses_total\{status="answered"\} [1-9]', text)


def test_the_service_writes_nothing_of_questions_or_documents_to_its_own_log(served: Served) -> None:
    with served.client() as client:
        client.post("/v1/chat/completions", json={"model": "averment", "messages": []})
        client.post("/v1/chat/completions", content=b"{", headers={"content-type": "application/json"})
    written = "".join(served.lines)
    assert "governs" not in written
    assert "Norway" not in written
    assert "Traceback" not in written


def test_a_stop_ends_in_seconds_with_running_analyses_logged_and_the_log_whole(corpus: Path, tmp_path: Path) -> None:
    installation = Installation(shutil.copytree(corpus, tmp_path / "copy"))
    with serving(installation) as served:
        with served.client() as client:
            asked = [client.post("/v1/analyses", json={"question": f"{QUESTION} {number}"}) for number in range(8)]
            assert {response.status_code for response in asked} == {202}
            code, took_s = served.stop()
        assert code == 0, "".join(served.lines)
        assert took_s < 30
        time.sleep(0.2)
        assert "Traceback" not in "".join(served.lines)
    installation.ok("audit", "verify")
    entries = installation.ok("audit", "show", "--json").json()["entries"]
    by_type: dict[str, list[dict[str, object]]] = {}
    for entry in entries:
        by_type.setdefault(str(entry["type"]), []).append(entry)
    started = {entry["seq"] for entry in by_type["analysis.started"]}
    ended = {parent for kind in ("analysis.completed", "analysis.failed") for entry in by_type.get(kind, [])
             for parent in entry["parents"]}  # type: ignore[attr-defined]  # fmt: skip
    assert started == ended
    assert [str(entries[-1]["type"]), len(by_type["system.started"])] == ["system.stopped", 1]
    with serving(installation) as served, served.client() as client:
        for response in asked:
            client.get(f"{response.headers['location']}/events")
            assert client.get(response.headers["location"]).json()["status"] == "completed"
        served.stop()


def test_a_disk_that_takes_no_more_bytes_means_503_and_no_word_of_the_answer(corpus: Path, tmp_path: Path) -> None:
    installation = Installation(shutil.copytree(corpus, tmp_path / "copy"))
    body = {"model": "averment", "messages": [{"role": "user", "content": QUESTION}]}
    with serving(installation) as served, served.client() as client:
        assert client.post("/v1/chat/completions", json=body).status_code == 200
        # The kernel refuses every further byte that the running service writes to a file, as a full disk does.
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        for stream in (False, True):
            refused = client.post("/v1/chat/completions", json={**body, "stream": stream})
            assert (refused.status_code, refused.json()["code"]) == (503, "AUD002")
            assert refused.headers["retry-after"]
            assert "Norway" not in refused.text
        refused = client.post("/v1/analyses", json={"question": QUESTION})
        assert (refused.status_code, refused.json()["code"]) == (503, "AUD002")
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]["log"][:6]) == (503, "AUD002")
        served.stop()
        assert "Traceback" not in "".join(served.lines)
    installation.ok("audit", "verify")
    assert "Norway" in installation.ok("ask", QUESTION, "--filter", "file_name=lease.txt", "--json").json()["text"]
