"""When a question may be put to a second, larger model: which are hard, whose text may be sent, how many.

A pure policy. A question is hard by what became of the first model's work, never by a guess at its difficulty. What is
classified higher than allowed, and what is classified by a word that is not known here, is not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.access import AccessLabel
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer

Hardness = Literal["abstained", "withheld", "schema"]
Classification = Literal["public", "internal"]
TOO_HIGH: Final = "classification_too_high"
_LEVELS: Final = ("public", "internal")
_SCHEMA_BROKEN: Final = frozenset({"model_output_invalid", "model_output_truncated"})
_ANSWERING: Final = frozenset({"select", "yes_no", "write", "repair"})
# What an answer may warn of without being less than a whole one: settings, not the model.
_HARMLESS: Final = frozenset({"calibration_refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """What may be put to the second model.

    Args:
        purposes: Codes of the purposes that may use it.
        highest: Highest classification of documents whose text may be sent.
        share: Largest share (0-1) of the latest questions that may use it.
        is_external: Whether text leaves the company that way.
    """

    purposes: tuple[str, ...]
    highest: Classification
    share: float
    is_external: bool

    def refusal(self, request: AnalysisRequest) -> str | None:
        """Return the code of why a question may not be escalated, whatever is found for it; None where it may.

        A question that leans on its conversation may hold words of documents that nobody classified for it.
        """
        if request.purpose not in self.purposes:
            return "purpose_not_allowed"
        return "follow_up" if request.conversation else None

    def may_see(self, labels: Sequence[AccessLabel]) -> bool:
        """Say whether text of documents with these labels may be sent; of none in particular, it may not."""
        return bool(labels) and all(level_of(label.classification) <= level_of(self.highest) for label in labels)

    def has_room(self, n_escalated: int, n_questions: int) -> bool:
        """Say whether one more question may be escalated.

        Args:
            n_escalated: How many of the latest questions were.
            n_questions: How many there were, this one included.
        """
        return n_escalated + 1 <= self.share * n_questions


def level_of(classification: str) -> int:
    """Return how confidential a label is, from 0; one that is not known counts as confidential.

    >>> level_of("Internal"), level_of("confidential"), level_of("whatever")
    (1, 2, 2)
    """
    known = classification.strip().casefold()
    return _LEVELS.index(known) if known in _LEVELS else len(_LEVELS)


def hardness_of(answer: Answer) -> Hardness | None:
    """Return why a finished question was hard for the model that was asked; None where it was not."""
    if answer.status not in ("answered", "abstained") or not any(step.passage_ids for step in answer.steps):
        return None
    if _SCHEMA_BROKEN.intersection(answer.warnings):
        return "schema"
    if "statement_withheld" in answer.warnings:
        return "withheld"
    calls = [step.model_call for step in answer.steps if step.model_call is not None]
    was_asked = any(call.purpose in _ANSWERING for call in calls)
    return "abstained" if was_asked and answer.status == "abstained" else None


def shortfall_of(answer: Answer) -> str | None:
    """Return the code of why a second model's answer does not replace the first; None where it is whole."""
    if answer.status == "truncated":
        return "truncated"
    found = [code for code in answer.warnings if code not in _HARMLESS]
    if found:
        return found[0]
    return None if answer.status == "answered" and answer.method == "model" else "not_answered"
