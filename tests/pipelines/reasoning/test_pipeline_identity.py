"""Whatever changes scores changes the hash, and nothing else does."""

from dataclasses import replace
from typing import Any

import pytest

from averment.pipelines.reasoning import reader
from averment.pipelines.reasoning.loop import Budgets
from averment.pipelines.reasoning.pipeline_identity import ScoringParts, scoring_hash

PARTS = ScoringParts(
    budgets=Budgets(),
    calendar=None,
    embedder="e",
    model="m",
    trusted_for=("select", "write"),
    yes_no_threshold=0.5,
    window_tokens=0,
    retriever="r",
    verifier=None,
)


@pytest.mark.parametrize(
    "change",
    [
        {"budgets": Budgets(max_steps=9)},
        {"calendar": "DE-HH"},
        {"embedder": None},
        {"model": None},
        {"trusted_for": ("select",)},
        {"window_tokens": 512},
        {"retriever": "other"},
        {"verifier": "v 0.5"},
    ],
)
def test_another_part_is_another_pipeline(change: dict[str, Any]) -> None:
    assert scoring_hash(replace(PARTS, **change)) != scoring_hash(PARTS)


def test_the_order_of_trusted_calls_does_not_matter() -> None:
    assert scoring_hash(replace(PARTS, trusted_for=("write", "select"))) == scoring_hash(PARTS)


def test_another_weight_is_another_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    before = scoring_hash(PARTS)
    monkeypatch.setattr(reader, "TOPIC_WEIGHT", 0.31)
    assert scoring_hash(PARTS) != before


def test_a_threshold_counts_where_sentences_are_chosen_by_it() -> None:
    assert scoring_hash(replace(PARTS, yes_no_threshold=0.8)) == scoring_hash(PARTS)
    choosing = replace(PARTS, trusted_for=("yes_no",))
    assert scoring_hash(replace(choosing, yes_no_threshold=0.8)) != scoring_hash(choosing)
