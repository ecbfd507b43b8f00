"""Tries out, once per machine and model, in which arithmetic texts are embedded fastest without their vectors moving.

Each arithmetic embeds the same texts in a child process of its own, the exact one included. A processor may advertise
instructions that the machine around it refuses with a signal: a child that dies is an answer. What was found is kept
beside the exported model and holds for this processor, these versions and this number of threads.

A vector may move by less than the bounds below, as the cosine to the exact vector tells. What that costs in recall is
measured by `averment eval retrieval`; figures are in docs/adr/0009-embedding-arithmetic.md.
"""

import hashlib
import json
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.pipelines.ingestion.embedder_folder import EmbedderFolder
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS, EXACT, Arithmetic
from averment.pipelines.ingestion.graph_encoder import GraphFiles, child_environment, graph_precision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Bounds on the cosine to the exact vectors: of the mean, and of the value that one text in a hundred falls below.
MIN_MEAN_COSINE: Final = 0.985
MIN_LOW_COSINE: Final = 0.97
LOW_SHARE: Final = 0.01
# A less exact arithmetic must be so many times as fast as the best of the more exact ones.
GAIN_NEEDED: Final = 1.15

_FORMAT: Final = 1
_CHILD: Final = "averment.pipelines.ingestion.embedding_trial_child"
_TIMEOUT_S: Final = 300
_BF16_FLAGS: Final = ("avx512_bf16", "amx_bf16", "bf16")
_PACKAGES: Final = ("onnxruntime", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one arithmetic did: texts a second, and the cosines of its vectors to the exact ones; None where it failed.

    `failure` says how it ended, empty where it went well.
    """

    arithmetic: str
    texts_per_s: float | None = None
    mean_cosine: float | None = None
    low_cosine: float | None = None
    failure: str = ""

    @property
    def is_close(self) -> bool:
        """Say whether its vectors lie within the bounds."""
        mean, low = self.mean_cosine, self.low_cosine
        return mean is not None and low is not None and mean >= MIN_MEAN_COSINE and low >= MIN_LOW_COSINE

    @property
    def text(self) -> str:
        """Return it as a line for a person."""
        if self.failure or self.texts_per_s is None or self.mean_cosine is None or self.low_cosine is None:
            return f"{self.arithmetic}: {self.failure or 'not tried'}"
        verdict = "" if self.is_close else ", too far"
        return (
            f"{self.arithmetic}: {self.texts_per_s:.0f} texts/s, "
            f"cosine {self.mean_cosine:.4f} (lowest 1 %: {self.low_cosine:.4f}){verdict}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The arithmetic chosen, None where none that was asked for works, and how each did that was tried."""

    chosen: Arithmetic | None
    trials: tuple[Trial, ...] = ()

    @property
    def reason(self) -> str:
        """Return why, as a line for a person."""
        return "; ".join(trial.text for trial in self.trials) or "the only one that was asked for"


def find_arithmetic(allowed: Sequence[Arithmetic], files: GraphFiles, *, threads: int) -> Verdict:
    """Return the arithmetic to embed in: from what was found before, else from a trial that takes half a minute.

    Args:
        allowed: What may be chosen. Where it is a single one that works, it is chosen however far its vectors are.
        files: The model and its cache folders; the outcome is kept in the first.
        threads: How many threads embed, 1 or more.
    """
    remembered = remembered_verdict(allowed, files, threads=threads)
    if remembered is not None:
        return remembered
    tried = _tried(allowed)
    trials = tuple(_trials(tried, files, threads=threads))
    if files.caches:
        _remember(trials, files.caches[0] / _name(tried, files.folder, threads=threads))
    return Verdict(chosen=choose(allowed, trials), trials=trials)


def remembered_verdict(allowed: Sequence[Arithmetic], files: GraphFiles, *, threads: int) -> Verdict | None:
    """Return what is known without a trial, None where one is needed."""
    if tuple(allowed) == (EXACT,):
        return Verdict(chosen=EXACT)
    name = _name(_tried(allowed), files.folder, threads=threads)
    for cache in files.caches:
        try:
            rows = json.loads((cache / name).read_text("utf-8"))["trials"]
            trials = tuple(Trial(**row) for row in rows)
            return Verdict(chosen=choose(allowed, trials), trials=trials)
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return None


def choose(allowed: Sequence[Arithmetic], trials: Sequence[Trial]) -> Arithmetic | None:
    """Return the fastest of those whose vectors are close enough; a more exact one where the gain is small."""
    found = {trial.arithmetic: trial for trial in trials}
    best: tuple[Arithmetic, float] | None = None
    for one in sorted(allowed, key=ARITHMETICS.index):
        trial = found[one.name]
        if trial.texts_per_s is None or not (trial.is_close or len(allowed) == 1):
            continue
        if best is None or trial.texts_per_s > GAIN_NEEDED * best[1]:
            best = one, trial.texts_per_s
    if best is None:
        # Nothing could be measured: the exact one needs no proof.
        return EXACT if EXACT in allowed else None
    return best[0]


def _tried(allowed: Sequence[Arithmetic]) -> list[Arithmetic]:
    return [EXACT, *(one for one in allowed if one != EXACT)]


def _remember(trials: Sequence[Trial], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps({"trials": [asdict(trial) for trial in trials]}, indent=1) + "\n", "utf-8")
    partial.replace(path)


def _name(tried: Sequence[Arithmetic], folder: EmbedderFolder, *, threads: int) -> str:
    parts = [
        folder.model_id,
        str(threads),
        platform.machine(),
        " ".join(sorted(_cpu_flags())),
        *(_version(name) for name in _PACKAGES),
        *(one.name for one in tried),
    ]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"embedding-trial-{_FORMAT}-{digest[:24]}.json"


def _trials(tried: Sequence[Arithmetic], files: GraphFiles, *, threads: int) -> list[Trial]:
    with tempfile.TemporaryDirectory(prefix="averment-trial-") as folder:
        exact, wanted = _run(EXACT, files, threads=threads, out=Path(folder) / "exact.npy")
        if wanted is None:
            return [exact, *(Trial(arithmetic=one.name, failure="nothing to compare with") for one in tried[1:])]
        found = [_held_against(exact, wanted, wanted)]
        for one in tried[1:]:
            trial, vectors = _run(one, files, threads=threads, out=Path(folder) / f"{one.name}.npy")
            found.append(trial if vectors is None else _held_against(trial, vectors, wanted))
    return found


def _held_against(trial: Trial, vectors: "NDArray[np.float32]", exact: "NDArray[np.float32]") -> Trial:
    import numpy as np

    cosines = np.nan_to_num((vectors * exact).sum(axis=1), nan=-1.0)
    return Trial(
        arithmetic=trial.arithmetic,
        texts_per_s=trial.texts_per_s,
        mean_cosine=round(float(cosines.mean()), 6),
        low_cosine=round(float(np.quantile(cosines, LOW_SHARE)), 6),
    )


def _run(one: Arithmetic, files: GraphFiles, *, threads: int, out: Path) -> "tuple[Trial, NDArray[np.float32] | None]":
    """Have a child embed the texts of the trial; return its speed and its vectors, or how it failed."""
    import numpy as np

    if one.precision == "bfloat16" and not any(flag in _cpu_flags() for flag in _BF16_FLAGS):
        return Trial(arithmetic=one.name, failure="the processor has no bfloat16 instructions"), None
    if one.engine == "onnxruntime" and not files.has(graph_precision(one)):
        return Trial(arithmetic=one.name, failure="the model cannot be exported"), None
    request = {
        "engine": one.engine,
        "precision": one.precision,
        "model": str(files.folder.path),
        "query": files.folder.query,
        "document": files.folder.document,
        "caches": [str(cache) for cache in files.caches],
        "threads": threads,
        "out": str(out),
    }
    command = [sys.executable, "-m", _CHILD, json.dumps(request)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT_S, check=False, env=child_environment(), text=True
        )
        if done.returncode != 0:
            return Trial(arithmetic=one.name, failure=_ending(done.returncode)), None
        told = json.loads(done.stdout.strip().splitlines()[-1])
        speed = float(told["texts"]) / max(float(told["seconds"]), 1e-9)
        return Trial(arithmetic=one.name, texts_per_s=round(speed, 2)), np.load(out, allow_pickle=False)
    except subprocess.TimeoutExpired:
        return Trial(arithmetic=one.name, failure=f"not done after {_TIMEOUT_S} seconds"), None
    except (OSError, ValueError, KeyError, IndexError) as error:
        return Trial(arithmetic=one.name, failure=f"gave no figures ({type(error).__name__})"), None


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return frozenset()
    found = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(found.partition(":")[2].split())
