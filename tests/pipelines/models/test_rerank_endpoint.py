"""A reranker behind an endpoint: what it is asked, and what its replies may be."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, ModelOutputInvalid, ModelUnavailable
from averment.core.testing.clock import FixedClock
from averment.pipelines.models.rerank_endpoint import EndpointReranker

Reply = Callable[[dict[str, Any]], tuple[int, bytes]]


class Endpoint:
    """A server that answers as a test tells it."""

    def __init__(self) -> None:
        self.reply: Reply = lambda body: (200, ranking([0.1 * n for n in range(len(body["documents"]))]))
        self.seen: list[tuple[str, str | None, dict[str, Any]]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.seen.append((self.path, self.headers["Authorization"], body))
                status, content = owner.reply(body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"


def ranking(scores: list[Any]) -> bytes:
    """Write scores as vLLM does: best first, each with the place of its text."""
    rows = [{"index": place, "document": {"text": "t"}, "relevance_score": s} for place, s in enumerate(scores)]
    return json.dumps({"id": "r", "model": "m", "results": rows[::-1]}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Return a running endpoint."""
    made = Endpoint()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_one_request_brings_all_scores_in_order(endpoint: Endpoint) -> None:
    reranker = EndpointReranker(endpoint.url + "/", model="m", api_key="k")
    reranker.warm_up()
    assert reranker.scores("q", ["a", "b", "c"], budget_s=5.0) == pytest.approx([0.0, 0.1, 0.2])
    path, key, body = endpoint.seen[0]
    assert (path, key) == ("/v1/rerank", "Bearer k")
    assert (body["model"], body["query"], body["documents"]) == ("m", "q", ["a", "b", "c"])


def test_scores_are_kept_within_0_and_1(endpoint: Endpoint) -> None:
    endpoint.reply = lambda _: (200, ranking([-3.0, 7.5]))
    assert EndpointReranker(endpoint.url, model="m").scores("q", ["a", "b"], budget_s=5.0) == [0.0, 1.0]


class LateClock(FixedClock):
    """A clock on which every look is ten seconds after the one before."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        self.now_s += 10.0
        return self.now_s


def test_a_reply_that_trickles_in_beyond_the_time_is_not_waited_for(endpoint: Endpoint) -> None:
    """Every piece may come in time, and all of them together too late."""
    reranker = EndpointReranker(endpoint.url, model="m", clock=LateClock())
    assert reranker.scores("q", ["a", "b"], budget_s=5.0) == []
    assert reranker.scores("q", ["a", "b"], budget_s=500.0) == pytest.approx([0.0, 0.1])


def test_what_comes_too_late_is_not_waited_for(endpoint: Endpoint) -> None:
    def late(_: dict[str, Any]) -> tuple[int, bytes]:
        time.sleep(1.0)
        return 200, ranking([1.0])

    endpoint.reply = late
    begin = time.perf_counter()
    assert EndpointReranker(endpoint.url, model="m").scores("q", ["a"], budget_s=0.1) == []
    assert time.perf_counter() - begin < 0.9


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[]", b'{"results": 3}', ranking([0.5]), ranking([0.5, 0.5, 0.5]), ranking([0.5, "x"]),
     ranking([0.5, float("nan")]), b'{"results": [{"index": 0}]}'],
)  # fmt: skip
def test_a_reply_that_is_no_ranking_is_refused(endpoint: Endpoint, content: bytes) -> None:
    endpoint.reply = lambda _: (200, content)
    with pytest.raises(ModelOutputInvalid, match="no ranking of 2 texts"):
        EndpointReranker(endpoint.url, model="m").scores("q", ["a", "b"], budget_s=5.0)


def test_a_failing_or_absent_endpoint_is_unavailable(endpoint: Endpoint) -> None:
    endpoint.reply = lambda _: (500, b"{}")
    reranker = EndpointReranker(endpoint.url, model="m")
    with pytest.raises(ModelUnavailable, match="status 500"):
        reranker.scores("q", ["a"], budget_s=5.0)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        EndpointReranker("http://127.0.0.1:9/v1", model="m").scores("q", ["a"], budget_s=5.0)


@pytest.mark.parametrize(
    "url", ["", "ftp://x/v1", "file:///etc/passwd", "http://", "http://u:p@h/v1", "http://h/v1?a=b"]
)
def test_only_plain_http_urls_are_taken(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"reranking\.endpoint"):
        EndpointReranker(url, model="m")
