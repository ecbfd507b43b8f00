"""`averment train`: models for this installation, trained on this machine."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Literal, Self

import typer

from averment.cli.context import log_event, runtime_of, settings_of
from averment.cli.output import JsonFlag, note, print_json, print_table
from averment.cli.progress import Progress, progress
from averment.core.audit import EventType, EventValue
from averment.core.clock import SystemClock
from averment.core.errors import UsageError

if TYPE_CHECKING:
    from averment.pipelines.training.examples import Material
    from averment.pipelines.training.record import Outcome
    from averment.pipelines.training.run import TrainingOptions
    from averment.pipelines.training.scores import Figure


RoleArgument = Annotated[Literal["embedder", "reranker", "verifier"], typer.Argument(help="What the model is to do.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="New folder for the model, its card and its record.")]
PackOption = Annotated[
    Path | None, typer.Option("--pack", help="Folder of a pack with labelled questions, as averment eval reads it.")
]
CollectionOption = Annotated[
    list[str] | None, typer.Option("--collection", help="Benchmark of the pack; repeat for several.")
]
PairsOption = Annotated[
    list[Path] | None,
    typer.Option("--pairs", help="File of own labelled questions and claims, one JSON object a line; repeatable."),
]
MineOption = Annotated[
    bool, typer.Option("--mine", help="Add questions mined from the documents: headings, terms, topics, table rows.")
]
InputOption = Annotated[
    Literal["pdf", "txt", "native"], typer.Option("--input", help="Which files of the pack's documents are read.")
]
BaseOption = Annotated[
    Path | None, typer.Option("--base", help="Folder of the model to begin with; all-MiniLM-L6-v2 when absent.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="For split, sampling, order and new weights.")]
HeldOutOption = Annotated[
    float, typer.Option("--held-out", min=0.05, max=0.9, help="Share of documents that are measured with.")
]
BudgetOption = Annotated[
    float, typer.Option("--budget-minutes", min=0.1, help="How long everything may take, minutes.")
]
StepsOption = Annotated[
    int | None, typer.Option("--steps", min=1, help="Exactly so many steps, whatever they take; to repeat a run.")
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Go on with a training that was killed.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train_model)


def train_model(
    context: typer.Context,
    role: RoleArgument,
    out: OutOption = None,
    pack: PackOption = None,
    collections: CollectionOption = None,
    pairs: PairsOption = None,
    mine: MineOption = False,
    kind: InputOption = "native",
    base: BaseOption = None,
    seed: SeedOption = 0,
    held_out: HeldOutOption = 0.2,
    budget_minutes: BudgetOption = 30.0,
    steps: StepsOption = None,
    resume: ResumeOption = False,
    as_json: JsonFlag = False,
) -> None:
    """Train a model for this installation on this machine; an evaluation admits it.

    An embedder turns passages and questions into vectors, a reranker puts found passages in order anew, a verifier says
    whether a sentence answers a question and whether a premise entails a claim. Each is measured on documents that it
    does not see. A verifier learns from labels alone: nothing is mined for it.
    """
    from averment.pipelines.training.run import TrainingOptions
    from averment.pipelines.training.trainers import require_training

    begun = time.monotonic()
    if mine and role == "verifier":
        raise UsageError("a verifier learns from labels, not from mined questions", hint="leave --mine out")
    sources = _Sources(context, pack=pack, collections=collections, pairs=pairs, mine=mine, kind=kind, seed=seed)
    require_training()
    chosen = settings_of(context)
    options = TrainingOptions(
        kind=role,
        base=base,
        seed=seed,
        held_out_share=held_out,
        budget_s=60 * budget_minutes,
        steps=steps,
        is_resumed=resume,
        device=chosen.embedding.device,
        threads=chosen.embedding.threads,
        precision="bfloat16" if chosen.embedding.precision == "bfloat16" else "float32",
    )
    outcome = _train(sources, options, out=out or chosen.model.models_dir / "trained" / role, begun_s=begun)
    _log(context, outcome)
    _print(outcome, as_json=as_json)


def _train(sources: "_Sources", options: "TrainingOptions", *, out: Path, begun_s: float) -> "Outcome":
    from averment.pipelines.training.run import train

    material = sources.read()
    with _Stages(options.kind) as stages:
        return train(
            material, out=out, options=options, clock=SystemClock(), begun_s=begun_s, on_progress=stages.update
        )


class _Sources:
    """Where material comes from: a pack, or the installation with labels of its own, mined or both."""

    def __init__(
        self,
        context: typer.Context,
        *,
        pack: Path | None,
        collections: list[str] | None,
        pairs: list[Path] | None,
        mine: bool,
        kind: Literal["pdf", "txt", "native"],
        seed: int,
    ) -> None:
        if pack is None and not pairs and not mine:
            raise UsageError(
                "nothing to learn from is named", hint="name --pack with --collection, --pairs, or --mine, or several"
            )
        self._context = context
        self._seed = seed
        self._pack, self._collections = pack, collections or []
        self._pairs, self._mine, self._kind = pairs or [], mine, kind

    def read(self) -> "Material":
        """Read everything that is named; mined questions come from whatever documents there are."""
        from averment.pipelines.training.examples import Material, join_material

        parts: list[Material] = []
        if self._pack is not None:
            parts.append(self._of_pack(self._pack))
        if self._pairs or self._pack is None:
            parts += self._of_installation()
        material = join_material(parts)
        if self._mine:
            from averment.pipelines.training.mining import mine

            found = [query for document in material.documents.values() for query in mine(document, seed=self._seed)]
            material = replace(material, queries=(*material.queries, *found))
        return material

    def _of_pack(self, pack: Path) -> "Material":
        from averment.evaluation.training_pack import read_pack

        with progress("read the pack") as shown:
            found = read_pack(pack, self._collections, kind=self._kind, on_progress=shown.update)
        for name, code in found.failures.items():
            note(f"left out: {name} could not be read ({code})")
        return found.material

    def _of_installation(self) -> "list[Material]":
        from averment.pipelines.training.examples import Material
        from averment.pipelines.training.labelled import read_labelled

        with runtime_of(self._context) as runtime, progress("read the documents") as shown:
            documents = runtime.training_documents(on_progress=shown.update)
            labelled = [read_labelled(path, runtime.training_finder(documents)) for path in self._pairs]
        whole = Material(documents=documents, sources={"documents of the installation": ""}) if self._mine else None
        return [*labelled, *([whole] if whole else [])]


class _Stages:
    """Progress that begins anew with every stage, so that rates and times left are those of the stage."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._stage = ""
        self._open = ExitStack()
        self._shown: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def update(self, stage: str, done: int, total: int, said: str) -> None:
        """Show how far a stage is."""
        if self._shown is None or stage != self._stage:
            self._open.close()
            self._stage = stage
            self._shown = self._open.enter_context(progress(f"train {self._kind}: {stage}"))
        self._shown.update(done, total, said)


