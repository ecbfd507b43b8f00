"""The record names digests and counts, and its results are what the gate compares."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.testing.embedder import HashEmbedder
from averment.evaluation.gate import run_gate
from averment.pipelines.models.admission import is_candidate
from averment.pipelines.models.model_folder import model_digest
from averment.pipelines.training.embedder import RECIPE, measure_embedder
from averment.pipelines.training.examples import Material
from averment.pipelines.training.record import Trained, write_outcome
from averment.pipelines.training.split import split_documents
from averment.pipelines.training.trainers import Run


@pytest.mark.slow
def test_what_is_written_fits_the_model_and_the_gate(material: Material, tmp_path: Path) -> None:
    out = tmp_path / "model"
    out.mkdir()
    (out / "config.json").write_text("{}")
    (out / "model.safetensors").write_bytes(b"weights")
    texts = {name: document.text for name, document in material.documents.items()}
    split = split_documents(texts, seed=0, held_out_share=0.3)
    held_out = material.only(split.held_out)
    before = measure_embedder(held_out, HashEmbedder())
    after = [replace(item, values=dict.fromkeys(item.values, 1.0)) for item in before]
    run = Run(
        rows=90, steps_planned=9, steps_done=9, epochs=1.0, seconds=2.0, step_s=0.1, resumed_at=None, is_cut_short=False
    )
    outcome = write_outcome(
        out,
        Trained(
            kind="embedder", base="base", base_digest="sha256:b", material=material,
            train=material.only(split.train), held_out=held_out, split=split, seed=0, recipe=RECIPE, run=run,
            precision="float32", before=before, after=after, created_at="2026-01-01T00:00:00Z", seconds=3.0,
        ),
    )  # fmt: skip
    facts = json.loads((out / "training.json").read_text())
    assert is_candidate(out)
    assert outcome.model_digest == facts["model_digest"] == model_digest(out)
    assert facts["data"]["digest"] == material.digest()
    assert facts["data"]["held_out"]["questions_labelled"] == len(held_out.queries)
    assert len(facts["split"]["trained_on"]) + len(facts["split"]["held_out"]) == len(material.documents)
    gained = outcome.gained["labelled"]["reciprocal_rank"]
    assert gained.value is not None
    assert gained.value > 0
    assert run_gate(out / "held_out" / "before", out / "held_out" / "after").passed
    assert not run_gate(out / "held_out" / "after", out / "held_out" / "before").passed
