"""The protocol by the library's own client, over HTTP."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from averment.core.access import Role
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed
from averment.core.settings import ServiceSettings, Settings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import AnalysisStore
from averment.service.app import create_app
from averment.service.identity.gate import Gate
from averment.service.identity.store import AccessStore
from averment.service.metrics import Measuring
from tests.service.conftest import KEY, TERMS, Measured

mcp = pytest.importorskip("mcp")


@pytest.fixture
def url(backend: DoubleBackend, measured: Measured) -> Iterator[str]:
    import uvicorn

    settings, clock = Settings(service=ServiceSettings(mcp=True)), FixedClock()
    gate = Gate(AccessStore(None), settings=settings, clock=clock)
    gate.keys.adopt(KEY, TERMS)
    gate.keys.adopt("avm_reader", replace(TERMS, name="reader", roles=(Role.REVIEWER,)))
    app = create_app(
        settings,
        backend=backend,
        store=AnalysisStore(None, sealing=PlainTexts()),
        gate=gate,
        measuring=Measuring(metrics=measured.metrics, registry=CollectorRegistry()),
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    server.should_exit = True
    running.join()
    listening.close()


@asynccontextmanager
async def connected(url: str, *, key: str = KEY, mode: str = "auto") -> AsyncIterator[Any]:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60) as http,
        mcp.Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_client_lists_and_calls_tools_in_both_ages_of_the_protocol(url: str, mode: str) -> None:
    async def session() -> tuple[Any, ...]:
        told: list[str] = []

        async def tell(_done: float, _total: float | None, message: str | None) -> None:
            told.append(str(message))

        async with connected(url, mode=mode) as client:
            tools = (await client.list_tools()).tools
            answer = await client.call_tool("ask", {"question": "What is the term?"}, progress_callback=tell)
            found = await client.call_tool("search", {"query": "rent"})
            wrong = await client.call_tool("search", {"query": "rent", "groups": ["legal"]})
            return tools, answer, found, wrong, told

    tools, answer, found, wrong, told = asyncio.run(session())
    assert [tool.name for tool in tools] == ["search", "ask", "read_passage"]
    assert answer.structured_content["text"] == "“<b>3 y” 1.50 Trial."
    assert answer.structured_content["averment"]["receipt"]["index"] == 4
    assert found.structured_content["passages"][0]["text"] == "rent"
    assert (wrong.is_error, wrong.structured_content["status"]) == (True, 422)
    assert told == ["1 query"]


def test_tools_are_those_of_the_callers_roles_and_refusals_are_recorded(url: str, backend: DoubleBackend) -> None:
    async def session() -> tuple[Any, ...]:
        async with connected(url, key="avm_reader") as client:
            return (await client.list_tools()).tools, await client.call_tool("ask", {"question": "q"})

    tools, refused = asyncio.run(session())
    assert [tool.name for tool in tools] == ["read_passage"]
    assert (refused.is_error, refused.structured_content["code"]) == (True, "POL002")
    assert backend.requests == []
    (event,) = [one for one in backend.events if one.type is EventType.ACCESS_REFUSED]
    assert (event.data["code"], event.data["stages"], event.subject) == ("POL002", ["mcp"], "api-key")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_what_fails_inside_says_no_more_than_its_code(url: str, backend: DoubleBackend, mode: str) -> None:
    async def session() -> tuple[Any, ...]:
        async with connected(url, mode=mode) as client:
            backend.error = AuditWriteFailed("disk full")
            refused = await client.call_tool("search", {"query": "q"})
            backend.error = ValueError("secret")  # type: ignore[assignment]  # not an error of ours
            return refused, await client.call_tool("search", {"query": "q"})

    refused, broken = asyncio.run(session())
    assert (refused.is_error, refused.structured_content["status"]) == (True, 503)
    assert (broken.is_error, broken.structured_content["status"]) == (True, 500)
    assert "secret" not in str(broken)
    assert backend.failures[-1][2] == "ValueError"
