from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.settings import ModelSettings, Settings
from averment.pipelines.models.server_state import RunningServer, remove_state, write_state
from averment.service.model_watch import ModelWatch
from tests.running_server import running_server


@pytest.fixture
def server(tmp_path: Path) -> RunningServer:
    return running_server(profile="qwen3-8b", served_name="qwen3-8b")


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
