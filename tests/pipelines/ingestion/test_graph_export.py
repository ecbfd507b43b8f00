"""The export delivers a graph only where its vectors are those of the model."""

from pathlib import Path

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion import graph_export
from averment.pipelines.ingestion.embedder_folder import packaged_model_path, read_folder
from averment.pipelines.ingestion.graph_encoder import GraphEncoder


@pytest.mark.slow
def test_a_graph_that_differs_from_the_model_is_told_by_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        model = packaged_model_path()
    except ModelUnavailable as error:
        pytest.skip(f"no embedding model: {error.hint}")
    target = tmp_path / "query.onnx"
    assert graph_export.main([str(model), str(target), "float32", ""]) == 0
    assert GraphEncoder(target, folder=read_folder(model)).query("notice").shape == (384,)
    # Rounding loses more than this bar allows.
    monkeypatch.setitem(graph_export._MIN_COSINE, "int8", 0.99999)
    assert graph_export.main([str(model), str(target), "int8", ""]) == 3
    # A graph that leaves the model's prompt out would be another model.
    monkeypatch.setattr(graph_export, "read_folder", lambda path, **_: read_folder(path))
    assert graph_export.main([str(model), str(target), "float32", "represent this question for search: "]) == 3
