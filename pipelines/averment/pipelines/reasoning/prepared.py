"""Texts prepared for reading, kept for the next question: sentences, their words, what they hold, table figures.

Everything here follows from a text and its layout alone, never from a question or a caller; what is kept is found by
document and text hash and bounded in number of texts. Whether a caller may read a document is decided before.
"""

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from averment.core.documents import ElementKind
from averment.pipelines.anatomy.changes import Change, find_changes
from averment.pipelines.anatomy.numbering import Numbering
from averment.pipelines.reasoning.blocks import RUNNING_CHARS, RUNNING_REPEATS, letters, split_elements
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.entries import Entry, index
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.tagged import with_tags
from averment.pipelines.reasoning.topic import AnswerKind
from averment.pipelines.reasoning.words import stems

MIN_CHARS: Final = 12
KEPT_TEXTS: Final = 24
MAX_TITLE_CHARS: Final = 150
_IN_TABLES: Final = frozenset({ElementKind.TABLE, ElementKind.TABLE_ROW, ElementKind.HEADER, ElementKind.FOOTER})
_Made = TypeVar("_Made")
_LAW: Final = re.compile(r"\blaws?\s+of\b|\b\w+\s+law\b|\brecht\b", re.IGNORECASE)
_PARTY: Final = re.compile(r"\b(?:Inc|Corp|LLC|Ltd|L\.P|GmbH|AG|Company|Corporation|Limited)\b")
HELD_KINDS: Final = frozenset({"date", "duration", "law", "amount", "party"})


class PreparedText:
    """The citable sentences of one text in order, with the stems of their words and headings.

    Args:
        spans: The sentences.
    """

    def __init__(self, spans: Sequence[Span]):
        self.spans = tuple(spans)
        self.words = tuple(frozenset(stems(span.text)) for span in self.spans)
        by_heading = {heading: frozenset(stems(heading)) for heading in {span.heading for span in self.spans}}
        self.headings = tuple(by_heading[span.heading] for span in self.spans)
        self._held: dict[AnswerKind, tuple[frozenset[str], ...]] = {}

    def held(self, kind: AnswerKind | None) -> tuple[frozenset[str], ...]:
        """Return for each sentence what it holds of a kind: the units of its durations, else the kind itself.

        A sentence that holds none has an empty set; so has every sentence for a kind that is not looked for.
        """
        if kind is None or kind not in HELD_KINDS:
            return (frozenset(),) * len(self.spans)
        if kind not in self._held:
            self._held[kind] = tuple(_held(kind, span.text) for span in self.spans)
        return self._held[kind]


class _Kept(Generic[_Made]):
    """The last few things made of texts, by document and text hash. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[tuple[str, str], _Made] = OrderedDict()

    def of(self, source: Source, make: Callable[[Source], _Made]) -> _Made:
        key = (source.document.document_id, source.text_hash)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make(source)
        with self._lock:
            self._made[key] = made
            while len(self._made) > KEPT_TEXTS:
                self._made.popitem(last=False)
        return made


class PreparedTexts:
    """Prepares texts and keeps the last few. Safe for several threads."""

    def __init__(self) -> None:
        self._texts: _Kept[PreparedText] = _Kept()
        self._entries: _Kept[tuple[Entry, ...]] = _Kept()
        self._numberings: _Kept[Numbering] = _Kept()
        self._changes: _Kept[tuple[Change, ...]] = _Kept()

    def sentences(self, source: Source) -> PreparedText:
        """Return the sentences of a document's text."""
        return self._texts.of(source, _prepare)

    def entries(self, source: Source) -> tuple[Entry, ...]:
        """Return the figures of a document's tables with what their headers mean."""
        return self._entries.of(source, lambda one: with_tags(index(one.layout.cells(), _titles(one)), one.structure()))

    def numbering(self, source: Source) -> Numbering:
        """Return the numbered parts of a document's text."""
        return self._numberings.of(source, lambda one: Numbering(one.shown))

    def changes(self, source: Source) -> tuple[Change, ...]:
        """Return what an amendment changes in the contract it amends."""
        return self._changes.of(source, lambda one: find_changes(one.shown))


def _titles(source: Source) -> dict[str, str]:
    """Return for each table the heading it stands under and the short line right above it, if any."""
    starts: dict[str, int] = {}
    for cell in source.layout.cells():
        starts[cell.table] = min(cell.start, starts.get(cell.table, cell.start))
    blocks = [item for item in source.layout.elements() if item.kind not in _IN_TABLES and not item.is_hidden]
    titles: dict[str, str] = {}
    heading, line, number = "", "", 0
    for table, start in sorted(starts.items(), key=lambda item: item[1]):
        while number < len(blocks) and blocks[number].start < start:
            words = " ".join(blocks[number].text.split())
            line = words if len(words) <= MAX_TITLE_CHARS else ""
            if blocks[number].kind in (ElementKind.HEADING, ElementKind.TITLE):
                heading = line
            number += 1
        titles[table] = f"{heading} {line}" if line != heading else heading
    return titles


def _prepare(source: Source) -> PreparedText:
    return PreparedText(tuple(_citable(split_elements(source.text, source.layout.elements()))))


def _citable(spans: Sequence[Span]) -> Iterator[Span]:
    """Keep what may be cited; a short line that comes back on page after page is a running header or footer."""
    lines = [letters(span.text) if len(span.text) <= RUNNING_CHARS else None for span in spans]
    repeats = Counter(lines)
    for span, short in zip(spans, lines, strict=True):
        runs = short is not None and repeats[short] >= RUNNING_REPEATS
        if span.is_citable and not runs and len(span.text) >= MIN_CHARS:
            yield span


def _held(kind: AnswerKind, text: str) -> frozenset[str]:
    """Return what a text holds of a kind."""
    if kind == "duration":
        return frozenset(found.unit for found in find_durations(text))
    return frozenset({kind}) if _holds(kind, text) else frozenset()


def _holds(kind: AnswerKind, text: str) -> bool:
    match kind:
        case "date":
            return bool(find_dates(text))
        case "law":
            return bool(_LAW.search(text))
        case "amount":
            return any(figure.unit is not None for figure in find_figures(text))
        case "party":
            return bool(_PARTY.search(text))
        case _:
            return False
