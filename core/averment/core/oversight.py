"""The vocabulary of human oversight: reviews of answers, what people decided, and what became of an answer.

Whoever reviewed is named by the pseudonym that the evidence log has of them. Times are RFC 3339 as the log wrote them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from averment.core.access import Role

REVIEWER: Final = Role.REVIEWER
"""The role of a principal that may review answers and let stopped work go on."""

BELOW_MINIMUM_VIEW: Final = "below-minimum-view"
OWN_QUESTION: Final = "own-question"
DISAGREEMENT: Final = "disagreement"


class Decision(StrEnum):
    """What a reviewer decides: take the answer, better its wording, put another result in its place, or refuse it."""

    ACCEPT = "accept"
    EDIT = "edit"
    OVERRIDE = "override"
    REJECT = "reject"


class ReviewReason(StrEnum):
    """Why a reviewer decided so."""

    CONFIRMED = "confirmed"
    FIGURE = "figure"
    DATE = "date"
    PARTY = "party"
    CITATION = "citation"
    MISSING = "missing"
    SCOPE = "scope"
    WORDING = "wording"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision with its reason; `correction` is the text that an edit or an override puts in the answer's place."""

    decision: Decision
    reason: ReviewReason
    correction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One reviewer's decision as the log has it; `entry` is its index there."""

    reviewer: str
    decision: Decision
    reason: str
    seconds_viewed: int
    flags: tuple[str, ...]
    decided_at: str
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One answer in the queue.

    `reasons` say why it is reviewed; `taken` has, by reviewer, when it was first shown to them. While a review is
    open, `planted` is None whatever it is: it tells of a closed one what error had been planted, if one had.
    """

    id: str
    answer_id: str
    purpose: str
    reasons: tuple[str, ...]
    n_reviewers: int
    opened_at: str
    entry: int
    asker: str
    taken: Mapping[str, str]
    decisions: tuple[Decided, ...]
    planted: str | None = None

    @property
    def is_closed(self) -> bool:
        """Tell whether as many people as needed have decided."""
        return len(self.decisions) >= self.n_reviewers

    @property
    def status(self) -> Literal["open", "taken", "half", "closed"]:
        """Say how far it is: `half` waits for the second reviewer."""
        if self.is_closed:
            return "closed"
        return "half" if self.decisions else "taken" if self.taken else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCase:
    """What a reviewer is shown: the question and the answer, without its steps, scores of checks and receipt."""

    review: Review
    question: str
    answer: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of an answer in its reviews; the latest decision counts.

    `correction` is the text that stands in its place after an edit or an override, None where there is none or it was
    erased.
    """

    answer_id: str
    state: Literal["open", "accept", "edit", "override", "reject"]
    reason: str | None
    decided_at: str | None
    correction: str | None
    entry: int

    @property
    def is_set_aside(self) -> bool:
        """Tell whether the answer must not be used as it was given."""
        return self.state in {"override", "reject"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """That no questions are answered, of one purpose or (None) of any; `case` names the risk case that suspended it."""

    reason: str
    purpose: str | None
    since: str
    case: str | None = None
