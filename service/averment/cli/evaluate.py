"""`averment eval`: what of files is read and understood, how good retrieval is, and how hostile files end."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from averment.cli.context import log_event, settings_of
from averment.cli.evaluate_answers import evaluate_answers
from averment.cli.evaluate_calibration import evaluate_calibration
from averment.cli.evaluate_citations import evaluate_citations
from averment.cli.evaluate_faults import evaluate_faults
from averment.cli.evaluate_personal_data import evaluate_personal_data
from averment.cli.evaluate_reading import evaluate_ingestion, evaluate_robustness
from averment.cli.evaluate_structure import evaluate_structure
from averment.cli.evaluation_log import declare_thresholds, logged_run
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.core.audit import EventType, EventValue
from averment.core.clock import SystemClock
from averment.core.errors import EXIT_VERIFICATION_FAILED
from averment.core.jsonable import to_json
from averment.core.settings import Settings

if TYPE_CHECKING:
    from averment.evaluation.admission import Admission
    from averment.evaluation.gate import GateResult
    from averment.evaluation.retrieval import EvaluatedParts


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Measure quality on a pack of documents with gold answers.", no_args_is_help=True)
    group.command("retrieval")(retrieval)
    group.command("ingestion")(evaluate_ingestion)
    group.command("robustness")(evaluate_robustness)
    group.command("faults")(evaluate_faults)
    group.command("structure")(evaluate_structure)
    group.command("answers")(evaluate_answers)
    group.command("calibrate")(evaluate_calibration)
    group.command("citations")(evaluate_citations)
    group.command("pii")(evaluate_personal_data)
    group.command("gate")(gate)
    group.command("thresholds")(declare_thresholds)
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
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Folder of an embedder, a candidate too, instead of that of settings."),
    ] = None,
    reranker: Annotated[
        Path | None, typer.Option("--reranker", help="Folder of a cross-encoder, a candidate too; that of settings.")
    ] = None,
    held_out: Annotated[
        Path | None,
        typer.Option("--held-out", help="Folder of a trained model: ask only about documents it was not trained on."),
    ] = None,
    ablations: Annotated[
        bool, typer.Option("--ablations", help="Measure without each part of retrieval as well; takes far longer.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Print character recall within k × 1,350 characters, best first, for Averment and for naive baselines.

    `documents` is the share of gold documents among the first 2 × |gold| documents ranked.
    """
    from averment.evaluation.retrieval import EvaluationOptions, run_retrieval_eval
    from averment.pipelines.models.admission import held_out_documents

    settings = settings_of(context)
    asked_about = None if held_out is None else held_out_documents(held_out)
    options = EvaluationOptions(
        input=kind, limit=limit, seed=seed, resume=resume, ablations=ablations, held_out=asked_about
    )
    parts = _parts(settings, out, model=model, reranker=reranker)
    with logged_run(context, "retrieval", out=out, pack=pack):
        result = run_retrieval_eval(pack, collections or ["cuad", "sec_10q"], out=out, options=options, parts=parts)
    if as_json:
        print_json({key: value for key, value in result.items() if key != "schema_version"})
        return
    print_table(
        ("benchmark", "system", "questions", "document@1", "documents", "R@1", "R@4", "R@8", "R@32"), _rows(result)
    )
    note(f"result: {out / 'result.json'}  report: {out / 'report.html'}")


def _parts(settings: Settings, out: Path, *, model: Path | None, reranker: Path | None) -> "EvaluatedParts":
    """Open the models to evaluate; candidates may be evaluated, that is how they are admitted."""
    from averment.evaluation.retrieval import EvaluatedParts
    from averment.pipelines.ingestion.embedding import open_candidate_embedder, open_embedder
    from averment.pipelines.reranker import open_candidate_reranking, open_reranking

    caches = (out / "cache", settings.model.models_dir)
    clock = SystemClock()
    chosen = settings.embedding if model is None else settings.embedding.model_copy(update={"model_path": model})
    opener = open_embedder if model is None else open_candidate_embedder
    step = (
        open_reranking(settings.reranking, clock=clock)
        if reranker is None
        else open_candidate_reranking(
            settings.reranking.model_copy(update={"model_path": reranker, "endpoint": None}), clock=clock
        )
    )
    return EvaluatedParts(embedder=opener(chosen, caches=caches), reranking=step, clock=clock)


def gate(
    context: typer.Context,
    before: Annotated[Path, typer.Argument(help="result.json, or its folder, of what is in use.")],
    after: Annotated[Path, typer.Argument(help="The same of what shall replace it.")],
    alpha: Annotated[float, typer.Option("--alpha", help="Probability of refusing where nothing got worse.")] = 0.01,
    seed: Annotated[int, typer.Option("--seed", help="For the signs that the test flips.")] = 0,
    admit: Annotated[
        Path | None, typer.Option("--admit", help="Folder of the trained model that AFTER was measured with.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Refuse a change that made anything worse (paired test); exit 4 when it is refused.

    With --admit, a change that passes lets the trained model in.
    """
    from averment.evaluation.gate import run_gate

    result = run_gate(before, after, alpha=alpha, seed=seed)
    admission = _admit(context, admit, before, after=after, gate=result) if admit and result.passed else None
    if as_json:
        print_json(
            {
                "passed": result.passed,
                "alpha": alpha,
                "comparisons": result.comparisons,
                "notes": result.notes,
                "admission": admission,
            }
        )
    else:
        _print_comparisons(result)
        for said in result.notes:
            note(said)
        if admission is not None:
            note(f"admitted: {admission.kind} {admission.model_digest}")
        note("passed: nothing got worse" if result.passed else f"refused: {len(result.worse)} measures got worse")
    if not result.passed:
        raise typer.Exit(EXIT_VERIFICATION_FAILED)


def _print_comparisons(result: "GateResult") -> None:
    from averment.evaluation.gate import MEASURES

    print_table(
        ("benchmark", "measure", "questions", "changed", "before", "after", "p (worse)", ""),
        [
            (
                found.benchmark,
                MEASURES.get(found.measure, found.measure.replace("_", " ")),
                found.questions,
                found.changed,
                _three(found.before),
                _three(found.after),
                f"{found.p_worse:.4f}",
                "WORSE" if found.is_worse(result.alpha) else "",
            )
            for found in result.comparisons
        ],
    )


def _admit(context: typer.Context, folder: Path, before: Path, *, after: Path, gate: "GateResult") -> "Admission":
    """Let a model in, and state it in the evidence log, where there is an installation."""
    from averment.evaluation.admission import judge, let_in

    admission = judge(folder, before, after=after, gate=gate, clock=SystemClock())
    facts: dict[str, EventValue] = {
        "role": admission.kind,
        "model": admission.model_digest,
        "training": admission.training_digest,
        "before": admission.before_digest,
        "after": admission.after_digest,
        "alpha_ppm": round(1_000_000 * admission.alpha),
        "comparisons": admission.comparisons,
    }
    if not log_event(context, EventType.MODEL_ADMITTED, facts):
        note("not logged: there is no installation here")
    let_in(folder, admission)
    return admission


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
