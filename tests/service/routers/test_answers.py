"""What people do with their answers over HTTP: only with theirs."""

import pytest
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import with_roles


def ask(client: TestClient, question: str, *, after: str | None = None) -> str:
    """Ask, and wait for the last event."""
    identity = str(client.post("/v1/analyses", json={"question": question, "after": after}).json()["id"])
    assert "event: answer" in client.get(f"/v1/analyses/{identity}/events").text
    return identity


@pytest.fixture
def answer(client: TestClient) -> str:
    return ask(client, "What is the term?")


def test_the_page_learns_what_may_be_asked_under_and_who_asks(client: TestClient) -> None:
    body = client.get("/v1/about").json()
    assert (body["default_purpose"], body["notice_version"], body["roles"]) == (
        "trial",
        "1",
        ["analyst", "administrator"],
    )
    assert body["purposes"] == [{"code": "trial", "status": "unassessed", "description": ""}]
    assert client.get("/v1/about", headers={"Authorization": "Bearer no"}).status_code == 401


def test_an_answer_is_a_file_for_whoever_asked(client: TestClient, answer: str) -> None:
    found = client.get(f"/v1/answers/{answer}/export", params={"format": "html"})
    assert (found.text, found.headers["content-disposition"]) == (answer, 'attachment; filename="html.txt"')
    assert client.get(f"/v1/answers/{answer}/export", params={"format": "exe"}).status_code == 422
    assert client.get("/v1/answers/nothing/export").status_code == 404
    with_roles(client, Role.ANALYST)
    assert client.get(f"/v1/answers/{answer}/export").status_code == 404


def test_feedback_is_taken_and_of_other_peoples_answers_refused(
    client: TestClient, backend: DoubleBackend, answer: str
) -> None:
    given = {"verdict": "wrong", "comment": "The cap was raised."}
    assert client.post(f"/v1/answers/{answer}/feedback", json=given).status_code == 201
    assert backend.feedback == [(answer, "wrong", "The cap was raised.")]
    assert client.post("/v1/answers/nothing/feedback", json=given).status_code == 404
    for unusable in ({"verdict": "fine"}, {**given, "comment": "x" * 2_001}, {**given, "stars": 5}, {}):
        assert client.post(f"/v1/answers/{answer}/feedback", json=unusable).status_code == 422
    torn = b'{"verdict": "wrong", "comment": "\\ud800"}'
    assert client.post(f"/v1/answers/{answer}/feedback", content=torn).status_code == 422
    with_roles(client, Role.ANALYST)
    assert client.post(f"/v1/answers/{answer}/feedback", json=given).status_code == 404
    assert len(backend.feedback) == 1


def test_the_list_of_analyses_says_what_was_asked_and_what_it_follows(client: TestClient, answer: str) -> None:
    later = ask(client, "And the rent?", after=answer)
    limits = {"filters": {"kind": "contract"}, "as_of": "2025-01-01", "purpose": "review"}
    limited = client.post("/v1/analyses", json={"question": "Where?", **limits}).json()
    assert (limited["filters"], limited["as_of"], limited["purpose"]) == (
        {"kind": ["contract"]},
        "2025-01-01",
        "review",
    )
    rows = [row for row in client.get("/v1/analyses").json()["data"] if row["id"] != limited["id"]]
    assert [row["filters"] for row in rows] == [{}, {}]
    assert [(row["id"], row["question"], row["after"]) for row in rows] == [
        (later, "And the rent?", answer),
        (answer, "What is the term?", None),
    ]
    assert rows[0]["asked_at"] == "2026-01-02T03:04:05.000Z"
    with_roles(client, Role.ANALYST)
    assert client.get("/v1/analyses").json()["data"] == []
