from io import BytesIO
from typing import Any

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import IngestFailure, IngestReport, SourceItem, SourceRef
from averment.core.errors import DocumentCorrupt, IndexUnavailable, SourceUnavailable
from averment.pipelines.ingestion.changes import PlannedItem
from tests.flows.doubles import DoubleIngestor, DoubleWiring

REPORT = IngestReport(
    status="partial",
    added=1,
    changed=0,
    unchanged=2,
    removed=0,
    quarantined=1,
    failed=0,
    n_chunks_embedded=9,
    n_pages=3,
    duration_s=1.25,
    items=(),
    failures=(
        IngestFailure(
            source_uri="file:///a|b.pdf",
            stage="partition",
            category="document",
            code="DOC004",
            message="words of the document must not be on Prefect's page",
            hint=None,
            page=2,
            retryable=False,
        ),
    ),
)


def planned(name: str) -> PlannedItem:
    item = SourceItem(
        ref=SourceRef(connector="folder", uri=f"file:///{name}", revision="sha256:aa"),
        media_type="text/plain",
        size_bytes=1,
        title=name,
        access=AccessLabel(),
        open=lambda: BytesIO(b"x"),
    )
    return PlannedItem(item=item, change="added", document_id=None)


def test_a_batch_is_read_by_the_ingestor_of_the_wiring() -> None:
    from averment.flows.ingest_corpus import ingest_batch

    wiring: Any = DoubleWiring()
    result = ingest_batch.fn(wiring, "contracts", [planned("a.txt"), planned("b.txt")])
    assert [item.status for item in result.items] == ["added", "added"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SourceUnavailable("away"), True),
        (IndexUnavailable("away"), True),
        (DocumentCorrupt("broken"), False),
        (ZeroDivisionError("a mistake"), False),
    ],
)
def test_only_errors_that_may_pass_are_worth_another_try(error: Exception, expected: bool) -> None:
    from prefect.states import Failed

    from averment.flows.ingest_corpus import ingest_batch, retry_if_it_can_help

    anything: Any = None
    assert retry_if_it_can_help(ingest_batch, anything, Failed(data=error)) is expected


def test_the_report_says_counts_and_reasons_and_no_content() -> None:
    from averment.flows.ingest_corpus import report_markdown

    text = report_markdown(REPORT)
    assert "**partial**: 1 added" in text
    assert "| DOC004 | partition | `file:///a%7Cb.pdf` | 2 | False |" in text
    assert "words of the document" not in text


def test_a_failing_ingestor_passes_its_error_on() -> None:
    from averment.flows.ingest_corpus import ingest_batch

    wiring: Any = DoubleWiring(DoubleIngestor(failures=[SourceUnavailable("away")]))
    with pytest.raises(SourceUnavailable):
        ingest_batch.fn(wiring, "contracts", [planned("a.txt")])
