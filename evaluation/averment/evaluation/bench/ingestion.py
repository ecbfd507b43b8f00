"""End-to-end ingestion against nothing but embedding: the same texts through sentence-transformers in float32.

A round of ours starts with empty stores and an empty log and ends with every document searchable and logged; parser
processes and models are loaded in both. What ingestion costs beside its embedding is measured apart, with vectors
that are already there.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from averment.core.ports import Connector, Embedder
from averment.core.settings import Settings
from averment.evaluation.bench.arithmetics import PLAIN, arithmetic_rows
from averment.evaluation.bench.companion import Companion
from averment.evaluation.bench.corpus import contracts, join_pages, n_pages
from averment.evaluation.bench.installation import fresh_folder, new_embedder, new_installation, source_of
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Detail, Figure, Row, at_least, measured
from averment.evaluation.bench.timing import Pair, Timed, alternate, seconds
from averment.pipelines.ingestion.partition_worker import PartitionPool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAME: Final = "ingestion"
GOAL: Final = at_least(0.8)
EMBEDDING_GOAL: Final = at_least(2.0)
# Of the rate of our own embedder: the faster that is, the less time is left for the rest.
OWN_GOAL: Final = at_least(0.7)


class RecordingEmbedder:
    """Embeds with another embedder and keeps texts and vectors; afterwards the same texts cost nothing.

    Args:
        inner: Does the work.
    """

    def __init__(self, inner: Embedder) -> None:
        self.model_id, self.dimension, self.max_tokens = inner.model_id, inner.dimension, inner.max_tokens
        self._inner = inner
        self._known: dict[str, NDArray[np.float32]] = {}
        self.texts: list[str] = []

    def arithmetic(self) -> str:
        """Name what vectors are computed with."""
        return self._inner.arithmetic()

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return vectors, from memory where every text is known."""
        import numpy as np

        if not all(text in self._known for text in texts):
            self.texts.extend(texts)
            self._known.update(zip(texts, np.asarray(self._inner.embed(texts), dtype=np.float32), strict=True))
        return cast("Sequence[Sequence[float]]", np.stack([self._known[text] for text in texts]))


def measure(plan: Plan) -> list[Row]:
    """Measure on a few contracts."""
    files = _files(plan)
    source = source_of(plan.work / NAME / "source", files)
    embedder = new_embedder(plan)
    recording = RecordingEmbedder(embedder)
    texts = plan.work / NAME / "texts.json"
    command = [sys.executable, "-P", str(Path(__file__).with_name("plain_embedding.py")), str(embedder.path)]
    with (
        PartitionPool(n_workers=Settings().parsing.workers) as pool,
        Companion(command, complaints=plan.work / "plain_embedding.log") as plain,
    ):
        _ingest(plan, source, pool, recording)
        texts.write_text(json.dumps(recording.texts), encoding="utf-8")
        plan.say(f"{NAME}: warm, {len(recording.texts)} texts of {len(files)} documents")
        threads = plain.ask({"texts": str(texts)})["threads"]
        taken = _take(
            plan,
            whole=lambda: _ingest(plan, source, pool, embedder),
            rest=lambda: _ingest(plan, source, pool, recording),
            ours=lambda: seconds(lambda: embedder.embed(recording.texts)),
            plain=lambda: plain.seconds({"texts": str(texts)}),
        )
        rows = arithmetic_rows(plan, NAME, texts=texts, plain=plain, embedder=embedder)
    counts: Detail = {
        "documents": len(files),
        "pages": sum(map(n_pages, files)),
        "texts": len(recording.texts),
        "baseline_threads": int(str(threads)),
        "arithmetic": embedder.arithmetic(),
    }
    return [*_rows(taken, counts, n_texts=len(recording.texts)), *rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """Seconds: of whole ingestions and of our embedder, each in turns with the baseline, and of all but embedding."""

    whole: Pair
    ours: Pair
    rest_s: float


def _take(plan: Plan, *, whole: Timed, rest: Timed, ours: Timed, plain: Timed) -> _Taken:
    rounds = plan.count(3, quick=1)
    ours()
    return _Taken(
        whole=alternate(whole, plain, rounds=rounds),
        ours=alternate(ours, plain, rounds=plan.count(2, quick=1)),
        rest_s=min(rest() for _ in range(rounds)),
    )


def _rows(taken: _Taken, counts: Detail, *, n_texts: int) -> list[Row]:
    whole_s, ours_s = taken.whole.ours_s, taken.ours.ours_s
    return [
        measured(
            (NAME, "folder to searchable and logged"),
            Figure(value=n_texts / whole_s, unit="chunks/s"),
            baseline=Baseline(name=PLAIN, value=n_texts / taken.whole.baseline_s),
            goal=GOAL,
            detail={**counts, **taken.whole.detail()},
        ),
        measured(
            (NAME, "the same, against our own embedder"),
            Figure(value=n_texts / whole_s, unit="chunks/s"),
            baseline=Baseline(name=f"embedding alone, {counts['arithmetic']}", value=n_texts / ours_s),
            goal=OWN_GOAL,
            detail={**counts, **taken.whole.detail()},
        ),
        measured(
            (NAME, "our embedder alone"),
            Figure(value=n_texts / ours_s, unit="chunks/s"),
            baseline=Baseline(name=PLAIN, value=n_texts / taken.ours.baseline_s),
            goal=EMBEDDING_GOAL,
            detail={**counts, **taken.ours.detail()},
        ),
        measured(
            (NAME, "all but embedding"),
            Figure(value=n_texts / taken.rest_s, unit="chunks/s"),
            note="reading, parsing, cutting, sparse vectors, index, blobs, catalog and log, with vectors already there",
            detail={**counts, "pages_per_s": int(str(counts["pages"])) / taken.rest_s},
        ),
    ]


def _files(plan: Plan) -> list[Path]:
    """Return a few contracts; two pages of one for a quick run."""
    if not plan.is_quick:
        return contracts(plan, 8, pages=(5, 30))
    cut = fresh_folder(plan.work / NAME) / "two-pages.pdf"
    join_pages(contracts(plan, 1, pages=(2, 1000)), pages=2, out=cut)
    return [cut]


def _ingest(plan: Plan, source: Connector, pool: PartitionPool, embedder: Embedder) -> float:
    """Ingest into empty stores and return the seconds it took, from listing to the logged end of the run."""
    root = plan.work / NAME / "stores"
    with new_installation(root, dimension=embedder.dimension, model_id=embedder.model_id) as installation:
        ingestor = installation.ingestor(pool, embedder)
        taken = seconds(lambda: ingestor.ingest(source))
        failures = installation.catalog.failures()
        if failures:
            raise RuntimeError(f"{len(failures)} documents were not ingested, the first for {failures[0].code}")
    return taken
