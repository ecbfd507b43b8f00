"""What retrieval returns: passages, how the question was understood, and where the time went."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from averment.core.answers import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocument:
    """A document the question was taken to name, and the share (0-1) of its names that the document bears."""

    document_id: str
    title: str
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How a question was understood; shown to the user, who can drop it with `understand=False`.

    `documents` limit the search where not empty. `unmatched` are names of the question that no readable
    document bears. `searched` is the question as it was ranked by inside the documents.
    """

    want: str
    documents: tuple[NamedDocument, ...] = ()
    unmatched: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    searched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalResult:
    """Passages best first, none overlapping another, with interpretation and seconds by step."""

    passages: tuple[Passage, ...]
    interpretation: Interpretation
    timings: Mapping[str, float] = field(default_factory=dict)
