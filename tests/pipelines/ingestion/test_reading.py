"""What is known of a file before it is parsed."""

from concurrent.futures import Future
from dataclasses import replace
from io import BytesIO

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, ParsedDocument, SourceItem, SourceRef
from averment.pipelines.ingestion.inner_files import Expansion
from averment.pipelines.ingestion.reading import ReadFile, draft_of
from averment.pipelines.stores.catalog_types import OpenVersion


def test_a_new_version_supersedes_the_text_before_it() -> None:
    parsed: Future[ParsedDocument] = Future()
    read = ReadFile(
        item=SourceItem(
            ref=SourceRef(connector="c", uri="file:///a.zip!/b.txt", revision="r2"),
            media_type="text/plain",
            size_bytes=4,
            title="b.txt",
            access=AccessLabel(readers=("legal",)),
            open=BytesIO,
        ),
        change="changed",
        content_hash="sha256:b",
        opened=OpenVersion(document_id="d", version=1, previous=None),
        parsed=parsed,
        started_s=0.0,
        expansion=Expansion(),
    )
    first = draft_of(read, pipeline_version="p")
    assert (first.supersedes, first.text_hash, first.access.readers) == (None, None, ("legal",))
    before = replace(first, text_hash="sha256:t", status=DocumentStatus.READY)
    again = replace(read, opened=OpenVersion(document_id="d", version=2, previous=before))
    second = draft_of(again, pipeline_version="p")
    assert (second.supersedes, second.version, second.revision) == ("sha256:t", 2, "r2")
