"""Reading: candidate sentences of the texts found, scored for how well they answer.

The score adds likeness of meaning (embedder), coverage of the question's words weighted by their rarity, wording
typical of the question's topic, and whether the sentence holds the kind of thing asked for. Only citable sentences
take part: no heading alone, no page header or footer, nothing marked hidden. The score is not calibrated.
"""

import re
import threading
from calendar import month_name
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.clock import Clock
from averment.core.ports import Embedder
from averment.pipelines.reasoning.cells import Entry, index
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.sentences import Span, split_elements
from averment.pipelines.reasoning.topics import AnswerKind, Topic
from averment.pipelines.reasoning.words import coverage, rarity, stems

LEXICAL_WEIGHT: Final = 0.4
TOPIC_WEIGHT: Final = 0.3
KIND_WEIGHT: Final = 0.25
MAX_EMBEDDED: Final = 40
EMBEDDED_CHARS: Final = 600
MIN_CHARS: Final = 12
MIN_ROW_COVERAGE: Final = 0.3
RUNNING_CHARS: Final = 150
RUNNING_REPEATS: Final = 3
_KEPT_TEXTS: Final = 24
_LAW: Final = re.compile(r"\blaws?\s+of\b|\b\w+\s+law\b|\brecht\b", re.IGNORECASE)
_PARTY: Final = re.compile(r"\b(?:Inc|Corp|LLC|Ltd|L\.P|GmbH|AG|Company|Corporation|Limited)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A citable sentence with what its score is made of; `score` is 0-1, higher is better, uncalibrated."""

    source: Source
    span: Span
    score: float
    similarity: float
    lexical: float
    on_topic: bool
    holds_kind: bool


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
class _Prepared:
    spans: tuple[Span, ...]
    words: tuple[frozenset[str], ...]
    headings: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    source: Source
    span: Span
    words: frozenset[str]
    heading: frozenset[str]


class Reader:
    """Splits texts into sentences, keeps them, and scores them.

    Args:
        embedder: Gives meaning; None scores by words alone.
        clock: Measures the time inside the embedder.
    """

    def __init__(self, embedder: Embedder | None, clock: Clock):
        self._embedder = embedder
        self._clock = clock
        self._lock = threading.Lock()
        self._texts: OrderedDict[tuple[str, str], _Prepared] = OrderedDict()
        self._cells: OrderedDict[tuple[str, str], tuple[Entry, ...]] = OrderedDict()

    def entries(self, source: Source) -> tuple[Entry, ...]:
        """Return the figures of a document's tables with what their headers mean."""
        key = (source.document.document_id, source.text_hash)
        with self._lock:
            if key in self._cells:
                self._cells.move_to_end(key)
                return self._cells[key]
        entries = index(source.layout.cells())
        with self._lock:
            self._cells[key] = entries
            while len(self._cells) > _KEPT_TEXTS:
                self._cells.popitem(last=False)
        return entries

    def read(self, interest: Interest, stretches: Sequence[Stretch]) -> tuple[list[Candidate], float]:
        """Score the citable sentences of some stretches.

        Returns:
            The candidates, best first, and the seconds spent in the embedder.
        """
        found = self._sentences(stretches)
        if not found:
            return [], 0.0
        asked = _asked_words(interest.question)
        weights = rarity([sentence.words for sentence in found], asked)
        rated = [
            (
                sentence,
                _lexical(weights, sentence),
                _on_topic(interest, sentence.span),
                _holds(interest, sentence.span.text),
            )
            for sentence in found
            if not sentence.span.is_row or coverage(weights, sentence.words) >= MIN_ROW_COVERAGE
        ]
        rated.sort(key=lambda item: -(item[1] * LEXICAL_WEIGHT + item[2] * TOPIC_WEIGHT + item[3] * KIND_WEIGHT))
        kept = rated[:MAX_EMBEDDED]
        similarities, model_s = self._similarities(
            interest, [sentence.span.text[:EMBEDDED_CHARS] for sentence, *_ in kept]
        )
        candidates = [
            Candidate(
                source=sentence.source,
                span=sentence.span,
                score=_score(interest, similarity, lexical, on_topic=on_topic, holds=holds),
                similarity=similarity,
                lexical=lexical,
                on_topic=on_topic,
                holds_kind=holds,
            )
            for (sentence, lexical, on_topic, holds), similarity in zip(kept, similarities, strict=True)
        ]
        return sorted(candidates, key=lambda item: -item.score), model_s

    def _sentences(self, stretches: Sequence[Stretch]) -> list[_Sentence]:
        """Return every citable sentence once, in order of the stretches."""
        seen: set[tuple[str, int]] = set()
        found = []
        for stretch in stretches:
            prepared = self._prepared(stretch.source)
            end = stretch.end if stretch.end is not None else len(stretch.source.text)
            for span, words, heading in zip(prepared.spans, prepared.words, prepared.headings, strict=True):
                key = (stretch.source.document.document_id, span.start)
                if span.start < end and stretch.start < span.end and key not in seen:
                    seen.add(key)
                    found.append(_Sentence(stretch.source, span, words, heading))
        return found

    def _prepared(self, source: Source) -> _Prepared:
        key = (source.document.document_id, source.text_hash)
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                return self._texts[key]
        spans = tuple(_citable(split_elements(source.text, source.layout.elements())))
        words = tuple(frozenset(stems(span.text)) for span in spans)
        prepared = _Prepared(spans, words, tuple(frozenset(stems(span.heading)) for span in spans))
        with self._lock:
            self._texts[key] = prepared
            while len(self._texts) > _KEPT_TEXTS:
                self._texts.popitem(last=False)
        return prepared

    def _similarities(self, interest: Interest, texts: Sequence[str]) -> tuple[list[float], float]:
        """Return the likeness of meaning of each text to the question or its topic's wording, 0-1."""
        if self._embedder is None:
            return [0.0] * len(texts), 0.0
        asked = [interest.question, *(query for topic in interest.topics for query in topic.queries)]
        begun = self._clock.monotonic_s()
        vectors = self._embedder.embed([*asked, *texts])
        model_s = self._clock.monotonic_s() - begun
        import numpy as np

        matrix = np.asarray(vectors, dtype=np.float32)
        likeness = (matrix[len(asked) :] @ matrix[: len(asked)].T).max(axis=1)
        return [max(0.0, min(1.0, float(value))) for value in likeness], model_s


def _citable(spans: Sequence[Span]) -> Iterator[Span]:
    """Keep what may be cited; a short line that comes back on page after page is a running header or footer."""
    repeats = Counter(_letters(span.text) for span in spans if len(span.text) <= RUNNING_CHARS)
    for span in spans:
        runs = len(span.text) <= RUNNING_CHARS and repeats[_letters(span.text)] >= RUNNING_REPEATS
        if span.is_citable and not runs and len(span.text) >= MIN_CHARS:
            yield span


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())


