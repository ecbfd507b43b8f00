"""What figures were taken with: processor, threads, disk, versions, models. Read, never guessed; unknown is null."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from averment.core.jsonable import Json
from averment.evaluation.bench.plan import Plan
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder

PACKAGES: Final = (
    "averment",
    "cryptography",
    "liteparse",
    "numpy",
    "onnxruntime",
    "pypdfium2",
    "qdrant-edge-py",
    "sentence-transformers",
    "torch",
    "transformers",
    "unstructured",
)
_THREAD_VARIABLES: Final = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TOKENIZERS_PARALLELISM", "ONEDNN_MAX_CPU_ISA")


def load_average() -> float:
    """Return how many processes wanted a processor in the last minute."""
    return round(os.getloadavg()[0], 2)


def configuration(plan: Plan, embedder: SentenceTransformerEmbedder, *, load: float) -> dict[str, Json]:
    """Describe the machine and what runs on it; `load` is that before the first benchmark."""
    return {
        "seed": plan.seed,
        "is_quick": plan.is_quick,
        "documents": "pack" if (plan.data / "docs.jsonl").exists() else "samples",
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "load_average_before": load,
        "file_system": file_system(plan.work),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "versions": {name: _version(name) for name in PACKAGES},
        "variables": {name: os.environ.get(name) for name in _THREAD_VARIABLES},
        "embedding": {
            "model": embedder.model_id,
            "arithmetic": embedder.arithmetic(),
            "torch_threads": _torch_threads(),
        },
    }


def headline(found: dict[str, Json]) -> str:
    """Write the part of a description that belongs above a table."""
    embedding = found["embedding"]
    assert isinstance(embedding, dict)
    load, cores = found["load_average_before"], found["cores"]
    assert isinstance(load, float)
    assert isinstance(cores, int)
    return (
        f"{found['cpu']}, {cores} cores, load before {load}, {found['file_system']}, "
        f"Python {found['python']}, {embedding['model']} in {embedding['arithmetic']} with "
        f"{embedding['torch_threads']} threads, documents: {found['documents']}, seed {found['seed']}"
        + (", QUICK: counts too small to judge by" if found["is_quick"] else "")
        + (", BUSY: others held the processors when it began, times are too long" if load > cores / 2 else "")
    )


def file_system(path: Path) -> str:
    """Return the type of the file system that a path lies on, `unknown` where the system does not tell.

    Syncing costs nothing on `tmpfs`: a log measured there says nothing.
    """
    place = path.resolve()
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text("utf-8", "replace").splitlines()]
    except OSError:
        return "unknown"
    over = [(len(parts[1]), parts[2]) for parts in mounts if place.is_relative_to(parts[1])]
    return max(over, default=(0, "unknown"))[1]


def _cpu() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _torch_threads() -> int:
    import torch

    return int(torch.get_num_threads())
