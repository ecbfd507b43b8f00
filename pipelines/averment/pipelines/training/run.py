"""One training from material to candidate: split, measure, train, measure again, and write down what was done."""

import random
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeVar

from averment.core.clock import Clock, rfc3339
from averment.core.errors import ConfigurationError, UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.pipelines.ingestion.embedder_folder import packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.embedding_arithmetic import PLAIN
from averment.pipelines.ingestion.embedding_device import BatchPlace, Device
from averment.pipelines.models.admission import is_candidate
from averment.pipelines.models.model_folder import TRAINING, model_digest
from averment.pipelines.training import embedder, reranker, verifier
from averment.pipelines.training.cross_encoding import time_pairs
from averment.pipelines.training.examples import Material
from averment.pipelines.training.record import Outcome, Trained, write_outcome
from averment.pipelines.training.scores import Item
from averment.pipelines.training.split import Split, split_documents
from averment.pipelines.training.trainers import Course, Recipe, Run, require_training
from averment.pipelines.training.verifier import Judgement

ModelKind = Literal["embedder", "reranker", "verifier"]
TrainingPrecision = Literal["float32", "bfloat16"]
OnProgress = Callable[[str, int, int, str], None]
RECIPES: Final[Mapping[ModelKind, Recipe]] = {
    "embedder": embedder.RECIPE,
    "reranker": reranker.RECIPE,
    "verifier": verifier.RECIPE,
}
MIN_EXAMPLES: Final = 64
MIN_HELD_OUT: Final = 8
_T = TypeVar("_T")
_WORK: Final = ".training"
# Of the documents trained on, so many are kept back to bring a verifier's probabilities to scale.
_SCALE_SHARE: Final = 0.12
# More pairs than these would take time from training and make figures little surer.
_MOST_MEASURED: Final = 800
_MOST_SCALED: Final = 300
# A reranker reads two dozen passages a question.
_MOST_RANKED: Final = 120
# Measuring after takes as long as was foreseen, or a little more.
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
        precision: Arithmetic of products in training; models are measured in float32.
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
    precision: TrainingPrecision = "float32"


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
    job = _Job(material=material, out=out, options=options, on_progress=on_progress)
    begin = time.monotonic()
    before = job.measure(None)
    latest_s = begun_s + options.budget_s - job.foreseen_s(time.monotonic() - begin)
    run = job.learn(until_s=max(latest_s, time.monotonic() + _LEAST_TRAINING_S))
    after = job.measure(out)
    trained = Trained(
        kind=options.kind,
        base=_name(job.base),
        base_digest=job.base_digest,
        material=material,
        train=job.sides.train,
        held_out=job.sides.held_out,
        split=job.sides.split,
        seed=options.seed,
        recipe=job.recipe,
        run=run,
        precision=job.options.precision,
        before=before,
        after=after,
        created_at=rfc3339(clock.now()),
        seconds=time.monotonic() - begun_s,
    )
    outcome = write_outcome(out, trained)
    shutil.rmtree(out / _WORK, ignore_errors=True)
    return outcome


