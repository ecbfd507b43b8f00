"""A question or a search as it enters the system."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from averment.core.access import Filters, Principal
from averment.core.answers import Passage
from averment.core.errors import UsageError
from averment.core.interpretation import Interpretation

MAX_TURNS: Final = 6
MAX_TURN_CHARS: Final = 2_000
Channel = Literal["cli", "api", "chat", "batch"]
Mode = Literal["trial", "assessed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An earlier question of a conversation, and what was answered.

    `document_ids` are the documents that the answer cites; empty where that is not known.
    """

    question: str
    answer: str = ""
    document_ids: tuple[str, ...] = ()


def require_text(*given: str) -> None:
    """Refuse what is no text: a lone surrogate, which a broken byte of a command line or of JSON becomes.

    Raises:
        UsageError: One of the texts holds such a character.
    """
    for text in given:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            code = ord(text[error.start])
            raise UsageError(
                f"character {error.start + 1} is U+{code:04X}, half of a pair and no text", hint="send it as UTF-8"
            ) from None


def recent(conversation: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return what of a conversation a question may lean on: the last six turns, 2,000 characters of each text."""
    return tuple(
        replace(turn, question=turn.question[:MAX_TURN_CHARS], answer=turn.answer[:MAX_TURN_CHARS])
        for turn in conversation[-MAX_TURNS:]
        if turn.question.strip()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRequest:
    """What is asked, by whom, over which documents, for which purpose.

    `answer_type` is one of the types of `averment.core.answers.TypedValue`, or None for whatever fits;
    `labels` are the choices of type `label`; `channel` is the way the question came in. `conversation` holds what was
    asked and answered before, oldest first; `after` is the id of an answer that the caller got, whose question and
    answer become the conversation. `as_of` is the day whose text in force is asked for, today where it is None.
    """

    question: str
    principal: Principal
    filters: Filters = field(default_factory=Filters)
    purpose: str = "trial"
    answer_type: str | None = None
    labels: tuple[str, ...] = ()
    channel: Channel = "api"
    conversation: tuple[Turn, ...] = ()
    after: str | None = None
    as_of: date | None = None

    def __post_init__(self) -> None:
        """Refuse what is no text."""
        turns = (text for turn in self.conversation for text in (turn.question, turn.answer))
        require_text(self.question, self.purpose, *self.labels, *turns, *self.filters.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What the gate says of a question under a purpose.

    `mode` is trial where nobody signed the purpose's assessment, whose result and digest are there otherwise. `codes`
    say what was recognised of a use outside the purpose, which is flagged or blocked. `score` is how much the question
    is like uses outside (`Likened`), None where that was not asked. `is_obvious_ai` where the purpose records why
    nobody need be told that they use an AI system.
    """

    mode: Mode = "trial"
    outcome: Literal["allowed", "flagged", "blocked"] = "allowed"
    codes: tuple[str, ...] = ()
    score: int | None = None
    classification: str | None = None
    assessment_digest: str | None = None
    is_obvious_ai: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Likened:
    """Which of labelled sentences a text is most like: `score` is in thousandths, about -1000 to 1000.

    Beyond `threshold` lie few of the sentences that are none of them.
    """

    label: str
    score: int
    threshold: int

    @property
    def is_like(self) -> bool:
        """Say whether the text is taken for one of those sentences."""
        return self.score > self.threshold


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

    def __post_init__(self) -> None:
        """Refuse what is no text."""
        require_text(self.query, self.purpose, *self.ignore, *self.filters.texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The passages of a search, best first, and how its query was understood."""

    passages: tuple[Passage, ...]
    interpretation: Interpretation
