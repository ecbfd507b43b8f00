"""Cuts canonical text into chunks along its clauses and sections.

A chunk is a span of the canonical text and nothing else: chunks follow each other in order, never overlap, and
together hold every visible character and nothing of hidden elements. What is *embedded* is the chunk behind a header
(document, section path); what is *cited* is the span alone.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from averment.core.access import AccessLabel
from averment.core.documents import ChunkMeta, ElementKind, ParsedDocument
from averment.core.errors import ConfigurationError
from averment.core.ids import chunk_id, sha256_id
from averment.core.unseen import strip_unseen
from averment.pipelines.ingestion.facts import FACTS_VERSION
from averment.pipelines.ingestion.naming import NAMING_VERSION
from averment.pipelines.ingestion.sparse import SPARSE_VERSION, SparseSettings
from averment.pipelines.ingestion.structure import (
    SECTION_SEPARATOR,
    STRUCTURE_VERSION,
    Boundary,
    Outline,
    boundaries,
    outline,
)
from averment.pipelines.ingestion.visibility import hidden_spans, seen

CHUNKING_VERSION: Final = 2
_TINY_CHARS: Final = 60
_HEADER_TOKENS: Final = 48
_LEAST_TOKENS: Final = 16
_HEAD_ROWS: Final = 2
_PARTED: Final = 9
_MAX_TABLE_HEAD: Final = 160
_WORDS: Final = re.compile(r"\w+|[^\w\s]")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?;:])[”\"')\]]*\s+(?=[“\"'(\[]?[A-ZÄÖÜ0-9(])|\n\s*\n|\f")
_LINE_END: Final = re.compile(r"\s*[\n\f]\s*|(?<=,)\s+|\s{3,}")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkSettings:
    """How large chunks are.

    Args:
        target_chars: A chunk is closed at the next good place once it holds this many characters.
        max_chars: No chunk holds more.
        min_chars: A section shorter than this does not close the chunk before it.
        max_tokens: The embedder's limit; a chunk leaves room in it for its header, by an estimate of tokens.
    """

    target_chars: int = 700
    max_chars: int = 1_000
    min_chars: int = 200
    max_tokens: int = 256

    def __post_init__(self) -> None:
        if not 0 <= self.min_chars <= self.target_chars <= self.max_chars or self.max_chars < 1 or self.max_tokens < 32:
            raise ConfigurationError(
                f"chunk sizes {asdict(self)!r} do not fit: expected min <= target <= max characters, max_tokens >= 32"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A span of the canonical text, `start:end`, with its place: section path and pages (1-based).

    `table_head` is the beginning of the table whose later rows the chunk starts with, so that rows keep their columns'
    names in what is searched; empty elsewhere.
    """

    start: int
    end: int
    ordinal: int
    section: tuple[str, ...]
    first_page: int | None
    last_page: int | None
    table_head: str = ""

    @property
    def context(self) -> str:
        """Return what stands over the chunk without being in it: section path and head of its table."""
        return SECTION_SEPARATOR.join((*self.section, self.table_head) if self.table_head else self.section)

    @property
    def section_title(self) -> str:
        """Return the section path as one line."""
        return SECTION_SEPARATOR.join(self.section)


def chunk(
    parsed: ParsedDocument, *, settings: ChunkSettings | None = None, structure: Outline | None = None
) -> tuple[Chunk, ...]:
    """Cut a document into chunks, in order.

    Args:
        parsed: The document.
        settings: Sizes.
        structure: Its outline, where it is known already.
    """
    settings = settings or ChunkSettings()
    hidden = hidden_spans(parsed.elements)
    parsed = seen(parsed)
    structure = structure or outline(parsed)
    pieces = _apart(_pieces(parsed, structure, settings), parsed.text, hidden)
    spans = _merge(parsed.text, list(pieces), settings)
    pages, tables = _PageFinder(parsed), _TableFinder(parsed)
    return tuple(
        Chunk(
            start=start,
            end=end,
            ordinal=ordinal,
            section=_common(structure.path(start), structure.path(end - 1)),
            first_page=pages.find(start),
            last_page=pages.find(end - 1),
            table_head=tables.head(start),
        )
        for ordinal, (start, end) in enumerate(spans)
    )


def _common(first: tuple[str, ...], last: tuple[str, ...]) -> tuple[str, ...]:
    """Return the section that holds both ends of a chunk; the first one's where none does."""
    shared = tuple(a for a, b in zip(first, last, strict=False) if a == b)
    return shared or first


