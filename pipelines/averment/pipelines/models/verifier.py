"""A cross-encoder that says whether a sentence answers a question, and whether a premise entails a claim.

Trained by `averment train verifier`; loads from a local folder only, and none is packaged. What it says is a
probability, brought to scale on documents it was not trained on; it proves nothing and stands beside checks that do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.errors import ConfigurationError
from averment.pipelines.models.admission import require_admission
from averment.pipelines.models.cross_encoder_folder import CrossEncoderFolder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LABELS: Final = ("contradiction", "neutral", "entailment")
MAX_CHARS: Final = 1_000
_AT_A_TIME: Final = 16
_HINT: Final = "name a folder that averment train verifier made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Probabilities (0-1, together 1) that a premise contradicts a claim, says nothing of it, or entails it."""

    contradiction: float
    neutral: float
    entailment: float


class CrossEncoderVerifier:
    """Judges pairs of texts with a model from a folder. Safe for several threads.

    Args:
        path: The model's folder.

    Raises:
        ModelUnavailable: There is no such folder.
    """

    def __init__(self, path: Path) -> None:
        self._folder = CrossEncoderFolder(
            path, role="verifier", hint=_HINT, check=lambda model: _check_labels(model, path)
        )
        self.model_id = self._folder.model_id

    def warm_up(self) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: The folder holds no usable model.
            ConfigurationError: The model does not tell contradiction, neutral and entailment apart.
        """
        self._folder.model()

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Return the probability that each sentence answers a question, in order."""
        return [verdict.entailment for verdict in self._judged([(question, sentence) for sentence in sentences])]

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        """Return how each premise relates to a claim, in order."""
        return self._judged([(claim, premise) for premise in premises])

    def _judged(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        if not pairs:
            return []
        folded = [(" ".join(asked.split()), " ".join(text.split())[:MAX_CHARS]) for asked, text in pairs]
        rows = self._folder.model().predict(folded, batch_size=_AT_A_TIME, show_progress_bar=False, apply_softmax=True)
        return [Verdict(**{label: float(value) for label, value in zip(LABELS, row, strict=True)}) for row in rows]


def _check_labels(model: "CrossEncoder", path: Path) -> None:
    labels = (model.config.id2label if model.config is not None else None) or {}
    named = tuple(str(label).lower() for _, label in sorted(labels.items()))
    if named != LABELS:
        raise ConfigurationError(
            f"the model in {str(path)!r} has the labels {', '.join(named)}, expected {', '.join(LABELS)}", hint=_HINT
        )


def open_verifier(path: Path, *, setting: str) -> CrossEncoderVerifier:
    """Open an admitted verifier.

    Args:
        path: The model's folder.
        setting: What names it, for messages.

    Raises:
        ConfigurationError: It was trained here and not admitted.
        ModelUnavailable: There is no such folder.
    """
    require_admission(path, setting=setting)
    return CrossEncoderVerifier(path)
