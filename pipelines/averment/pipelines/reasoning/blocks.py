"""Sentences of a text along its elements: headings and hidden text told apart, cut paragraphs read as one.

A layout cuts a paragraph where a column or a page ends. The parts are read as one where the first breaks off and the
second goes on, also across a page's footer, the next page's header and a page number. A sentence over a page break
keeps its parts: each is the canonical text at its place, and what stands between them is no part of it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.documents import Element, ElementKind
from averment.pipelines.reasoning.sentences import VERB, Span, is_heading, split, trimmed

MAX_HEADING_CHARS: Final = 150
RUNNING_CHARS: Final = 150
RUNNING_REPEATS: Final = 3
MAX_SHORT_HEADING: Final = 30
_PAGE_BREAK: Final = "\f"
_FURNITURE: Final = frozenset({ElementKind.HEADER, ElementKind.FOOTER})
_NEVER_CITED: Final = frozenset({ElementKind.TITLE, ElementKind.HEADING, *_FURNITURE})
_TEXTUAL: Final = frozenset({ElementKind.PARAGRAPH, ElementKind.LIST_ITEM, ElementKind.OTHER})
_CONTINUED: Final = re.compile(r"[a-zäöü]{2,}|\(\d{1,3}\)\s+[a-z]|[$€£]|\d[\d,.]*\s+[a-z]")
_BROKEN_OFF: Final = re.compile(
    r"(?:,|\b(?:the|a|an|of|to|in|on|by|for|with|from|any|each|such|this|that|its|their|shall|will|may|not|as|"
    r"der|die|das|den|dem|des|von|mit|für|im|zu|zum|zur|ein|eine|einer|nicht))\s*$",
    re.IGNORECASE,
)
_NEXT_LINE: Final = re.compile(r"[ \t]*\n[a-zäöü]{2,}")
_LISTED: Final = re.compile(r"\s*[(\[]?[a-z0-9ivx]{1,4}[.)]\s", re.IGNORECASE)
_PAGE_NUMBER: Final = re.compile(
    r"\W*(?:page|seite)?\W*(?:\d{1,4}|[ivxlc]{1,6}|[A-Z]-\d{1,3})(?:\s*(?:of|/|von)\s*\d{1,4})?\W*", re.I
)
_NO_LETTERS: Final = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Block:
    """What is split together: one element, or the parts of a paragraph that was cut; parts are `(start, end)`."""

    parts: tuple[tuple[int, int], ...]
    kind: ElementKind
    is_hidden: bool

    @property
    def start(self) -> int:
        return self.parts[0][0]

    @property
    def end(self) -> int:
        return self.parts[-1][1]


def split_elements(text: str, elements: Sequence[Element]) -> list[Span]:
    """Split a canonical text along its elements into sentences, in order.

    Text that no element covers is split like plain text.
    """
    spans: list[Span] = []
    position = 0
    heading = ""
    for block in _blocks(text, elements):
        spans += split(text[position : block.start], offset=position)
        spans += _block_spans(text, block, heading)
        if block.kind in (ElementKind.HEADING, ElementKind.TITLE):
            heading = " ".join(text[block.start : block.end].split())[:MAX_HEADING_CHARS]
        position = max(position, block.end)
    return spans + split(text[position:], offset=position)


def letters(text: str) -> str:
    """Return a text's letters in lower case: what a running line has in common on every page."""
    return _NO_LETTERS.sub("", text.lower())


def _blocks(text: str, elements: Sequence[Element]) -> Iterator[_Block]:
    """Return the blocks to split in order of their beginning, cut paragraphs joined."""
    pending: _Block | None = None
    between: list[_Block] = []
    running = _running(elements)
    position = 0
    for element in sorted(elements, key=lambda item: (item.start, item.end)):
        if element.end <= position or element.kind is ElementKind.TABLE:
            continue
        kind = ElementKind.PARAGRAPH if _is_misread(text, element) else element.kind
        block = _Block(((max(element.start, position), element.end),), kind, element.is_hidden)
        position = element.end
        if pending is not None and kind in _TEXTUAL | _FURNITURE and _is_furniture(element, running):
            between.append(block)
        elif pending is not None and _goes_on(text, pending, block, between):
            pending = replace(pending, parts=_joined(text, pending.parts, block.parts))
        else:
            yield from _released(pending, between)
            pending, between = block, []
    yield from _released(pending, between)


