import os
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.settings import ModelSettings, Settings
from averment.pipelines.models.server_state import RunningServer, process_started_ticks, remove_state, write_state
from averment.service.model_watch import ModelWatch


@pytest.fixture
def server(tmp_path: Path) -> RunningServer:
    return RunningServer(
        pid=os.getpid(),
        started_ticks=process_started_ticks(os.getpid()) or 0,
        port=1,
        profile="qwen3-8b",
        served_name="qwen3-8b",
        model_path="m",
        model_digest=None,
        gpu=False,
        context_tokens=4096,
        log_path=str(tmp_path / "log"),
        startup_s=1.0,
        engine="vllm_cpu",
        engine_version="0.32.0",
        arguments_digest="sha256:" + "0" * 64,
        api_key="k",
    )


def test_a_server_that_comes_moves_and_goes_is_followed(tmp_path: Path, server: RunningServer) -> None:
    folder = tmp_path / "model"
    watch = ModelWatch(Settings(data_dir=tmp_path))
    none = watch.current()
    assert (none.model, none.profile.name) == (None, "smollm2-135m")
    assert watch.current() is none
    write_state(folder, server)
    first = watch.current()
    assert first.model is not None
    assert first.profile.name == "qwen3-8b"
    assert watch.current() is first
    write_state(folder, replace(server, port=2))
    moved = watch.current()
    assert moved.model is not None
    assert moved.model is not first.model
    remove_state(folder)
    assert watch.current().model is None


def test_an_endpoint_is_one_model_and_a_disabled_one_is_none(tmp_path: Path, server: RunningServer) -> None:
    write_state(tmp_path / "model", server)
    endpoint = Settings(data_dir=tmp_path, model=ModelSettings(endpoint="http://127.0.0.1:9/v1"))
    watch = ModelWatch(endpoint)
    assert watch.current().model is not None
    assert watch.current() is watch.current()
    assert ModelWatch(Settings(data_dir=tmp_path, model=ModelSettings(enabled=False))).current().model is None
