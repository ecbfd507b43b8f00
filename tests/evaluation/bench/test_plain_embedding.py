"""The baseline of ingestion embeds, and knows nothing of this project."""

import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from averment.evaluation.bench import plain_embedding
from averment.evaluation.bench.companion import Companion
from averment.pipelines.ingestion.embedder_folder import packaged_model_path


def test_nothing_of_the_project_is_imported() -> None:
    assert imported(Path(plain_embedding.__file__)).isdisjoint({"averment"})


def imported(path: Path) -> set[str]:
    """Return the top names that a module imports anywhere."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


@pytest.mark.slow
def test_it_embeds_the_texts_of_a_file(tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(["The cap is five.", "Notice is given in writing."]), encoding="utf-8")
    command = [sys.executable, "-P", plain_embedding.__file__, str(packaged_model_path())]
    with Companion(command, complaints=tmp_path / "log") as plain:
        plain.ask({"texts": str(texts)})
        answer = plain.ask({"texts": str(texts), "out": str(tmp_path / "vectors.npy")})
    assert np.load(tmp_path / "vectors.npy").shape == (2, 384)
    assert answer["texts"] == 2
    assert isinstance(answer["seconds"], float)
    assert answer["seconds"] > 0
