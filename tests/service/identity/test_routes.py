"""Every route × every role × foreign tenant and group, generated from the application's own routes.

What a path names here is there, and would be shown or changed for whoever may. A stranger's answer is compared with
their answer for what never was: there must be no difference, and nothing may have changed.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from averment.compliance.overseer import Oversight
from averment.core.access import EVERYONE, AccessLabel, Principal, Role
from averment.core.analysis import AnalysisRequest
from averment.core.data_dir import DataDir
from averment.core.settings import ServiceSettings, Settings
from averment.service.access import CurrentPrincipal
from averment.service.identity.caller import Caller
from averment.service.identity.gate import Gate
from averment.service.identity.routes import RULES, SCOPES, Rule
from averment.service.job import Job, follow
from tests.compliance.oversight.office import open_office
from tests.service.conftest import TERMS, Measured, serve
from tests.service.routers.test_documents import ONE
from tests.service.routers.test_oversight import SETTINGS, Overseen

INSIDERS = (EVERYONE, "legal")
ABSENT = {"document_id": "d9", "analysis_id": "a9", "answer_id": "a9", "review_id": "r9", "response_id": "resp_a9"}
PLACES = {"number": "1", "path": "index.html", "model": "averment", "index": "0", "kind": "fria"}
# Stand on a real log; their own tests in `tests/service/routers` open them.
ON_A_LOG = ("/v1/audit", "/v1/operations", "/v1/reports")
ROLE_SETS = [(), *((role,) for role in Role), tuple(Role)]
BODIES: dict[str, Any] = {
    "POST /v1/audit/exports": {},
    "POST /v1/reports/{kind}": {},
    "POST /v1/chat/completions": {"model": "averment", "messages": [{"role": "user", "content": "q"}]},
    "POST /v1/responses": {"model": "averment", "input": "q"},
    "POST /v1/search": {"query": "q"},
    "POST /mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/list"},
    "POST /v1/analyses": {"question": "q"},
    "POST /v1/oversight/reviews/{review_id}/decision": {"decision": "accept", "reason": "confirmed"},
    "POST /v1/answers/{answer_id}/feedback": {"verdict": "wrong"},
    "POST /v1/oversight/stop": {"reason": "drift", "purpose": "another"},
    "POST /v1/oversight/resume": {"reason": "mended", "purpose": "another"},
}
QUERIES: dict[str, dict[str, Any]] = {
    "GET /v1/obligations": {"on": "2027-12-02"},
    "GET /v1/documents/{document_id}/surroundings": {"start": 0, "end": 4},
    "GET /v1/documents/{document_id}/window": {"start": 0, "end": 4},
}


def routes_of(app: FastAPI) -> dict[str, str]:
    """Return every route of an application by method and path, with the kind of route that it is."""
    found: dict[str, str] = {}
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or {"*"}):
            found[f"{method} {context.path}"] = type(context.original_route).__name__
    return found


@dataclass
class World:
    """A service with a document, an analysis and a review that are for `legal`."""

    client: TestClient
    backend: Overseen
    ids: dict[str, str]

    @property
    def gate(self) -> Gate:
        found: Gate = self.client.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
        return found

    def key(self, name: str, **changes: Any) -> str:
        self.gate.keys.adopt(f"avm_{name}", replace(TERMS, name=name, subject="anna", **changes))
        return f"avm_{name}"

    def answer(self, route: str, key: str | None, ids: dict[str, str]) -> tuple[int, str]:
        """Call a route and return status and body, without what differs from one request to the next."""
        method, _, pattern = route.partition(" ")
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        found = self.client.request(
            method, pattern.format(**ids, **PLACES), headers=headers, json=BODIES.get(route), params=QUERIES.get(route)
        )
        text = re.sub(r'"(trace|request)_id":\s*"[^"]*"', "", found.text)
        for name, identity in sorted(ids.items(), key=lambda pair: -len(pair[1])):  # a short one may be in a long one
            text = text.replace(identity, f"<{name}>")
        return found.status_code, text

    def state(self) -> str:
        """Return what a stranger might have changed."""
        desk = self.backend.oversight.reviews
        who = Principal(subject="dora", groups=INSIDERS, roles=(Role.REVIEWER,))
        job = self.client.app.state.jobs.get(self.ids["analysis_id"], who=Principal(subject="anna", groups=INSIDERS))  # type: ignore[attr-defined]  # a FastAPI
        return json.dumps([str(desk.list(who)), str(desk.list(who, is_closed=True)), job.is_cancelled.is_set()])


@pytest.fixture
def world(tmp_path: Path, measured: Measured) -> Iterator[World]:
    office = open_office(tmp_path)
    settings = Settings(oversight=SETTINGS.model_copy(update={"reviewers": ()}), service=ServiceSettings(mcp=True))
    place = DataDir(root=tmp_path, format=1)
    backend = Overseen(Oversight(place, audit=office.recorder, settings=settings, clock=office.clock))
    backend.documents = [replace(ONE, access=AccessLabel(readers=("legal",)))]
    backend.oversight.open_for(office.answer("answer-1", subject="zoe", groups=INSIDERS), subject="zoe")
    review = backend.oversight.reviews.list(Principal(subject="dora", groups=INSIDERS, roles=(Role.REVIEWER,)))[0]
    with serve(backend, settings, measured.metrics) as client:
        asked = AnalysisRequest(question="q", principal=Principal(subject="anna", groups=INSIDERS))
        job = client.app.state.jobs.submit(asked)  # type: ignore[attr-defined]  # a FastAPI
        del client.headers["Authorization"]
        asyncio.run(finished(job))
        ids = {
            "document_id": ONE.document_id, "analysis_id": job.id, "answer_id": job.id, "review_id": review.id,
            "response_id": f"resp_{job.id}",
        }  # fmt: skip
        yield World(client, backend, ids)
    office.recorder.close()


async def finished(job: Job) -> None:
    """Wait until an analysis is over."""
    async for _ in follow(job):
        pass


def guarded() -> list[tuple[str, Rule]]:
    return [(route, rule) for route, rule in RULES.items() if not rule.is_open]


def test_every_route_has_a_rule_and_every_rule_a_route(world: World) -> None:
    app = world.client.app
    assert isinstance(app, FastAPI)
    found = routes_of(app)
    # What is no route of the framework's own kind is not guarded.
    assert set(found.values()) == {APIRoute.__name__}
    assert set(found) == set(RULES)


def test_a_route_without_a_rule_is_closed_to_everybody(world: World) -> None:
    app = world.client.app
    assert isinstance(app, FastAPI)

    @app.get("/v1/new", tags=["documents"])
    async def new(who: CurrentPrincipal) -> str:
        return who.subject

    assert "GET /v1/new" in set(routes_of(app)) - set(RULES)
    for key in (None, world.key("all", groups=INSIDERS, roles=tuple(Role))):
        assert world.answer("GET /v1/new", key, {})[0] == 403


def test_nobody_passes_where_sign_in_is_needed(world: World) -> None:
    before = world.state()
    for route, _ in guarded():
        assert (route, world.answer(route, None, world.ids)[0]) == (route, 401)
        assert world.answer(route, None, world.ids) == world.answer(route, None, ABSENT)
    assert world.state() == before


@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "+".join(roles) or "none")
def test_roles_open_their_routes_and_no_others(world: World, roles: tuple[Role, ...]) -> None:
    key = world.key("insider", groups=INSIDERS, roles=roles)
    for route, rule in guarded():
        status, text = world.answer(route, key, world.ids)
        if rule.roles and not rule.roles & set(roles):
            assert (route, status) == (route, 403)
            assert (status, text) == world.answer(route, key, ABSENT)
        else:
            allowed = {404} if route.split(" ")[1].startswith(ON_A_LOG) else {200, 201, 202}
            assert status in allowed, (route, status, text)


@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "+".join(roles) or "none")
def test_strangers_to_the_group_find_nothing_and_change_nothing(world: World, roles: tuple[Role, ...]) -> None:
    key = world.key("outsider", groups=(EVERYONE, "tax"), roles=roles)
    before = world.state()
    for route, rule in guarded():
        found = world.answer(route, key, world.ids)
        named = [name for name in world.ids if f"{{{name}}}" in route]
        if named:
            assert (route, found) == (route, world.answer(route, key, ABSENT))
            assert (route, found[0]) == (route, 404 if rule.roles & set(roles) else 403)
        elif rule.scope not in {"ask", "search"}:
            assert (route, re.findall(r"<\w+_id>", found[1])) == (route, [])
    assert world.state() == before
    # The double answers everybody alike; what it was asked on whose behalf is what the real search filters by.
    asked = {request.principal.groups for request in world.backend.requests[1:]}
    assert asked | {request.principal.groups for request in world.backend.searches} <= {(EVERYONE, "tax")}


@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "+".join(roles) or "none")
def test_another_tenant_is_kept_out_of_everything(world: World, roles: tuple[Role, ...]) -> None:
    key = world.key("foreigner", groups=INSIDERS, roles=roles, tenant="other")
    before = world.state()
    for route, _ in guarded():
        found = world.answer(route, key, world.ids)
        assert (route, found[0]) == (route, 403)
        assert found == world.answer(route, key, ABSENT)
    assert world.state() == before


def test_scopes_narrow_what_roles_open() -> None:
    who = Principal(subject="key:n", groups=(), roles=tuple(Role))
    for scope in SCOPES:
        caller = Caller(principal=who, way="key", scopes=(scope,))
        assert {rule.scope for _, rule in guarded() if rule.admits(caller)} == {scope, ""}
