"""The process of a trial embeds as documents are embedded and tells what it took."""

import json
from pathlib import Path

import numpy as np
import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import embedding_trial_child
from averment.pipelines.ingestion.embedder_folder import packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_torch import TorchEncoder

TEXTS = ["a clause", "another, longer clause about rent", "Haftung"]


@pytest.mark.slow
def test_vectors_and_seconds_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        model = packaged_model_path()
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    monkeypatch.setattr(embedding_trial_child, "trial_texts", lambda: TEXTS)
    out = tmp_path / "vectors.npy"
    request = {
        "engine": "torch",
        "precision": "float32",
        "model": str(model),
        "query": "",
        "document": "passage: ",
        "caches": [],
        "threads": 1,
        "out": str(out),
    }
    assert embedding_trial_child.main([json.dumps(request)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["texts"] == 3
    assert told["seconds"] > 0
    plain = TorchEncoder(read_folder(model), precision="float32", threads=1, place=BatchPlace())
    assert np.allclose(np.load(out), plain.documents([f"passage: {text}" for text in TEXTS]), atol=1e-5)
