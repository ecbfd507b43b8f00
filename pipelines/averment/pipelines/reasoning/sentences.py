"""Sentences of a canonical text with exact offsets, for English and German contracts and filings.

Every sentence is `text[start:end]` of the canonical text, unchanged. Numbering (`12.3`, `(a)`, `§ 4 Abs. 2`),
abbreviations, initials and decimals do not end a sentence; a blank line does. A run-in heading
(`5.2 Governing Law.`) stays with the sentence that follows it, a heading of its own is marked as such.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_CHARS: Final = 1_500
HEADING_WORDS: Final = 10
MAX_HEADING_TEXT: Final = 600
_PARAGRAPH: Final = re.compile(r"[ \t\r]*\n[ \t\r\f]*\n\s*|\f")
_STOP: Final = re.compile(
    r"[.!?][\"”’')\]]*(?=\s+[\"“„‘'(\[]?[A-ZÄÖÜ0-9§•]|\s+\([a-z]{1,4}\)\s+[\"“„‘'(]?[A-ZÄÖÜ]|\s*$)"
    r"|[.!?;:](?=\s*\n\s*[(\[]?[a-z0-9ivx]{1,4}[.)]\s)"
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
VERB: Final = re.compile(
    r"\b(?:shall|will|may|must|is|are|was|were|has|have|had|means?|agrees?|does|do|can|wird|werden|ist|sind|hat|haben|"
    r"kann|können|muss|müssen|darf|gilt|gelten|bedeutet)\b",
    re.IGNORECASE,
)
_CLAUSE_BREAK: Final = re.compile(r";\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A sentence or table row; `text == canonical[start:end]`, unless it has parts.

    A sentence over a page break has two or more `parts`, `(start, end)` in order, each the canonical text at its
    place; `text` reads them as one, a line break between them. One that is a heading alone, hidden, or a page header
    or footer is not citable. `heading` is the heading it stands under, where the layout tells.
    """

    start: int
    end: int
    text: str
    is_citable: bool = True
    is_row: bool = False
    heading: str = ""
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Return where the sentence stands: its parts, or its one place."""
        return self.parts or ((self.start, self.end),)


def split(text: str, *, offset: int = 0, heading: str = "") -> list[Span]:
    """Split a stretch of canonical text that begins at `offset` into sentences, in order, under a heading."""
    spans = []
    for start, end in _paragraphs(text):
        for first, last in _joined(text, list(_stops(text, start, end))):
            if last > first:
                chunk = text[first:last]
                citable = not is_heading(chunk)
                spans.append(
                    Span(start=first + offset, end=last + offset, text=chunk, is_citable=citable, heading=heading)
                )
    return spans


def within(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """Return the spans that lie in a stretch of text, those cut by its edges included."""
    return (span for span in spans if span.start < end and start < span.end)


def is_heading(text: str) -> bool:
    """Say whether a sentence is numbering, a heading alone or a line of contents, and so asserts nothing."""
    if ("..." in text or ". ." in text or "…" in text) and _LEADERS.search(text):
        return True
    text = text.strip()
    if len(text) > MAX_HEADING_TEXT:
        return False
    prefix = _PREFIX.match(text)
    text = text[prefix.end() :] if prefix else text
    words = re.findall(r"[^\W\d_]+", text)
    if not words:
        return True
    if len(words) > HEADING_WORDS or text.rstrip().endswith((";", "?", "!")):
        return False
    if VERB.search(text):
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
        yield trimmed(text, (start, last))


def trimmed(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Return a place `(start, end)` without the white space at its ends."""
    start, end = place
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
