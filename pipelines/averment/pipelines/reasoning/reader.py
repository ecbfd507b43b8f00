"""Reading: candidate sentences of the texts found, scored for how well they answer.

The score adds likeness of meaning (embedder), coverage of the question's words weighted by their rarity, wording
typical of the question's topic, and whether the sentence holds the kind of thing asked for. Only citable sentences
take part: no heading alone, no page header or footer, nothing marked hidden. The score is not calibrated.
"""

from calendar import month_name
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.clock import Clock
from averment.core.documents import ElementKind
from averment.core.ports import Embedder
from averment.pipelines.models.verifier import Verdict
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.meaning import Meaning, Place
from averment.pipelines.reasoning.prepared import HELD_KINDS, PreparedTexts
from averment.pipelines.reasoning.sentences import Span, trimmed
from averment.pipelines.reasoning.topic import AnswerKind, Topic
from averment.pipelines.reasoning.words import coverage, rarity, stems

LEXICAL_WEIGHT: Final = 0.4
TOPIC_WEIGHT: Final = 0.3
KIND_WEIGHT: Final = 0.25
MAX_EMBEDDED: Final = 40
MIN_ROW_COVERAGE: Final = 0.3
MAX_PARAGRAPH_CHARS: Final = 3_000
_PARAGRAPHS: Final = frozenset({ElementKind.PARAGRAPH, ElementKind.LIST_ITEM, ElementKind.OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A citable sentence with what its score is made of; `score` is 0-1, higher is better, uncalibrated.

    `answers` (0-1) and `stance` are what a trained verifier says of it, where one was asked.
    """

    source: Source
    span: Span
    score: float
    similarity: float
    lexical: float
    on_topic: bool
    holds_kind: bool
    answers: float | None = None
    stance: Verdict | None = None


def same_words(candidates: Iterable[Candidate]) -> list[tuple[Candidate, ...]]:
    """Put candidates together whose sentences read the same but for white space, in the order of the first."""
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(" ".join(candidate.span.text.split()), []).append(candidate)
    return [tuple(group) for group in groups.values()]


def paragraphs_of(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Widen sentences to the paragraphs they stand in, each once, in order: one sentence of a clause is half of it.

    A row, a sentence over a page break and one in a very long paragraph stay as they are.
    """
    found: dict[tuple[str, int], Candidate] = {}
    for item in map(_with_paragraph, candidates):
        found.setdefault((item.source.document.document_id, item.span.start), item)
    return list(found.values())


def _with_paragraph(candidate: Candidate) -> Candidate:
    span, text = candidate.span, candidate.source.text
    if span.is_row or span.parts:
        return candidate
    around = [
        element
        for element in candidate.source.layout.elements()
        if element.start <= span.start and span.end <= element.end and element.kind in _PARAGRAPHS
    ]
    if len(around) != 1 or around[0].is_hidden:
        return candidate
    start, end = trimmed(text, (around[0].start, around[0].end))
    if end - start > MAX_PARAGRAPH_CHARS:
        return candidate
    return replace(candidate, span=replace(span, start=start, end=end, text=text[start:end]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a source to read; `end` None reads to the end."""

    source: Source
    start: int = 0
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What sentences are read for; `unit` is the unit of time that a duration is asked in, if one is."""

    question: str
    topics: tuple[Topic, ...]
    kind: AnswerKind | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Sentence:
    source: Source
    span: Span
    words: frozenset[str]
    heading: frozenset[str]
    holds_kind: bool

    @property
    def place(self) -> Place:
        """Return where the sentence stands."""
        return self.source.document.document_id, self.source.text_hash, self.span.start


class Reader:
    """Scores the sentences of texts for a question.

    Args:
        embedder: Gives meaning; None scores by words alone.
        clock: Measures the time inside the embedder.
    """

    def __init__(self, embedder: Embedder | None, clock: Clock):
        self._meaning = Meaning(embedder, clock)
        self.prepared = PreparedTexts()

    def sentences(self, source: Source) -> tuple[Span, ...]:
        """Return the citable sentences of a document, in order."""
        return self.prepared.sentences(source).spans

    def entries(self, source: Source) -> tuple[Entry, ...]:
        """Return the figures of a document's tables with what their headers mean."""
        return self.prepared.entries(source)

    def read(self, interest: Interest, stretches: Sequence[Stretch]) -> tuple[list[Candidate], float]:
        """Score the citable sentences of some stretches.

        Returns:
            The candidates, best first, and the seconds spent in the embedder.
        """
        found = self._sentences(interest, stretches)
        if not found:
            return [], 0.0
        asked = _asked_words(interest.question)
        weights = rarity([sentence.words for sentence in found], asked)
        rated = [
            (sentence, _lexical(weights, sentence), _on_topic(interest, sentence.span))
            for sentence in found
            if not sentence.span.is_row or coverage(weights, sentence.words) >= MIN_ROW_COVERAGE
        ]
        rated.sort(
            key=lambda item: -(item[1] * LEXICAL_WEIGHT + item[2] * TOPIC_WEIGHT + item[0].holds_kind * KIND_WEIGHT)
        )
        kept = rated[:MAX_EMBEDDED]
        wordings = [interest.question, *(query for topic in interest.topics for query in topic.queries)]
        likeness, model_s = self._meaning.likeness(
            wordings, [(sentence.place, sentence.span.text) for sentence, *_ in kept]
        )
        candidates = [
            Candidate(
                source=sentence.source,
                span=sentence.span,
                score=_score(interest, similarity, lexical, on_topic=on_topic, holds=sentence.holds_kind),
                similarity=similarity,
                lexical=lexical,
                on_topic=on_topic,
                holds_kind=sentence.holds_kind,
            )
            for (sentence, lexical, on_topic), similarity in zip(kept, likeness, strict=True)
        ]
        return sorted(candidates, key=lambda item: -item.score), model_s

    def _sentences(self, interest: Interest, stretches: Sequence[Stretch]) -> list[_Sentence]:
        """Return every citable sentence once, in order of the stretches."""
        seen: set[tuple[str, int]] = set()
        found = []
        by_unit = interest.kind == "duration" and interest.unit is not None
        for stretch in stretches:
            prepared = self.prepared.sentences(stretch.source)
            end = stretch.end if stretch.end is not None else len(stretch.source.text)
            held = prepared.held(interest.kind)
            for span, words, heading, holds in zip(
                prepared.spans, prepared.words, prepared.headings, held, strict=True
            ):
                key = (stretch.source.document.document_id, span.start)
                if span.start < end and stretch.start < span.end and key not in seen:
                    seen.add(key)
                    holds_kind = interest.unit in holds if by_unit else bool(holds)
                    found.append(_Sentence(stretch.source, span, words, heading, holds_kind))
        return found


def best_possible(interest: Interest, *, has_embedder: bool) -> float:
    """Return the largest sum a sentence can reach, by which scores are divided."""
    total = LEXICAL_WEIGHT + (1.0 if has_embedder else 0.0)
    total += TOPIC_WEIGHT if interest.topics else 0.0
    return total + (KIND_WEIGHT if interest.kind in HELD_KINDS else 0.0)


def _score(interest: Interest, similarity: float, lexical: float, *, on_topic: bool, holds: bool) -> float:
    total = similarity + LEXICAL_WEIGHT * lexical + TOPIC_WEIGHT * on_topic + KIND_WEIGHT * holds
    return min(1.0, total / best_possible(interest, has_embedder=True))


def _on_topic(interest: Interest, span: Span) -> bool:
    """Say whether a sentence, or the heading it stands under, is worded like the question's topic."""
    return any(topic.bears(span.text, span.heading) for topic in interest.topics)


def _asked_words(question: str) -> list[str]:
    """Return the words of a question that say what is asked: dates and numbers only where there is nothing else."""
    words = [word for word in stems(question) if len(word) > 1]
    telling = [word for word in words if not word.isdigit() and word not in _MONTH_STEMS]
    return telling or words


_MONTH_STEMS: Final = frozenset(stems(" ".join(month_name[1:])))


def _lexical(weights: Mapping[str, float], sentence: _Sentence) -> float:
    """Return the share of the question that a sentence covers; its heading may add to it."""
    own = coverage(weights, sentence.words)
    return 0.7 * own + 0.3 * coverage(weights, sentence.words | sentence.heading) if sentence.heading else own
