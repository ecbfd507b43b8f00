"""A grown corpus is consistent: texts, catalog and index agree, vectors have unit length, terms are as frequent."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from averment.core.access import Filters, Principal
from averment.core.ports import IndexQuery
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import SearchStores, open_stores
from averment.evaluation.bench.prototypes import Prototype, read_prototypes
from averment.evaluation.bench.search_corpus import Grower
from averment.pipelines.ingestion.sparse import query_vector, term_id
from averment.pipelines.stores.payload import from_payload

TEXT = """SUPPLY AGREEMENT

This agreement is made between Alpha Ltd and Beta GmbH.

1. TERM

The term of this agreement is three years from its date, unless it is terminated earlier under clause 2.

2. TERMINATION

Either party may terminate this agreement by ninety days' written notice to the other party.
"""
pytestmark = pytest.mark.slow

WHO = Principal(subject="test", groups=("everyone", "legal", "finance"))
EMBEDDER = HashEmbedder()


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[SearchStores]:
    folder = tmp_path / "stores"
    folder.mkdir()
    with open_stores(folder, dimension=EMBEDDER.dimension, model_id=EMBEDDER.model_id) as opened:
        yield opened


@pytest.fixture
def prototypes(stores: SearchStores, tmp_path: Path) -> list[Prototype]:
    file = tmp_path / "supply.txt"
    file.write_text(TEXT, encoding="utf-8")
    return read_prototypes([file], stores.texts, embedder=EMBEDDER)


def test_every_chunk_found_is_cut_from_its_own_text(stores: SearchStores, prototypes: list[Prototype]) -> None:
    said: list[int] = []
    grower = Grower(stores, prototypes, seed=3, on_progress=said.append)
    grower.grow(7)
    assert grower.n_chunks >= 7
    assert said[-1] == grower.n_chunks
    assert stores.index.count() == grower.n_chunks + grower.n_documents
    query = IndexQuery(
        principal=WHO,
        filters=Filters(),
        limit=100,
        dense=EMBEDDER.embed_query("notice"),
        sparse=query_vector("notice"),
    )
    hits = stores.index.search(query)
    assert len(hits) == grower.n_chunks
    assert len(stores.catalog.sections([str(hit.payload["chunk_id"]) for hit in hits])) == grower.n_chunks
    for chunk in (from_payload(hit.payload) for hit in hits):
        assert stores.texts.cut(chunk.text_hash, chunk.start, chunk.end).strip() in TEXT
        version = stores.catalog.get(chunk.document_id)
        assert version is not None
        assert version.text_hash == chunk.text_hash
    assert len({version.text_hash for version in stores.catalog.visible(WHO)}) == grower.n_documents


def test_noise_is_seeded_and_keeps_the_length(stores: SearchStores, prototypes: list[Prototype]) -> None:
    noisy = [Grower(stores, prototypes, seed=5).perturbed(np.eye(4, 64, dtype=np.float32)) for _ in range(2)]
    assert np.array_equal(noisy[0], noisy[1])
    assert np.allclose(np.linalg.norm(noisy[0], axis=1), 1)
    assert 0.5 < float(noisy[0][0, 0]) < 0.99


def test_words_are_as_frequent_as_in_the_real_document_and_its_names_are_not(
    stores: SearchStores, prototypes: list[Prototype], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Counter(number for vector in prototypes[0].prepared.sparse[:-1] for number in vector.indices)
    n_real = len(prototypes[0].prepared.chunks)
    made: Counter[int] = Counter()
    n_made = 0

    def take(points: list[object]) -> None:
        nonlocal n_made
        for point in points:
            if point.payload["level"] == "chunk":  # type: ignore[attr-defined]  # points of the index
                assert list(point.sparse.indices) == sorted(set(point.sparse.indices))  # type: ignore[attr-defined]
                made.update(point.sparse.indices)  # type: ignore[attr-defined]
                n_made += 1

    monkeypatch.setattr(stores.index, "write", take)
    Grower(stores, prototypes, seed=7).grow(200)
    for word in ("terminat", "agre"):
        share = real[term_id(word)] / n_real
        assert made[term_id(word)] / n_made == pytest.approx(0.9 * share, abs=0.1)
    assert real[term_id("alpha")] > 0
    assert made[term_id("alpha")] == 0
