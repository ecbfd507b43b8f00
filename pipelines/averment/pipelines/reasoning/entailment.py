"""The check of a trained verifier: do the quotes entail the statement?

It stands beside the deterministic guards and can only block: what a guard blocks stays blocked whatever it says.
Without a verifier the check does not run and is not listed. A statement passes where all quotes together, or one of
them alone, entail it with at least the threshold that the model's own record gives.

The same verifier reads sentences for a question or a claim, for what its record shows it to be good at.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final, Protocol

from averment.core.answers import Check
from averment.core.clock import Clock
from averment.pipelines.models.verifier import Uses, Verdict
from averment.pipelines.reasoning.checks import SAYS_NOTHING, Evidence

ENTAILMENT_CHECK: Final = "entailment"
SAYS_OTHERWISE: Final = "contradiction"
_NO_OTHER: Final = Uses()


class Entails(Protocol):
    """Says how premises relate to a claim."""

    @property
    def model_id(self) -> str:
        """Return what identifies it."""

    def entails(self, claim: str, premises: Sequence[str]) -> list[Verdict]:
        """Return how each premise relates to a claim, in order."""

    def answers(self, question: str, sentences: Sequence[str]) -> list[float]:
        """Return the probability that each sentence answers a question, in order."""


class EntailmentCheck:
    """Checks statements with a verifier.

    Args:
        verifier: Judges.
        threshold: From which probability of entailment (0-1) a statement passes.
        uses: What else it is used for.
    """

    def __init__(self, verifier: Entails, *, threshold: float, uses: Uses = _NO_OTHER):
        self.verifier = verifier
        self.uses = uses
        self._threshold = threshold

    @property
    def identity(self) -> str:
        """Identify what decides: the model, its threshold, and what it is used for."""
        used = [name for name, is_used in asdict(self.uses).items() if is_used]
        return " ".join((self.verifier.model_id, f"{self._threshold:.4f}", *used))

    def probability(self, text: str, evidence: Evidence) -> float:
        """Return how likely (0-1) the quotes entail a statement."""
        return max(verdict.entailment for verdict in self._verdicts(text, evidence))

    def check(self, text: str, evidence: Evidence) -> Check:
        """Check a statement against what it cites."""
        verdicts = self._verdicts(text, evidence)
        if max(verdict.entailment for verdict in verdicts) >= self._threshold:
            return Check(name=ENTAILMENT_CHECK, passed=True)
        whole = verdicts[0]
        detail = SAYS_OTHERWISE if whole.contradiction > whole.neutral else SAYS_NOTHING
        return Check(name=ENTAILMENT_CHECK, passed=False, detail=detail)

    def _verdicts(self, text: str, evidence: Evidence) -> list[Verdict]:
        """Return the verdicts over all quotes together, first, and over each alone."""
        return self.verifier.entails(text, tuple(dict.fromkeys((evidence.read, *evidence.passages))))


def further_checks(
    entailment: EntailmentCheck | None, text: str, *, evidence: Evidence, clock: Clock
) -> tuple[tuple[Check, ...], float]:
    """Return what the verifier says of a statement, where there is one, and the seconds spent in it."""
    if entailment is None:
        return (), 0.0
    begun = clock.monotonic_s()
    check = entailment.check(text, evidence)
    return (check,), clock.monotonic_s() - begun
