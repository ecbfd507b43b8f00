import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.models.profiles import load_profile, profile_names
from averment.pipelines.models.vllm_command import (
    Machine,
    ServeLimits,
    arguments_digest,
    vllm_command,
    vllm_environment,
)

GPU = Machine(gpu=True, threads=8)
CPU = Machine(gpu=False, threads=2)
BROKEN = Machine(gpu=False, threads=2, reports_amx=True, has_amx=False)
PYTHON = Path("/env/bin/python")
FOLDER = Path("/models/m")
LOCAL = [name for name in profile_names() if load_profile(name).placement == "local"]


def value_of(command: list[str], flag: str) -> str:
    return command[command.index(flag) + 1]


def command_for(name: str, machine: Machine, limits: ServeLimits | None = None) -> list[str]:
    profile = load_profile(name)
    return vllm_command(profile, python=PYTHON, model_path=FOLDER, port=8001, machine=machine, limits=limits)


def test_the_digest_of_arguments_is_of_names_of_adapters_not_of_their_places() -> None:
    command = command_for("qwen3-8b", GPU)
    placed = [arguments_digest([*command, "--lora-modules", *modules]) for modules in (
        ("a=/one", "b=/one"), ("a=/two", "b=/three"), ("a=/one", "c=/one"), ("a=/one",),
    )]  # fmt: skip
    assert placed[0] == placed[1]
    assert len({*placed, arguments_digest(command)}) == 4


@pytest.mark.parametrize("machine", [GPU, CPU], ids=["gpu", "cpu"])
@pytest.mark.parametrize("name", LOCAL)
def test_every_server_is_on_loopback_with_priorities_prefix_cache_and_cached_token_counts(
    name: str, machine: Machine
) -> None:
    command = command_for(name, machine)
    assert command[:3] == [str(PYTHON), "-m", "vllm.entrypoints.openai.api_server"]
    assert value_of(command, "--host") == "127.0.0.1"
    assert value_of(command, "--scheduling-policy") == "priority"
    assert value_of(command, "--served-model-name") == load_profile(name).served_name
    assert {"--enable-prefix-caching", "--enable-prompt-tokens-details"} <= set(command)
    assert "--trust-remote-code" not in command
    assert json.loads(value_of(command, "--structured-outputs-config"))["disable_any_whitespace"] is True


def test_a_cpu_takes_small_steps_one_process_less_and_no_compilation() -> None:
    command = command_for("qwen3-4b", CPU)
    assert value_of(command, "--max-num-batched-tokens") == "256"
    assert value_of(command, "--distributed-executor-backend") == "uni"
    assert "--enforce-eager" in command
    gpu = command_for("qwen3-4b", GPU)
    assert value_of(gpu, "--max-num-batched-tokens") == "8192"
    assert "--enforce-eager" not in gpu


def test_the_reasoning_parser_and_tensor_parallelism_come_from_the_profile() -> None:
    assert value_of(command_for("qwen3-8b", GPU), "--reasoning-parser") == "qwen3"
    assert "--reasoning-parser" not in command_for("smollm2-135m", CPU)
    assert value_of(command_for("deepseek-r1-distill-llama-70b", GPU), "--tensor-parallel-size") == "4"


@given(st.integers(min_value=1, max_value=10**6))
def test_the_context_is_never_larger_than_the_profile_allows(tokens: int) -> None:
    command = command_for("smollm2-135m", CPU, ServeLimits(context_tokens=tokens))
    assert int(value_of(command, "--max-model-len")) == min(tokens, load_profile("smollm2-135m").context_tokens)


def test_the_key_travels_in_the_environment_and_nothing_phones_home() -> None:
    profile = load_profile("smollm2-135m")
    environment = vllm_environment(
        profile, machine=CPU, api_key="secret", inherited={"PATH": "/bin"}, cache_dir=Path("/c")
    )
    assert environment["VLLM_API_KEY"] == "secret"
    assert "secret" not in " ".join(command_for("smollm2-135m", CPU))
    assert environment["PATH"] == "/bin"
    for name in ("VLLM_NO_USAGE_STATS", "DO_NOT_TRACK", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        assert environment[name] == "1"
    assert environment["VLLM_CPU_KVCACHE_SPACE"] == "1"


def test_a_gpu_gets_none_of_the_cpu_settings() -> None:
    environment = vllm_environment(
        load_profile("qwen3-8b"), machine=GPU, api_key="k", inherited={}, cache_dir=Path("/c")
    )
    assert not any(name.startswith(("VLLM_CPU", "OMP_", "ONEDNN")) for name in environment)


def test_matrix_tiles_that_trap_are_avoided_in_kernels_and_number_format() -> None:
    profile = load_profile("qwen3-4b")
    environment = vllm_environment(profile, machine=BROKEN, api_key="k", inherited={}, cache_dir=Path("/c"))
    assert "AMX" not in environment["ONEDNN_MAX_CPU_ISA"]
    assert value_of(command_for("qwen3-4b", BROKEN), "--dtype") == "float16"
    healthy = Machine(gpu=False, threads=2, reports_amx=True, has_amx=True)
    assert value_of(command_for("qwen3-4b", healthy), "--dtype") == "bfloat16"


def test_the_digest_of_the_arguments_leaves_out_places_and_nothing_else() -> None:
    def command(*, python: str = "/env/bin/python", folder: str = "/m", port: int = 1, tokens: int = 512) -> list[str]:
        profile, limits = load_profile("smollm2-135m"), ServeLimits(context_tokens=tokens)
        places = {"python": Path(python), "model_path": Path(folder)}
        return vllm_command(profile, **places, port=port, machine=CPU, limits=limits)

    digest = arguments_digest(command())
    assert digest.startswith("sha256:")
    assert digest == arguments_digest(command(python="/other/python", folder="/n", port=2))
    assert digest != arguments_digest(command(tokens=513))
    assert digest != arguments_digest([*command(), "--trust-remote-code"])
