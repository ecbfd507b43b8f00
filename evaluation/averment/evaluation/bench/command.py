"""The command `python -m averment.evaluation.bench`: runs the benchmarks, prints one table, writes `bench.json`.

Progress goes to standard error. A benchmark that cannot run is a row that says so, and the exit status is 1; a figure
that misses its target is printed as such and changes nothing, since another machine gives another figure.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from averment.core.clock import SystemClock, rfc3339
from averment.core.errors import AvermentError
from averment.evaluation.bench import answer, ingestion, log, memory, million, parsing, review, scale, search, vectors
from averment.evaluation.bench.installation import fresh_folder, new_embedder
from averment.evaluation.bench.machine import configuration, headline, load_average
from averment.evaluation.bench.plan import POINTS, SEED, Plan
from averment.evaluation.bench.rows import Row, not_taken, report, table

Benchmark = Callable[[Plan], list[Row]]
BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    module.NAME: module.measure
    for module in (parsing, ingestion, search, log, answer, review, memory, scale, million, vectors)
}
# These take an hour the first time, so they run only when they are named.
NAMED_ONLY: Final = frozenset({million.NAME, vectors.NAME})
RESULT: Final = "bench.json"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m averment.evaluation.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="run this one; may be repeated")
    parser.add_argument("--quick", action="store_true", help="small counts: shows that everything runs, in a minute")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), help="folder for bench.json and the stores")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="pack of real documents")
    parser.add_argument("--points", type=int, default=POINTS, help="chunks of the largest corpus of `million`")
    parser.add_argument("--corpora", type=Path, help="folder for corpora that are used again (OUT/corpora)")
    parser.add_argument("--seed", type=int, default=SEED, help="chooses documents, questions and noise")
    parser.add_argument("--endpoint", help="OpenAI-compatible server with /v1, for answers with a language model")
    parser.add_argument("--api-key-file", type=Path, help="file with that server's key")
    parser.add_argument("--profile", default="smollm2-135m", help="model profile of that server")
    parser.add_argument("--json", action="store_true", help="print the JSON object instead of the table")
    return parser.parse_args(arguments)


def run(arguments: Sequence[str]) -> int:
    """Run the benchmarks asked for; returns the exit status."""
    options = parse(arguments)
    offline()
    key = options.api_key_file.read_text("ascii").strip() if options.api_key_file else None
    plan = Plan(
        work=options.out / "work",
        root=Path.cwd(),
        data=options.data,
        is_quick=options.quick,
        seed=options.seed,
        endpoint=options.endpoint,
        api_key=key,
        profile=options.profile,
        points=options.points,
        kept=options.corpora,
        say=_say,
    )
    load = load_average()
    rows, is_complete = measure_all(plan, options.only or [name for name in BENCHMARKS if name not in NAMED_ONLY])
    found = configuration(plan, new_embedder(plan), load=load)
    written = report(rows, found, created_at=rfc3339(SystemClock().now()))
    text = json.dumps(written, ensure_ascii=False, indent=1)
    (options.out / RESULT).write_text(text + "\n", encoding="utf-8")
    print(text if options.json else f"{headline(found)}\n\n{table(rows)}\n\nWritten to {options.out / RESULT}")
    return 0 if is_complete else 1


def measure_all(plan: Plan, names: Sequence[str]) -> tuple[list[Row], bool]:
    """Run benchmarks one after the other and say whether all of them could."""
    fresh_folder(plan.work)
    rows: list[Row] = []
    is_complete = True
    for name in names:
        begin = time.perf_counter()
        plan.say(f"{name}: starting")
        try:
            rows += BENCHMARKS[name](plan)
        except AvermentError as error:
            hint = f" ({error.hint})" if error.hint else ""
            rows.append(not_taken((name, "could not run"), note=f"{error.code}: {error.message}{hint}"))
            is_complete = False
        plan.say(f"{name}: {time.perf_counter() - begin:.0f} s")
    return rows, is_complete


def offline() -> None:
    """Tell the libraries of this process and its children to stay off the network and the screen."""
    quiet = ("HF_HUB_OFFLINE", "DO_NOT_TRACK", "HF_HUB_DISABLE_PROGRESS_BARS", "UNSTRUCTURED_DISABLE_NOTICE")
    os.environ.update({**dict.fromkeys(quiet, "1"), "TOKENIZERS_PARALLELISM": "false"})


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
