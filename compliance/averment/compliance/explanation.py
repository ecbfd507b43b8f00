"""The facts of an explanation of one answer (Article 86): its main elements, each with the entry of the log it is from.

Recorded facts only: what was asked, in which documents, what was cited, computed and checked, whether a person decided,
and what part the system had. Never a chain of thought: the log holds none, and none is made up afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from averment.compliance.events import Leaf
from averment.compliance.recorded import FoundAnalysis, RecordedAnalysis
from averment.core.errors import UsageError
from averment.core.oversight import Review

QuestionLevel = Literal["full", "masked", "withheld"]
Human = Literal["decided", "undecided", "none"]
Mask = Callable[[str], str]

NOT_ESTABLISHED: Final = (
    "what a person considered beside the answer: only that they decided, how, and how long it was shown to them",
    "what the decision about the affected person was: the log holds the answer and its review, not what followed",
    "why a language model chose a sentence: it is checked against its citations instead",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One fact. `entry` is the index of the log entry that states it or commits to it; `value` is of JSON's types."""

    name: str
    value: object
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The explanation of one answer, ready to be rendered.

    `role` says what part the system had; `human` whether people decided on the answer (`decided`), had it before them
    and have not (`undecided`), or never had (`none`).
    """

    answer_id: str
    role: Literal["model", "extractive", "rules", "none"]
    human: Human
    question: QuestionLevel
    elements: tuple[Element, ...]
    not_established: tuple[str, ...] = NOT_ESTABLISHED


def explain(
    found: FoundAnalysis,
    recorded: RecordedAnalysis,
    *,
    reviews: Sequence[Review],
    question: QuestionLevel,
    mask: Mask | None = None,
) -> Explanation:
    """Make the explanation of an answer.

    Args:
        found: The answer's entries.
        recorded: What they commit to.
        reviews: Those of the answer; reviews of planted errors are left out.
        question: Whether the question and quotations are given in full, masked, or not at all.
        mask: Takes personal data out of a text; needed for `masked`.

    Raises:
        UsageError: `masked` without what masks.
    """
    if question == "masked" and mask is None:
        raise UsageError("a masked explanation needs what masks", hint="withhold the question, or give it in full")
    shown = _Shown(question, mask)
    began, ended = int(str(found.started["seq"])), found.entry
    answer = recorded.answer
    real = [review for review in reviews if review.planted is None]
    elements = [
        Element(name="question", value=shown(recorded.question), entry=began),
        Element(name="asked_at", value=found.started["time"], entry=began),
        Element(name="purpose", value=recorded.purpose, entry=began),
        Element(name="mode", value=answer["mode"], entry=began),
        *_stack(found.started, began),
        Element(name="status", value=answer["status"], entry=ended),
        Element(name="method", value=answer["method"], entry=ended),
        Element(name="documents", value=_documents(answer), entry=ended),
        *(Element(name="sentence", value=sentence, entry=ended) for sentence in _sentences(answer, shown)),
        Element(name="coverage", value=answer["coverage"], entry=ended),
        Element(name="confidence", value=answer["confidence"], entry=ended),
        Element(name="warnings", value=answer["warnings"], entry=ended),
        *(element for review in real for element in _human(review)),
    ]
    return Explanation(
        answer_id=found.answer_id,
        role=cast("Literal['model', 'extractive', 'rules', 'none']", answer["method"]),
        human=_humans(real),
        question=question,
        elements=tuple(elements),
    )


class _Shown:
    """Shows a text at a level; None where it is withheld."""

    def __init__(self, level: QuestionLevel, mask: Mask | None):
        self._level = level
        self._mask = mask

    def __call__(self, text: object) -> str | None:
        if self._level == "withheld":
            return None
        return self._mask(str(text)) if self._level == "masked" and self._mask is not None else str(text)


def _stack(started: Leaf, entry: int) -> list[Element]:
    """Return what answered: pipeline, index and model, as they were named before the answer."""
    data = cast("Mapping[str, object]", started["data"])
    names = ("pipeline_hash", "index_version", "model", "model_revision")
    return [Element(name=name, value=data[name], entry=entry) for name in names if data.get(name) is not None]


def _documents(answer: Mapping[str, object]) -> list[str]:
    """Return the ids of the documents cited, each once, in order."""
    cited = [
        str(citation["document_id"])
        for sentence in _list(answer, "sentences")
        for citation in _list(_claim(sentence), "citations")
    ]
    return list(dict.fromkeys(cited))


def _sentences(answer: Mapping[str, object], shown: _Shown) -> list[Mapping[str, object]]:
    """Return what each sentence that asserts something rests on: places, checks with their verdict, computation."""
    found: list[Mapping[str, object]] = []
    for sentence in _list(answer, "sentences"):
        claim = _claim(sentence)
        if not claim:
            continue
        calculation = claim.get("calculation")
        found.append(
            {
                "kind": sentence["kind"],
                "text": shown(sentence["text"]),
                "places": [
                    {name: citation[name] for name in ("document_id", "text_hash", "start", "end", "page")}
                    for citation in _list(claim, "citations")
                ],
                "verdict": claim["verdict"],
                "checks": [
                    {"name": check["name"], "passed": check["passed"], "detail": check["detail"]}
                    for check in _list(claim, "checks")
                ],
                "calculation": _calculation(cast("Mapping[str, object]", calculation)) if calculation else None,
            }
        )
    return found


def _calculation(calculation: Mapping[str, object]) -> Mapping[str, object]:
    return {name: calculation[name] for name in ("expression", "value", "unit", "rounding")} | {
        "operands": [
            {name: operand[name] for name in ("name", "value", "unit", "scale", "period")}
            for operand in _list(calculation, "operands")
        ]
    }


def _human(review: Review) -> list[Element]:
    """Return what people did: that the answer was put before them, and how each decided."""
    decided = [
        Element(
            name="human_decision",
            value={
                "reviewer": one.reviewer,
                "decision": one.decision.value,
                "reason": one.reason,
                "seconds_viewed": one.seconds_viewed,
                "decided_at": one.decided_at,
                "flags": list(one.flags),
            },
            entry=one.entry,
        )
        for one in review.decisions
    ]
    return [Element(name="human_review", value=list(review.reasons), entry=review.entry), *decided]


def _humans(reviews: Sequence[Review]) -> Human:
    if any(review.is_closed for review in reviews):
        return "decided"
    return "undecided" if reviews else "none"


def _claim(sentence: Mapping[str, object]) -> Mapping[str, object]:
    return cast("Mapping[str, object]", sentence.get("claim") or {})


def _list(holder: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", holder.get(name) or [])
