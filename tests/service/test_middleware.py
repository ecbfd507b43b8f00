import logging

import pytest
from starlette.testclient import TestClient

from averment.core.analysis import SearchRequest, SearchResult
from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import Measured, serve


class Broken(DoubleBackend):
    """Fails as no part of ours does."""

    def search(self, request: SearchRequest) -> SearchResult:
        raise ZeroDivisionError("the contract says secret things")


def test_requests_are_counted_by_route_pattern_and_status(client: TestClient, measured: Measured) -> None:
    client.get("/healthz")
    client.get("/v1/analyses/0197-abc")
    client.get("/no-such-place/0197-abc")
    client.get("/v1/models", headers={"Authorization": "Bearer no"})
    points = measured.points()

    def requests(route: str, status: int) -> float:
        labels = (("method", "GET"), ("route", route), ("status", str(status)))
        return points["averment_requests", labels]

    assert requests("/healthz", 200) == 1
    assert requests("/v1/analyses/{analysis_id}", 404) == 1
    assert requests("unmatched", 404) == 1
    assert requests("/v1/models", 401) == 1
    assert points["averment_request_duration", (("route", "/healthz"),)] == 1
    assert "0197-abc" not in str(points)


def test_an_unexpected_error_is_a_problem_document_and_its_words_stay_inside(
    measured: Measured, caplog: pytest.LogCaptureFixture
) -> None:
    backend = Broken()
    with serve(backend, Settings(), measured.metrics) as client, caplog.at_level(logging.ERROR):
        response = client.post("/v1/search", json={"query": "x"})
    assert backend.failures == [("AVM000", "v1.search", "ZeroDivisionError")]
    assert (response.status_code, response.json()["code"]) == (500, "AVM000")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    assert "secret" not in response.text + caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert response.headers["x-request-id"] in caplog.text


def test_headers_that_a_route_sets_itself_are_kept(client: TestClient) -> None:
    created = client.post("/v1/analyses", json={"question": "q"})
    events = client.get(f"{created.headers['location']}/events")
    assert events.headers["cache-control"] == "no-store"
    assert events.headers["referrer-policy"] == "no-referrer"
