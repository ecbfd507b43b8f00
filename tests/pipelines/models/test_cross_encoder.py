"""A cross-encoder from a folder scores passages for as long as the time allows."""

import shutil
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.testing.clock import FixedClock
from averment.pipelines.ingestion.embedder_folder import packaged_model_path
from averment.pipelines.models.cross_encoder import CrossEncoderReranker


class SteppingClock(FixedClock):
    """A clock that moves on whenever it is looked at."""

    def __init__(self, step_s: float) -> None:
        super().__init__()
        self._step_s, self._now_s = step_s, 0.0

    def monotonic_s(self) -> float:
        self._now_s += self._step_s
        return self._now_s


def make_model(folder: Path, *, labels: int = 1) -> Path:
    """Write a tiny cross-encoder with random weights and the packaged model's tokenizer."""
    from transformers import BertConfig, BertForSequenceClassification, set_seed

    set_seed(0)
    config = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    config.num_labels = labels
    BertForSequenceClassification(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        if (packaged_model_path() / name).exists():
            shutil.copy(packaged_model_path() / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a cross-encoder."""
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


TEXTS = [f"The term of this agreement is {number} years." for number in range(10)]


def test_every_text_gets_its_score_in_order(folder: Path) -> None:
    reranker = CrossEncoderReranker(folder)
    reranker.warm_up()
    scores = reranker.scores("How long is the term?", TEXTS, budget_s=60.0)
    assert len(scores) == len(TEXTS)
    assert all(0 < score < 1 for score in scores)
    alone = [reranker.scores("How long is the term?", [text], budget_s=60.0)[0] for text in TEXTS]
    assert scores == pytest.approx(alone, abs=1e-4)
    assert reranker.model_id.startswith("tiny@sha256:")


def test_reading_stops_when_the_time_is_spent(folder: Path) -> None:
    reranker = CrossEncoderReranker(folder, clock=SteppingClock(1.0))
    assert len(reranker.scores("q", TEXTS, budget_s=0.001)) == 4
    assert len(reranker.scores("q", TEXTS, budget_s=4.5)) == 8
    assert len(reranker.scores("q", TEXTS, budget_s=60.0)) == 10


def test_no_text_no_score(folder: Path) -> None:
    assert CrossEncoderReranker(folder).scores("q", [], budget_s=1.0) == []


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no cross-encoder"):
        CrossEncoderReranker(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{}")
    (broken / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        CrossEncoderReranker(broken).warm_up()


def test_a_model_for_entailment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="gives 3 scores a pair, expected 1"):
        CrossEncoderReranker(make_model(tmp_path / "nli", labels=3)).warm_up()
