"""Torch's way: prompts, one model for both ways, and a folder that is none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import embedding_torch
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, Prompts, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_torch import TorchEncoder


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    folder = EmbedderFolder(path=tmp_path / "odd", model_id="odd@1", dimension=4, max_tokens=16, width=4)
    with pytest.raises(ModelUnavailable, match="odd"):
        TorchEncoder(folder, precision="float32", place=BatchPlace()).query("a clause")


@pytest.mark.slow
def test_prompts_stand_before_what_they_are_for_and_mkl_computes_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    try:
        folder = read_folder(packaged_model_path(), prompts=Prompts(query="query: ", document="passage: "))
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    engine: Any = torch.backends.mkldnn
    monkeypatch.setattr(engine, "enabled", True)
    made = TorchEncoder(folder, precision="float32", threads=1, place=BatchPlace(batch_size=2))
    plain = TorchEncoder(read_folder(folder.path), precision="float32", threads=1, place=BatchPlace())
    found = made.documents(["Haftung", "governing law", "rent"])
    assert np.allclose(
        found, plain.documents(["passage: Haftung", "passage: governing law", "passage: rent"]), atol=1e-5
    )
    assert np.allclose(made.query("Haftung"), plain.query("query: Haftung"), atol=1e-5)
    if torch._C.has_mkl:
        assert engine.enabled is False
    embedding_torch._choose_products("bfloat16")
    assert engine.enabled is True
