"""One real vLLM server for all end-to-end tests of a run; skipped visibly where it cannot be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.server_state import RunningServer
from averment.pipelines.models.vllm_command import ServeLimits
from averment.pipelines.models.vllm_server import ServerOptions, VllmServer

SMOKE_TEST = "smollm2-135m"


@pytest.fixture(scope="session")
def vllm_environment(repo: Path) -> Path:
    """Return the environment that holds vLLM; skip where it is missing."""
    environment = repo / ".venv-vllm"
    if not any(environment.glob("lib/python3*/site-packages/vllm/__init__.py")):
        pytest.skip(f"no vLLM in {environment}: run `make setup`")
    return environment


@pytest.fixture(scope="session")
def smoke_model(repo: Path) -> Path:
    """Return the folder of the smoke-test model; skip where it is missing."""
    folder = repo / "models" / load_profile(SMOKE_TEST).folder_name
    if not (folder / "config.json").is_file():
        pytest.skip(f"no model in {folder}: run `make setup`")
    return folder


@pytest.fixture(scope="session")
def vllm_server(
    vllm_environment: Path, smoke_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """Start vLLM with the smoke-test model once; it is gone when the run ends."""
    server = VllmServer(
        load_profile(SMOKE_TEST),
        environment=vllm_environment,
        model_path=smoke_model,
        state_dir=tmp_path_factory.mktemp("vllm") / "model",
        options=ServerOptions(limits=ServeLimits(context_tokens=4096)),
        progress=lambda step: print(f"vllm: {step.stage} ({step.elapsed_s:.0f} s)"),
    )
    with server as running:
        yield running
