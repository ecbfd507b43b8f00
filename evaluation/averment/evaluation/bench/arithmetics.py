"""Every arithmetic that was tried out, on the texts of the ingestion benchmark, each in a process of its own.

Rates stand beside plain sentence-transformers in float32, round by round; the cosines are to its vectors.
"""

import sys
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
    verdict = embedder.verdict()
    failures = {trial.arithmetic: trial.failure for trial in verdict.trials} if verdict else {}
    rows = []
    for one in ARITHMETICS:
        place = benchmark, f"embedding alone, {one.name}"
        if failures.get(one.name):
            rows.append(not_taken(place, note=f"{one.name}: {failures[one.name]}"))
        else:
            rows.append(_row(plan, place, one, texts=texts, plain=plain))
    return rows


def _row(plan: Plan, place: tuple[str, str], one: Arithmetic, *, texts: Path, plain: Companion) -> Row:
    import numpy as np

    exact, ours = texts.with_name("plain.npy"), texts.with_name(f"{one.name}.npy")
    answer = plain.ask({"texts": str(texts), "out": str(exact)})
    n, threads = int(str(answer["texts"])), int(str(answer["threads"]))
    command = [sys.executable, "-m", PROGRAM, one.engine, one.precision, str(threads), str(plan.cache)]
    with Companion(
        command, complaints=plan.work / f"{one.name}.log", environment={"PYTHONPATH": child_environment()["PYTHONPATH"]}
    ) as running:
        running.ask({"texts": str(texts), "out": str(ours)})
        pair = alternate(
            lambda: running.seconds({"texts": str(texts)}),
            lambda: plain.seconds({"texts": str(texts)}),
            rounds=plan.count(2, quick=1),
        )
    mean, low = _cosines(np.load(ours, allow_pickle=False), np.load(exact, allow_pickle=False))
    return measured(
        place,
        Figure(value=n / pair.ours_s, unit="chunks/s"),
        baseline=Baseline(name=PLAIN, value=n / pair.baseline_s),
        note=f"{one.name}: cosine to the baseline {mean:.4f} (lowest 1 %: {low:.4f}), {threads} threads",
        detail={"texts": n, "threads": threads, "mean_cosine": mean, "low_cosine": low, **pair.detail()},
    )


def _cosines(ours: "NDArray[np.float32]", exact: "NDArray[np.float32]") -> tuple[float, float]:
    import numpy as np

    cosines = (ours * exact).sum(axis=1)
    return float(cosines.mean()), float(np.quantile(cosines, LOW_SHARE))
