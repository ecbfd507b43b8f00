"""The command line and the environment that vLLM is started with: pure functions of profile and machine.

The API key and everything that must not show in a process list travel in the environment. vLLM listens on the
loopback address only: a key protects its `/v1` paths and no others.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.ids import sha256_id
from averment.pipelines.models.profiles import ModelProfile

LOOPBACK: Final = "127.0.0.1"
MODULE: Final = "vllm.entrypoints.openai.api_server"
"""Started as a module: the `vllm` command of the CPU build looks for the metadata of a package it is not."""

GRAMMAR_BACKEND: Final = "guidance"
"""Compiles a schema while it is followed: a new schema costs nothing, and its replies take fewer tokens."""
ONEDNN_WITHOUT_AMX: Final = "AVX512_CORE_FP16"

_PLACES: Final = frozenset({"--model", "--port"})
_NAMED_PLACES: Final = frozenset({"--lora-modules"})
_OFFLINE: Final[Mapping[str, str]] = {
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_DO_NOT_TRACK": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "VLLM_LOGGING_COLOR": "0",
    "NO_COLOR": "1",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What vLLM runs on. `threads` are processor threads; `has_amx` says that matrix tiles are there and work."""

    gpu: bool
    threads: int = 2
    has_amx: bool = False
    reports_amx: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeLimits:
    """What one server may use; None takes what the profile says. `kv_cache_gib` counts on a CPU only."""

    context_tokens: int | None = None
    kv_cache_gib: int | None = None
    max_num_seqs: int | None = None


def vllm_command(
    profile: ModelProfile,
    *,
    python: Path,
    model_path: Path,
    port: int,
    machine: Machine,
    limits: ServeLimits | None = None,
) -> list[str]:
    """Build the argument list that serves a model folder on the loopback address.

    Args:
        profile: The model to serve.
        python: The interpreter of the environment that holds vLLM.
        model_path: The folder with weights and tokenizer.
        port: TCP port, 1 to 65535.
        machine: Decides between the settings for GPU and CPU.
        limits: What the server may use.
    """
    limits = limits or ServeLimits()
    options = profile.vllm
    step_tokens = options.max_num_batched_tokens.gpu if machine.gpu else options.max_num_batched_tokens.cpu
    arguments = {
        "--model": str(model_path),
        "--served-model-name": profile.served_name,
        "--host": LOOPBACK,
        "--port": str(port),
        "--dtype": _dtype(profile, machine),
        "--max-model-len": str(min(profile.context_tokens, limits.context_tokens or profile.context_tokens)),
        "--max-num-batched-tokens": str(step_tokens),
        "--max-num-seqs": str(limits.max_num_seqs or options.max_num_seqs),
        "--scheduling-policy": "priority",
        # Sampling comes with each request; a file in the model folder must not change it silently.
        "--generation-config": "vllm",
        # Compact JSON: a small model left to it spends its tokens on white space.
        "--structured-outputs-config": json.dumps({"backend": GRAMMAR_BACKEND, "disable_any_whitespace": True}),
        "--uvicorn-log-level": "warning",
    }
    if profile.reasoning_parser:
        arguments["--reasoning-parser"] = profile.reasoning_parser
    if machine.gpu:
        arguments["--tensor-parallel-size"] = str(options.tensor_parallel)
    else:
        # One process less to start: with `uni` the engine runs the model itself.
        arguments["--distributed-executor-backend"] = "uni"
    pairs = [part for pair in arguments.items() for part in pair]
    return [str(python), "-m", MODULE, *pairs, *_flags(machine), *options.arguments]


def arguments_digest(command: Sequence[str]) -> str:
    """Return a digest over the engine's arguments, without interpreter, port, and the folders of model and adapters."""
    kept: list[str] = []
    option = ""
    for argument in command[1:]:
        is_option = argument.startswith("--")
        kept.append(argument.partition("=")[0] if option in _NAMED_PLACES else "" if option in _PLACES else argument)
        option = argument if is_option else option if option in _NAMED_PLACES else ""
    return sha256_id(json.dumps(kept).encode())


def vllm_environment(
    profile: ModelProfile,
    *,
    machine: Machine,
    api_key: str,
    inherited: Mapping[str, str],
    limits: ServeLimits | None = None,
    cache_dir: Path,
) -> dict[str, str]:
    """Build the environment of the server: what is inherited, no network, the key, and the CPU's settings."""
    environment = {**inherited, **_OFFLINE, "VLLM_API_KEY": api_key, "VLLM_HOST_IP": LOOPBACK}
    environment["VLLM_CACHE_ROOT"] = str(cache_dir)
    if machine.gpu:
        return environment
    kv_cache_gib = (limits.kv_cache_gib if limits else None) or profile.vllm.kv_cache_gib
    environment |= {
        "VLLM_CPU_KVCACHE_SPACE": str(kv_cache_gib),
        # Without this vLLM turns `uni` back into separate worker processes on a CPU.
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_CPU_NUM_OF_RESERVED_CPU": "0",
        "OMP_NUM_THREADS": str(machine.threads),
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    if machine.reports_amx and not machine.has_amx:
        environment["ONEDNN_MAX_CPU_ISA"] = ONEDNN_WITHOUT_AMX
    return environment


def _flags(machine: Machine) -> tuple[str, ...]:
    always = (
        "--enable-prefix-caching",
        "--enable-prompt-tokens-details",
        "--disable-uvicorn-access-log",
        "--disable-fastapi-docs",
    )
    # Compiling takes minutes on a CPU, needs a C++ compiler, and gains little there.
    return always if machine.gpu else (*always, "--enforce-eager")


def _dtype(profile: ModelProfile, machine: Machine) -> str:
    # vLLM picks matrix tiles for bfloat16 wherever the processor reports them, even where they trap.
    broken_tiles = not machine.gpu and machine.reports_amx and not machine.has_amx
    return "float16" if broken_tiles and profile.vllm.dtype == "bfloat16" else profile.vllm.dtype
