"""Shapes say what routes send: with the double's objects, validated member by member."""

from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from averment.core.documents import DocumentVersion
from averment.core.testing.backend import DoubleBackend
from averment.service.contract import shapes
from tests.service.routers.test_documents import ONE


def check(kind: Any, body: Any) -> None:
    """Refuse a body that lacks a member of a shape or has another one."""
    TypeAdapter(kind).validate_python(body)
    assert set(body) == {field.name for field in fields(kind)}


def test_a_document_goes_out_whole_but_for_its_readers() -> None:
    assert {field.name for field in fields(DocumentVersion)} - {field.name for field in fields(shapes.Document)} == {
        "access"
    }


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", shapes.Document),
        ("/text", shapes.Text),
        ("/structure", shapes.Structure),
        ("/cells", shapes.Cells),
        ("/hidden", shapes.Hidden),
        ("/pages/1", shapes.Page),
    ],
)
def test_views_of_a_document(client: TestClient, backend: DoubleBackend, path: str, kind: Any) -> None:
    backend.documents = [ONE]
    check(kind, client.get(f"/v1/documents/{ONE.document_id}{path}").json())


def test_problems(client: TestClient) -> None:
    found = client.get("/v1/documents/d9").json()
    TypeAdapter(shapes.Problem).validate_python(found)
    assert set(found) == {field.name for field in fields(shapes.Problem)} - {"error"}
