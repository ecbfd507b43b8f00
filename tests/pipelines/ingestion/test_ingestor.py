"""Documents on their way into the stores: ready with their certificate, or quarantined with it."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.completeness import PageCount, certify
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.documents import DocumentStatus, ParsedDocument
from averment.core.settings import Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.ingestor import Ingestor, Stores
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.workspace import Workspace, open_workspace
from tests.pipelines.ingestion.sample_files import make_pdf

_DIMENSION = 384


class _Partitioner:
    """Reads files in this process; of those named so, a word is lost on the second page."""

    def submit(self, content: bytes, *, name: str, media_type: str | None = None) -> Future[ParsedDocument]:
        future: Future[ParsedDocument] = Future()
        parsed = partition(content, name=name, media_type=media_type)
        made = parsed.certificate
        if name == "lossy.pdf" and made is not None:
            pages = [
                PageCount(page=1, n_chars=9, n_accounted=9),
                PageCount(page=2, n_chars=9, n_accounted=5, n_unaccounted=4),
            ]
            counts = {"n_digits": made.n_digits, "n_numbers": made.n_numbers, "n_cells": made.n_cells}
            worse = certify(pages, method=made.method, thresholds=made.thresholds, **counts)
            parsed = replace(parsed, certificate=worse)
        future.set_result(parsed)
        return future


@contextmanager
def _opened(tmp_path: Path, sink: MemoryAuditSink) -> Iterator[Workspace]:
    @contextmanager
    def open_log(_: DataDir) -> Iterator[MemoryAuditSink]:
        yield sink

    open_data_dir(tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data")
    with open_workspace(settings, open_log=open_log, record=lambda _: {}, clock=SystemClock()) as workspace:
        yield workspace


@pytest.mark.slow
def test_a_lossy_document_is_quarantined_with_its_page_and_the_rest_is_ready(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    pages = [[(72, 100 + 14 * row, 11, f"Clause {page}.{row} on the term") for row in range(5)] for page in (1, 2)]
    (folder / "lossy.pdf").write_bytes(make_pdf(pages))
    (folder / "whole.pdf").write_bytes(make_pdf([*pages, [(72, 100, 11, "Signed")]]))
    sink = MemoryAuditSink()
    with _opened(tmp_path, sink) as workspace:
        ingestor = Ingestor(
            Stores(catalog=workspace.catalog, blobs=workspace.blobs, texts=workspace.texts, index=workspace.index),
            partitioner=_Partitioner(),
            preparer=Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p1"),
            embedder=HashEmbedder(dimension=_DIMENSION),
            audit=sink,
            clock=SystemClock(),
            subject="ada",
        )
        report = ingestor.ingest(FilesystemConnector(folder))
        assert (report.status, report.added, report.quarantined) == ("partial", 1, 1)
        (failure,) = report.failures
        assert (failure.code, failure.page) == ("DOC008", 2)
        assert "4 letters and digits unaccounted for" in failure.message
        found = {item.source_uri.rpartition("/")[2]: item for item in report.items}
        lossy, whole = (workspace.catalog.get(found[name].document_id or "") for name in ("lossy.pdf", "whole.pdf"))
    assert lossy is not None
    assert whole is not None
    assert lossy.status is DocumentStatus.QUARANTINED
    assert lossy.certificate is not None
    assert lossy.certificate.failed_pages == (2,)
    assert whole.certificate is not None
    assert whole.certificate.is_complete
    facts = {event.type: event.data for event in sink.events}
    assert facts[EventType.DOCUMENT_REJECTED]["unaccounted_chars"] == 4
    assert facts[EventType.DOCUMENT_INGESTED]["certificate"] == "complete"
    assert facts[EventType.DOCUMENT_INGESTED]["accounted_chars"] == whole.certificate.whole.n_chars
