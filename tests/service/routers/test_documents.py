"""Documents over HTTP: the caller's view, a page at a time, and nothing that hints at the rest."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from averment.core.access import AccessLabel, Role
from averment.core.documents import DocumentStatus, DocumentVersion, IngestFailure, StandingFailure
from averment.core.testing.backend import DoubleBackend
from tests.service.conftest import with_roles

ONE = DocumentVersion(
    document_id="d1", source_uri="file:///a.pdf", content_hash="sha256:c", text_hash="sha256:t", version=1,
    media_type="application/pdf", kind="contract", title="A", access=AccessLabel(), status=DocumentStatus.READY,
    revision="r", connector="c", size_bytes=1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def documents(backend: DoubleBackend) -> None:
    secret = replace(ONE, document_id="d2", access=AccessLabel(readers=("board",)))
    backend.documents = [ONE, secret, replace(ONE, document_id="d3", kind="filing")]


def test_the_list_is_the_callers_view_a_page_at_a_time(client: TestClient) -> None:
    first = client.get("/v1/documents", params={"limit": 1}).json()
    assert [item["document_id"] for item in first["data"]] == ["d1"]
    rest = client.get("/v1/documents", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert ([item["document_id"] for item in rest["data"]], rest["next_cursor"]) == (["d3"], None)
    assert "access" not in first["data"][0]


def test_a_cursor_that_was_made_up_or_is_of_other_filters_is_refused(client: TestClient) -> None:
    of_all = client.get("/v1/documents", params={"limit": 1}).json()["next_cursor"]
    for query in ({"cursor": "d1"}, {"cursor": "' OR 1=1 --"}, {"cursor": of_all, "kind": "filing"}):
        refused = client.get("/v1/documents", params=query)
        assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_filters_are_those_of_searches_and_unknown_ones_are_refused(client: TestClient) -> None:
    found = client.get("/v1/documents", params=[("kind", "filing"), ("kind", "other")]).json()["data"]
    assert [item["document_id"] for item in found] == ["d3"]
    for unusable in ({"colour": "red"}, {"limit": 0}, {"date_from": "soon"}):
        assert client.get("/v1/documents", params=unusable).status_code in (400, 422)


def test_what_the_caller_may_not_read_is_not_there(client: TestClient) -> None:
    assert client.get("/v1/documents/d1").json()["title"] == "A"
    absent, hidden = client.get("/v1/documents/nothing"), client.get("/v1/documents/d2")
    assert (absent.status_code, hidden.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("d2", "nothing") == absent.json()["detail"]
    assert client.get("/v1/documents/d2/text").status_code == 404
    assert client.get("/v1/documents", headers={"Authorization": "Bearer no"}).status_code == 401


def test_a_text_comes_with_its_pages(client: TestClient) -> None:
    body = client.get("/v1/documents/d1/text").json()
    assert (body["text"], body["text_hash"]) == ("text sha256:t", "sha256:t")
    assert body["pages"] == [{"page": 1, "start": 0, "end": len(body["text"])}]
    older = "sha256:" + "a" * 64
    assert client.get("/v1/documents/d1/text", params={"text_hash": older}).json()["text_hash"] == older
    assert client.get("/v1/documents/d1/text", params={"text_hash": "../x"}).status_code in (400, 422)


def test_how_a_document_is_built_its_tables_and_what_it_hides_are_for_its_readers(client: TestClient) -> None:
    structure = client.get("/v1/documents/d1/structure").json()
    assert structure["sections"] == [{"title": "1. Term", "level": 2, "start": 0}]
    (cell,) = client.get("/v1/documents/d1/cells").json()["data"]
    assert (cell["text"], cell["row_header"], cell["column_header"]) == ("text", "Rent", "2026")
    (part,) = client.get("/v1/documents/d1/hidden").json()["data"]
    assert (part["text"], part["hidden_reason"]) == ("text", "tiny")
    for view in ("structure", "cells", "hidden"):
        assert client.get(f"/v1/documents/d2/{view}").status_code == 404


def test_where_a_passage_stands_is_for_its_readers(client: TestClient) -> None:
    body = client.get("/v1/documents/d1/surroundings", params={"start": 2, "end": 5}).json()
    assert (body["document_id"], body["start"], body["end"]) == ("d1", 2, 5)
    assert body["sections"] == [{"title": "1. Term", "level": 2, "start": 0, "end": 5}]
    assert client.get("/v1/documents/d2/surroundings", params={"start": 2, "end": 5}).status_code == 404
    for unusable in ("", "start=-1&end=5", "start=1&end=2&n=11", "start=a&end=2"):
        assert client.get(f"/v1/documents/d1/surroundings?{unusable}").status_code in (400, 422)


def test_the_quarantine_is_for_administrators(client: TestClient, backend: DoubleBackend) -> None:
    failure = IngestFailure(
        source_uri="file:///b.pdf", stage="partition", category="DocumentIncomplete", code="DOC008",
        message="words are missing", hint="look", page=2, retryable=False,
    )  # fmt: skip
    failed_at = datetime(2026, 1, 2, tzinfo=UTC)
    backend.standing = [StandingFailure(connector="c", document_id="d9", failure=failure, failed_at=failed_at)]
    with_roles(client, Role.ANALYST, Role.REVIEWER, Role.COMPLIANCE_OFFICER)
    assert client.get("/v1/documents/quarantine").status_code == 403
    (denied,) = backend.events
    assert denied.data["stages"] == ["v1.documents.quarantine"], "what was denied is in the log"
    with_roles(client, Role.ADMINISTRATOR)
    (row,) = client.get("/v1/documents/quarantine").json()["data"]
    backend.standing.append(replace(backend.standing[0], document_id="d8"))
    first = client.get("/v1/documents/quarantine", params={"limit": 1}).json()
    rest = client.get("/v1/documents/quarantine", params={"cursor": first["next_cursor"]}).json()
    assert [one["document_id"] for one in first["data"] + rest["data"]] == ["d8", "d9"]
    assert (row["failure"]["code"], row["is_releasable"], row["document_id"]) == ("DOC008", True, "d9")
