"""A question or a search as it enters the system."""

from dataclasses import dataclass, field
from typing import Literal

from averment.core.access import Filters, Principal
from averment.core.answers import Passage
from averment.core.interpretation import Interpretation

Channel = Literal["cli", "api", "chat", "batch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """What is asked, by whom, over which documents, for which purpose.

    `answer_type` is one of the types of `averment.core.answers.TypedValue`, or None for whatever fits;
    `labels` are the choices of type `label`; `channel` is the way the question came in.
    """

    question: str
    principal: Principal
    filters: Filters = field(default_factory=Filters)
    purpose: str = "trial"
    answer_type: str | None = None
    labels: tuple[str, ...] = ()
    channel: Channel = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is looked for, by whom, in which documents, for which purpose; at most `top_k` passages come back.

    `ignore` are ids of what an earlier search understood and this one must not (`Interpretation.understood`).
    """

    query: str
    principal: Principal
    top_k: int
    filters: Filters = field(default_factory=Filters)
    purpose: str = "trial"
    channel: Channel = "api"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The passages of a search, best first, and how its query was understood."""

    passages: tuple[Passage, ...]
    interpretation: Interpretation
