"""What kind of question is asked, and with which queries its evidence is searched.

Rules decide. A language model may add queries: they only widen the search, never replace a query, a filter or a
permission, and a proposal that shares no word with the question is dropped. Retrieved text has no say in the plan.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from averment.pipelines.reasoning.claims import stated_claim
from averment.pipelines.reasoning.date_plans import DatePlan, plan_dates
from averment.pipelines.reasoning.identity import Scope, read_scope
from averment.pipelines.reasoning.notices import Language, language_of
from averment.pipelines.reasoning.rules import Operation, ValuePlan, read_plan, wants_computing
from averment.pipelines.reasoning.topic import AnswerKind, Topic
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.reasoning.words import stems

MAX_QUERIES: Final = 3
MAX_ADDED: Final = 3
MAX_QUERY_CHARS: Final = 200
_YES_NO: Final = re.compile(
    r"^(?:is|are|was|were|does|do|did|has|have|can|could|may|must|shall|will|would|should|ist|sind|hat|haben|gibt|kann|können|"
    r"darf|muss|müssen|enthält|enthalten|besteht|sieht)\b",
    re.IGNORECASE,
)
_LIST: Final = re.compile(
    r"^(?:list|name\b|enumerate|which\s+(?:\w+\s+)?(?:contracts|documents|agreements)|nenne|liste)", re.IGNORECASE
)
_COMPARES: Final = re.compile(
    r"^(?:compar(?:e|ing)|vergleich)|\bwhich\s+(?:company|one)\b.{0,80}\b(?:higher|lower|more|larger)", re.IGNORECASE
)
_TYPED: Final[Mapping[str, AnswerKind]] = {"date": "date", "duration": "duration", "amount": "amount"}
_ASKED_KINDS: Final[tuple[tuple[re.Pattern[str], AnswerKind], ...]] = (
    (re.compile(r"\b(?:when|what\s+date|which\s+date|wann|datum)\b", re.IGNORECASE), "date"),
    (
        re.compile(
            r"\bhow\s+(?:long|many\s+(?:hours|(?:business\s+)?days|weeks|months|years))\b|\bhow\s+much\s+notice\b|"
            r"\bwithin\s+what\s+time\b|\bwie\s+lange\b|frist\b",
            re.IGNORECASE,
        ),
        "duration",
    ),
    (
        re.compile(
            r"\bhow\s+much\b|\bwie\s+(?:hoch|viel)\b|\bwhat\b.{0,40}\b(?:cap|limit|amount|price|fee|rent|charge|salary|"
            r"deposit|cover|penalty)\b",
            re.IGNORECASE,
        ),
        "amount",
    ),
    (re.compile(r"^(?:with\s+|to\s+|by\s+)?(?:who|whom)\b|\bwhich\s+party\b|^wer\b", re.IGNORECASE), "party"),
)


_COUNTED: Final = re.compile(r"\bhow\s+many\s+(hour|business day|day|week|month|quarter|year)s?\b", re.IGNORECASE)


class QuestionKind(StrEnum):
    """What is asked."""

    CLAUSE = "clause"
    PRESENCE = "presence"
    VALUE = "value"
    FIGURE = "figure"
    CALCULATION = "calculation"
    COMPARISON = "comparison"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPlan:
    """A question, understood.

    `queries` holds what to search for, the question itself first. `figures` is set for questions about figures,
    `dates` for a date that is worked out, `unit` where a number of hours, days, months and so on is asked for.
    `is_beyond_rules` says that only a computation can answer, which the rules cannot read: no sentence answers it.
    `claim` is a statement that is put to the documents.
    """

    kind: QuestionKind
    question: str
    scope: Scope
    topics: tuple[Topic, ...]
    answer_kind: AnswerKind | None
    unit: str | None
    figures: ValuePlan | None
    dates: DatePlan | None
    queries: tuple[str, ...]
    language: Language
    is_beyond_rules: bool = False
    claim: str | None = None


def make_plan(question: str, *, answer_type: str | None = None) -> QuestionPlan:
    """Understand a question by rules."""
    scope = read_scope(question)
    if (claim := stated_claim(question)) is not None:
        return _claim_plan(question, scope, claim)
    topics = topics_of(scope.question)
    answer_kind = _answer_kind(scope.question, topics, answer_type)
    dates = plan_dates(scope.question)
    figures = None if dates else read_plan(scope)
    if figures is not None and figures.condition is not None:
        answer_kind = None
    elif answer_kind in ("date", "duration", "law", "party"):
        figures = None
    kind = _kind(scope, answer_kind, figures)
    return QuestionPlan(
        kind=kind,
        question=question,
        scope=scope,
        topics=topics,
        answer_kind=answer_kind,
        unit=_unit(scope.question),
        figures=figures,
        dates=dates,
        queries=_queries(question, scope, topics, figures),
        language=language_of(question),
        is_beyond_rules=figures is None and not topics and wants_computing(scope.question),
    )


def _claim_plan(question: str, scope: Scope, claim: str) -> QuestionPlan:
    """Plan to read for what a statement says; its own words are the best query."""
    return QuestionPlan(
        kind=QuestionKind.PRESENCE,
        question=question,
        scope=scope,
        topics=(),
        answer_kind=None,
        unit=None,
        figures=None,
        dates=None,
        queries=(question, f"{scope.clause} {claim}".strip()),
        language=language_of(question),
        claim=claim,
    )


def _kind(scope: Scope, answer_kind: AnswerKind | None, figures: ValuePlan | None) -> QuestionKind:
    if _COMPARES.search(scope.question):
        return QuestionKind.COMPARISON
    if _YES_NO.match(scope.question):
        return QuestionKind.PRESENCE
    if _LIST.match(scope.question):
        return QuestionKind.LIST
    if figures is not None:
        return QuestionKind.FIGURE if figures.operation is Operation.LOOKUP else QuestionKind.CALCULATION
    return QuestionKind.CLAUSE if answer_kind is None else QuestionKind.VALUE


def _answer_kind(question: str, topics: tuple[Topic, ...], answer_type: str | None) -> AnswerKind | None:
    if _YES_NO.match(question):
        return None
    if answer_type is not None and answer_type in _TYPED:
        return _TYPED[answer_type]
    said = next((found for pattern, found in _ASKED_KINDS if pattern.search(question)), None)
    return said or next((topic.kind for topic in topics if topic.kind not in ("presence", "text")), None)


def _unit(question: str) -> str | None:
    """Return the unit of time that a question counts in."""
    match = _COUNTED.search(question)
    return match[1].lower().replace(" ", "_") if match else None


def _queries(question: str, scope: Scope, topics: tuple[Topic, ...], figures: ValuePlan | None) -> tuple[str, ...]:
    queries = [question]
    named = f"{scope.clause} " if scope.clause else ""
    queries += [named + query for topic in topics for query in topic.queries]
    if figures is not None:
        queries.append(named + " ".join(wordings[0] for wordings in figures.metrics))
    return tuple(dict.fromkeys(queries))[:MAX_QUERIES]


PLAN_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "properties": {
        "queries": {
            "type": "array",
            "items": {"type": "string", "minLength": 3, "maxLength": MAX_QUERY_CHARS},
            "maxItems": MAX_ADDED,
        }
    },
    "required": ["queries"],
    "additionalProperties": False,
}


def added_queries(proposal: Mapping[str, object], plan: QuestionPlan) -> tuple[str, ...]:
    """Return the queries of a model's proposal that may widen the search."""
    queries = proposal.get("queries")
    if not isinstance(queries, list):
        return ()
    asked = set(stems(plan.scope.question))
    good = [query.strip() for query in queries if isinstance(query, str) and _is_usable(query, asked)]
    known = {query.lower() for query in plan.queries}
    return tuple(dict.fromkeys(query for query in good if query.lower() not in known))[:MAX_ADDED]


def _is_usable(query: str, asked: set[str]) -> bool:
    plain = query.strip()
    printable = plain.isprintable() and 3 <= len(plain) <= MAX_QUERY_CHARS
    return printable and bool(asked & set(stems(plain)))
