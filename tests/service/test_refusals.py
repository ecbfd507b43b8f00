"""Refused requests are in the log, without content, and nobody can fill the log with them."""

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import AuditWriteFailed
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.refusals import NOBODY, Refusal, Refusals, presented
from tests.service.conftest import as_browser, with_roles

A_TOKEN = Refusal(code="POL007", way="token", stage="v1.search")


def data(events: list[AuditEvent]) -> list[tuple[object, ...]]:
    return [(event.data["way"], event.data["count"], event.data["seconds"], event.data["stages"]) for event in events]


def test_the_first_is_an_entry_at_once_and_equal_ones_are_counted_until_the_window_is_over() -> None:
    events: list[AuditEvent] = []
    clock = FixedClock()
    refusals = Refusals(events.append, clock=clock)
    for number in range(1000):
        refusals.take(Refusal(code="POL007", way="token", stage=f"v1.r{number % 40}"))
    assert data(events) == [("token", 1, 0, ["v1.r0"])]
    clock.advance(61)
    refusals.take(A_TOKEN)
    assert data(events)[1:] == [
        ("token", 999, 61, [f"v1.r{number}" for number in range(1, 17)]),
        ("token", 1, 0, ["v1.search"]),
    ]
    refusals.close()
    assert len(events) == 3, "nothing was counted since"


def test_what_is_counted_when_the_service_stops_is_recorded() -> None:
    events: list[AuditEvent] = []
    refusals = Refusals(events.append, clock=FixedClock())
    refusals.take(A_TOKEN)
    refusals.take(A_TOKEN)
    refusals.close()
    assert [event.data["count"] for event in events] == [1, 1]
    assert {event.subject for event in events} == {NOBODY}


def test_people_and_ways_are_told_apart_and_a_log_that_takes_nothing_stops_nobody() -> None:
    events: list[AuditEvent] = []
    refusals = Refusals(events.append, clock=FixedClock())
    for way, subject in (("token", NOBODY), ("key", NOBODY), ("key", "anna"), ("key", "anna")):
        refusals.take(Refusal(code="POL002", way=way, stage="x", subject=subject))  # type: ignore[arg-type]  # literals
    assert [(event.data["way"], event.subject) for event in events] == [
        ("token", NOBODY),
        ("key", NOBODY),
        ("key", "anna"),
    ]
    refusals.close()

    def full(_event: AuditEvent) -> None:
        raise AuditWriteFailed("no space")

    Refusals(full, clock=FixedClock()).take(A_TOKEN)


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/v1/search", {"authorization": "Bearer avm_x"}, "key"),
        ("GET", "/v1/search", {"authorization": "bearer eyJ"}, "token"),
        ("GET", "/v1/search", {"cookie": "__Host-averment=x"}, "session"),
        ("GET", "/auth/session", {}, None),
        ("GET", "/auth/session", {"cookie": "__Host-averment=x"}, "session"),
        ("POST", "/auth/session", {}, "key"),
        ("GET", "/auth/callback", {}, "issuer"),
        ("GET", "/auth/link", {}, "link"),
        ("GET", "/v1/search", {}, None),
        ("GET", "/v1/search", {"authorization": "Basic eA=="}, None),
    ],
)
def test_what_a_request_shows_of_who_sends_it(
    method: str, path: str, headers: dict[str, str], expected: str | None
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": b"", "server": ("x", 80)}
    assert presented(Request(scope)) == expected


def test_a_wrong_key_a_missing_role_and_a_sign_in_are_entries(client: TestClient, backend: DoubleBackend) -> None:
    assert client.get("/v1/documents", headers={"Authorization": "Bearer avm_wrong"}).status_code == 401
    assert client.get("/v1/documents", headers={"Authorization": ""}).status_code == 401
    with_roles(client, Role.ADMINISTRATOR)
    assert client.post("/v1/search", json={"query": "x"}).status_code == 403
    assert [
        (event.data["code"], event.data["way"], event.subject, event.data["stages"]) for event in backend.events
    ] == [
        ("POL007", "key", NOBODY, ["v1.documents"]),
        ("POL002", "key", "key:administrator", ["v1.search"]),
    ]
    assert backend.failures == [], "a refusal is no failure of the service"


def test_a_form_with_a_wrong_key_is_an_entry_and_a_right_one_as_well(
    client: TestClient, backend: DoubleBackend
) -> None:
    browser = as_browser(client)
    for key in ("avm_wrong", "avm_test"):
        browser.post("/auth/session", data={"key": key}, headers={"Origin": "https://averment.test"})
    assert [(str(event.type), event.data["way"], event.subject) for event in backend.events] == [
        ("access.refused", "key", NOBODY),
        ("access.signed-in", "key", "api-key"),
    ]
    assert "avm_" not in str([event.data for event in backend.events])


def test_nobody_signs_in_past_a_log_that_takes_nothing(client: TestClient, backend: DoubleBackend) -> None:
    backend.error = AuditWriteFailed("no space")
    browser = as_browser(client)
    told = browser.post("/auth/session", data={"key": "avm_test"}, headers={"Origin": "https://averment.test"})
    assert (told.status_code, told.json()["code"]) == (503, AuditWriteFailed.code)
    assert "set-cookie" not in told.headers
    assert EventType.ACCESS_SIGNED_IN not in [event.type for event in backend.events]