def _log(context: typer.Context, outcome: "Outcome") -> None:
    """State in the evidence log that a model was trained, where there is an installation."""
    facts: dict[str, EventValue] = {
        "role": outcome.kind,
        "model": outcome.model_digest,
        "base": outcome.base_digest,
        "data": outcome.data_digest,
        "split": outcome.split_digest,
        "examples": outcome.examples,
        "documents": outcome.documents_trained_on,
        "documents_held_out": outcome.documents_held_out,
        "steps": outcome.steps,
        "duration_ms": round(1000 * outcome.seconds),
    }
    if not log_event(context, EventType.MODEL_TRAINED, facts):
        note("not logged: there is no installation here")


def _print(outcome: "Outcome", *, as_json: bool) -> None:
    if as_json:
        print_json(outcome)
        return
    rows = [
        (part, measure, after.n, _three(_value(outcome.before, part, measure)), _three(after.value),
         _interval(outcome.gained.get(part, {}).get(measure)))
        for part, measures in outcome.after.items()
        for measure, after in measures.items()
    ]  # fmt: skip
    print_table(("part", "measure", "n", "before", "after", "gained (95 %)"), rows)
    note(
        f"{outcome.model_id}: {outcome.examples} rows, {outcome.steps} steps, {outcome.seconds / 60:.1f} minutes; "
        f"a candidate until an evaluation admits it: averment eval gate BEFORE AFTER --admit {outcome.folder}"
    )


def _value(figures: "Mapping[str, Mapping[str, Figure]]", part: str, measure: str) -> float | None:
    found = figures.get(part, {}).get(measure)
    return found.value if found is not None else None


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(figure: "Figure | None") -> str:
    if figure is None or figure.value is None or figure.interval is None:
        return "–"
    low, high = figure.interval
    return f"{figure.value:+.3f} [{low:+.3f}, {high:+.3f}]"
