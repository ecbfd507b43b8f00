"""What is no verifier is refused; what a verifier says is tested with a trained one in training/test_cross_encoding."""

import json
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.model_folder import TRAINING
from averment.pipelines.models.verifier import (
    ANSWER_CHOSEN,
    HELD_OUT,
    SENTENCE_CHOSEN,
    CrossEncoderVerifier,
    Uses,
    Verdict,
    open_verifier,
    recorded_threshold,
    recorded_uses,
)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no verifier in"):
        open_verifier(tmp_path, setting="a verifier")


def test_nothing_to_judge_needs_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    verifier = CrossEncoderVerifier(tmp_path)
    assert verifier.answers("What?", []) == []
    assert verifier.entails("A claim.", []) == []
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        verifier.warm_up()


def test_nine_of_ten_true_claims_of_its_record_pass(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"part": "entails", "is_right": True, "score": number / 10} for number in range(10)]
    rows += [{"part": "entails", "is_right": False, "score": 0.05}, {"part": "answers", "is_right": True, "score": 0.0}]
    path = tmp_path / HELD_OUT
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"rows": rows}))
    threshold = recorded_threshold(tmp_path)
    assert sum(row["score"] >= threshold for row in rows if row["part"] == "entails" and row["is_right"]) == 9


@pytest.mark.parametrize("record", [None, "{", '{"rows": []}', '{"rows": [{"part": "entails"}]}'])
def test_without_a_record_one_half_decides(tmp_path: Path, record: str | None) -> None:
    if record is not None:
        (tmp_path / HELD_OUT).parent.mkdir(parents=True)
        (tmp_path / HELD_OUT).write_text(record)
    assert recorded_threshold(tmp_path) == 0.5


def test_a_premise_decides_for_or_against() -> None:
    verdict = Verdict(contradiction=0.5, neutral=0.2, entailment=0.3)
    assert verdict.decided == 0.8
    assert verdict.likeliest == "contradiction"


def gained(**parts: object) -> str:
    return json.dumps({"metrics": {"gained": {name.replace("_", " "): found for name, found in parts.items()}}})


@pytest.mark.parametrize(
    ("record", "uses"),
    [
        (None, Uses()),
        ("{", Uses()),
        ('{"metrics": []}', Uses()),
        (gained(), Uses()),
        (gained(answer_chosen={"accuracy": {"interval": [0.01, 0.2]}}), Uses(answers=True)),
        (gained(deciding_sentence_chosen={"accuracy": {"interval": [0.01, 0.2]}}), Uses(relates=True)),
        (gained(answer_chosen={"accuracy": {"interval": [-0.01, 0.2]}}), Uses()),
        (gained(answer_chosen={"accuracy": {"interval": None}}), Uses()),
        (gained(answers={"accuracy": {"interval": [0.01, 0.2]}}), Uses()),
    ],
)
def test_a_verifier_is_used_for_what_its_record_shows_it_to_gain(
    tmp_path: Path, record: str | None, uses: Uses
) -> None:
    assert (ANSWER_CHOSEN, SENTENCE_CHOSEN) == ("answer chosen", "deciding sentence chosen")
    if record is not None:
        (tmp_path / TRAINING).write_text(record)
    assert recorded_uses(tmp_path) == uses
