"""`averment eval`: what of files is read and understood, how good retrieval is, and how hostile files end."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from averment.cli.context import settings_of
from averment.cli.evaluate_structure import evaluate_structure
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.core.jsonable import to_json

if TYPE_CHECKING:
    from averment.evaluation.ingestion import IngestionRow
    from averment.evaluation.robustness import RobustnessRow


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure quality on a pack of documents with gold answers.", no_args_is_help=True)
    group.command("retrieval")(retrieval)
    group.command("ingestion")(ingestion)
    group.command("robustness")(robustness)
    group.command("structure")(evaluate_structure)
    group.command("gate")(gate)
    app.add_typer(group, name="eval")


def retrieval(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/, benchmarks/).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json and report.html.")] = Path("out/eval"),
    collections: Annotated[
        list[str] | None, typer.Option("--collection", help="Benchmark of the pack; repeat for several.")
    ] = None,
    kind: Annotated[Literal["pdf", "txt", "native"], typer.Option("--input", help="Which files are ingested.")] = "pdf",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Questions a benchmark, sampled by seed.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="For the sample and the intervals.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an earlier run has ingested.")] = False,
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Measure without each part of retrieval as well; takes far longer.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print character recall within k × 1,350 characters, best first, for Averment and for naive baselines.

    `documents` is the share of gold documents among the first 2 × |gold| documents ranked.
    """
    from averment.evaluation.retrieval import EvaluationOptions, run_retrieval_eval
    from averment.pipelines.ingestion.embedding import open_embedder

    settings = settings_of(context)
    embedder = open_embedder(settings.embedding, caches=(out / "cache", settings.model.models_dir))
    options = EvaluationOptions(input=kind, limit=limit, seed=seed, resume=resume, ablations=ablations)
    result = run_retrieval_eval(pack, collections or ["cuad", "sec_10q"], out=out, options=options, embedder=embedder)
    if as_json:
        print_json({key: value for key, value in result.items() if key != "schema_version"})
        return
    print_table(
        ("benchmark", "system", "questions", "document@1", "documents", "R@1", "R@4", "R@8", "R@32"), _rows(result)
    )
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def gate(
    before: Annotated[Path, typer.Argument(help="result.json, or its folder, of what is in use.")],
    after: Annotated[Path, typer.Argument(help="The same of what shall replace it.")],
    alpha: Annotated[float, typer.Option("--alpha", help="Probability of refusing where nothing got worse.")] = 0.01,
    seed: Annotated[int, typer.Option("--seed", help="For the signs that the test flips.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Refuse a change that made retrieval worse on any benchmark (paired test); exit 4 when it is refused."""
    from averment.evaluation.gate import MEASURES, run_gate

    result = run_gate(before, after, alpha=alpha, seed=seed)
    if as_json:
        print_json({"passed": result.passed, "alpha": alpha, "comparisons": result.comparisons})
    else:
        print_table(
            ("benchmark", "measure", "questions", "changed", "before", "after", "p (worse)", ""),
            [
                (
                    found.benchmark,
                    MEASURES[found.measure],
                    found.questions,
                    found.changed,
                    _three(found.before),
                    _three(found.after),
                    f"{found.p_worse:.4f}",
                    "WORSE" if found.is_worse(alpha) else "",
                )
                for found in result.comparisons
            ],
        )
        note("passed: nothing got worse" if result.passed else f"refused: {len(result.worse)} measures got worse")
    if not result.passed:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def ingestion(
    context: typer.Context,
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (docs.jsonl, corpus/, text/).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json.")] = Path("out/ingestion"),
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Files of each collection and format.")] = None,
    with_robustness: Annotated[
        bool, typer.Option("--robustness/--no-robustness", help="Read the pack's hostile files as well.")
    ] = True,
    as_json: JsonFlag = False,
) -> None:
    """Print for every file what was read of it, what was left out and why, and how far it is from its official text."""
    from averment.evaluation.ingestion import run_ingestion_eval, to_result
    from averment.evaluation.pack import Pack
    from averment.evaluation.robustness import MANIFEST, run_robustness
    from averment.evaluation.robustness import to_result as to_robustness
    from averment.pipelines.ingestion.parsers import parse_options

    options = parse_options(settings_of(context).parsing)
    with progress("ingestion") as shown:
        rows = run_ingestion_eval(Pack(pack), limit=limit, options=options, on_progress=shown.update)
    result = to_result(rows)
    hostile: list[RobustnessRow] = []
    if with_robustness and (pack / MANIFEST).is_file():
        with progress("robustness") as shown:
            hostile = run_robustness(pack, on_progress=lambda done, total: shown.update(done, total, ""))
        result["robustness"] = to_robustness(hostile)
    out.mkdir(parents=True, exist_ok=True)
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    if as_json:
        print_json(result)
        return
    print_table(_INGESTION_COLUMNS, map(_ingestion_cells, rows))
    if hostile:
        _print_robustness(hostile)
    note(f"{_sum_line(to_result(rows)['totals'])}; result: {out / 'result.json'}")


_INGESTION_COLUMNS = (
    "file", "status", "pages", "OCR", "letters and digits", "accounted", "left out", "hidden", "numbers", "cells",
    "seconds", "character errors", "words right", "by Tesseract alone",
)  # fmt: skip


def _ingestion_cells(row: "IngestionRow") -> tuple[object, ...]:
    left_out = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in row.left_out.items())
    counts = (row.chars, row.accounted, left_out or None, row.hidden, row.numbers, row.cells)
    pages = "" if not row.failed_pages else f" (page {', '.join(map(str, row.failed_pages[:5]))})"
    return (
        row.file,
        row.status + pages,
        "–" if row.pages is None else row.pages,
        row.ocr_pages,
        *("–" if count is None else count for count in counts),
        f"{row.seconds:.2f}",
        _three(row.character_error_rate),
        _three(row.word_accuracy),
        _three(row.tesseract_word_accuracy),
    )


def _sum_line(totals: object) -> str:
    told = totals if isinstance(totals, dict) else {}
    share = told.get("accounted_share")
    accounted = "nothing to account for" if share is None else f"{100 * share:.4f} % of {told['chars']} accounted for"
    return (
        f"{told['files']} files, {told['quarantined']} quarantined; letters and digits of {told['born_digital_files']} "
        f"born-digital files: {accounted}; {told['cells']} cells; {told['seconds']:.1f} s"
    )


def robustness(
    pack: Annotated[Path, typer.Option("--pack", help="Folder of the pack (robustness/manifest.jsonl).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for result.json.")] = Path("out/robustness"),
    as_json: JsonFlag = False,
) -> None:
    """Read every hostile, broken and odd file of a pack in a parser process and say whether it ended as it should."""
    from averment.evaluation.robustness import run_robustness, to_result

    with progress("robustness") as shown:
        rows = run_robustness(pack, on_progress=lambda done, total: shown.update(done, total, ""))
    result = to_result(rows)
    out.mkdir(parents=True, exist_ok=True)
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    if as_json:
        print_json(result)
    else:
        _print_robustness(rows)
        note(f"{result['passed']} of {result['files']} files ended as they should; result: {out / 'result.json'}")
    if result["passed"] != result["files"]:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _print_robustness(rows: Sequence["RobustnessRow"]) -> None:
    print_table(
        ("file", "expected", "got", "seconds", "MB", "passed", "reason"),
        [
            (
                row.file,
                row.expected,
                row.got,
                f"{row.seconds:.2f}",
                "–" if row.peak_mb is None else f"{row.peak_mb:.0f}",
                "yes" if row.passed else "NO",
                row.reason,
            )
            for row in rows
        ],
    )


def _rows(result: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    body = to_json(result)
    benchmarks = body["benchmarks"] if isinstance(body, dict) else {}
    for name, found in benchmarks.items() if isinstance(benchmarks, dict) else ():
        systems = found["systems"] if isinstance(found, dict) else {}
        for system, summary in systems.items() if isinstance(systems, dict) else ():
            if isinstance(found, dict) and isinstance(summary, dict) and isinstance(summary["recall"], dict):
                means = [recall["mean"] for recall in summary["recall"].values() if isinstance(recall, dict)]
                shown = [means[place] for place in (0, 2, 3, 5)]
                ranked = (_three(summary["document_first"]), _three(summary["gold_documents_ranked"]))
                yield name, system, found["questions"], *ranked, *map(_three, shown)


def _three(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "–"
