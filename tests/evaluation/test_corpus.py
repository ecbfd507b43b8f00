"""A benchmark's documents go through the product's ingestion, once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.corpus import EVALUATOR, EvaluationStores
from averment.evaluation.pack import Pack

from .small_pack import write_pack


class CountingEmbedder(HashEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.n_texts = 0

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.n_texts += len(texts)
        return super().embed(texts)


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def stores(tmp_path: Path, embedder: CountingEmbedder) -> Iterator[EvaluationStores]:
    opened = EvaluationStores(tmp_path / "work", embedder=embedder, clock=FixedClock())
    yield opened
    opened.close()


def nothing(done: int, total: int) -> None:
    """Show nothing."""


def test_documents_are_ingested_once(tmp_path: Path, stores: EvaluationStores, embedder: CountingEmbedder) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    documents = list(pack.documents.values())
    first = stores.ingest(pack, documents, kind="txt", on_progress=nothing)
    assert set(first.ids) == {"d1", "d2"}
    assert stores.texts.text(first.text_hashes["d1"]) == pack.official_text(pack.documents["d1"])
    embedded = embedder.n_texts
    assert embedded == first.n_chunks + 2
    second = stores.ingest(pack, documents, kind="txt", on_progress=nothing)
    assert (embedder.n_texts, second.n_chunks, second.ids) == (embedded, first.n_chunks, first.ids)
    found = stores.retriever().retrieve("Which law governs?", principal=EVALUATOR).passages
    assert {passage.document_id for passage in found} == set(first.ids.values())


def test_an_unreadable_document_is_a_failure_and_the_rest_goes_on(tmp_path: Path, stores: EvaluationStores) -> None:
    root = write_pack(tmp_path / "pack")
    (root / "corpus" / "d2.txt").write_bytes(b"")
    pack = Pack(root)
    corpus = stores.ingest(pack, list(pack.documents.values()), kind="txt", on_progress=nothing)
    assert set(corpus.ids) == {"d1"}
    assert corpus.failures["d2"].startswith("DOC")


def test_a_kind_of_file_that_is_not_there_is_said(tmp_path: Path, stores: EvaluationStores) -> None:
    pack = Pack(write_pack(tmp_path / "pack"))
    with pytest.raises(ConfigurationError, match="'d1' has no pdf file, only txt"):
        stores.ingest(pack, list(pack.documents.values()), kind="pdf", on_progress=nothing)
