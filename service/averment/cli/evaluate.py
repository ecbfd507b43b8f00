"""`averment eval`: what of files is read and understood, how good retrieval is, and how hostile files end."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from averment.cli.context import settings_of
from averment.cli.evaluate_faults import evaluate_faults
from averment.cli.evaluate_reading import evaluate_ingestion, evaluate_robustness
from averment.cli.evaluate_structure import evaluate_structure
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.core.jsonable import to_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure quality on a pack of documents with gold answers.", no_args_is_help=True)
    group.command("retrieval")(retrieval)
    group.command("ingestion")(evaluate_ingestion)
    group.command("robustness")(evaluate_robustness)
    group.command("faults")(evaluate_faults)
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
        found = {"passed": result.passed, "alpha": alpha, "comparisons": result.comparisons, "notes": result.notes}
        print_json(found)
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
        for said in result.notes:
            note(said)
        note("passed: nothing got worse" if result.passed else f"refused: {len(result.worse)} measures got worse")
    if not result.passed:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


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
