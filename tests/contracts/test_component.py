"""What every Haystack component of ours promises: it serialises to what decides its output and leaves inputs alone."""

import json
from copy import deepcopy

from haystack import Document

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion, Element, ElementKind, ParsedDocument
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.components import (
    ChunkEmbedder,
    DocumentCutter,
    build_ingestion_pipeline,
    pipeline_hash,
    run_ingestion,
)
from averment.pipelines.ingestion.preparing import ParsedSource, Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.stores.catalog_types import StoredText

TEXT = "SUPPLY AGREEMENT\n\n1. TERM. This Agreement runs for three years.\n\n2. LAW. The law of Norway governs."


def source() -> ParsedSource:
    element = Element(id="e1", kind=ElementKind.PARAGRAPH, text=TEXT, start=0, end=len(TEXT))
    parsed = ParsedDocument(text=TEXT, elements=(element,), media_type="text/plain", parser="test")
    draft = DocumentVersion(
        document_id="d1", source_uri="file:///a.txt", content_hash="c", text_hash=None, version=1,
        media_type="text/plain", kind="other", title="a.txt", access=AccessLabel(), status=DocumentStatus.READY,
        revision="r", connector="filesystem", size_bytes=len(TEXT), pipeline_version="v1",
    )  # fmt: skip
    stored = StoredText(text_hash="sha256:t", layout_hash="sha256:l", parser="test", n_chars=len(TEXT))
    return ParsedSource(parsed=parsed, stored=stored, draft=draft)


def preparer(**sizes: int) -> Preparer:
    return Preparer(chunks=ChunkSettings(**sizes), weights=SparseSettings(), pipeline_version="v1")


def test_chunks_are_documents_that_say_where_the_cited_text_lies() -> None:
    result = DocumentCutter(preparer()).run(sources=[source()])
    documents = result["documents"]
    assert isinstance(documents, list)
    *chunks, names = documents
    covered = "".join(TEXT[document.meta["start"] : document.meta["end"]] for document in chunks)
    assert "".join(covered.split()) == "".join(TEXT.split())
    assert all(document.id == document.meta["chunk_id"] for document in chunks)
    assert all(document.sparse_embedding.indices for document in documents)
    assert names.meta["level"] == "document"


def test_the_embedder_leaves_its_inputs_alone_and_keeps_order() -> None:
    documents = [Document(id=str(number), content=f"text {number}") for number in range(5)]
    before = deepcopy(documents)
    embedder = HashEmbedder()
    result = ChunkEmbedder(embedder).run(documents=documents)
    found = result["documents"]
    assert isinstance(found, list)
    assert result["arithmetic"] == embedder.arithmetic()
    assert documents == before
    assert [document.embedding for document in found] == embedder.embed([f"text {number}" for number in range(5)])


def test_the_pipeline_gives_every_source_its_points() -> None:
    pipeline = build_ingestion_pipeline(preparer(), HashEmbedder())
    sources = [source(), source()]
    done = run_ingestion(pipeline, sources)
    assert len(done) == 2
    # Documents with thousands of elements pass through uncopied.
    assert all(prepared.text is given.stored for (prepared, _), given in zip(done, sources, strict=True))
    for prepared, vectors in done:
        assert prepared.version.arithmetic == HashEmbedder().arithmetic()
        assert prepared.log_facts(duration_ms=1)["arithmetic"] == HashEmbedder().arithmetic()
        points = prepared.points(vectors)
        assert len(points) == len(prepared.chunks) + 1
        assert len({point.id for point in points}) == len(points)


def test_the_hash_of_the_pipeline_follows_what_decides_its_output() -> None:
    def digest(*, target_chars: int = 700, dimension: int = 64) -> str:
        built = build_ingestion_pipeline(preparer(target_chars=target_chars), HashEmbedder(dimension=dimension))
        assert json.dumps(built.to_dict(), default=str)
        return pipeline_hash(built)

    assert digest() == digest()
    assert len({digest(), digest(target_chars=500), digest(dimension=32)}) == 3
