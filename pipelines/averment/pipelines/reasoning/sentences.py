"""Sentences of a canonical text with exact offsets, for English and German contracts and filings.

Every sentence is `text[start:end]` of the canonical text, unchanged. Numbering (`12.3`, `(a)`, `§ 4 Abs. 2`),
abbreviations, initials and decimals do not end a sentence; a blank line does. A run-in heading
(`5.2 Governing Law.`) stays with the sentence that follows it, a heading of its own is marked as such.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.documents import Element, ElementKind

MAX_CHARS: Final = 1_500
HEADING_WORDS: Final = 10
MAX_HEADING_CHARS: Final = 150
_PARAGRAPH: Final = re.compile(r"[ \t\r]*\n[ \t\r\f]*\n\s*|\f")
_STOP: Final = re.compile(
    r"[.!?][\"”’')\]]*(?=\s+[\"“„‘'(\[]?[A-ZÄÖÜ0-9§•]|\s*$)|[.!?;:](?=\s*\n\s*[(\[]?[a-z0-9ivx]{1,4}[.)]\s)"
)
_ABBREVIATION: Final = re.compile(
    r"inc|ltd|corp|co|llc|lp|llp|plc|no|nos|art|arts|sec|secs|dr|mr|mrs|ms|prof|st|jr|sr|vs|etc|approx|"
    r"dept|est|e\.g|i\.e|u\.s|u\.k|u\.s\.c|cf|al|ed|ave|blvd|ste|fig|par|para|pp|vol|n\.a|d/b/a|c\.f\.r|"
    r"p\.m|a\.m|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|gmbh|ggf|bzw|z\.b|d\.h|usw|u\.a|abs|nr|"
    r"bzgl|sog|lfd|kap|verb|aufl|bd|ggü|insb|entspr|allg|jew|o\.g|s\.u|i\.d\.r|i\.s\.d|i\.v\.m|"
    r"ziff|vgl|s\.o|bspw|inkl|exkl|gem|evtl|tel|str|lit|rn|hrsg|zzgl|ca|max|min|mio|mrd|tsd"
)
_ORDINAL_END: Final = re.compile(
    r"\.\s+(?:[A-ZÄÖÜ][a-zäöü]+\s+\d{4}|(?:Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\b"
    r"|(?:(?:Werk|Arbeits|Bankarbeits|Kalender|Geschäfts|Vertrags|Miet)(?:tag|monat|jahr|quartal)"
    r"|Tag|Woche|Monat|Quartal|Jahr|Halbjahr)(?:es|s|e|en)?\b)"
)
_LAST_WORD: Final = re.compile(r"(\S+)$")
_NUMBERING: Final = re.compile(
    r"(?:(?:section|article|clause|paragraph|exhibit|schedule|part|item|artikel|ziffer|anlage|§+)\s*)?"
    r"[(\[]?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-z])[.)\]]*",
    re.IGNORECASE,
)
_PREFIX: Final = re.compile(
    r"(?:(?i:section|article|clause|paragraph|exhibit|schedule|artikel|ziffer|anlage|§+)\s*)?[(\[]?\d{1,3}(?:\.\d{1,3})*[.)\]]*(?=\s)"
)
_LEADERS: Final = re.compile(r"\.{6,}|(?:\.\s){6,}|…{3,}")
_VERB: Final = re.compile(
    r"\b(?:shall|will|may|must|is|are|was|were|has|have|had|means?|agrees?|does|do|can|wird|werden|ist|sind|hat|haben|"
    r"kann|können|muss|müssen|darf|gilt|gelten|bedeutet)\b",
    re.IGNORECASE,
)
_NEVER_CITED: Final = frozenset({ElementKind.TITLE, ElementKind.HEADING, ElementKind.HEADER, ElementKind.FOOTER})
_CLAUSE_BREAK: Final = re.compile(r";\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A sentence or table row; `text == canonical[start:end]`.

    One that is a heading alone, hidden, or a page header or footer is not citable. `heading` is the heading it
    stands under, where the layout tells.
    """

    start: int
    end: int
    text: str
    is_citable: bool = True
    is_row: bool = False
    heading: str = ""


def split(text: str, *, offset: int = 0) -> list[Span]:
    """Split a stretch of canonical text that begins at `offset` into sentences, in order."""
    spans = []
    for start, end in _paragraphs(text):
        for first, last in _joined(text, list(_stops(text, start, end))):
            spans += [_span(text, first, last, offset=offset)] if last > first else []
    return spans


def split_elements(text: str, elements: Sequence[Element]) -> list[Span]:
    """Split a canonical text along its elements, so that headings and hidden text are told apart.

    A paragraph that a layout cut in two is read as one. Text that no element covers is split like plain text.
    """
    spans: list[Span] = []
    position = 0
    heading = ""
    for block in _blocks(text, elements):
        spans += split(text[position : block.start], offset=position)
        spans += [replace(span, heading=heading) for span in _block_spans(text, block)]
        if block.kind in (ElementKind.HEADING, ElementKind.TITLE):
            heading = " ".join(text[block.start : block.end].split())[:MAX_HEADING_CHARS]
        position = block.end
    return spans + split(text[position:], offset=position)


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    kind: ElementKind
    is_hidden: bool


