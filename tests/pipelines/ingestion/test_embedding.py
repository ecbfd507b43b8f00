"""The embedder: what it says of itself, that its ways to a vector agree, and that what is forced is held to."""

from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.settings import EmbeddingSettings
from averment.pipelines.ingestion import embedding
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, Prompts, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.ingestion.embedding_arithmetic import EXACT, PLAIN, Arithmetic, Wanted
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_trial import Trial, Verdict

ODD = EmbedderFolder(path=Path("odd"), model_id="odd@1", dimension=4, max_tokens=16, width=4)
INT8 = Arithmetic(engine="onnxruntime", precision="int8")


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    try:
        packaged_model_path()
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    return SentenceTransformerEmbedder(wanted=PLAIN, threads=1)


def test_the_packaged_model_describes_itself(embedder: SentenceTransformerEmbedder) -> None:
    assert (embedder.dimension, embedder.max_tokens) == (384, 256)
    assert embedder.model_id.startswith("all-MiniLM-L6-v2@sha256:")
    assert embedder.arithmetic() == "torch-float32"


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
        folder,
        wanted=Wanted(engine="onnxruntime", precision="float32"),
        query_precision="float32",
        threads=1,
        caches=(tmp_path,),
    )
    # The trial has its own tests.
    cached._verdict = Verdict(chosen=Arithmetic(engine="onnxruntime", precision="float32"))
    plain = SentenceTransformerEmbedder(folder, wanted=PLAIN, threads=1)
    wanted = np.asarray(embedder.embed(["passage: Haftung", "query: Haftung"]))
    for one in (plain, cached):
        assert np.allclose(np.asarray(one.embed(["Haftung"]))[0], wanted[0], atol=1e-5)
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


def test_what_does_not_run_there_is_refused_at_once(tmp_path: Path) -> None:
    for wanted, place, caches in (
        (Wanted(engine="onnxruntime"), BatchPlace(device="cuda"), (tmp_path,)),
        (Wanted(precision="int8"), BatchPlace(), ()),
        (Wanted(engine="torch", precision="int8"), BatchPlace(), (tmp_path,)),
    ):
        with pytest.raises(ConfigurationError, match=r"embedding\.backend"):
            SentenceTransformerEmbedder(ODD, wanted=wanted, place=place, caches=caches)


def test_without_a_folder_to_keep_things_in_nothing_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_arithmetic", lambda allowed, files, threads: Verdict(chosen=allowed[0]))
    assert SentenceTransformerEmbedder(ODD).arithmetic() == EXACT.name


def test_what_was_forced_and_does_not_work_is_an_error_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = Verdict(chosen=None, trials=(Trial(arithmetic=INT8.name, failure="killed by SIGILL"),))
    monkeypatch.setattr(embedding, "find_arithmetic", lambda *_, **__: died)
    forced = SentenceTransformerEmbedder(ODD, wanted=Wanted(precision="int8"), caches=(tmp_path,))
    assert forced.verdict() is None
    with pytest.raises(ModelUnavailable, match="killed by SIGILL") as caught:
        forced.embed(["a clause"])
    assert "auto" in str(caught.value.hint)
    assert forced.verdict() == died


def test_a_model_that_can_no_longer_be_exported_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_arithmetic", lambda *_, **__: Verdict(chosen=INT8))
    monkeypatch.setattr(embedding, "open_encoder", lambda *_, **__: None)
    with pytest.raises(ModelUnavailable, match=r"no longer be exported"):
        SentenceTransformerEmbedder(ODD, caches=(tmp_path,)).embed(["a clause"])


def test_settings_choose_engine_and_precision(tmp_path: Path, embedder: SentenceTransformerEmbedder) -> None:
    settings = EmbeddingSettings(backend="torch", precision="float32")
    assert open_embedder(settings, caches=(tmp_path,)).arithmetic() == "torch-float32"
    assert open_embedder(EmbeddingSettings(), caches=(tmp_path,)).verdict() is None
