"""`averment eval retrieval`: how good retrieval is, against naive baselines in the same run."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from averment.cli.context import settings_of
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.core.jsonable import to_json


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure quality on a pack of documents with gold answers.", no_args_is_help=True)
    group.callback()(_group)
    group.command("retrieval")(retrieval)
    app.add_typer(group, name="eval")


def _group() -> None:
    """Keep `retrieval` a command of its own while it is the only one."""


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
    as_json: JsonFlag = False,
) -> None:
    """Print character recall within k × 1,350 characters, best first, for Averment and for naive baselines."""
    from averment.evaluation.retrieval import EvaluationOptions, run_retrieval_eval
    from averment.pipelines.ingestion.embedding import open_embedder

    settings = settings_of(context)
    embedder = open_embedder(settings.embedding, caches=(out / "cache", settings.model.models_dir))
    options = EvaluationOptions(input=kind, limit=limit, seed=seed, resume=resume)
    result = run_retrieval_eval(pack, collections or ["cuad", "sec_10q"], out=out, options=options, embedder=embedder)
    if as_json:
        print_json({key: value for key, value in result.items() if key != "schema_version"})
        return
    print_table(("benchmark", "system", "questions", "document@1", "R@1", "R@4", "R@8", "R@32"), _rows(result))
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def _rows(result: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    body = to_json(result)
    benchmarks = body["benchmarks"] if isinstance(body, dict) else {}
    for name, found in benchmarks.items() if isinstance(benchmarks, dict) else ():
        systems = found["systems"] if isinstance(found, dict) else {}
        for system, summary in systems.items() if isinstance(systems, dict) else ():
            if isinstance(found, dict) and isinstance(summary, dict) and isinstance(summary["recall"], dict):
                means = [recall["mean"] for recall in summary["recall"].values() if isinstance(recall, dict)]
                shown = [means[place] for place in (0, 2, 3, 5)]
                yield name, system, found["questions"], _three(summary["document_first"]), *map(_three, shown)


def _three(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "–"