def _blocks(text: str, elements: Sequence[Element]) -> Iterator[_Block]:
    """Return the blocks to split in order, none overlapping, cut paragraphs joined."""
    pending: _Block | None = None
    for element in sorted(elements, key=lambda item: (item.start, item.end)):
        position = pending.end if pending is not None else 0
        if element.end <= position or element.kind is ElementKind.TABLE:
            continue
        kind = ElementKind.PARAGRAPH if _is_misread(element) else element.kind
        block = _Block(max(element.start, position), element.end, kind, element.is_hidden)
        if pending is not None and _continues_block(text, pending, block):
            pending = replace(pending, end=block.end)
            continue
        if pending is not None:
            yield pending
        pending = block
    if pending is not None:
        yield pending


_TEXTUAL: Final = frozenset({ElementKind.PARAGRAPH, ElementKind.LIST_ITEM, ElementKind.OTHER})
_CONTINUED: Final = re.compile(r"[a-zäöü]{2,}|\(\d{1,3}\)\s+[a-z]|[$€£]|\d[\d,.]*\s+[a-z]")


def _is_misread(element: Element) -> bool:
    """Say whether a layout took a whole sentence for a heading."""
    text = element.text.strip()
    is_sentence = text.endswith(".") and len(text) > 30 and _VERB.search(text) is not None
    return element.kind is ElementKind.HEADING and is_sentence and not is_heading(text)


def _continues_block(text: str, before: _Block, after: _Block) -> bool:
    """Say whether a block goes on with the sentence that the one before broke off."""
    if before.kind not in _TEXTUAL or after.kind not in _TEXTUAL or before.is_hidden or after.is_hidden:
        return False
    if text[before.end : after.start].strip() or text[before.start : before.end].rstrip()[-1:] in ".;:!?":
        return False
    return _CONTINUED.match(text, after.start) is not None


def within(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """Return the spans that lie in a stretch of text, those cut by its edges included."""
    return (span for span in spans if span.start < end and start < span.end)


def is_heading(text: str) -> bool:
    """Say whether a sentence is numbering, a heading alone or a line of contents, and so asserts nothing."""
    if _LEADERS.search(text):
        return True
    text = _PREFIX.sub("", text.strip(), count=1)
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        return True
    if len(words) > HEADING_WORDS or text.rstrip().endswith((";", "?", "!")):
        return False
    if _VERB.search(text):
        return text.isupper() and len(words) <= 6
    if re.search(r"\d{4}|[$€£%]|\d[,.]\d", text):
        return False
    ends = text.rstrip().endswith((".", ":"))
    return not ends or all(word[0].isupper() for word in words if len(word) > 3)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _PARAGRAPH.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for match in _STOP.finditer(text, start, end):
        if match.end() < end and _continues(text, first, match.start()):
            continue
        yield from _shortened(text, first, match.end())
        first = match.end()
    if text[first:end].strip():
        yield from _shortened(text, first, end)


def _continues(text: str, first: int, stop: int) -> bool:
    """Say whether the stop at an offset belongs to an abbreviation, an initial or numbering."""
    if text[stop] != ".":
        return False
    match = _LAST_WORD.search(text, max(first, stop - 30), stop)
    word = match[1].lstrip("(\"“„'[").lower() if match else ""
    if _ABBREVIATION.fullmatch(word) or re.fullmatch(r"[a-z](?:\.[a-z])*", word):
        return True
    sentence_so_far = text[first : stop + 1].strip()
    if _NUMBERING.fullmatch(sentence_so_far):
        return True
    # German ordinals: "am 6. April", "zum 31. Dezember eines jeden Jahres"
    return bool(re.fullmatch(r"\d{1,2}", word)) and _ORDINAL_END.match(text, stop) is not None


def _shortened(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut a sentence longer than the limit at semicolons."""
    while last - first > MAX_CHARS:
        breaks = [match.end() for match in _CLAUSE_BREAK.finditer(text, first + 200, first + MAX_CHARS)]
        if not breaks:
            break
        yield first, breaks[-1]
        first = breaks[-1]
    yield first, last


def _joined(text: str, stops: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join run-in headings to what follows, and trim white space."""
    pending: int | None = None
    for index, (first, last) in enumerate(stops):
        start = first if pending is None else pending
        chunk = text[first:last].strip()
        if index + 1 < len(stops) and is_heading(chunk):
            pending = start
            continue
        pending = None
        yield _trimmed(text, start, last)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _span(text: str, first: int, last: int, *, offset: int) -> Span:
    chunk = text[first:last]
    return Span(start=first + offset, end=last + offset, text=chunk, is_citable=not is_heading(chunk))


def _block_spans(text: str, block: _Block) -> list[Span]:
    first, last = _trimmed(text, block.start, block.end)
    if first == last:
        return []
    if block.is_hidden or block.kind in _NEVER_CITED:
        return [Span(start=first, end=last, text=text[first:last], is_citable=False)]
    if block.kind is ElementKind.TABLE_ROW:
        return [Span(start=first, end=last, text=text[first:last], is_row=True)]
    return split(text[block.start : block.end], offset=block.start)
