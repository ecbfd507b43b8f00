"""Steps of training through sentence-transformers: planned to fit the time, kept as they go, resumed where they ended.

How long a step takes is measured first, and as many steps are planned as the time allows; the learning rate falls to
zero over the plan. A run that was killed goes on from its last checkpoint with the plan it began with.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from averment.core.errors import ConfigurationError, UsageError
from averment.pipelines.ingestion.embedding_device import Device
from averment.pipelines.training.batches import batch_sampler, like_batches, make_batches

if TYPE_CHECKING:
    from torch.nn import Module

OnStep = Callable[[int, int, str], None]
_PLAN: Final = "plan.json"
_CHECKPOINTS: Final = "checkpoints"
_STATE: Final = "trainer_state.json"
_TIMED: Final = 3
_MIN_STEPS: Final = 1
_SAVES: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is trained.

    Args:
        batch_size: Rows of a step.
        learning_rate: Highest rate; it falls linearly to zero.
        epochs: Most times every row is seen.
        warmup_share: Share (0-1) of steps in which the rate rises.
        max_tokens: Longer inputs are cut off in training, tokens.
        negatives: Hard negatives of a question.
    """

    batch_size: int
    learning_rate: float
    epochs: float
    warmup_share: float = 0.1
    max_tokens: int = 256
    negatives: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where and how long one training runs.

    Args:
        folder: For the plan and checkpoints; made when absent.
        seed: For the order of rows, dropout, and weights that are new.
        until_s: When the last step must have ended, on the monotonic clock of `time`.
        steps: Exactly so many steps instead of as many as the time allows.
        is_resumed: Go on from a checkpoint that lies in the folder.
        device: Where to compute.
        use_bfloat16: Compute products in bfloat16.
        on_step: Told of steps done, steps planned, and a phrase.
        identity: What the plan belongs to: material, recipe, base.
    """

    folder: Path
    seed: int
    until_s: float
    steps: int | None
    is_resumed: bool
    device: Device
    use_bfloat16: bool
    on_step: OnStep
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a training did; `resumed_at` is the step it went on from, `seconds` those of this process."""

    rows: int
    steps_planned: int
    steps_done: int
    epochs: float
    seconds: float
    step_s: float
    resumed_at: int | None
    is_cut_short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A model with what it is to learn: rows as columns, what each row is about, and the loss over the model."""

    model: Any
    columns: Mapping[str, Sequence[object]]
    keys: Sequence[frozenset[str]] | None
    loss: "Module"
    is_cross_encoder: bool
    prompts: Mapping[str, str] | None = None


def require_training() -> None:
    """Check that what trainers need is installed.

    Raises:
        ConfigurationError: It is not.
    """
    from sentence_transformers.util import is_training_available

    if not is_training_available():
        raise ConfigurationError(
            "training needs the packages 'datasets' and 'accelerate', and one of them is not installed",
            hint="install the extra 'training': pip install 'averment[training]'",
        )


def run_lesson(lesson: Lesson, recipe: Recipe, *, course: Course) -> Run:
    """Train a model in place.

    Raises:
        UsageError: There are fewer rows than a batch has, or the folder holds a plan for something else.
    """
    import torch

    begun = time.monotonic()
    n_rows = len(next(iter(lesson.columns.values())))
    if n_rows < recipe.batch_size:
        raise UsageError(
            f"{n_rows} rows can be made of what there is to learn from, at least {recipe.batch_size} are needed",
            hint="documents of one or two passages give no wrong ones to learn from; add longer ones or more questions",
        )
    course.folder.mkdir(parents=True, exist_ok=True)
    trainer = _trainer(lesson, recipe, course)
    per_epoch = len(trainer.get_train_dataloader())
    plan = _read_plan(course)
    checkpoint = _last_checkpoint(course) if plan else None
    if plan is None:
        step_s = _step_seconds(trainer)
        wanted = max(_MIN_STEPS, int(recipe.epochs * per_epoch))
        fitting = max(_MIN_STEPS, int((course.until_s - time.monotonic()) / step_s))
        plan = {"identity": course.identity, "steps": course.steps or min(wanted, fitting), "step_s": step_s}
        (course.folder / _PLAN).write_text(json.dumps(plan), encoding="utf-8")
    steps = int(plan["steps"])
    trainer.args.max_steps = steps
    trainer.args.warmup_steps = int(recipe.warmup_share * steps)
    trainer.args.save_steps = max(5, steps // _SAVES)
    trainer.add_callback(_watch(course, steps))
    torch.manual_seed(course.seed)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    done = int(trainer.state.global_step)
    return Run(
        rows=n_rows,
        steps_planned=steps,
        steps_done=done,
        epochs=done / per_epoch if per_epoch else 0.0,
        seconds=time.monotonic() - begun,
        step_s=float(plan["step_s"]),
        resumed_at=_step_of(checkpoint) if checkpoint else None,
        is_cut_short=done < steps,
    )


def _trainer(lesson: Lesson, recipe: Recipe, course: Course) -> Any:
    from datasets import Dataset
    from transformers import PrinterCallback

    trainer_class, arguments_class = _classes(is_cross_encoder=lesson.is_cross_encoder)
    _keep_words(lesson.model)
    settings: dict[str, Any] = {"prompts": dict(lesson.prompts)} if lesson.prompts else {}
    arguments = arguments_class(
        output_dir=str(course.folder / _CHECKPOINTS),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type="linear",
        seed=course.seed,
        data_seed=course.seed,
        use_cpu=course.device == "cpu",
        bf16=course.use_bfloat16,
        dataloader_pin_memory=False,
        save_strategy="steps",
        save_total_limit=2,
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        log_level="error",
        **settings,
    )
    trainer = trainer_class(
        model=lesson.model, args=arguments, train_dataset=Dataset.from_dict(dict(lesson.columns)), loss=lesson.loss
    )
    trainer.make_batches = _maker(lesson, recipe, seed=course.seed)
    trainer.remove_callback(PrinterCallback)
    return trainer


def _maker(lesson: Lesson, recipe: Recipe, *, seed: int) -> Callable[[int], list[list[int]]]:
    """Return what makes the batches of an epoch."""
    size = recipe.batch_size
    if lesson.keys is not None:
        keys = lesson.keys
        return lambda epoch: make_batches(keys, batch_size=size, seed=seed + epoch)
    texts = [column for column in lesson.columns.values() if isinstance(column[0], str)]
    lengths = [sum(len(str(text)) for text in row) for row in zip(*texts, strict=True)]
    return lambda epoch: like_batches(lengths, batch_size=size, seed=seed + epoch)


def _classes(*, is_cross_encoder: bool) -> tuple[Any, Any]:
    """Return trainer and arguments; the trainer writes no texts into checkpoints and parts rows that are alike."""
    from sentence_transformers import (
        CrossEncoderTrainer,
        CrossEncoderTrainingArguments,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )

    parent: Any = CrossEncoderTrainer if is_cross_encoder else SentenceTransformerTrainer

    class QuietTrainer(parent):  # type: ignore[misc]  # one of two classes, chosen above
        make_batches: Callable[[int], list[list[int]]]

        def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
            """Leave out the card of sentence-transformers: it quotes training texts."""

        def get_batch_sampler(self, dataset: Any, batch_size: int, drop_last: bool, **options: Any) -> Any:  # noqa: ARG002, FBT001 - as the library calls it
            return batch_sampler(self.make_batches, batch_size=batch_size)

        def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:  # noqa: ARG002 - as the library calls it
            self.model.save_pretrained(output_dir or self.args.output_dir, create_model_card=False)

    arguments = CrossEncoderTrainingArguments if is_cross_encoder else SentenceTransformerTrainingArguments
    return QuietTrainer, arguments


def _keep_words(model: Any) -> None:
    """Leave the vectors of words as they are: half of a small model, of which few words are seen in training."""
    for name, weights in model.named_parameters():
        if ".embeddings." in name or name.startswith("embeddings."):
            weights.requires_grad = False


def _step_seconds(trainer: Any) -> float:
    """Measure a step, forth and back, without changing the model."""
    seconds: list[float] = []
    batches = iter(trainer.get_train_dataloader())
    trainer.model.train()
    for batch in (found for found, _ in zip(batches, range(_TIMED), strict=False)):
        begun = time.monotonic()
        with trainer.compute_loss_context_manager():
            loss = trainer.compute_loss(trainer.model, trainer._prepare_inputs(batch))
        loss.backward()
        seconds.append(time.monotonic() - begun)
    trainer.model.zero_grad()
    # The first one also warms up; the optimizer comes on top.
    usual = seconds[1:] or seconds
    return max(1e-4, 1.1 * sum(usual) / len(usual))


def _watch(course: Course, steps: int) -> Any:
    from transformers import TrainerCallback

    begun = time.monotonic()
    first: list[int] = []

    class Watch(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **options: Any) -> Any:  # noqa: ARG002 - a callback
            first.append(state.global_step - 1) if not first else None
            rate = (state.global_step - first[0]) / max(1e-9, time.monotonic() - begun)
            left = (steps - state.global_step) / rate if rate else 0.0
            course.on_step(state.global_step, steps, f"{rate:.2f} steps/s, about {left:.0f} s left")
            if course.steps is None and time.monotonic() >= course.until_s:
                control.should_training_stop = True
            return control

    return Watch()


def _read_plan(course: Course) -> dict[str, Any] | None:
    """Return the plan to go on with; None where a new one is to be made.

    Raises:
        UsageError: The plan that lies there is for something else.
    """
    path = course.folder / _PLAN
    if not course.is_resumed or not path.exists():
        return None
    plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if plan["identity"] != course.identity:
        raise UsageError(
            "what was begun here was trained on other material or with other options",
            hint="resume with the same options, or begin anew without --resume",
        )
    return plan


def _last_checkpoint(course: Course) -> Path | None:
    """Return the last checkpoint that was written to its end: the state comes last."""
    whole = [path.parent for path in (course.folder / _CHECKPOINTS).glob(f"checkpoint-*/{_STATE}")]
    return max(whole, key=_step_of, default=None)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def as_facts(recipe: Recipe, run: Run) -> dict[str, object]:
    """Return recipe and run as JSON values."""
    return {"recipe": asdict(recipe), "run": asdict(run)}
