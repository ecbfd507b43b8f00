"""What a model's folder says of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import Prompts, read_folder


def _folder(root: Path, *, weights: tuple[str, ...] = ("model.safetensors",), **described: Any) -> Path:
    root.mkdir()
    (root / "1_Pooling").mkdir()
    files: dict[str, Any] = {
        "modules.json": [{"type": "x.Transformer", "path": ""}, {"type": "x.Pooling", "path": "1_Pooling"}],
        "config.json": {"hidden_size": 8, "max_position_embeddings": 514},
        "1_Pooling/config.json": {"word_embedding_dimension": 8},
        "tokenizer.json": {},
        **({"config_sentence_transformers.json": described} if described else {}),
    }
    for name, body in files.items():
        (root / name).write_text(json.dumps(body))
    for number, name in enumerate(weights):
        (root / name).write_bytes(bytes([number]))
    return root


def test_a_folder_says_its_shape(tmp_path: Path) -> None:
    found = read_folder(_folder(tmp_path / "small"))
    assert (found.dimension, found.max_tokens, found.width) == (8, 514, 8)
    assert (found.query, found.document) == ("", "")
    assert found.model_id.startswith("small@sha256:")


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"expected model\.safetensors") as caught:
        read_folder(tmp_path)
    assert caught.value.hint == "make setup"


def test_weights_in_several_files_all_count(tmp_path: Path) -> None:
    names = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    folder = _folder(tmp_path / "large", weights=names)
    before = read_folder(folder).model_id
    (folder / names[1]).write_bytes(b"changed")
    assert read_folder(folder).model_id != before


@pytest.mark.parametrize("name", ["document", "passage"])
def test_a_model_names_its_prompts_and_settings_have_the_last_word(tmp_path: Path, name: str) -> None:
    folder = _folder(tmp_path / "e5", prompts={"query": "query: ", name: "passage: "})
    own = read_folder(folder)
    assert (own.query, own.document) == ("query: ", "passage: ")
    other = read_folder(folder, prompts=Prompts(query="", document="text: "))
    assert (other.query, other.document) == ("", "text: ")
    plain = read_folder(folder, prompts=Prompts(query="", document=""))
    assert len({own.model_id, other.model_id, plain.model_id}) == 3


def test_a_default_prompt_stands_before_both(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "one", prompts={"cluster": "c: "}, default_prompt_name="cluster")
    found = read_folder(folder)
    assert (found.query, found.document) == ("c: ", "c: ")
