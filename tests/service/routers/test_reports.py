"""Duties and documents over REST: as the command line gives them, the export logged before the file leaves."""

import hashlib
import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.service.runtime import Runtime
from tests.service.conftest import with_roles
from tests.service.officers import office


@pytest.fixture
def officer(runtime: Runtime) -> Iterator[TestClient]:
    with office(runtime, Role.COMPLIANCE_OFFICER) as client:
        yield client


def test_duties_on_a_day_with_both_readings_where_they_differ(client: TestClient) -> None:
    with_roles(client, Role.COMPLIANCE_OFFICER)
    found = client.get("/v1/obligations", params={"on": "2027-12-02"}).json()
    contested = [row for row in found["data"] if row["state"] == "contested"]
    assert found["on"] == "2027-12-02"
    assert contested
    assert all(len(row["readings"]) == len(row["applies_from"]) >= 2 for row in contested)
    every = client.get("/v1/obligations", params={"on": "2027-12-02", "every": "true"}).json()
    assert len(every["data"]) > len(found["data"])
    assert {row["source"] for row in every["data"]} <= set(found["sources"])
    assert {row["scope"] for row in every["data"]} == set(found["scopes"])
    one = client.get("/v1/obligations", params={"on": "2027-12-02", "who": "deployer", "scope": "high-risk"}).json()
    assert all("deployer" in row["who"] for row in one["data"])
    for wrong in ({"on": "soon"}, {"on": "2027-12-02", "who": "king"}, {"on": "2027-12-02", "scope": "A B"}, {}):
        assert client.get("/v1/obligations", params=wrong).status_code == 422, wrong


@pytest.mark.slow
def test_a_document_is_made_logged_and_found_among_the_exported(officer: TestClient) -> None:
    kinds = {row["kind"]: row for row in officer.get("/v1/reports").json()["data"]}
    assert kinds["gdpr-30"]["exported_at"] is None
    made = officer.post("/v1/reports/gdpr-30", json={"format": "json"})
    assert made.status_code == 200, made.text
    assert made.headers["content-disposition"] == 'attachment; filename="gdpr-30.json"'
    assert json.loads(made.content)["kind"] == "gdpr-30"
    exported = officer.get("/v1/audit/entries", params={"type": "access.exported"}).json()["data"][0]
    digest = "sha256:" + hashlib.sha256(made.content).hexdigest()
    assert (exported["data"]["report"], exported["data"]["content"]) == ("gdpr-30", digest)
    assert {row["kind"]: row for row in officer.get("/v1/reports").json()["data"]}["gdpr-30"]["exported_at"] is not None
    german = {row["kind"]: row["title"] for row in officer.get("/v1/reports", params={"language": "de"}).json()["data"]}
    assert german["instructions"] != kinds["instructions"]["title"]
    assert officer.post("/v1/reports/gdpr-30", json={"language": "de"}).status_code == 422
    assert officer.post("/v1/reports/no-such", json={}).status_code == 422
    assert officer.post("/v1/reports/explanation", json={"about": "0"}).status_code == 422


def test_documents_are_for_compliance_officers(client: TestClient) -> None:
    for role in Role:
        with_roles(client, role)
        expected = 200 if role == Role.COMPLIANCE_OFFICER else 403
        assert client.get("/v1/obligations", params={"on": "2027-12-02"}).status_code == expected
