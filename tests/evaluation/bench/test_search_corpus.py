"""A grown corpus is consistent: texts, catalog and index agree, and vectors have unit length."""

from pathlib import Path

import numpy as np

from averment.core.access import Filters, Principal
from averment.core.ports import IndexQuery
from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.bench.installation import Installation, new_installation
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.search_corpus import Grower, Prototype, read_prototypes
from averment.pipelines.ingestion.sparse import query_vector
from averment.pipelines.stores.payload import from_payload

TEXT = """SUPPLY AGREEMENT

This agreement is made between Alpha Ltd and Beta GmbH.

1. TERM

The term of this agreement is three years from its date, unless it is terminated earlier under clause 2.

2. TERMINATION

Either party may terminate this agreement by ninety days' written notice to the other party.
"""
WHO = Principal(subject="test", groups=("everyone", "legal", "finance"))


def grown(installation: Installation, tmp_path: Path, n_chunks: int) -> Grower:
    file = tmp_path / "supply.txt"
    file.write_text(TEXT, encoding="utf-8")
    grower = Grower(installation, read_prototypes([file], installation, HashEmbedder()), seed=3)
    grower.grow(n_chunks)
    return grower


def test_every_chunk_found_is_cut_from_its_own_text(plan: Plan, tmp_path: Path) -> None:
    embedder = HashEmbedder()
    with new_installation(plan.work / "stores", dimension=embedder.dimension, model_id=embedder.model_id) as made:
        grower = grown(made, tmp_path, 7)
        assert grower.n_chunks >= 7
        assert made.index.count() == grower.n_chunks + grower.n_documents
        query = IndexQuery(
            principal=WHO,
            filters=Filters(),
            limit=100,
            dense=embedder.embed_query("notice"),
            sparse=query_vector("notice"),
        )
        hits = made.index.search(query)
        assert len(hits) == grower.n_chunks
        assert len(made.catalog.sections([str(hit.payload["chunk_id"]) for hit in hits])) == grower.n_chunks
        for chunk in (from_payload(hit.payload) for hit in hits):
            assert made.texts.cut(chunk.text_hash, chunk.start, chunk.end).strip() in TEXT
            version = made.catalog.get(chunk.document_id)
            assert version is not None
            assert version.text_hash == chunk.text_hash
        assert len({version.text_hash for version in made.catalog.visible(WHO)}) == grower.n_documents


def test_noise_is_seeded_and_keeps_the_length(plan: Plan, tmp_path: Path) -> None:
    embedder = HashEmbedder()
    with new_installation(plan.work / "stores", dimension=embedder.dimension, model_id=embedder.model_id) as made:
        file = tmp_path / "supply.txt"
        file.write_text(TEXT, encoding="utf-8")
        prototypes: list[Prototype] = read_prototypes([file], made, embedder)
        noisy = [Grower(made, prototypes, seed=5).perturbed(np.eye(4, 64, dtype=np.float32)) for _ in range(2)]
    assert np.array_equal(noisy[0], noisy[1])
    assert np.allclose(np.linalg.norm(noisy[0], axis=1), 1)
    assert 0.5 < float(noisy[0][0, 0]) < 0.99
