"""`/v1/operations` is the administrators', tells codes, counts and times, and nothing of what is asked."""

import threading
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from averment.core.access import Role
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.errors import ModelUnavailable
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from averment.service.runtime import Runtime
from tests.service.conftest import Measured, serve, with_roles

PATHS = ("", "/endpoints", "/flows", "/costs")
QUESTION = "What is the zebra clause?"


@pytest.fixture
def operated(runtime: Runtime, settings: Settings, measured: Measured) -> Iterator[TestClient]:
    with serve(runtime, settings, measured.metrics) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.COMPLIANCE_OFFICER])
def test_other_roles_are_refused(client: TestClient, path: str, role: Role) -> None:
    with_roles(client, role)
    assert client.get(f"/v1/operations{path}").status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_service_without_an_installation_has_nothing_to_tell(client: TestClient, path: str) -> None:
    assert client.get(f"/v1/operations{path}").status_code == 404


def test_work_is_told_while_it_runs_and_after_without_the_question(
    operated: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, began = threading.Event(), threading.Event()
    analyse = runtime.analyse

    def held(request: AnalysisRequest, **options: object) -> Answer:
        began.set()
        may_end.wait(30)
        return analyse(request, **options)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(runtime, "analyse", held)
    made = operated.post("/v1/analyses", json={"question": QUESTION}).json()
    assert began.wait(30)
    (underway,) = operated.get("/v1/operations/flows").json()["underway"]
    assert (underway["id"], underway["status"], underway["purpose"]) == (made["id"], "running", "trial")
    assert operated.get("/v1/operations").json()["service"]["running"] == 1
    may_end.set()
    with operated.stream("GET", f"/v1/analyses/{made['id']}/events") as events:
        events.read()
    flows = operated.get("/v1/operations/flows")
    assert [one["id"] for one in flows.json()["ended"]] == [made["id"]]
    assert flows.json()["underway"] == []
    (spent,) = operated.get("/v1/operations/costs", params={"days": 92}).json()["spent"]
    assert (spent["analyses"], spent["purpose"]) == (1, "trial")
    told = "".join(operated.get(f"/v1/operations{path}").text for path in PATHS)
    assert "zebra" not in told
    assert "api-key" not in told


def test_what_is_down_is_named_and_the_whole_is_not_ready(
    operated: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = operated.get("/v1/operations").json()
    assert whole["ready"]
    assert whole["index"]["points"] == whole["index"]["expected"] == 0
    assert whole["log"]["covered"] <= whole["log"]["entries"] < whole["log"]["most_unsealed"]

    def away() -> int:
        raise ModelUnavailable("the model endpoint is away")

    monkeypatch.setattr(runtime.operations._workspace.catalog, "counts", away)
    found = operated.get("/v1/operations").json()
    assert not found["ready"]
    assert (found["catalog"], found["parts"]["catalog"]) == (None, "MDL002: the model endpoint is away")


def test_costs_of_more_days_than_are_kept_are_refused(client: TestClient, backend: DoubleBackend) -> None:
    assert client.get("/v1/operations/costs", params={"days": 93}).status_code == 422
    assert backend.requests == []
