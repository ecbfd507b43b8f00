"""Cross-encoders to train: opened from any encoder's folder with a new head, saved, and asked for probabilities."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from averment.core.errors import ModelUnavailable
from averment.pipelines.training.trainers import Course

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH: Final = 32
_TIMED: Final = 32


def load_cross_encoder(
    folder: Path, *, labels: Sequence[str] | None, max_tokens: int | None = None, course: Course | None = None
) -> "CrossEncoder":
    """Open a cross-encoder from a folder.

    Args:
        folder: A cross-encoder, or an encoder without a head.
        labels: Names of its outputs; none for one score; None as the folder says. A head that does not fit is made
            anew.
        max_tokens: Longer pairs are cut off; as the folder says when absent.
        course: Seeds a new head, and says where to compute.

    Raises:
        ModelUnavailable: The folder holds no encoder.
    """
    from sentence_transformers import CrossEncoder
    from transformers import set_seed

    set_seed(course.seed if course else 0)
    options: dict[str, Any] = {}
    if labels is not None:
        options["num_labels"] = max(1, len(labels))
        options["model_kwargs"] = {"ignore_mismatched_sizes": True}
    try:
        model: CrossEncoder = CrossEncoder(
            str(folder),
            device=course.device if course else "cpu",
            local_files_only=True,
            trust_remote_code=False,
            max_length=max_tokens,
            **options,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as cause:
        raise ModelUnavailable(
            f"the model in {str(folder)!r} cannot be opened as a cross-encoder ({type(cause).__name__})",
            hint="--base must name a folder that sentence-transformers can open",
        ) from cause
    if labels:
        assert model.config is not None, "a loaded model has a configuration"
        model.config.id2label = dict(enumerate(labels))
        model.config.label2id = {label: number for number, label in enumerate(labels)}
    model.float()
    return model


def save_cross_encoder(model: "CrossEncoder", out: Path) -> None:
    """Save a cross-encoder without the card of sentence-transformers, which quotes training texts."""
    model.eval()
    model.save_pretrained(str(out), create_model_card=False)


def probabilities(model: "CrossEncoder", pairs: Sequence[tuple[str, str]]) -> list[list[float]]:
    """Return the probability of every label for each pair, in order; of one score, that alone."""
    from torch.nn import Sigmoid

    if not pairs:
        return []
    if model.num_labels == 1:
        found = model.predict(list(pairs), batch_size=_BATCH, show_progress_bar=False, activation_fn=Sigmoid())
        return [[float(value)] for value in found]
    rows = model.predict(list(pairs), batch_size=_BATCH, show_progress_bar=False, apply_softmax=True)
    return [[float(value) for value in row] for row in rows]


def time_pairs(folder: Path, pairs: Sequence[tuple[str, str]], *, course: Course) -> float:
    """Return how long reading some pairs would take, seconds: a few of them are read.

    Args:
        folder: A model of the same build.
        pairs: All pairs.
        course: Where to compute.
    """
    model = load_cross_encoder(folder, labels=(), course=course)
    some = pairs[:: max(1, len(pairs) // _TIMED)][:_TIMED]
    begun = time.monotonic()
    probabilities(model, some)
    return (time.monotonic() - begun) * len(pairs) / max(1, len(some))
