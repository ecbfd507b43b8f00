"""The embedder: what it says of itself, and that both ways to a vector agree."""

from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import embedding
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, Prompts, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, choose_dtype
from averment.pipelines.ingestion.embedding_device import BatchPlace

ODD = EmbedderFolder(path=Path("odd"), model_id="odd@1", dimension=4, max_tokens=16, width=4)


def test_a_processor_without_bfloat16_tries_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_cpu_flags", lambda: frozenset({"avx2"}))
    assert choose_dtype(ODD, threads=1) == "float32"


def test_a_trial_that_dies_means_float32_and_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_cpu_flags", lambda: frozenset({"amx_bf16"}))
    # What an unusable instruction does to the child.
    monkeypatch.setattr(embedding, "_PROBE", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    cache = tmp_path / "cache"
    assert choose_dtype(ODD, threads=1, caches=(cache,)) == "float32"
    assert [path.read_text().strip() for path in cache.iterdir()] == ["float32"]
    monkeypatch.setattr(embedding, "_PROBE", 'print(\'{"float32": 9, "bfloat16": 1}\')')
    assert choose_dtype(ODD, threads=1, caches=(cache,)) == "float32"
    assert choose_dtype(ODD, threads=1) == "bfloat16"


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    try:
        packaged_model_path()
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    return SentenceTransformerEmbedder(dtype="float32", threads=1)


def test_the_packaged_model_describes_itself(embedder: SentenceTransformerEmbedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (384, 256)
    assert embedder.model_id.startswith("all-MiniLM-L6-v2@sha256:")


@pytest.mark.slow
def test_vectors_are_units_in_order_and_both_ways_agree(embedder: SentenceTransformerEmbedder) -> None:
    import numpy as np

    texts = ["governing law", "a much longer text about the payment of invoices " * 5, "Haftung"]
    batch = np.asarray(embedder.embed(texts))
    assert batch.shape == (3, 384)
    assert batch.dtype == np.float32
    assert np.allclose(np.linalg.norm(batch, axis=1), 1, atol=1e-5)
    for row, text in zip(batch, texts, strict=True):
        assert float(row @ np.asarray(embedder.embed_query(text))) > 0.9999
    assert np.asarray(embedder.embed([])).shape == (0, 384)


@pytest.mark.slow
def test_what_stands_before_questions_and_documents_is_embedded_with_them(
    embedder: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    import numpy as np

    folder = read_folder(embedder.path, prompts=Prompts(query="query: ", document="passage: "))
    cached = SentenceTransformerEmbedder(
        folder, dtype="float32", query_precision="float32", threads=1, caches=(tmp_path,)
    )
    plain = SentenceTransformerEmbedder(folder, dtype="float32", threads=1)
    wanted = np.asarray(embedder.embed(["passage: Haftung", "query: Haftung"]))
    assert np.allclose(np.asarray(plain.embed(["Haftung"]))[0], wanted[0], atol=1e-5)
    for one in (plain, cached):
        assert float(np.asarray(one.embed_query("Haftung")) @ wanted[1]) > 0.9999
    assert plain.model_id != embedder.model_id


def test_a_card_that_is_not_there_is_named(embedder: SentenceTransformerEmbedder) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a graphics card")
    on_card = SentenceTransformerEmbedder(place=BatchPlace(device="cuda"))
    with pytest.raises(ModelUnavailable, match="no graphics card") as caught:
        on_card.embed(["a clause"])
    assert "embedding.device" in str(caught.value.hint)


@pytest.mark.slow
def test_each_batch_chooses_who_computes_products(
    embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    if not torch._C.has_mkl:
        pytest.skip("this torch was built without MKL")
    engine: Any = torch.backends.mkldnn
    monkeypatch.setattr(engine, "enabled", True)
    embedder.embed(["a clause"])
    assert engine.enabled is False
    embedding._choose_products("bfloat16")
    assert engine.enabled is True
