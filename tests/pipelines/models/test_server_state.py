import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.models.server_state import (
    RunningServer,
    find_running_server,
    process_started_ticks,
    remove_state,
    write_state,
)


def server(pid: int, ticks: int) -> RunningServer:
    return RunningServer(
        pid=pid,
        started_ticks=ticks,
        port=8001,
        profile="smollm2-135m",
        served_name="smollm2-135m",
        model_path="/models/m",
        model_digest="sha256:00",
        gpu=False,
        context_tokens=4096,
        log_path="/log",
        startup_s=1.5,
        engine="vllm_cpu",
        engine_version="0.32.0",
        arguments_digest="sha256:01",
        api_key="secret-key",
    )


def own() -> RunningServer:
    return server(os.getpid(), process_started_ticks(os.getpid()) or 0)


def test_a_living_server_is_found_as_it_was_written(tmp_path: Path) -> None:
    write_state(tmp_path, own())
    write_state(tmp_path, own())
    assert find_running_server(tmp_path) == own()
    assert (tmp_path / "server.json").stat().st_mode & 0o777 == 0o600
    assert own().base_url == "http://127.0.0.1:8001/v1"
    remove_state(tmp_path)
    remove_state(tmp_path)
    assert find_running_server(tmp_path) is None


def test_the_key_is_not_in_the_text_of_the_object() -> None:
    assert "secret-key" not in repr(own())


def test_a_process_that_has_ended_or_another_of_its_id_is_stale_and_removed(tmp_path: Path) -> None:
    write_state(tmp_path, dataclasses.replace(own(), started_ticks=1))
    assert find_running_server(tmp_path) is None
    assert not (tmp_path / "server.json").exists()
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    write_state(tmp_path, server(child.pid, 1))
    assert find_running_server(tmp_path) is None


def test_a_zombie_counts_as_ended() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process_started_ticks(child.pid) is None
    child.wait()


@pytest.mark.parametrize("change", [{"schema_version": 1}, {"port": None, "extra": 1}, {"pid": "x"}])
def test_a_file_of_another_kind_is_stale(tmp_path: Path, change: dict[str, object]) -> None:
    write_state(tmp_path, own())
    path = tmp_path / "server.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    assert find_running_server(tmp_path) is None


@given(content=st.binary(max_size=200))
def test_no_content_of_the_file_breaks_the_search(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("state")
    (folder / "server.json").write_bytes(content)
    assert find_running_server(folder) is None
