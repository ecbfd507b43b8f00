"""A learned sparse encoder from a folder, with ids that no term has."""

import json
from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import packaged_model_path
from averment.pipelines.ingestion.sparse import term_id, terms
from averment.pipelines.models.sparse_encoder import MAX_DOCUMENT_DIMS, MAX_QUERY_DIMS, LearnedSparseEncoder

from .tiny_sparse_encoder import make_sparse_encoder

pytestmark = pytest.mark.slow
TEXTS = ["This Agreement is governed by the laws of Ohio.", "The Licensee pays each invoice within 30 days.", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a sparse encoder."""
    return make_sparse_encoder(tmp_path_factory.mktemp("models") / "tiny")


def test_texts_become_bounded_vectors_in_order(folder: Path) -> None:
    encoder = LearnedSparseEncoder(folder)
    encoder.warm_up()
    together = encoder.encode_documents(TEXTS)
    assert len(together) == len(TEXTS)
    for vector, text in zip(together, TEXTS, strict=True):
        assert 0 < len(vector.indices) <= MAX_DOCUMENT_DIMS
        assert list(vector.indices) == sorted(set(vector.indices))
        assert all(value > 0 for value in vector.values)
        (alone,) = encoder.encode_documents([text])
        assert alone.indices == vector.indices
        assert alone.values == pytest.approx(vector.values, abs=1e-4)
    assert together[0] != together[1]
    assert encoder.encode_documents([]) == []


def test_ids_are_none_of_words(folder: Path) -> None:
    (vector,) = LearnedSparseEncoder(folder).encode_documents(TEXTS[:1])
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    words = {term_id(term) for word in vocabulary for term in terms(word)}
    assert len(words & set(vector.indices)) <= 1, "two 32-bit ids may meet by chance"


def test_the_weight_of_a_question_is_that_of_its_dimensions(folder: Path) -> None:
    encoder = LearnedSparseEncoder(folder)
    whole, half = (
        encoder.encode_query("Which law governs?", weight=1.0),
        encoder.encode_query("Which law governs?", weight=0.5),
    )
    assert 0 < len(whole.indices) <= MAX_QUERY_DIMS
    assert half.indices == whole.indices
    assert half.values == pytest.approx([value / 2 for value in whole.values])
    assert encoder.encode_query("Which law governs?", weight=0.0).indices == ()


def test_other_weights_are_another_model(folder: Path, tmp_path: Path) -> None:
    other = make_sparse_encoder(tmp_path / "tiny", seed=1)
    assert LearnedSparseEncoder(folder).model_id != LearnedSparseEncoder(other).model_id


def test_a_folder_without_a_sparse_encoder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", packaged_model_path()):
        with pytest.raises(ModelUnavailable, match="no sparse encoder in"):
            LearnedSparseEncoder(folder)
