"""The process that embeds in one arithmetic answers, and writes the vectors where it is told to."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from averment.evaluation.bench import embedding_child
from averment.pipelines.ingestion.embedder_folder import packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_torch import TorchEncoder


@pytest.mark.slow
def test_texts_of_a_file_are_embedded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts, out = tmp_path / "texts.json", tmp_path / "vectors.npy"
    texts.write_text(json.dumps(["The cap is five.", "Notice is given in writing."]), encoding="utf-8")
    asked = [{"texts": str(texts)}, {"texts": str(texts), "out": str(out)}]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(json.dumps(request) + "\n" for request in asked)))
    assert embedding_child.main(["torch", "float32", "1", str(tmp_path)]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["texts"] for answer in answers] == [2, 2]
    assert all(answer["seconds"] > 0 for answer in answers)
    plain = TorchEncoder(read_folder(packaged_model_path()), precision="float32", threads=1, place=BatchPlace())
    assert np.allclose(np.load(out), plain.documents(json.loads(texts.read_text())), atol=1e-5)
