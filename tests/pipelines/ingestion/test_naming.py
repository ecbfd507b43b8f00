"""The point by which a document is found by name."""

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.pipelines.ingestion.facts import DocumentFacts
from averment.pipelines.ingestion.naming import (
    date_term,
    document_point,
    embedded_name,
    form_term,
    label_term,
    name_text,
    name_vector,
)
from averment.pipelines.ingestion.sparse import stem, term_id

FACTS = DocumentFacts(
    kind="filing",
    title="Acme Form 10-Q",
    issuer="Acme Corp",
    form_type="10-Q",
    document_date="2023-04-30",
    labels=("2023-Q1", "2024-Q1"),
)


def test_names_weigh_more_than_the_first_page() -> None:
    vector = name_vector(FACTS, "Acme makes anvils.", uri="file:///a/acme%20report.pdf")
    weights = dict(zip(vector.indices, vector.values, strict=True))
    assert weights[term_id(stem("acme"))] > weights[term_id(stem("anvils"))] > 0
    assert term_id(stem("report")) in weights


def test_form_period_and_date_are_terms_no_word_can_be() -> None:
    indices = name_vector(FACTS, "", uri="x").indices
    for term in (form_term("10-Q"), label_term("2024-Q1"), date_term("2023-04-30")):
        assert term.startswith("~")
        assert term_id(term) in indices
    assert form_term("10-Q") == form_term("10q")


def test_the_point_carries_access_and_level_and_no_text() -> None:
    version = DocumentVersion(
        document_id="d",
        source_uri="file:///x.pdf",
        content_hash="c",
        text_hash="t",
        version=1,
        media_type="application/pdf",
        kind="contract",
        title="Secret Title",
        access=AccessLabel(tenant="t1", readers=("legal",)),
        status=DocumentStatus.READY,
        revision="r",
        connector="files",
        size_bytes=1,
        pipeline_version="p",
    )
    vector = name_vector(FACTS, "", uri="x")
    point = document_point(version, dense=[1.0], sparse=vector)
    assert point.payload["level"] == "document"
    assert (point.payload["tenant"], point.payload["readers"]) == ("t1", ["legal"])
    assert "Secret Title" not in str(point.payload)
    assert point.id == document_point(version, dense=[0.5], sparse=vector).id


def test_what_is_embedded_names_each_thing_once() -> None:
    assert embedded_name(DocumentFacts(kind="contract", title="NDA", parties=("A GmbH", "A GmbH"))) == "NDA A GmbH"
    assert name_text("NDA", ("A",), None, "file:///dir/my_file-2.pdf") == "NDA A  my file 2"
