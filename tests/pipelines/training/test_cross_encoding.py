"""Cross-encoders made of any encoder."""

from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.cross_encoder import CrossEncoderReranker
from averment.pipelines.models.verifier import CrossEncoderVerifier
from averment.pipelines.training.cross_encoding import load_cross_encoder, probabilities, save_cross_encoder
from averment.pipelines.training.examples import RELATIONS

pytestmark = pytest.mark.slow
PAIRS = [("Which law?", "The law of Utah governs."), ("Which law?", "Pay within ten days.")]


def test_an_encoder_gets_a_head_and_is_opened_by_the_product(tiny_encoder: Path, tmp_path: Path) -> None:
    one = load_cross_encoder(tiny_encoder, labels=(), max_tokens=64)
    three = load_cross_encoder(tiny_encoder, labels=RELATIONS, max_tokens=64)
    save_cross_encoder(one, tmp_path / "one")
    save_cross_encoder(three, tmp_path / "three")
    assert not list(tmp_path.rglob("README.md"))
    scores = CrossEncoderReranker(tmp_path / "one").scores(PAIRS[0][0], [text for _, text in PAIRS], budget_s=60)
    assert scores == pytest.approx([row[0] for row in probabilities(one, PAIRS)], abs=1e-5)
    verdicts = CrossEncoderVerifier(tmp_path / "three").entails(PAIRS[0][0], [text for _, text in PAIRS])
    for verdict, row in zip(verdicts, probabilities(three, PAIRS), strict=True):
        assert (verdict.contradiction, verdict.neutral, verdict.entailment) == pytest.approx(row, abs=1e-5)
        assert sum(row) == pytest.approx(1)
    assert probabilities(three, []) == []


def test_the_same_seed_makes_the_same_head(tiny_encoder: Path) -> None:
    made = [probabilities(load_cross_encoder(tiny_encoder, labels=RELATIONS), PAIRS) for _ in range(2)]
    assert made[0] == made[1]


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be opened as a cross-encoder"):
        load_cross_encoder(tmp_path, labels=())
