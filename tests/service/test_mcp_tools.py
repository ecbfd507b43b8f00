import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from averment.core.access import EVERYONE, Principal, Role
from averment.core.errors import AccessDenied, AuditWriteFailed, DocumentNotFound, UsageError
from averment.core.testing.backend import DoubleBackend
from averment.service.identity.caller import Caller
from averment.service.mcp_tools import TOOLS, Call, call_tool

ADA = Principal(subject="ada", groups=(EVERYONE,), tenant="default", roles=(Role.ANALYST,))
ANALYST = Caller(principal=ADA, way="key", purpose="review")


def run(client: TestClient, name: str, arguments: Any, caller: Caller = ANALYST) -> dict[str, Any]:
    """Call a tool; what it tells of its steps is under `told`."""
    told: list[tuple[int, str]] = []

    async def tell(number: int, summary: str) -> None:
        told.append((number, summary))

    request = Request({"type": "http", "method": "POST", "path": "/mcp", "headers": [], "app": client.app})
    found = asyncio.run(call_tool(name, arguments, call=Call(request=request, caller=caller, tell=tell)))
    return {**found, "told": told}


def test_ask_answers_with_annotations_receipt_and_steps(client: TestClient, backend: DoubleBackend) -> None:
    found = run(client, "ask", {"question": "What is the term?", "filters": {"kind": "contract"}})
    assert found["text"] == "“<b>3 y” 1.50 Trial."
    assert (len(found["annotations"]), found["averment"]["receipt"]["index"]) == (2, 4)
    assert found["told"] == [(1, "1 query")]
    request = backend.requests[-1]
    assert (request.principal, request.purpose, request.filters.kind) == (ADA, "review", ("contract",))


def test_search_and_read_passage_are_those_of_the_routes(client: TestClient, backend: DoubleBackend) -> None:
    assert run(client, "search", {"query": "rent", "top_k": 1})["passages"][0]["text"] == "rent"
    assert (backend.searches[-1].principal, backend.searches[-1].purpose) == (ADA, "review")
    with pytest.raises(DocumentNotFound):
        run(client, "read_passage", {"document_id": "d9", "start": 0, "end": 4})


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_a_tool_has_the_rule_of_its_route(client: TestClient, name: str) -> None:
    nobody = replace(ANALYST, principal=replace(ADA, roles=()))
    scoped = replace(ANALYST, scopes=("oversight",))
    administrator = replace(ANALYST, principal=replace(ADA, roles=(Role.ADMINISTRATOR,)))
    for caller in (nobody, scoped, administrator):
        assert not TOOLS[name].admits(caller)
        with pytest.raises(AccessDenied):
            run(client, name, {"query": "q", "question": "q"}, caller)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("search", {}), ("search", {"query": " "}), ("search", {"query": "q", "groups": ["legal"]}),
        ("search", {"query": "q", "top_k": 10**9}), ("ask", {"question": "q", "purpose": "../x"}),
        ("ask", {"question": ["q"]}), ("read_passage", {"document_id": "", "start": 0, "end": 1}),
        ("read_passage", {"document_id": "d", "start": -1, "end": 1}), ("eval", {"code": "1"}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_a_usage_error(client: TestClient, name: str, arguments: Any) -> None:
    with pytest.raises(UsageError):
        run(client, name, arguments)


def test_a_failing_log_is_an_error_and_no_answer(client: TestClient, backend: DoubleBackend) -> None:
    backend.error_after_step = AuditWriteFailed("disk full")
    with pytest.raises(AuditWriteFailed):
        run(client, "ask", {"question": "q"})


def test_a_caller_that_is_gone_cancels_the_analysis(client: TestClient, backend: DoubleBackend) -> None:
    backend.hold = threading.Event()  # ends by cancellation only
    request = Request({"type": "http", "method": "POST", "path": "/mcp", "headers": [], "app": client.app})

    async def leave() -> None:
        reached = asyncio.Event()

        async def tell(_number: int, _summary: str) -> None:
            reached.set()

        call = Call(request=request, caller=ANALYST, tell=tell)
        asking = asyncio.create_task(call_tool("ask", {"question": "q"}, call=call))
        await reached.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(leave())
    jobs: Any = client.app.state.jobs  # type: ignore[attr-defined]  # a FastAPI
    (job,) = jobs.of(ADA)
    assert job.is_cancelled.is_set()
