"""One training from material to candidate: split, measure, train, measure again, and write down what was done."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from averment.core.clock import Clock, rfc3339
from averment.core.errors import ConfigurationError, UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.pipelines.ingestion.embedder_folder import packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding import Dtype, SentenceTransformerEmbedder, choose_dtype
from averment.pipelines.ingestion.embedding_device import BatchPlace, Device
from averment.pipelines.models.model_folder import TRAINING, model_digest
from averment.pipelines.training import embedder, reranker, verifier
from averment.pipelines.training.examples import Material
from averment.pipelines.training.record import Outcome, Trained, write_outcome
from averment.pipelines.training.scores import Item
from averment.pipelines.training.split import Split, split_documents
from averment.pipelines.training.trainers import Course, Recipe, Run, require_training
from averment.pipelines.training.verifier import Judgement

ModelKind = Literal["embedder", "reranker", "verifier"]
OnProgress = Callable[[str, int, int, str], None]
RECIPES: Final[Mapping[ModelKind, Recipe]] = {
    "embedder": embedder.RECIPE,
    "reranker": reranker.RECIPE,
    "verifier": verifier.RECIPE,
}
MIN_EXAMPLES: Final = 64
MIN_HELD_OUT: Final = 8
_WORK: Final = ".training"
# Of the documents trained on, so many are kept back to bring a verifier's probabilities to scale.
_SCALE_SHARE: Final = 0.12
# Measuring after takes as long as before, or a little more.
_AFTER: Final = 1.3
_LEAST_TRAINING_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """How to train.

    Args:
        kind: Which model.
        base: Folder of the model to begin with; the packaged all-MiniLM-L6-v2 when absent.
        seed: For split, sampling, order, and new weights.
        held_out_share: Share (0-1) of documents to measure with.
        budget_s: How long everything may take, seconds.
        steps: Exactly so many steps, whatever they take.
        is_resumed: Go on with a training that was killed.
        device: Where to compute.
        threads: Threads of torch; its own choice when absent.
        precision: Arithmetic of products; `auto` tries out what this processor gains by.
        caches: Folders where the outcome of that is remembered.
    """

    kind: ModelKind
    base: Path | None = None
    seed: int = 0
    held_out_share: float = 0.2
    budget_s: float = 1_800.0
    steps: int | None = None
    is_resumed: bool = False
    device: Device = "cpu"
    threads: int | None = None
    precision: Dtype = "auto"
    caches: Sequence[Path] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """The material on each side of the split; `scale` is what a verifier is brought to scale by."""

    split: Split
    train: Material
    held_out: Material
    scale: Material


def train(
    material: Material,
    *,
    out: Path,
    options: TrainingOptions,
    clock: Clock,
    begun_s: float,
    on_progress: OnProgress = lambda *_: None,
) -> Outcome:
    """Train a model and write it with its card into a folder.

    Args:
        material: Documents with questions and claims.
        out: The folder; must not hold anything yet, unless a training is resumed.
        options: How.
        clock: Dates the record.
        begun_s: When the time began to count, on the monotonic clock of `time`.
        on_progress: Told of a stage, what of it is done, how much there is, and a phrase.

    Raises:
        UsageError: There is too little to learn from or to measure with, or the folder is in use.
        ConfigurationError: What training needs is not installed.
    """
    require_training()
    options = _settled(options)
    base = options.base or packaged_model_path()
    recipe = RECIPES[options.kind]
    _check_folder(out, is_resumed=options.is_resumed)
    sides = _part(material, options)
    base_digest = model_digest(base, is_kept=False)
    identity = sha256_id(
        canonical_json([material.digest(), sides.split.digest, options.kind, options.seed, repr(recipe), base_digest])
    )
    # What stands beside a reranker or verifier now is the packaged embedder; an embedder is held against its base.
    standing = base if options.kind == "embedder" else packaged_model_path()
    begin = time.monotonic()
    before = _measure(options, sides, _embedder(standing, options), on_progress=on_progress)
    measuring_s = time.monotonic() - begin
    course = Course(
        folder=out / _WORK,
        seed=options.seed,
        until_s=max(begun_s + options.budget_s - _AFTER * measuring_s, time.monotonic() + _LEAST_TRAINING_S),
        steps=options.steps,
        is_resumed=options.is_resumed,
        device=options.device,
        use_bfloat16=options.precision == "bfloat16",
        on_step=lambda done, total, said: on_progress("train", done, total, said),
        identity=identity,
    )
    run = _learn(options, sides, base=base, out=out, recipe=recipe, course=course)
    trained = _embedder(out, options) if options.kind == "embedder" else _embedder(standing, options)
    after = _measure(options, sides, trained, model=out, on_progress=on_progress)
    outcome = write_outcome(
        out,
        Trained(
            kind=options.kind,
            base=_name(base),
            base_digest=base_digest,
            material=material,
            train=sides.train,
            held_out=sides.held_out,
            split=sides.split,
            seed=options.seed,
            recipe=recipe,
            run=run,
            precision=options.precision,
            before=before,
            after=after,
            created_at=rfc3339(clock.now()),
            seconds=time.monotonic() - begun_s,
        ),
    )
    shutil.rmtree(out / _WORK, ignore_errors=True)
    return outcome


def _check_folder(out: Path, *, is_resumed: bool) -> None:
    if (out / TRAINING).exists():
        raise UsageError(f"{str(out)!r} holds a model that is trained already", hint="name another folder with --out")
    others = [path.name for path in out.iterdir() if path.name != _WORK] if out.is_dir() else []
    if others and not is_resumed:
        raise UsageError(f"{str(out)!r} is not empty", hint="name a new folder with --out")
    if is_resumed and not (out / _WORK).is_dir():
        raise UsageError(f"no training was begun in {str(out)!r}", hint="leave --resume out")
    if not is_resumed:
        shutil.rmtree(out / _WORK, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)


def _part(material: Material, options: TrainingOptions) -> _Sides:
    """Split by documents, and check that either side has enough.

    Raises:
        UsageError: One has not.
    """
    used = {
        *(query.document_id for query in material.queries),
        *((claim.document_id for claim in material.claims) if options.kind == "verifier" else ()),
    }
    texts = {name: material.documents[name].text for name in used}
    split = split_documents(texts, seed=options.seed, held_out_share=options.held_out_share)
    sides = _Sides(
        split=split,
        train=material.only(split.train),
        held_out=material.only(split.held_out),
        scale=material.only(()),
    )
    if options.kind == "verifier":
        inner = split_documents(
            {name: texts[name] for name in split.train}, seed=options.seed + 1, held_out_share=_SCALE_SHARE
        )
        sides = replace(sides, train=material.only(inner.train), scale=material.only(inner.held_out))
    n_train, n_held = _count(sides.train, options), _count(sides.held_out, options)
    if n_train < MIN_EXAMPLES or n_held < MIN_HELD_OUT:
        raise UsageError(
            f"there are {n_train} examples to train on in {len(sides.train.documents)} documents and {n_held} to "
            f"measure with in {len(split.held_out)}; at least {MIN_EXAMPLES} and {MIN_HELD_OUT} are needed",
            hint="label more questions, or add self-mined ones with --mine (embedder and reranker)",
        )
    return sides


def _count(material: Material, options: TrainingOptions) -> int:
    if options.kind == "verifier":
        return len(material.claims) + sum(query.origin == "labelled" for query in material.queries)
    return sum(len(queries) for queries in embedder.answerable(material).values())


def _learn(options: TrainingOptions, sides: _Sides, *, base: Path, out: Path, recipe: Recipe, course: Course) -> Run:
    if options.kind == "embedder":
        return embedder.train_embedder(sides.train, base=base, out=out, recipe=recipe, course=course)
    if options.kind == "reranker":
        return reranker.train_reranker(sides.train, base=base, out=out, recipe=recipe, course=course)
    return verifier.train_verifier(
        _pairs(sides.train, options),
        scale_pairs=_pairs(sides.scale, options),
        base=base,
        out=out,
        recipe=recipe,
        course=course,
    )


def _measure(
    options: TrainingOptions,
    sides: _Sides,
    using: SentenceTransformerEmbedder,
    *,
    model: Path | None = None,
    on_progress: OnProgress,
) -> list[Item]:
    """Measure on what is held out, with a trained model or, where there is none, with what stands in for it."""
    stage = "measure before" if model is None else "measure after"

    def told(done: int, total: int) -> None:
        on_progress(stage, done, total, "")

    if options.kind == "embedder":
        return embedder.measure_embedder(sides.held_out, using, on_document=told)
    if options.kind == "reranker":
        return reranker.measure_reranker(sides.held_out, using, reranker=model, on_document=told)
    pairs = _pairs(sides.held_out, options)
    told(0, 1)
    if model is not None:
        found = verifier.measure_verifier(pairs, model)
    elif options.base is not None and (options.base / TRAINING).exists():
        found = verifier.measure_verifier(pairs, options.base)
    else:
        found = verifier.measure_likeness(pairs, using, scale_pairs=_pairs(sides.scale, options))
    told(1, 1)
    return found


def _pairs(material: Material, options: TrainingOptions) -> list[Judgement]:
    return verifier.judgements(material, seed=options.seed, negatives=RECIPES["verifier"].negatives)


def _embedder(path: Path, options: TrainingOptions) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(
        read_folder(path),
        dtype=options.precision,
        threads=options.threads,
        place=BatchPlace(device=options.device, batch_size=None),
        caches=options.caches,
        query_precision="float32",
    )


def _settled(options: TrainingOptions) -> TrainingOptions:
    """Return the options with the arithmetic chosen, once for the whole training; a GPU trains in float32."""
    if options.precision != "auto":
        return options
    if options.device != "cpu":
        return replace(options, precision="float32")
    chosen = choose_dtype(read_folder(packaged_model_path()), threads=options.threads or 1, caches=options.caches)
    return replace(options, precision="bfloat16" if chosen == "bfloat16" else "float32")


def _name(path: Path) -> str:
    try:
        return read_folder(path).model_id
    except ConfigurationError:
        return path.name
