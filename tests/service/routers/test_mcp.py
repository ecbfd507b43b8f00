"""Hostile requests to the endpoint; the protocol itself is tested in `test_mcp_server.py`."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import KEY, Measured, as_browser, serve

ACCEPT = {"Accept": "application/json, text/event-stream"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.fixture
def open_client(backend: DoubleBackend, measured: Measured) -> Iterator[TestClient]:
    pytest.importorskip("mcp")
    settings = Settings(service=ServiceSettings(mcp=True, max_body_bytes=4096))
    with serve(backend, settings, measured.metrics) as client:
        yield client


def test_it_is_off_unless_switched_on(client: TestClient) -> None:
    assert client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 404
    assert client.get("/.well-known/oauth-protected-resource").status_code == 404


def test_nobody_passes_without_a_key_nor_from_a_page_of_another_site(open_client: TestClient) -> None:
    for wrong in ("", "Bearer no", "Bearer "):
        assert open_client.post("/mcp", json=LIST, headers={**ACCEPT, "Authorization": wrong}).status_code == 401
    rebound = {"Origin": "http://evil.example", "Host": "evil.example"}
    assert open_client.post("/mcp", json=LIST, headers={**ACCEPT, **rebound}).status_code == 403
    assert open_client.post("/mcp", json=LIST, headers={**ACCEPT, "Origin": "null"}).status_code == 403
    assert open_client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 200


def test_a_cookie_alone_is_not_enough(open_client: TestClient) -> None:
    as_browser(open_client)
    page = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}
    assert open_client.post("/auth/session", data={"key": KEY}, headers=page).status_code < 400
    assert open_client.get("/auth/session").status_code == 200
    assert open_client.post("/mcp", json=LIST, headers={**ACCEPT, **page}).status_code == 403


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_is_no_session_to_listen_on_or_to_end(open_client: TestClient, method: str) -> None:
    assert open_client.request(method, "/mcp", headers={**ACCEPT, "Mcp-Session-Id": "x"}).status_code == 405


@pytest.mark.parametrize("version", [None, "2025-11-25", "2026-07-28", "1999-01-01", "\x7f"])
@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"[" * 2000, json.dumps([LIST] * 9).encode(), b'{"jsonrpc": "2.0", "id": 1}',
        b'{"jsonrpc": "2.0", "id": {}, "method": "tools/call"}', b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}',
        json.dumps({**LIST, "method": "tools/call", "params": {"name": ["x"], "arguments": "y"}}).encode(),
        json.dumps({**LIST, "method": "resources/read", "params": {"uri": "file:///etc/passwd"}}).encode(),
        b"\xff\xfe", b'{"jsonrpc": "2.0", "id": ' + b"9" * 4000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_and_reaches_nothing(
    open_client: TestClient, backend: DoubleBackend, content: bytes, version: str | None
) -> None:
    headers: dict[str, Any] = {**ACCEPT, "Content-Type": "application/json"}
    if version is not None:
        headers["MCP-Protocol-Version"] = version
    response = open_client.post("/mcp", content=content, headers=headers)
    assert response.status_code < 500
    assert response.status_code != 200 or '"error"' in response.text
    assert (backend.requests, backend.searches) == ([], [])


def test_a_body_over_the_limit_is_refused(open_client: TestClient) -> None:
    large = {**LIST, "params": {"x": "y" * 5000}}
    assert open_client.post("/mcp", json=large, headers=ACCEPT).status_code == 413
    chunks = (b"x" * 1000 for _ in range(9))
    streamed = open_client.post("/mcp", content=chunks, headers={**ACCEPT, "Content-Type": "application/json"})
    assert streamed.status_code == 413


def test_a_session_of_somebody_else_gives_nothing(open_client: TestClient) -> None:
    begun = {**LIST, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"},
    }}  # fmt: skip
    response = open_client.post("/mcp", json=begun, headers=ACCEPT)
    assert response.status_code == 200
    assert "mcp-session-id" not in response.headers
    stranger = {**ACCEPT, "Mcp-Session-Id": "0" * 32, "Authorization": "Bearer avm_other"}
    assert open_client.post("/mcp", json=LIST, headers=stranger).status_code == 401
