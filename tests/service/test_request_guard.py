"""Bodies: every parser reads the same out of what is let through, and nothing else is."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from averment.service.request_guard import check_json
from tests.service.conftest import Measured, serve
from tests.service.live import live, request

JSON = {"content-type": "application/json"}
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda some: st.one_of(st.lists(some), st.dictionaries(st.text(), some)),
    max_leaves=20,
)


def test_a_body_over_the_limit_is_refused_declared_or_not(measured: Measured) -> None:
    settings = Settings(service=ServiceSettings(max_body_bytes=1024))

    def pieces() -> Iterator[bytes]:
        yield b'{"query": "'
        for _ in range(50):
            yield b"x" * 100
        yield b'"}'

    with serve(DoubleBackend(), settings, measured.metrics) as client:
        declared = client.post("/v1/search", content=b" " * 2000)
        streamed = client.post("/v1/search", content=pieces(), headers=JSON)
    for response in (declared, streamed):
        assert (response.status_code, response.json()["status"]) == (413, 413)
        assert "max_body_bytes" in response.json()["detail"]
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "no JSON"),
        (b"{'query': 'q'}", "no JSON"),
        (b'{"query": "q"} {"query": "r"}', "no JSON"),
        (b'{"query": "q", "top_k": NaN}', "NaN"),
        (b'{"query": "q", "top_k": -Infinity}', "Infinity"),
        (b'{"query": "q", "query": "r"}', "twice"),
        (b'{"query": "q", "filters": {"kind": "a", "kind": "b"}}', "twice"),
        (b'{"query": "\\ud800"}', "surrogate"),
        (b'{"query": "\xff"}', "UTF-8"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b'{"query": ' + b"[" * 70 + b"]" * 70 + b"}", "deep"),
        (b"[" * 3000, "deep"),
        (b'{"query": ' + b"9" * 3000 + b"}", "fit"),
    ],
)
def test_json_that_parsers_read_differently_is_refused(client: TestClient, body: bytes, reason: str) -> None:
    for content_type in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        response = client.post("/v1/search", content=body, headers={"content-type": content_type})
        assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")
        assert reason in response.json()["detail"]


def test_a_body_that_says_it_is_no_json_is_not_read_as_json(client: TestClient) -> None:
    twice = b'{"query": "q", "query": "r"}'
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "text/json"):
        response = client.post("/v1/search", content=twice, headers={"content-type": content_type})
        assert response.status_code in (415, 422)


@given(VALUES)
def test_what_is_strict_json_passes(value: object) -> None:
    check_json(json.dumps(value).encode("utf-8"))


def test_coded_bodies_are_refused_unopened(client: TestClient) -> None:
    for coding in ("gzip", "br", "deflate, gzip"):
        response = client.post("/v1/search", content=b"\x1f\x8b", headers={**JSON, "content-encoding": coding})
        assert (response.status_code, response.json()["status"]) == (415, 415)


@pytest.mark.parametrize("path", ["/v1/search", "/v1/analyses", "/v1/chat/completions"])
def test_a_real_connection_is_told_the_same_and_the_next_is_served(measured: Measured, path: str) -> None:
    with live(Settings(), measured.metrics) as service:
        for body in (b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}'):
            reply = service.send(request("POST", path, "Content-Type: application/json", body=body))
            assert (reply.status, reply.is_problem) == (422, True)
        assert service.answers()
