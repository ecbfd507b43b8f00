"""A whole training of each kind, small; what it writes, and that it goes on after being killed."""

import json
import time
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, UsageError
from averment.core.testing.clock import FixedClock
from averment.pipelines.models.admission import is_candidate, require_admission
from averment.pipelines.models.model_folder import model_digest
from averment.pipelines.training import run
from averment.pipelines.training.examples import Material
from averment.pipelines.training.record import Outcome
from averment.pipelines.training.run import ModelKind, TrainingOptions, train


def _train(material: Material, out: Path, **options: object) -> Outcome:
    made = TrainingOptions(**{"steps": 6, "threads": 1, "precision": "float32", **options})  # type: ignore[arg-type]  # a test's options
    return train(material, out=out, options=made, clock=FixedClock(), begun_s=time.monotonic())


@pytest.mark.slow
def test_a_reranker_is_measured_with_a_sample_that_the_seed_draws(
    material: Material, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_MOST_RANKED", 2)
    outcome = _train(material, tmp_path / "reranker", kind="reranker", base=tiny_encoder, held_out_share=0.3)
    for measured in (outcome.before, outcome.after):
        assert {figure.n for measures in measured.values() for figure in measures.values()} == {2}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["embedder", "reranker", "verifier"])
def test_a_model_is_trained_measured_and_described(
    kind: ModelKind, material: Material, tiny_encoder: Path, tmp_path: Path
) -> None:
    out = tmp_path / kind
    outcome = _train(material, out, kind=kind, base=tiny_encoder, held_out_share=0.3)
    facts = json.loads((out / "training.json").read_text())
    card = (out / "MODEL_CARD.md").read_text()
    assert outcome.steps == 6
    assert facts["model_digest"] == outcome.model_digest == model_digest(out)
    assert not set(facts["split"]["trained_on"]) & set(facts["split"]["held_out"])
    for part, measures in outcome.after.items():
        assert all(figure.n and figure.value is not None for figure in measures.values()), part
    assert is_candidate(out)
    with pytest.raises(ConfigurationError, match="no evaluation has admitted"):
        require_admission(out, setting="embedding.model_path")
    everything = (
        card
        + (out / "training.json").read_text()
        + "".join(path.read_text() for path in (out / "held_out").rglob("result.json"))
    )
    assert "governed by the laws" not in everything
    assert "Which law governs" not in everything
    assert not (out / ".training").exists()


@pytest.mark.slow
def test_a_training_that_was_killed_goes_on_and_ends_as_it_would_have(
    material: Material, tiny_encoder: Path, tmp_path: Path
) -> None:
    def killed(stage: str, done: int, total: int, said: str) -> None:
        if stage == "train" and done == 13:
            raise KeyboardInterrupt

    options = TrainingOptions(
        kind="embedder", base=tiny_encoder, steps=20, threads=1, precision="float32", held_out_share=0.3
    )
    out = tmp_path / "killed"
    with pytest.raises(KeyboardInterrupt):
        train(material, out=out, options=options, clock=FixedClock(), begun_s=time.monotonic(), on_progress=killed)
    with pytest.raises(UsageError, match="other material or with other options"):
        _train(material, out, kind="embedder", base=tiny_encoder, steps=20, held_out_share=0.3, seed=5, is_resumed=True)
    resumed = _train(material, out, kind="embedder", base=tiny_encoder, steps=20, held_out_share=0.3, is_resumed=True)
    run = json.loads((out / "training.json").read_text())["run"]
    straight = _train(material, tmp_path / "straight", kind="embedder", base=tiny_encoder, steps=20, held_out_share=0.3)
    assert (run["resumed_at"], run["steps_done"]) == (10, 20)
    assert resumed.model_digest == straight.model_digest
