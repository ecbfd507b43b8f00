"""Peak memory of ingesting a PDF of 300 pages, joined from quarterly reports, in a fresh process with models loaded.

The figure is the sum of the peaks of the process and of its parser processes, as the kernel counts resident memory
for each (`VmHWM`). They need not fall together and a page that two of them share counts twice, so the true peak is at
most that. Beside it stands the largest sum seen at one moment. `getrusage` is of no use for children: the peak it
gives for a child is at least what its parent held when it started the child.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
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
    new_embedder(plan).arithmetic()  # the trial of arithmetics has child processes of its own: not what is measured
    folder = fresh_folder(plan.work / NAME)
    source = folder / "source"
    source.mkdir()
    pages = join_pages(filings(plan, 8), pages=plan.count(300, quick=6), out=source / "joined.pdf")
    plan.say(f"{NAME}: ingesting {pages} pages")
    command = [sys.executable, "-m", PROGRAM, str(source), str(folder / "installation"), str(plan.cache)]
    complaints = folder / "child.log"
    with complaints.open("wb") as errors:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        watch = watched(child)
        output = child.stdout.read() if child.stdout else ""
    if child.returncode != 0:
        words = complaints.read_text("utf-8", "replace").strip().splitlines()
        raise ConfigurationError(
            f"the process that ingests ended with {child.returncode}: {words[-1] if words else 'no word'}",
            hint=f"see {str(complaints)!r}",
        )
    told = json.loads(output.strip().splitlines()[-1])
    own_mb = max(told["own_peak_bytes"], watch.peaks.pop(child.pid, 0)) / 1e6
    parsers_mb = sum(watch.peaks.values()) / 1e6
    detail: Detail = {
        "pages": pages,
        "chunks": told["chunks"],
        "duration_s": told["duration_s"],
        "own_before_bytes": told["own_before_bytes"],
        "child_processes": len(watch.peaks),
        "samples": watch.n_samples,
        "sampled_every_s": _SAMPLE_S,
    }
    return [
        measured(
            (NAME, f"{pages} pages, process plus parser process"),
            Figure(value=own_mb + parsers_mb, unit="MB"),
            goal=GOAL,
            note="sum of peaks that need not fall together",
            detail=detail,
        ),
        measured((NAME, "process alone"), Figure(value=own_mb, unit="MB"), detail=detail),
        measured(
            (NAME, "process alone, models loaded"),
            Figure(value=told["own_before_bytes"] / 1e6, unit="MB"),
            detail=detail,
        ),
        measured((NAME, "parser process alone"), Figure(value=parsers_mb, unit="MB"), detail=detail),
        measured((NAME, "together at one moment"), Figure(value=watch.together / 1e6, unit="MB"), detail=detail),
    ]


@dataclass(slots=True, kw_only=True)
class Watch:
    """What was seen: the peak of each process by id, the largest sums at one moment, in bytes, and how often.

    `own` leaves out pages of files, which the kernel takes back when it needs them.
    """

    peaks: dict[int, int] = field(default_factory=dict)
    together: int = 0
    own: int = 0
    n_samples: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Bytes of a process that are in memory: its own, and pages of files that it has mapped."""

    own: int
    of_files: int


def watched(child: "subprocess.Popen[str]") -> Watch:
    """Sample the memory of a process and its descendants until it ends."""
    seen = Watch()
    while child.poll() is None:
        found = {pid: resident(pid) for pid in family(child.pid)}
        seen.own = max(seen.own, sum(held(pid).own for pid in found if pid in seen.peaks))
        # Between fork and exec a child shows its parent's memory as its own: it counts from its second sample on,
        # and the last peak it showed is its peak.
        old = {pid: both for pid, both in found.items() if pid in seen.peaks}
        seen.together = max(seen.together, sum(now for now, _ in old.values()))
        seen.peaks.update({pid: peak for pid, (_, peak) in old.items() if peak})
        seen.peaks.update({pid: 0 for pid in found if pid not in seen.peaks})
        seen.n_samples += 1
        time.sleep(_SAMPLE_S)
    return seen


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


def resident(pid: int) -> tuple[int, int]:
    """Return a process's resident memory now and at its peak, bytes; zeros once it is gone."""
    found = _status(pid)
    return found.get("VmRSS", 0), found.get("VmHWM", 0)


def held(pid: int) -> Held:
    """Return what of a process's resident memory is its own and what is of files; zeros once it is gone."""
    found = _status(pid)
    return Held(own=found.get("RssAnon", 0), of_files=found.get("RssFile", 0) + found.get("RssShmem", 0))


def _status(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    return {line.partition(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("Vm", "Rss"))}
