"""Peak memory of ingesting a PDF of 300 pages, joined from quarterly reports, in a fresh process with models loaded.

The figure is the sum of two peaks as the kernel counts them: that of the process itself and that of its largest
child, which is the parser process. They need not fall together, so the true peak is at most that. Beside it stands
the largest sum seen at one moment, sampled, in which a page shared by two processes counts once.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.corpus import filings, join_pages
from averment.evaluation.bench.installation import fresh_folder, new_embedder
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Detail, Figure, Row, below, measured

NAME: Final = "memory"
GOAL: Final = below(1500, "MB")
PROGRAM: Final = "averment.evaluation.bench.memory_child"
_SAMPLE_S: Final = 0.1


def measure(plan: Plan) -> list[Row]:
    """Join the file, ingest it in a fresh process, and read what the process says of itself."""
    new_embedder(plan).batch_dtype()  # the trial of arithmetics has child processes of its own: not what is measured
    folder = fresh_folder(plan.work / NAME)
    source = folder / "source"
    source.mkdir()
    pages = join_pages(filings(plan, 8), pages=plan.count(300, quick=6), out=source / "joined.pdf")
    plan.say(f"{NAME}: ingesting {pages} pages")
    command = [sys.executable, "-m", PROGRAM, str(source), str(folder / "installation"), str(plan.cache)]
    complaints = folder / "child.log"
    with complaints.open("wb") as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        peak, samples = _watch(child)
        output = child.stdout.read() if child.stdout else ""
    if child.returncode != 0:
        words = complaints.read_text("utf-8", "replace").strip().splitlines()
        raise ConfigurationError(
            f"the process that ingests ended with {child.returncode}: {words[-1] if words else 'no word'}",
            hint=f"see {str(complaints)!r}",
        )
    told = json.loads(output.strip().splitlines()[-1])
    own_mb, child_mb = told["own_peak_bytes"] / 1e6, told["largest_child_peak_bytes"] / 1e6
    detail: Detail = {
        "pages": pages,
        "chunks": told["chunks"],
        "duration_s": told["duration_s"],
        "own_before_bytes": told["own_before_bytes"],
        "samples": samples,
        "sampled_every_s": _SAMPLE_S,
    }
    return [
        measured(
            (NAME, f"{pages} pages, process plus parser process"),
            Figure(value=own_mb + child_mb, unit="MB"),
            goal=GOAL,
            note="sum of two peaks that need not fall together",
            detail=detail,
        ),
        measured((NAME, "process alone"), Figure(value=own_mb, unit="MB"), detail=detail),
        measured((NAME, "parser process alone"), Figure(value=child_mb, unit="MB"), detail=detail),
        measured((NAME, "both at one moment, sampled"), Figure(value=peak / 1e6, unit="MB"), detail=detail),
    ]


def _watch(child: "subprocess.Popen[str]") -> tuple[int, int]:
    """Sample the memory of a process and its descendants until it ends; return the largest sum and the samples."""
    peak = samples = 0
    while child.poll() is None:
        peak = max(peak, sum(proportional_bytes(pid) for pid in family(child.pid)))
        samples += 1
        time.sleep(_SAMPLE_S)
    return peak, samples


def family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants; those that end meanwhile are left out."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        for one in children:
            yield from family(int(one))


def proportional_bytes(pid: int) -> int:
    """Return a process's resident memory with shared pages counted by their share; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
