import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import ModelUnavailable
from averment.pipelines.models.model_folder import (
    RECORD,
    changed_files,
    file_digests,
    is_model_folder,
    model_digest,
    read_record,
    write_record,
)


def folder_with(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in {"config.json": b"{}", "model.safetensors": b"weights", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_the_digest_depends_on_names_and_contents_only(tmp_path: Path) -> None:
    one = folder_with(tmp_path / "a" / "one", {"sub/tokenizer.json": b"t"})
    two = folder_with(tmp_path / "b" / "two", {"sub/tokenizer.json": b"t"})
    assert model_digest(one) == model_digest(two)
    (two / "sub" / "tokenizer.json").rename(two / "sub" / "other.json")
    assert model_digest(one) != model_digest(two)


@given(content=st.binary(min_size=1, max_size=64))
def test_any_change_changes_the_digest(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("m")
    folder = folder_with(root / "m", {})
    before = model_digest(folder)
    (folder / "model.safetensors").write_bytes(b"weights" + content)
    assert model_digest(folder) != before


def test_the_record_and_hidden_files_are_no_part_of_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "m", {})
    before = model_digest(folder)
    write_record(folder, {"model": "x"})
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x").write_bytes(b"y")
    assert model_digest(folder) == before


def test_a_record_names_what_changed_since(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "m", {"a.json": b"1", "b.json": b"2"})
    assert changed_files(folder) == []
    write_record(folder, {"model": "x"})
    assert changed_files(folder) == []
    assert read_record(folder)["model"] == "x"
    (folder / "a.json").write_bytes(b"changed")
    (folder / "b.json").unlink()
    (folder / "c.json").write_bytes(b"new")
    assert changed_files(folder) == ["a.json", "b.json", "c.json"]


def test_files_are_read_once_as_long_as_they_do_not_change(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "m", {})
    first = file_digests(folder)
    cache = tmp_path / ".averment-digests.json"
    entries = json.loads(cache.read_text(encoding="utf-8"))
    key = str((folder / "config.json").resolve())
    cache.write_text(json.dumps({**entries, key: {**entries[key], "sha256": "sha256:kept"}}), encoding="utf-8")
    assert file_digests(folder)["config.json"] == "sha256:kept"
    (folder / "config.json").write_bytes(b"{ }")
    assert file_digests(folder)["config.json"] not in {"sha256:kept", first["config.json"]}
    cache.write_text("no json", encoding="utf-8")
    assert file_digests(folder)["model.safetensors"] == first["model.safetensors"]


def test_a_folder_without_weights_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert not is_model_folder(tmp_path)
    with pytest.raises(ModelUnavailable, match="safetensors"):
        model_digest(tmp_path)
    (tmp_path / RECORD).write_text("[1]", encoding="utf-8")
    assert read_record(tmp_path) == {}
