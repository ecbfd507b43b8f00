"""Whether ingestion is linear and its memory flat: 500, 1,000 and 2,000 short documents, each in a fresh process.

Documents are generated, so that any number of them is alike. Linear is judged by processor time a document, which a
busy machine distorts least; memory by the peak of the process that embeds and stores, models loaded. The bytes that a
document leaves on disk are what `docs/explanation/scale.md` computes from.
"""

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.installation import fresh_folder, new_embedder
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Figure, Goal, Row, measured

NAME: Final = "scale"
PROGRAM: Final = "averment.evaluation.bench.scale_child"
SIZES: Final = (500, 1_000, 2_000)
QUICK_SIZES: Final = (4, 8, 16)
GOAL: Final = Goal(of="ratio", limit=1.25, is_floor=False)
_LANDS: Final = ("Norway", "Portugal", "Iceland", "Austria", "Estonia", "Ireland", "Malta", "Denmark")
_MATTERS: Final = ("delivery", "payment", "confidentiality", "insurance", "audit", "liability", "notice", "renewal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one process said of itself: seconds of the clock and of processors, bytes of memory and of disk."""

    documents: int
    chunks: int
    duration_s: float
    processor_s: float
    before_bytes: int
    peak_bytes: int
    stored_bytes: dict[str, int]


def measure(plan: Plan) -> list[Row]:
    """Ingest folders of growing size and compare each with the smallest."""
    new_embedder(plan).arithmetic()  # the trial of arithmetics is not what is measured
    taken = [_take(plan, size) for size in (QUICK_SIZES if plan.is_quick else SIZES)]
    least = taken[0]
    rows = []
    for one in taken:
        is_first = one is least
        name = f"{least.documents:,} documents"
        place = f"{one.documents:,} documents"
        detail = {
            "chunks": one.chunks,
            "duration_s": one.duration_s,
            "documents_per_s": one.documents / one.duration_s,
            "before_bytes": one.before_bytes,
            **{f"stored_{part}_bytes": size for part, size in one.stored_bytes.items()},
        }
        rows.append(
            measured(
                (NAME, f"processor time a document, {place}"),
                Figure(value=1000 * one.processor_s / one.documents, unit="ms"),
                baseline=None if is_first else Baseline(name=name, value=1000 * least.processor_s / least.documents),
                goal=None if is_first else GOAL,
                detail=detail,
            )
        )
        rows.append(
            measured(
                (NAME, f"peak memory, {place}"),
                Figure(value=one.peak_bytes / 1e6, unit="MB"),
                baseline=None if is_first else Baseline(name=name, value=least.peak_bytes / 1e6),
                goal=None if is_first else GOAL,
                detail=detail,
            )
        )
    largest = taken[-1]
    per_chunk = sum(largest.stored_bytes.values()) / max(largest.chunks, 1)
    rows.append(measured((NAME, "stored a chunk, all stores"), Figure(value=per_chunk / 1000, unit="kB")))
    return rows


def write_documents(folder: Path, *, count: int, seed: int) -> None:
    """Write short agreements, no two alike."""
    chosen = random.Random(seed)
    for number in range(count):
        clauses = "\n\n".join(
            f"{clause}. {matter.upper()}. The parties agree on {matter} in matter {number} within "
            f"{chosen.randrange(1, 400)} days, under the law of {chosen.choice(_LANDS)}."
            for clause, matter in enumerate(chosen.sample(_MATTERS, 4), start=1)
        )
        text = f"SUPPLY AGREEMENT NO. {number}\n\n{clauses}\n"
        (folder / f"agreement-{number:06d}.txt").write_text(text, encoding="utf-8")


def _take(plan: Plan, size: int) -> Taken:
    plan.say(f"{NAME}: {size} documents")
    folder = fresh_folder(plan.work / NAME)
    source = folder / "source"
    source.mkdir()
    write_documents(source, count=size, seed=plan.seed)
    command = [sys.executable, "-m", PROGRAM, str(source), str(folder / "installation"), str(plan.cache)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        raise ConfigurationError(
            f"the process that ingests {size} documents ended with {done.returncode}: {words[-1] if words else ''}"
        )
    return Taken(**json.loads(done.stdout.strip().splitlines()[-1]))
