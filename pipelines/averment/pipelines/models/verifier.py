"""A cross-encoder that says whether a sentence answers a question, and whether a premise entails a claim.

Trained by `averment train verifier`; loads from a local folder only, and none is packaged. What it says is a
probability, brought to scale on documents it was not trained on; it proves nothing and stands beside checks that do.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.errors import ConfigurationError
from averment.pipelines.models.admission import require_admission
from averment.pipelines.models.cross_encoder_folder import CrossEncoderFolder
from averment.pipelines.models.model_folder import TRAINING

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

DEFAULT_THRESHOLD: Final = 0.5
KEPT_SHARE: Final = 0.9
HELD_OUT: Final = Path("held_out", "after", "result.json")
LABELS: Final = ("contradiction", "neutral", "entailment")
ANSWER_CHOSEN: Final = "answer chosen"
SENTENCE_CHOSEN: Final = "deciding sentence chosen"
"""Parts of a record: how often the likeliest text is one that answers a question, and one that decides a claim."""
MAX_CHARS: Final = 1_000
_AT_A_TIME: Final = 16
_HINT: Final = "name a folder that averment train verifier made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Probabilities (0-1, together 1) that a premise contradicts a claim, says nothing of it, or entails it."""

    contradiction: float
    neutral: float
    entailment: float

    @property
    def decided(self) -> float:
        """Return how likely (0-1) a premise decides a claim, for or against it."""
        return self.entailment + self.contradiction

    @property
    def likeliest(self) -> str:
        """Return the likeliest of the labels."""
        return max(LABELS, key=lambda label: float(getattr(self, label)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What a verifier is used for besides checking: to choose what answers, and to relate claims to sentences."""

    answers: bool = False
    relates: bool = False


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


def recorded_threshold(folder: Path) -> float:
    """Return the probability of entailment (0-1) from which a claim passes, by the model's own record.

    It is the highest that lets nine of ten true claims pass, of documents that the model was not trained on; one half
    where a folder has no such record.
    """
    try:
        rows = json.loads((folder / HELD_OUT).read_text(encoding="utf-8"))["rows"]
        right = sorted(float(row["score"]) for row in rows if row["part"] == "entails" and row["is_right"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_THRESHOLD
    return right[len(right) - math.ceil(len(right) * KEPT_SHARE)] if right else DEFAULT_THRESHOLD


def recorded_uses(folder: Path) -> Uses:
    """Return what a verifier measurably does better than likeness of meaning, by the model's own record.

    It is better where the 95 % interval of the gain, on documents that it was not trained on, lies above zero. A folder
    without such a record is used to check statements alone.
    """
    try:
        gained = json.loads((folder / TRAINING).read_text(encoding="utf-8"))["metrics"]["gained"]
    except (OSError, ValueError, KeyError, TypeError):
        return Uses()
    return Uses(answers=_gains(gained, ANSWER_CHOSEN), relates=_gains(gained, SENTENCE_CHOSEN))


def _gains(gained: object, part: str) -> bool:
    try:
        return float(gained[part]["accuracy"]["interval"][0]) > 0  # type: ignore[index]  # a record that may be odd
    except (KeyError, TypeError, ValueError, IndexError):
        return False


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
