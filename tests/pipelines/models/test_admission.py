"""A model trained here is used only as it was admitted."""

import json
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.core.settings import EmbeddingSettings, RerankingSettings
from averment.core.testing.clock import FixedClock
from averment.pipelines.ingestion.embedding import open_embedder
from averment.pipelines.models.admission import (
    is_candidate,
    read_admission,
    read_training,
    require_admission,
    write_admission,
)
from averment.pipelines.models.model_folder import model_digest
from averment.pipelines.models.verifier import open_verifier
from averment.pipelines.reranker import open_reranking


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "training.json").write_text(json.dumps({"kind": "reranker"}))
    return folder


def test_a_folder_from_elsewhere_is_not_judged(candidate: Path) -> None:
    (candidate / "training.json").unlink()
    assert not is_candidate(candidate)
    require_admission(candidate, setting="reranking.model_path")


def test_every_setting_refuses_a_candidate_and_names_the_mend(candidate: Path) -> None:
    openers = (
        lambda: open_embedder(EmbeddingSettings(model_path=candidate), caches=()),
        lambda: open_reranking(RerankingSettings(model_path=candidate), clock=FixedClock()),
        lambda: open_verifier(candidate, setting="a verifier"),
    )
    for opener in openers:
        with pytest.raises(ConfigurationError, match="no evaluation has admitted") as caught:
            opener()
        assert caught.value.hint == f"averment eval gate BEFORE AFTER --admit {candidate}"


def test_an_admitted_model_is_opened_until_a_file_of_it_changes(candidate: Path) -> None:
    write_admission(candidate, {"kind": "reranker"})
    require_admission(candidate, setting="reranking.model_path")
    assert open_reranking(RerankingSettings(model_path=candidate), clock=FixedClock()) is not None
    (candidate / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ConfigurationError, match="have changed since it was admitted"):
        require_admission(candidate, setting="reranking.model_path")


def test_what_stands_beside_a_model_is_no_part_of_its_digest(candidate: Path) -> None:
    before = model_digest(candidate)
    write_admission(candidate, {})
    (candidate / "MODEL_CARD.md").write_text("# card")
    (candidate / "held_out" / "after").mkdir(parents=True)
    (candidate / "held_out" / "after" / "result.json").write_text("{}")
    assert model_digest(candidate) == before
    found = read_admission(candidate)
    assert found is not None
    assert found["model_digest"] == before
    (candidate / "tokenizer.json").write_text("{}")
    assert model_digest(candidate) != before


def test_an_admission_that_cannot_be_read_is_none(candidate: Path) -> None:
    (candidate / "admission.json").write_text("{")
    assert read_admission(candidate) is None
    (candidate / "training.json").write_text("[]")
    with pytest.raises(ConfigurationError, match=r"no readable training\.json"):
        read_training(candidate)