def best_possible(interest: Interest, *, has_embedder: bool) -> float:
    """Return the largest sum a sentence can reach, by which scores are divided."""
    total = LEXICAL_WEIGHT + (1.0 if has_embedder else 0.0)
    total += TOPIC_WEIGHT if interest.topics else 0.0
    return total + (KIND_WEIGHT if interest.kind in _HOLDS else 0.0)


def _score(interest: Interest, similarity: float, lexical: float, *, on_topic: bool, holds: bool) -> float:
    total = similarity + LEXICAL_WEIGHT * lexical + TOPIC_WEIGHT * on_topic + KIND_WEIGHT * holds
    return min(1.0, total / best_possible(interest, has_embedder=True))


def _on_topic(interest: Interest, span: Span) -> bool:
    """Say whether a sentence, or the heading it stands under, is worded like the question's topic."""
    return any(
        topic.worded.search(span.text) or (span.heading and topic.worded.search(span.heading))
        for topic in interest.topics
    )


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


_HOLDS: Final = frozenset({"date", "duration", "law", "amount", "party"})


def _holds(interest: Interest, text: str) -> bool:
    """Say whether a sentence holds the kind of thing asked for."""
    match interest.kind:
        case "date":
            return bool(find_dates(text))
        case "duration":
            return any(interest.unit in (None, found.unit) for found in find_durations(text))
        case "law":
            return bool(_LAW.search(text))
        case "amount":
            return any(figure.unit is not None for figure in find_figures(text))
        case "party":
            return bool(_PARTY.search(text))
        case _:
            return False