def header(title: str, section: Sequence[str], *, table_head: str = "", max_chars: int = 160) -> str:
    """Write the line that stands before a chunk when it is embedded; the innermost sections win for room."""
    parts = [title.strip()[: max_chars // 2]]
    room = max_chars - len(parts[0])
    inner: list[str] = []
    for name in reversed(section):
        if len(name) > room:
            break
        inner.insert(0, name)
        room -= len(name)
    return SECTION_SEPARATOR.join(part for part in (*parts, *inner, table_head) if part)


def embedded_text(text: str, *, head: str) -> str:
    """Join header and chunk the way it is embedded: white space folded, as the tokenizer would."""
    body = _SPACE.sub(" ", strip_unseen(text)).strip()
    return f"{head}\n{body}" if head else body


def estimate_tokens(text: str) -> int:
    """Estimate word pieces from words and marks; on the safe side for English and German prose."""
    return sum(1 + len(word) // 9 for word in _WORDS.findall(text)) + 2


def chunk_meta(
    found: Chunk,
    *,
    document_id: str,
    text_hash: str,
    token_count: int,
    access: AccessLabel,
    version: str,
) -> ChunkMeta:
    """Give a chunk its identity."""
    return ChunkMeta(
        chunk_id=chunk_id(
            document_id=document_id, text_hash=text_hash, start=found.start, end=found.end, pipeline_version=version
        ),
        document_id=document_id,
        text_hash=text_hash,
        start=found.start,
        end=found.end,
        first_page=found.first_page,
        last_page=found.last_page,
        section=found.section_title,
        ordinal=found.ordinal,
        token_count=token_count,
        access=access,
        pipeline_version=version,
    )


def pipeline_version(
    *, model_id: str, parser: str = "", chunks: ChunkSettings | None = None, sparse: SparseSettings | None = None
) -> str:
    """Derive the version of everything that shapes the index: rules, sizes, weights and embedder.

    Equal versions make equal points of equal text; any difference makes the next ingestion redo its documents.
    """
    parts = {
        "structure": STRUCTURE_VERSION,
        "chunking": CHUNKING_VERSION,
        "facts": FACTS_VERSION,
        "naming": NAMING_VERSION,
        "sparse": SPARSE_VERSION,
        "chunks": asdict(chunks or ChunkSettings()),
        "weights": asdict(sparse or SparseSettings()),
        "embedder": model_id,
        "parser": parser,
    }
    digest = sha256_id(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode("utf-8"))
    return f"p{CHUNKING_VERSION}-{digest.removeprefix('sha256:')[:12]}"


def _pieces(parsed: ParsedDocument, structure: Outline, settings: ChunkSettings) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end, strength) of the smallest parts a chunk is built from; together they hold the text."""
    text = parsed.text
    marks = [mark for mark in boundaries(parsed, structure.headings) if 0 < mark.start < len(text)]
    marks = [Boundary(start=0, strength=3), *marks]
    ends = [mark.start for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        strength = mark.strength
        for start, stop in _split(text, mark.start, end, settings):
            yield start, stop, strength
            strength = 0


def _apart(
    pieces: Iterator[tuple[int, int, int]], text: str, hidden: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Cut what is hidden out of pieces; what follows it opens a chunk of its own, so that none holds it."""
    if not hidden:
        yield from pieces
        return
    place = 0
    is_parted = False
    for start, stop, strength in pieces:
        while place < len(hidden) and hidden[place][1] <= start:
            place += 1
            is_parted = True
        at, number = start, place
        while at < stop:
            begin, end = hidden[number] if number < len(hidden) else (stop, stop)
            upto = min(max(begin, at), stop)
            if text[at:upto].strip():
                yield at, upto, _PARTED if is_parted else strength
                is_parted = False
            if begin < stop:
                is_parted = True
            at, number = max(end, upto) if begin < stop else stop, number + 1


def _split(text: str, start: int, end: int, settings: ChunkSettings) -> Iterator[tuple[int, int]]:
    """Cut a part that is too long at sentence ends, then at lines and commas, then at spaces, then anywhere."""
    if _fits(text, start, end, settings):
        yield start, end
        return
    for pattern in (_SENTENCE_END, _LINE_END, _SPACE):
        cuts = [found.end() for found in pattern.finditer(text, start, end) if start < found.end() < end]
        if cuts:
            yield from _fill(text, [start, *cuts, end], settings)
            return
    step = max(1, min(settings.max_chars, settings.max_tokens - 24))
    for begin in range(start, end, step):
        yield begin, min(begin + step, end)


def _fill(text: str, cuts: Sequence[int], settings: ChunkSettings) -> Iterator[tuple[int, int]]:
    """Join neighbouring sentences up to the target; cut on where one alone is too long."""
    begin = cuts[0]
    for place in range(1, len(cuts)):
        here = cuts[place]
        following = cuts[place + 1] if place + 1 < len(cuts) else None
        if (
            following is not None
            and following - begin <= settings.target_chars
            and _fits(text, begin, following, settings)
        ):
            continue
        if _fits(text, begin, here, settings):
            yield begin, here
        else:
            yield from _split_inner(text, begin, here, settings)
        begin = here


def _split_inner(text: str, start: int, end: int, settings: ChunkSettings) -> Iterator[tuple[int, int]]:
    for pattern in (_LINE_END, _SPACE):
        cuts = [found.end() for found in pattern.finditer(text, start, end) if start < found.end() < end]
        if cuts and max(b - a for a, b in zip([start, *cuts], [*cuts, end], strict=True)) < end - start:
            yield from _fill(text, [start, *cuts, end], settings)
            return
    step = max(1, min(settings.max_chars, settings.max_tokens - 24))
    for begin in range(start, end, step):
        yield begin, min(begin + step, end)


def _fits(text: str, start: int, end: int, settings: ChunkSettings) -> bool:
    if end - start > settings.max_chars:
        return len(text[start:end].strip()) <= settings.max_chars and _fits_tokens(text, start, end, settings)
    return _fits_tokens(text, start, end, settings)


def _fits_tokens(text: str, start: int, end: int, settings: ChunkSettings) -> bool:
    room = max(_LEAST_TOKENS, settings.max_tokens - _HEADER_TOKENS)
    return (end - start) * 2 < room or estimate_tokens(text[start:end]) <= room


def _merge(text: str, pieces: Sequence[tuple[int, int, int]], settings: ChunkSettings) -> list[tuple[int, int]]:
    """Pack pieces into chunks: up to the target, shut early where a section or clause opens."""
    spans: list[tuple[int, int]] = []
    begin, end = -1, -1
    for start, stop, strength in pieces:
        if not text[start:stop].strip():
            continue
        if begin < 0:
            begin, end = start, stop
        elif _closes(text, (begin, end), (start, stop), strength, settings):
            spans.append(_trim(text, begin, end))
            begin, end = start, stop
        else:
            end = stop
    if begin >= 0:
        spans.append(_trim(text, begin, end))
    return spans


def _closes(text: str, held: tuple[int, int], piece: tuple[int, int], strength: int, settings: ChunkSettings) -> bool:
    size = len(text[held[0] : held[1]].strip())
    joined = piece[1] - held[0]
    if strength >= _PARTED or joined > settings.max_chars or not _fits_tokens(text, held[0], piece[1], settings):
        return True
    if size < settings.min_chars:
        return False
    if strength >= 2:
        return True
    # A page number or a line's end stays with what it follows.
    return joined > settings.target_chars and piece[1] - piece[0] >= _TINY_CHARS


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


class _PageFinder:
    """Finds the page of an offset."""

    def __init__(self, parsed: ParsedDocument) -> None:
        self._pages = [page.page for page in parsed.pages]
        self._starts = [page.start for page in parsed.pages]

    def find(self, offset: int) -> int | None:
        if not self._pages:
            return None
        return self._pages[max(0, bisect_right(self._starts, offset) - 1)]


class _TableFinder:
    """Finds the head of the table an offset lies in, when it is not in the head itself."""

    def __init__(self, parsed: ParsedDocument) -> None:
        self._text = parsed.text
        self._tables: list[tuple[int, int]] = []
        is_open = False
        for element in sorted(parsed.elements, key=lambda element: element.start):
            is_row = element.kind in {ElementKind.TABLE, ElementKind.TABLE_ROW}
            if is_row and is_open:
                self._tables[-1] = (self._tables[-1][0], max(self._tables[-1][1], element.end))
            elif is_row:
                self._tables.append((element.start, element.end))
            is_open = is_row
        self._starts = [start for start, _ in self._tables]

    def head(self, offset: int) -> str:
        place = bisect_right(self._starts, offset) - 1
        if place < 0 or offset >= self._tables[place][1]:
            return ""
        above = self._text[self._starts[place] : offset][: 4 * _MAX_TABLE_HEAD]
        lines = [line for line in above.splitlines() if line.strip()]
        return " ".join(" ".join(lines[:_HEAD_ROWS]).split())[:_MAX_TABLE_HEAD]