def _released(pending: _Block | None, between: list[_Block]) -> Iterator[_Block]:
    if pending is not None:
        yield pending
    yield from between


def _running(elements: Sequence[Element]) -> set[str]:
    """Return the letters of short lines that come back: running headers and footers that no layout told apart."""
    repeats = Counter(letters(item.text) for item in elements if len(item.text) <= RUNNING_CHARS)
    return {line for line, number in repeats.items() if number >= RUNNING_REPEATS}


def _is_furniture(element: Element, running: set[str]) -> bool:
    if element.kind in _FURNITURE:
        return True
    plain = element.text.strip()
    return len(plain) <= RUNNING_CHARS and (
        _PAGE_NUMBER.fullmatch(plain) is not None or (letters(plain) in running and bool(letters(plain)))
    )


def _is_misread(text: str, element: Element) -> bool:
    """Say whether a layout took a sentence, or the first line of one, for a heading."""
    words = element.text.strip()
    if element.kind is not ElementKind.HEADING or len(words) <= MAX_SHORT_HEADING or is_heading(words):
        return False
    goes_on = _NEXT_LINE.match(text, element.end) is not None
    return (words.endswith(".") or goes_on) and VERB.search(words) is not None


def _goes_on(text: str, before: _Block, after: _Block, between: Sequence[_Block]) -> bool:
    """Say whether a block goes on with the sentence that the one before broke off; only furniture may stand between."""
    if before.kind not in _TEXTUAL or after.kind not in _TEXTUAL or before.is_hidden or after.is_hidden:
        return False
    position = before.end
    for block in (*between, after):
        if text[position : block.start].strip():
            return False
        position = block.end
    if between and _PAGE_BREAK not in text[before.end : after.start]:
        return False
    last = text[before.start : before.end].rstrip()
    if last[-1:] in ".;:!?":
        return False
    if _CONTINUED.match(text, after.start):
        return True
    is_over_page = _PAGE_BREAK in text[before.end : after.start]
    is_listed = _LISTED.match(text, after.start) is not None
    return is_over_page and not is_listed and _BROKEN_OFF.search(last[-20:]) is not None


def _joined(
    text: str, before: tuple[tuple[int, int], ...], after: tuple[tuple[int, int], ...]
) -> tuple[tuple[int, int], ...]:
    """Add a part: to the last one where nothing but white space of one page is between them."""
    gap = text[before[-1][1] : after[0][0]]
    if gap.strip() or _PAGE_BREAK in gap:
        return before + after
    return (*before[:-1], (before[-1][0], after[0][1]), *after[1:])


def _block_spans(text: str, block: _Block, heading: str) -> list[Span]:
    first, last = trimmed(text, (block.start, block.end))
    if first == last:
        return []
    if block.is_hidden or block.kind in _NEVER_CITED:
        return [Span(start=first, end=last, text=text[first:last], is_citable=False, heading=heading)]
    if block.kind is ElementKind.TABLE_ROW:
        return [Span(start=first, end=last, text=text[first:last], is_row=True, heading=heading)]
    if len(block.parts) == 1:
        return split(text[block.start : block.end], offset=block.start, heading=heading)
    joined = "\n".join(text[start:end] for start, end in block.parts)
    return [_placed(text, block.parts, span) for span in split(joined, heading=heading)]


def _placed(text: str, parts: Sequence[tuple[int, int]], span: Span) -> Span:
    """Bring a sentence of joined parts back to its places in the canonical text."""
    places = []
    offset = 0
    for start, end in parts:
        first, last = max(span.start, offset), min(span.end, offset + end - start)
        if first < last:
            place = trimmed(text, (start + first - offset, start + last - offset))
            places += [place] if place[0] < place[1] else []
        offset += end - start + 1
    if len(places) == 1:
        (first, last) = places[0]
        return replace(span, start=first, end=last, text=text[first:last])
    return replace(span, start=places[0][0], end=places[-1][1], parts=tuple(places))
