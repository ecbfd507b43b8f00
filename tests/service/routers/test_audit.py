"""The routes of the log, over a real installation: what is found verifies, and what is taken out is logged first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from averment.compliance.averment_verify import main as verify
from averment.core.access import Role
from averment.core.audit import EventType, EventValue
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import with_roles
from tests.service.officers import installed, office

pytestmark = pytest.mark.slow


SEARCHED: dict[str, EventValue] = {"channel": "api", "top_k": 1, "passages": [], "n_passages": 0, "duration_ms": 1}


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with installed(tmp_path_factory.mktemp("audit")) as runtime:
        for subject in ("ada", "bert", "ada"):
            runtime.record.record_event(EventType.SEARCH_EXECUTED, SEARCHED, subject=subject)
        with office(runtime, Role.COMPLIANCE_OFFICER) as client:
            yield client


def rows(client: TestClient, **query: str | int) -> list[dict[str, Any]]:
    found = client.get("/v1/audit/entries", params=query)
    assert found.status_code == 200, found.text
    listed: list[dict[str, Any]] = found.json()["data"]
    return listed


def test_entries_are_found_newest_first_a_page_at_a_time(officer: TestClient) -> None:
    everything = rows(officer, limit=500)
    assert officer.get("/v1/audit/entries", params={"cursor": "WyJ4IiwxXQ"}).status_code == 422
    assert [row["seq"] for row in everything] == list(range(len(everything)))[::-1]
    paged: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = officer.get("/v1/audit/entries", params=query).json()
        paged += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == everything
    searched = rows(officer, type="search.executed")
    assert len(searched) == 3
    assert set(searched[0]) == {"seq", "time", "type", "actor", "purpose", "parents", "data"}
    assert rows(officer, since="2999-01-01") == []
    assert officer.get("/v1/audit/entries", params={"since": "2026-13-01"}).status_code == 422
    assert officer.get("/v1/audit/entries", params={"type": "no.such"}).status_code == 422


def test_the_entries_of_a_person_are_found_by_name_and_by_pseudonym_and_that_is_an_entry(officer: TestClient) -> None:
    before = len(rows(officer, type="access.searched"))
    by_name = rows(officer, user="bert", type="search.executed")
    assert len(by_name) == 1
    assert rows(officer, user=by_name[0]["actor"], type="search.executed") == by_name
    assert len(rows(officer, type="access.searched")) == before + 2
    assert officer.get("/v1/audit/entries", params={"user": "nobody"}).status_code == 422


def test_an_entry_comes_with_a_receipt_that_verifies_here_and_offline(officer: TestClient, tmp_path: Path) -> None:
    opened = officer.get("/v1/audit/entries/1").json()
    assert opened["entry"]["seq"] == opened["receipt"]["index"] == 1
    content = json.dumps(opened["receipt"]).encode()
    verdict = officer.post("/v1/audit/checks", content=content).json()
    assert (verdict["ok"], verdict["kind"], verdict["entry"]) == (True, "receipt", 1)
    policy, receipt = tmp_path / "policy", tmp_path / "receipt.json"
    policy.write_text(officer.get("/v1/audit/policy").text, encoding="utf-8")
    receipt.write_bytes(content)
    assert verify([str(receipt), "--policy", str(policy)]) == 0
    forged = content.replace(b"averment.event", b"Averment.event")
    refused = officer.post("/v1/audit/checks", content=forged).json()
    assert refused["ok"] is False
    assert refused["failures"][0]["place"] == "receipt.inclusion_proof"
    assert officer.get("/v1/audit/entries/99999").status_code == 404
    assert officer.post("/v1/audit/checks", content=b"hello").status_code == 422


def test_the_state_the_check_of_everything_and_the_coverage(officer: TestClient) -> None:
    checked = officer.post("/v1/audit/verification").json()
    assert (checked["ok"], checked["failures"]) == (True, [])
    state = officer.get("/v1/audit/state").json()
    assert state["verified"] == checked
    assert (state["witnesses"], state["quorum"]) == ([], "none")
    assert officer.post("/v1/audit/checks", content=state["code"].encode()).json()["kind"] == "checkpoint"
    coverage = officer.get("/v1/audit/coverage").json()
    counted = {row["type"]: row["entries"] for row in coverage["events"]}
    assert counted["search.executed"] == 3
    assert "incident.opened" in coverage["never_seen"]
    assert officer.get("/v1/audit/coverage", params={"until": "2000-01-01"}).json()["never_seen"] == list(counted)


@pytest.mark.parametrize(
    ("kind", "begins"), [("bundle", b"PK"), ("csv", b"entry,"), ("jsonl", b"{"), ("cyclonedx", b"{")]
)
def test_an_export_is_logged_before_it_leaves(officer: TestClient, kind: str, begins: bytes) -> None:
    made = officer.post("/v1/audit/exports", json={"kind": kind})
    assert made.status_code == 200, made.text
    assert made.content.startswith(begins), made.content[:60]
    assert made.headers["content-disposition"].startswith('attachment; filename="log.')
    assert rows(officer, type="access.exported")[0]["data"]["kind"] == kind
    if kind == "bundle":
        assert officer.post("/v1/audit/checks", content=made.content).json()["ok"] is True


def test_nobody_asks_who_could_see_an_answer_that_is_not_there(officer: TestClient) -> None:
    assert officer.get("/v1/audit/readers/0198a1b2-0000-7000-8000-000000000000").status_code == 422


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COMPLIANCE_OFFICER])
def test_the_log_is_for_compliance_officers(client: TestClient, backend: DoubleBackend, role: Role) -> None:
    with_roles(client, role)
    for path in ("entries", "entries/0", "state", "policy", "coverage", "readers/0"):
        assert client.get(f"/v1/audit/{path}").status_code == 403, path
    for path in ("checks", "verification", "exports"):
        assert client.post(f"/v1/audit/{path}", json={}).status_code == 403, path