class _Job:
    """One training: what it works with, and its steps."""

    def __init__(self, *, material: Material, out: Path, options: TrainingOptions, on_progress: OnProgress) -> None:
        _check_folder(out, is_resumed=options.is_resumed)
        self.options = options
        self.base = options.base or packaged_model_path()
        self.base_digest = model_digest(self.base, is_kept=False)
        self.recipe = RECIPES[options.kind]
        self.sides = _part(material, options)
        self._material, self._out, self._on_progress = material, out, on_progress
        self._held_out = self._sampled(self.sides.held_out) if options.kind == "reranker" else self.sides.held_out
        # What stands beside a reranker or a verifier is the packaged embedder; an embedder is held against its base.
        standing = self.base if options.kind == "embedder" else packaged_model_path()
        self._standing = _embedder(standing, options)

    def learn(self, *, until_s: float) -> Run:
        """Train and save the model."""
        options, sides, base, out = self.options, self.sides, self.base, self._out
        course = self._course(until_s)
        if options.kind == "embedder":
            return embedder.train_embedder(sides.train, base=base, out=out, recipe=self.recipe, course=course)
        if options.kind == "reranker":
            return reranker.train_reranker(sides.train, base=base, out=out, recipe=self.recipe, course=course)
        return verifier.train_verifier(
            self._pairs(sides.train),
            scale_pairs=self._pairs(sides.scale),
            base=base,
            out=out,
            recipe=self.recipe,
            course=course,
        )

    def measure(self, model: Path | None) -> list[Item]:
        """Measure on what is held out, with a trained model or, where there is none, with what stands in for it."""
        stage = "measure before" if model is None else "measure after"

        def told(done: int, total: int) -> None:
            self._on_progress(stage, done, total, "")

        if self.options.kind == "embedder":
            found = self._standing if model is None else _embedder(model, self.options)
            return embedder.measure_embedder(self._held_out, found, on_document=told)
        if self.options.kind == "reranker":
            return reranker.measure_reranker(self._held_out, self._standing, reranker=model, on_document=told)
        told(0, 1)
        items = self._judged(model)
        told(1, 1)
        return items

    def foreseen_s(self, before_s: float) -> float:
        """Return how long measuring the trained model will take, seconds.

        Args:
            before_s: How long it took to measure what is in use. Reading pairs together comes on top; some are timed.
        """
        if self.options.kind == "embedder":
            return _AFTER * before_s
        if self.options.kind == "verifier":
            pairs = [(pair.asked, pair.text) for pair in self._measured_pairs()]
            return _AFTER * time_pairs(self.base, pairs, course=self._course(0.0))
        pairs = reranker.candidate_pairs(self._held_out)
        return _AFTER * (before_s + time_pairs(self.base, pairs, course=self._course(0.0)))

    def _measured_pairs(self) -> list[Judgement]:
        return self._some(self._pairs(self.sides.held_out), _MOST_MEASURED)

    def _judged(self, model: Path | None) -> list[Item]:
        pairs = self._measured_pairs()
        if model is None and self.options.base is not None and is_candidate(self.options.base):
            model = self.options.base
        if model is not None:
            return verifier.measure_verifier(pairs, model)
        return verifier.measure_likeness(pairs, self._standing, scale_pairs=self._scale_pairs())

    def _scale_pairs(self) -> list[Judgement]:
        return self._some(self._pairs(self.sides.scale), _MOST_SCALED)

    def _sampled(self, material: Material) -> Material:
        """Return material with so many of the questions that its documents answer as a reranker is measured with."""
        queries = [query for queries in embedder.answerable(material).values() for query in queries]
        return replace(material, queries=tuple(self._some(queries, _MOST_RANKED)))

    def _some(self, found: list[_T], most: int) -> list[_T]:
        """Return so many at most, drawn by seed, in order."""
        if len(found) <= most:
            return found
        return [found[place] for place in sorted(random.Random(self.options.seed).sample(range(len(found)), most))]

    def _pairs(self, material: Material) -> list[Judgement]:
        return verifier.judgements(material, negatives=self.recipe.negatives)

    def _course(self, until_s: float) -> Course:
        options = self.options
        parts = [self._material.digest(), self.sides.split.digest, options.kind, options.seed, options.precision]
        return Course(
            folder=self._out / _WORK,
            seed=options.seed,
            until_s=until_s,
            steps=options.steps,
            is_resumed=options.is_resumed,
            device=options.device,
            use_bfloat16=options.precision == "bfloat16",
            on_step=lambda done, total, said: self._on_progress("train", done, total, said),
            identity=sha256_id(canonical_json([*parts, repr(self.recipe), self.base_digest])),
        )


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


def _embedder(path: Path, options: TrainingOptions) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(
        read_folder(path),
        wanted=PLAIN,
        threads=options.threads,
        place=BatchPlace(device=options.device, batch_size=None),
    )


def _name(path: Path) -> str:
    try:
        return read_folder(path).model_id
    except ConfigurationError:
        return path.name
