"""PDF to canonical text, against the bare text of pdfium and against unstructured "fast", on the same files.

Ours runs in this process, as it does in a parser process, in three rows: parsing alone (canonical text, pages, a box
for every word), what ingestion runs (that with the second reading of every page, the completeness certificate, hidden
text, blocks, tables, and the structure: metadata, sections, terms, references, amendments), both without OCR, and the
same with the sample of pages that are rendered and read by OCR. pdfium's figure is its characters and nothing else.
"""

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from averment.evaluation.bench.companion import Companion
from averment.evaluation.bench.corpus import contracts, filings, n_pages, pdfium_text
from averment.evaluation.bench.plan import BENCH_ENVIRONMENT, Plan
from averment.evaluation.bench.rows import Baseline, Figure, Goal, Row, at_least, measured, not_taken
from averment.evaluation.bench.timing import alternate, processor_seconds, seconds
from averment.pipelines.anatomy.document import read_structure
from averment.pipelines.ingestion.facts import describe
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf import read_text
from averment.pipelines.ingestion.structure import outline
from averment.pipelines.ingestion.visibility import seen

NAME: Final = "parsing"
ALONE: Final = at_least(0.4)
COMPLETE: Final = at_least(0.2)
AGAINST_UNSTRUCTURED: Final = at_least(20)
_SLOW_PAGES: Final = 60
_LIMITS: Final = ParseLimits()
# A page without a text layer costs a second of OCR and pdfium reads nothing on it: it would be all that is measured.
_ONE_READING: Final = ParseOptions(ocr=False, second_reading=False, hidden_text=False)
_ALL_READINGS: Final = ParseOptions(ocr=False)
_ALL_READINGS_AND_SAMPLE: Final = ParseOptions()


def measure(plan: Plan) -> list[Row]:
    """Measure on contracts and quarterly reports together, and on each kind."""
    kinds = {"contracts": contracts(plan, plan.count(12, quick=2)), "reports": filings(plan, plan.count(4, quick=1))}
    every = [path for paths in kinds.values() for path in paths]
    rounds = plan.count(5, quick=1)
    for path in every:  # loads libraries, brings the files into memory, and finds out whether they can be read
        partition(path.read_bytes(), name=path.name)
        pdfium_text(path)
    rows = [*_against_pdfium("", every, rounds=rounds)]
    if not plan.is_quick:
        rows += [row for kind, paths in kinds.items() for row in _against_pdfium(f", {kind}", paths, rounds=rounds)]
    plan.say(f"{NAME}: pdfium done")
    return [*rows, _against_unstructured(plan, every)]


def _parse_alone(content: bytes) -> None:
    read_text(content, limits=_LIMITS, options=_ONE_READING)


def _ingest(content: bytes, *, options: ParseOptions = _ALL_READINGS) -> None:
    visible = seen(partition(content, name="benchmark.pdf", options=options))
    described = describe(visible, name="benchmark")
    read_structure(
        visible,
        outline(visible).headings,
        facts=described.placed,
        is_contract=described.kind == "contract",
        title=described.title,
    )


def _against_pdfium(kind: str, paths: Sequence[Path], *, rounds: int) -> list[Row]:
    return [
        _compare(f"canonical text{kind}", _parse_alone, paths, goal=ALONE, rounds=rounds),
        _compare(f"with certificate and structure{kind}", _ingest, paths, goal=COMPLETE, rounds=rounds),
        _compare(
            f"with these and the sampled pages{kind}",
            partial(_ingest, options=_ALL_READINGS_AND_SAMPLE),
            paths,
            goal=COMPLETE,
            rounds=rounds,
        ),
    ]


def _compare(name: str, work: Callable[[bytes], None], paths: Sequence[Path], *, goal: Goal, rounds: int) -> Row:
    pages = sum(map(n_pages, paths))
    contents = [path.read_bytes() for path in paths]
    ours: list[float] = []
    bare: list[float] = []
    ours_processor_s = bare_processor_s = 0.0
    for path, content in zip(paths, contents, strict=True):
        parse, read = partial(work, content), partial(pdfium_text, path)
        pair = alternate(partial(seconds, parse), partial(seconds, read), rounds=rounds)
        ours.append(pair.ours_s)
        bare.append(pair.baseline_s)
        ours_processor_s += min(processor_seconds(parse) for _ in range(2))
        bare_processor_s += min(processor_seconds(read) for _ in range(2))
    return measured(
        (NAME, name),
        Figure(value=pages / sum(ours), unit="pages/s"),
        baseline=Baseline(name="pdfium text alone", value=pages / sum(bare)),
        goal=goal,
        detail={
            "files": len(paths),
            "pages": pages,
            "rounds": rounds,
            "median_file_ratio": statistics.median(b / a for a, b in zip(ours, bare, strict=True)),
            "worst_file_ratio": min(b / a for a, b in zip(ours, bare, strict=True)),
            "processor_time_ratio": bare_processor_s / ours_processor_s,
            "processors_at_work": ours_processor_s / sum(ours),
        },
    )


def _against_unstructured(plan: Plan, paths: Sequence[Path]) -> Row:
    place = (NAME, "canonical text, a few files")
    program = Path(__file__).with_name("unstructured_fast.py")
    if not plan.bench_python.exists():
        return not_taken(
            place,
            goal=AGAINST_UNSTRUCTURED,
            note=f"skipped: unstructured's PDF parser has an environment of its own, {BENCH_ENVIRONMENT}, "
            "which is absent here; `make setup-bench` makes it, then `make bench`",
        )
    chosen = _few(paths, plan.count(_SLOW_PAGES, quick=4))
    command = [str(plan.bench_python), "-P", str(program)]
    environment = {"UNSTRUCTURED_DISABLE_NOTICE": "1", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    with Companion(command, complaints=plan.work / "unstructured.log", environment=environment) as companion:
        first = companion.ask({"path": str(chosen[0])})
        ours = theirs = 0.0
        for path in chosen:
            ours += seconds(partial(partition, path.read_bytes(), name=path.name))
            theirs += companion.seconds({"path": str(path)})
    pages = sum(map(n_pages, chosen))
    return measured(
        place,
        Figure(value=pages / ours, unit="pages/s"),
        baseline=Baseline(name="unstructured fast", value=pages / theirs),
        goal=AGAINST_UNSTRUCTURED,
        detail={
            "files": len(chosen),
            "pages": pages,
            "unstructured_version": str(first.get("version")),
            "unstructured_elements_of_first_file": int(str(first.get("elements", 0))),
        },
    )


def _few(paths: Sequence[Path], pages: int) -> list[Path]:
    chosen: list[Path] = []
    for path in sorted(paths, key=n_pages):
        if chosen and sum(map(n_pages, chosen)) + n_pages(path) > pages:
            break
        chosen.append(path)
    return chosen
