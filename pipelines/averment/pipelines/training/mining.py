"""Questions that documents answer by how they are built: headings, defined terms, topics of clauses, rows of tables.

Each mined question points at an exact span of the document's text. It asks in the words of the document, so a model
learns how documents of this house speak, not how people ask: labelled questions are worth more.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.structure import Section
from averment.pipelines.ingestion.structure import SECTION_SEPARATOR
from averment.pipelines.retrieval.clauses import all_topics
from averment.pipelines.training.examples import Origin, Query, Span, make_query
from averment.pipelines.training.material import TrainingDocument

MAX_EACH: Final = 16
MAX_SPAN_CHARS: Final = 1_500
_MIN_SPAN_CHARS: Final = 80
_MIN_DEFINITION_CHARS: Final = 20
_MAX_WORDS: Final = 12
_NUMBERING: Final = re.compile(
    r"^(?:(?:section|article|clause|item|note|exhibit|schedule|annex|appendix|artikel|ziffer|anlage|§+)\s*)?"
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*[a-z]?|[ivxlc]{1,6}|[a-z])[.):\]]*(?:\s+|$)",
    re.I,
)
_ASKED: Final = {
    "en": {"heading": "What does it say about {}?", "term": "What does “{}” mean?", "topic": "{}?", "row": "{}"},
    "de": {"heading": "Was ist zu {} geregelt?", "term": "Was bedeutet „{}“?", "topic": "{}?", "row": "{}"},
}


@dataclass(frozen=True, slots=True)
class _Found:
    """Something a document answers: what it is called, and where it stands."""

    origin: Origin
    said: str
    span: Span


def mine(document: TrainingDocument, *, seed: int, max_each: int = MAX_EACH) -> list[Query]:
    """Return questions that a document answers, at most `max_each` of each origin.

    Args:
        document: The document.
        seed: Chooses among more.
        max_each: Most questions of one origin.
    """
    asked = _ASKED["de" if document.version.language == "de" else "en"]
    queries = []
    for found in (_headings(document), _terms(document), _topics(document), _rows(document)):
        usable = [one for one in dict.fromkeys(found) if document.holding(*one.span)]
        generator = random.Random(f"{seed} {document.version.content_hash}")
        kept = usable if len(usable) <= max_each else generator.sample(usable, max_each)
        queries += [
            make_query(
                # Headings are written in capitals, which questions keep for names.
                asked[one.origin].format(one.said if one.origin == "term" else one.said.lower()),
                document,
                query_id=f"mined {document.version.content_hash[7:23]} {one.origin} {one.span[0]}",
                spans=[one.span],
                origin=one.origin,
            )
            for one in kept
        ]
    return queries


def plain_title(title: str) -> str:
    """Return a heading without its number.

    >>> plain_title("Section 12.3 Governing Law.")
    'Governing Law'
    """
    return _NUMBERING.sub("", title.strip(), count=1).strip(" .:;–—-\t")


def _headings(document: TrainingDocument) -> Iterator[_Found]:
    for section, span in _spans(document):
        title = plain_title(section.title)
        if _says_something(title):
            yield _Found("heading", title, span)


def _topics(document: TrainingDocument) -> Iterator[_Found]:
    """Yield the first section that is headed like each topic."""
    sections = [(plain_title(section.title), span) for section, span in _spans(document)]
    for topic in all_topics():
        place = next((span for title, span in sections if title and topic.asked.search(title)), None)
        if place is not None:
            yield _Found("topic", topic.name.replace("_", " "), place)


def _terms(document: TrainingDocument) -> Iterator[_Found]:
    for term in document.anatomy.terms:
        if term.definition_end - term.definition_start >= _MIN_DEFINITION_CHARS and _says_something(term.term):
            end = min(term.definition_end, term.definition_start + MAX_SPAN_CHARS)
            yield _Found("term", term.term, (term.definition_start, end))


def _rows(document: TrainingDocument) -> Iterator[_Found]:
    for cell in document.cells:
        said = " ".join(f"{cell.row_header} {cell.column_header}".replace("|", " ").split())
        if cell.value is not None and cell.end > cell.start and _says_something(cell.row_header):
            yield _Found("row", " ".join(said.split()[: 2 * _MAX_WORDS]), (cell.start, cell.end))


def _spans(document: TrainingDocument) -> Iterator[tuple[Section, Span]]:
    """Yield sections with their text, up to the next heading of their level or above, and no longer than a page."""
    sections: Sequence[Section] = document.anatomy.sections
    for place, section in enumerate(sections):
        following = (later.start for later in sections[place + 1 :] if later.level <= section.level)
        end = min(next(following, len(document.text)), section.start + MAX_SPAN_CHARS)
        text = document.text[section.start : end]
        start = section.start + len(text) - len(text.lstrip())
        stop = section.start + len(text.rstrip())
        if stop - start >= _MIN_SPAN_CHARS + len(section.title):
            yield section, (start, stop)


def _says_something(title: str) -> bool:
    words = re.findall(r"[^\W\d_]{3,}", title)
    return 0 < len(words) <= _MAX_WORDS and SECTION_SEPARATOR not in title
