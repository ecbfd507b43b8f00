"""Which sentences stand out for a question: above the threshold, on its topic, worded as evidence."""

from collections.abc import Sequence
from typing import Final

from averment.pipelines.ingestion.instructions import asks_for_instructions, reads_like_an_instruction
from averment.pipelines.reasoning import claims
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.explaining import announces, asks_for_words, asks_why, gives_reason
from averment.pipelines.reasoning.figuring import speaks_of
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.identity import without_document_names
from averment.pipelines.reasoning.periods import find_periods
from averment.pipelines.reasoning.planner import QuestionKind
from averment.pipelines.reasoning.reader import Candidate, Interest, paragraphs_of, same_words
from averment.pipelines.reasoning.scoping import naming_of
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.topic import Topic
from averment.pipelines.reasoning.weighing import is_further
from averment.pipelines.reasoning.words import stems

THRESHOLD: Final = 0.45
THRESHOLD_WITHOUT_TOPIC: Final = 0.5
THRESHOLD_NAMED: Final = 0.15
MIN_LEXICAL: Final = 0.05
QUOTES: Final = 3
NEAR: Final = 0.88
# A sentence of another clause of the same document, so many characters off, must be all but as good as the best.
CLAUSE_CHARS: Final = 1_500
ELSEWHERE: Final = 0.97


def threshold_for(topics: Sequence[Topic]) -> float:
    """Return the score (0-1) from which a sentence answers: lower where the question says which clause it means."""
    if not topics:
        return THRESHOLD_WITHOUT_TOPIC
    return THRESHOLD_NAMED if all(topic.is_named for topic in topics) else THRESHOLD


def interest_of(found: Findings, *, kind: str | None = None) -> Interest:
    """Return what sentences are read for; `kind` is what to look for where the question asks for no kind."""
    plan = found.planned
    names = [naming_of(source) for source in found.sources]
    return Interest(
        question=plan.claim or without_document_names(plan.scope.question, names),
        unit=plan.unit,
        topics=plan.topics,
        kind=plan.answer_kind or ("amount" if kind == "amount" else None),
    )


def strong(found: Findings) -> list[Candidate]:
    """Return the candidates above the threshold, and on the question's topic where it has one.

    What speaks to a program is no evidence, unless it is what the question asks for.
    """
    if found.planned.claim is not None:
        return claims.on_subject(found.candidates)
    return [item for item in found.candidates if is_strong(found, item)]


def is_strong(found: Findings, item: Candidate) -> bool:
    """Say whether a sentence stands out."""
    topics, figures = found.planned.topics, found.planned.figures
    may_instruct = asks_for_instructions(found.planned.question)
    needs_value = found.planned.kind is QuestionKind.VALUE and any(topic.needs_value for topic in topics)
    return (
        item.score >= found.threshold
        and (item.lexical >= MIN_LEXICAL or (item.on_topic and item.holds_kind))
        and (item.on_topic or not topics)
        and (item.holds_kind or not needs_value)
        and (figures is None or speaks_of(figures, item.span.text, heading=item.span.heading, is_row=item.span.is_row))
        and (may_instruct or not reads_like_an_instruction(item.span.text))
        and (bool(topics) or _says_something(found.planned.question, item.span))
    )


def _says_something(question: str, span: Span) -> bool:
    """Say whether a sentence can answer: it does more than announce, and is no row where words are asked for."""
    return not announces(span.text) and not (span.is_row and asks_for_words(question))


def quotable(found: Findings) -> list[tuple[Candidate, ...]]:
    """Return what to quote: the model's selection, or the best few that are nearly as good as the first.

    Sentences of the same words, in one document or several, are one quotation with several places.
    """
    if found.selected is not None:
        return same_words(found.selected)
    best = strong(found)
    if not best:
        return []
    near = [best[0], *(item for item in best[1:] if _is_near(item, best[0]) and is_further(item))]
    plan = found.planned
    if not plan.topics and plan.claim is None:
        near = _telling(plan.scope.question, near)
    if plan.topics and all(topic.is_named for topic in plan.topics):
        near = paragraphs_of(near)
    is_one = plan.kind is QuestionKind.VALUE or plan.claim is not None
    return same_words(near)[: 1 if is_one else QUOTES]


def _is_near(item: Candidate, best: Candidate) -> bool:
    """Say whether a sentence is nearly as good as the best; one elsewhere in its document must be all but as good."""
    gap = max(item.span.start - best.span.end, best.span.start - item.span.end)
    is_elsewhere = item.source.document.document_id == best.source.document.document_id and gap > CLAUSE_CHARS
    return item.score >= best.score * (ELSEWHERE if is_elsewhere else NEAR)


def _telling(question: str, near: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence of those that name no other day or year than the question, and those that add to it.

    Where a reason is asked for, sentences that give one go before others. A sentence adds to the first of its document
    where it says words of the question that the first does not.
    """
    meant = [item for item in near if _is_timely(question, item.span.text)] or list(near)
    if asks_why(question):
        meant = [item for item in meant if gives_reason(item.span.text)] or meant
    asked = set(stems(question))
    first: dict[str, set[str]] = {}
    kept = []
    for item in meant:
        document_id, words = item.source.document.document_id, asked.intersection(stems(item.span.text))
        if document_id not in first or not words <= first[document_id]:
            kept.append(item)
        first.setdefault(document_id, words)
    return kept


def _is_timely(question: str, text: str) -> bool:
    """Say whether a sentence names the days and years of a question, or none at all."""
    days, said = ({found.day for found in find_dates(one)} for one in (question, text))
    if days and said and not days & said:
        return False
    years, named = ({period.year for period in find_periods(one)} for one in (question, text))
    return not years or not named or years <= named
