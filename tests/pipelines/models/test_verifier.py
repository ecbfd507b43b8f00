"""What is no verifier is refused; what a verifier says is tested with a trained one in training/test_cross_encoding."""

from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.verifier import CrossEncoderVerifier, open_verifier


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
