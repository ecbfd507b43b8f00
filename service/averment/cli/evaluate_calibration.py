"""`averment eval calibrate`: from which score an answer is given, with a bound on how many such answers are wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from averment.cli.asking import asking_of, evaluation_embedder
from averment.cli.context import settings_of
from averment.cli.evaluation_log import logged_run
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import progress
from averment.core.clock import SystemClock
from averment.core.errors import UsageError

if TYPE_CHECKING:
    from averment.core.settings import Settings
    from averment.evaluation.calibration import MadeWith
    from averment.evaluation.found_shares import Sought
    from averment.evaluation.labelling import LabellingOptions
    from averment.evaluation.labels import LabelledAnswer


def evaluate_calibration(
    context: typer.Context,
    pack: Annotated[Path | None, typer.Option("--pack", help="Folder of a pack whose questions are asked.")] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Answers of this installation that were judged, instead of a pack.")
    ] = None,
    sought: Annotated[
        Path | None, typer.Option("--sought", help="With --labels: marked clauses that were sought.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for result and report.")] = Path("out/calibration"),
    benchmarks: Annotated[
        list[str] | None, typer.Option("--benchmark", help="Benchmark of the pack; repeat for several.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Questions a benchmark, at random; 0 for all.")] = 0,
    kind: Annotated[
        Literal["pdf", "txt", "native"], typer.Option("--input", help="Which files are ingested.")
    ] = "native",
    risk: Annotated[float, typer.Option("--risk", help="Largest share of wrong answers.")] = 0.05,
    delta: Annotated[float, typer.Option("--delta", help="Probability that a threshold does not keep it.")] = 0.05,
    splits: Annotated[int, typer.Option("--splits", min=0, help="Random halves on which it is tried.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="For the sample and the halves.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an earlier run has read and asked.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Find the lowest score from which at most a share --risk of the answers is wrong (Learn then Test).

    A group that is too small, or too often wrong, gets no threshold; the table says how many answers are needed.
    """
    from averment.evaluation.calibration import Levels, write_calibration
    from averment.evaluation.labelling import LabellingOptions

    if (pack is None) == (labels is None) or (sought is not None and labels is None):
        raise UsageError("expected either --pack, or --labels and maybe --sought", hint="--pack DIR asks its questions")
    settings = settings_of(context)
    options = LabellingOptions(input=kind, limit=limit or None, seed=seed, is_resumed=resume)
    levels = Levels(risk=risk, delta=delta, splits=splits, seed=seed)
    with logged_run(context, "calibration", out=out, pack=pack):
        if labels is not None:
            found, clauses, made_with = _read(settings, labels, out, sought=sought)
        else:
            assert pack is not None, "one of both is given"
            found, clauses, made_with = _ask(settings, pack, benchmarks or ["cuad"], out=out, options=options)
        result = write_calibration(
            found, sought=clauses, out=out, made_with=made_with, levels=levels, clock=SystemClock()
        )
    if as_json:
        print_json({key: value for key, value in result.items() if key != "schema_version"})
    else:
        _print(result["groups"], result["recall"])
        note(f"calibration: {out / 'calibration.json'}  report: {out / 'report.html'}")


def _read(
    settings: "Settings", path: Path, out: Path, *, sought: Path | None
) -> "tuple[list[LabelledAnswer], list[Sought], MadeWith]":
    """Read labels of answers that an installation with these settings gave, and the marked clauses it was asked for."""
    from averment.evaluation.calibration import MadeWith
    from averment.evaluation.found_shares import read_sought
    from averment.evaluation.labels import digest_of, read_labels
    from averment.pipelines.models.configured import find_model, profile_of
    from averment.pipelines.scoring import expected_scoring_hash

    found, model = read_labels(path), find_model(settings)
    pipeline_hash = expected_scoring_hash(
        settings,
        embedder=evaluation_embedder(settings, out),
        model=model,
        profile=profile_of(settings) if model is None else model.profile,
        clock=SystemClock(),
    )
    sets = {path.name: digest_of(found)}
    clauses = read_sought(sought) if sought is not None else []
    return found, clauses, MadeWith(pipeline_hash=pipeline_hash, model=model.model_id if model else None, sets=sets)


def _ask(
    settings: "Settings", pack: Path, benchmarks: list[str], *, out: Path, options: "LabellingOptions"
) -> "tuple[list[LabelledAnswer], list[Sought], MadeWith]":
    from averment.evaluation.calibration import MadeWith
    from averment.evaluation.found_shares import write_sought
    from averment.evaluation.labelling import label_answers
    from averment.evaluation.labels import write_labels
    from averment.evaluation.pack import Pack

    with progress("calibrate") as shown:
        asking = asking_of(settings, out=out, on_progress=shown.update)
        labelling = label_answers(Pack(pack), benchmarks, folder=out / "work", asking=asking, options=options)
    note(f"{len(labelling.labels)} of {labelling.n_asked} questions were answered")
    made_with = MadeWith(pipeline_hash=labelling.pipeline_hash, model=asking.model, sets=labelling.sets)
    write_labels(labelling.labels, out / "labels.jsonl")
    write_sought(labelling.sought, out / "sought.jsonl")
    return list(labelling.labels), list(labelling.sought), made_with


def _print(groups: Mapping[str, Mapping[str, Any]], recall: Mapping[str, Mapping[str, Any]]) -> None:
    from averment.evaluation.calibration_report import HEAD, RECALL_HEAD, group_row, recall_row

    print_table(HEAD, [tuple(map(_shown, group_row(name, one))) for name, one in groups.items()])
    if recall:
        print_table(RECALL_HEAD, [tuple(map(_shown, recall_row(name, one))) for name, one in recall.items()])


def _shown(value: object) -> object:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else value
