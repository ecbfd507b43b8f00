"""Every arithmetic that was tried out, on some texts of the ingestion benchmark, each in a process of its own.

Rates stand beside plain sentence-transformers in float32, round by round; the cosines are to its vectors.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.evaluation.bench.companion import Companion
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Figure, Row, measured, not_taken
from averment.evaluation.bench.timing import alternate
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS, Arithmetic
from averment.pipelines.ingestion.embedding_trial import LOW_SHARE
from averment.pipelines.ingestion.graph_encoder import child_environment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLAIN: Final = "embedding alone, torch float32"
PROGRAM: Final = "averment.evaluation.bench.embedding_child"
# The baseline alone takes a tenth of a second for a text on one processor, and runs for every arithmetic anew.
N_TEXTS: Final = 96


def arithmetic_rows(
    plan: Plan, benchmark: str, *, texts: Path, plain: Companion, embedder: SentenceTransformerEmbedder
) -> list[Row]:
    """Measure every arithmetic; one that failed in the trial is a row that says how.

    Args:
        plan: The run.
        benchmark: Under which name the rows stand.
        texts: JSON file with the texts.
        plain: The baseline, running.
        embedder: The product's, with its trial.
    """
    sample = _sample(texts, plain)
    verdict = embedder.verdict()
    failures = {trial.arithmetic: trial.failure for trial in verdict.trials} if verdict else {}
    rows = []
    for one in ARITHMETICS:
        place = benchmark, f"embedding alone, {one.name}"
        if failures.get(one.name):
            rows.append(not_taken(place, note=f"{one.name}: {failures[one.name]}"))
        else:
            rows.append(_row(plan, place, one, sample=sample, plain=plain))
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """Some of the texts, the baseline's vectors of them, both as files, and how many threads the baseline has."""

    texts: Path
    exact: Path
    threads: int


def _sample(texts: Path, plain: Companion) -> _Sample:
    """Write every so many-th text to a file of its own, and have the baseline embed them."""
    whole = json.loads(texts.read_text("utf-8"))
    some, exact = texts.with_name("sample.json"), texts.with_name("plain.npy")
    some.write_text(json.dumps(whole[:: max(1, len(whole) // N_TEXTS)][:N_TEXTS]), encoding="utf-8")
    told = plain.ask({"texts": str(some), "out": str(exact)})
    return _Sample(texts=some, exact=exact, threads=int(str(told["threads"])))


def _row(plan: Plan, place: tuple[str, str], one: Arithmetic, *, sample: _Sample, plain: Companion) -> Row:
    import numpy as np

    asked = {"texts": str(sample.texts)}
    ours = sample.texts.with_name(f"{one.name}.npy")
    command = [sys.executable, "-m", PROGRAM, one.engine, one.precision, str(sample.threads), str(plan.cache)]
    with Companion(
        command, complaints=plan.work / f"{one.name}.log", environment={"PYTHONPATH": child_environment()["PYTHONPATH"]}
    ) as running:
        n = int(str(running.ask({**asked, "out": str(ours)})["texts"]))
        pair = alternate(lambda: running.seconds(asked), lambda: plain.seconds(asked), rounds=plan.count(2, quick=1))
    mean, low = _cosines(np.load(ours, allow_pickle=False), np.load(sample.exact, allow_pickle=False))
    return measured(
        place,
        Figure(value=n / pair.ours_s, unit="chunks/s"),
        baseline=Baseline(name=PLAIN, value=n / pair.baseline_s),
        note=f"{one.name}: cosine to the baseline {mean:.4f} (lowest 1 %: {low:.4f}), {sample.threads} threads",
        detail={"texts": n, "threads": sample.threads, "mean_cosine": mean, "low_cosine": low, **pair.detail()},
    )


def _cosines(ours: "NDArray[np.float32]", exact: "NDArray[np.float32]") -> tuple[float, float]:
    import numpy as np

    cosines = (ours * exact).sum(axis=1)
    return float(cosines.mean()), float(np.quantile(cosines, LOW_SHARE))
