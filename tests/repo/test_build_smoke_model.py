"""The smoke-test model is built from the installed package, once, and rebuilt when it was damaged."""

import hashlib
import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.repo.inventory import REPO

SCRIPT = REPO / "scripts" / "build_smoke_model.py"
VLLM_PYTHON = REPO / ".venv-vllm" / "bin" / "python"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load the script as a module; nothing heavy is imported by that."""
    spec = importlib.util.spec_from_file_location("build_smoke_model", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_folder_is_current_only_with_its_record_and_unchanged_weights(script: ModuleType, tmp_path: Path) -> None:
    assert not script.is_current(tmp_path, "sha256:aa")
    (tmp_path / script.WEIGHTS).write_bytes(b"weights")
    digest = f"sha256:{hashlib.sha256(b'weights').hexdigest()}"
    record = {"source_sha256": "sha256:aa", "files": {script.WEIGHTS: digest}}
    (tmp_path / script.RECORD).write_text(json.dumps(record))
    assert script.is_current(tmp_path, "sha256:aa")
    assert not script.is_current(tmp_path, "sha256:bb")
    (tmp_path / script.WEIGHTS).write_bytes(b"Weights")
    assert not script.is_current(tmp_path, "sha256:aa")
    (tmp_path / script.RECORD).write_text("[")
    assert not script.is_current(tmp_path, "sha256:aa")


def test_a_missing_source_is_named(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert script.main(["--gguf", str(tmp_path / "none.gguf"), "--out", str(tmp_path / "model")]) == 3
    assert "none.gguf" in capsys.readouterr().err
    assert not (tmp_path / "model").exists()


@pytest.mark.slow
@pytest.mark.vllm
def test_building_twice_gives_the_recorded_weights_and_works_once(tmp_path: Path) -> None:
    if not VLLM_PYTHON.exists():
        pytest.skip("no .venv-vllm; run make setup")
    out = tmp_path / "model"
    command = [str(VLLM_PYTHON), str(SCRIPT), "--out", str(out)]
    first = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert first.stdout.strip().endswith("built")
    record = json.loads((out / "averment-model.json").read_text(encoding="utf-8"))
    assert record["licence"] == "Apache-2.0"
    for name, digest in record["files"].items():
        assert f"sha256:{hashlib.sha256((out / name).read_bytes()).hexdigest()}" == digest
    assert "quantization_config" not in json.loads((out / "config.json").read_text(encoding="utf-8"))
    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert again.stdout.strip().endswith("already there")
