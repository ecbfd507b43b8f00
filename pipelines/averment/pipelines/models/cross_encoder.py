"""A cross-encoder of sentence-transformers as reranker: reads question and passage together, on this machine.

Loads from a local folder only; none is packaged. Passages are read a few at a time, best first, for as long as the
time allows, so that a slow machine reads fewer of them instead of keeping the caller waiting.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock, SystemClock
from averment.core.errors import ConfigurationError
from averment.pipelines.models.cross_encoder_folder import CrossEncoderFolder

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_AT_A_TIME: Final = 4


class CrossEncoderReranker:
    """Scores passages with a cross-encoder from a folder. Safe for several threads.

    Args:
        path: The model's folder.
        clock: Tells when the time is spent.

    Raises:
        ModelUnavailable: There is no such folder.
    """

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        self._folder = CrossEncoderFolder(
            path,
            role="cross-encoder",
            hint="set reranking.model_path to a folder that sentence-transformers' CrossEncoder saved, or unset it",
            check=lambda model: _check_ranks(model, path),
        )
        self._clock = clock or SystemClock()
        self.model_id = self._folder.model_id

    def warm_up(self) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: The folder holds no usable model.
            ConfigurationError: The model does not give one score a pair.
        """
        self._folder.model()

    def scores(self, question: str, texts: Sequence[str], *, budget_s: float) -> list[float]:
        """Score texts in order, 0-1, until the time is spent; at least the first few are read.

        Args:
            question: What is asked.
            texts: Passages, best first.
            budget_s: How long reading may take, seconds; loading the model comes on top, once.

        Returns:
            The scores of the texts that were reached.
        """
        from torch.nn import Sigmoid

        model = self._folder.model()
        found: list[float] = []
        begun = self._clock.monotonic_s()
        longest = 0.0
        for start in range(0, len(texts), _AT_A_TIME):
            at = self._clock.monotonic_s()
            if start and at - begun + longest > budget_s:
                break
            pairs = [(question, text) for text in texts[start : start + _AT_A_TIME]]
            rated = model.predict(pairs, batch_size=_AT_A_TIME, show_progress_bar=False, activation_fn=Sigmoid())
            found += [float(score) for score in rated]
            longest = max(longest, self._clock.monotonic_s() - at)
        return found


def _check_ranks(model: "CrossEncoder", path: Path) -> None:
    if model.num_labels != 1:
        raise ConfigurationError(
            f"the cross-encoder in {str(path)!r} gives {model.num_labels} scores a pair, expected 1",
            hint="use a model for ranking, not one for entailment",
        )
