"""What retrieval returns: passages, how the question was understood, and where the time went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from averment.core.answers import Passage
from averment.core.interpretation import Interpretation


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalResult:
    """Passages best first, none overlapping another, with interpretation and seconds by step."""

    passages: tuple[Passage, ...]
    interpretation: Interpretation
    timings: Mapping[str, float] = field(default_factory=dict)
