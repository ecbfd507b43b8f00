"""What a parsed document is made of: its sections, and the facts by which people name it.

Rules only, English and German: articles, sections, numbered clauses, schedules and exhibits of
contracts; parts, items, notes and statements of filings. A rule may miss a heading; it never
changes the text. Offsets are those of the canonical text.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

from averment.core.documents import ElementKind, ParsedDocument
from averment.pipelines.ingestion.months import MONTH_NAME

STRUCTURE_VERSION: Final = 3
SECTION_SEPARATOR: Final = " › "
_MAX_TITLE: Final = 90
_MAX_REPEATS: Final = 3
_LINE: Final = re.compile(r"[^\n\f]+")

_NUMBER: Final = r"(?:\d+[A-Z]?(?:\.\d+)*|[IVXLC]+|[A-Z])"
_EXHIBIT: Final = re.compile(
    rf"(?:EXHIBIT|SCHEDULE|ANNEX|APPENDIX|ATTACHMENT|ADDENDUM|ANLAGE|ANHANG|BEILAGE|Exhibit|Schedule|Annex|Appendix"
    rf"|Attachment|Anlage|Anhang)\s+(?:[“\"']?{_NUMBER}[”\"']?|No\.?\s*\d+)(?:[-.]\w+)*(?=$|[\s:.–—-])"
)
_ARTICLE: Final = re.compile(
    rf"(?:ARTICLE|PART|CHAPTER|ARTIKEL|TEIL|KAPITEL|ABSCHNITT|Article|Chapter|Artikel|Kapitel|Abschnitt"
    rf"|Part)\s+{_NUMBER}"
    r"(?=$|[\s:.–—-])"
)
_PART: Final = re.compile(r"part\s+[ivx]+(?:\W+(?:financial|other)\s+information)?", re.I)
_ITEM: Final = re.compile(r"(?:ITEM|Item)\s+\d{1,2}[A-C]?(?=$|[\s:.–—-])")
_NOTE: Final = re.compile(r"(?:NOTE|Note|ANMERKUNG|Anmerkung)\s+\d{1,2}(?=$|\s*[:.–—-])")
_SECTION: Final = re.compile(
    r"(?:SECTION|Section|Sec\.|§|Ziffer|Clause|CLAUSE)\s*(?P<number>\d+(?:\.\d+)*[a-z]?)(?=$|[\s:.)–—-])"
)
_CLAUSE: Final = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,3})*)(?P<mark>[.)]?)(?P<gap>\s+)(?=[A-ZÄÖÜ“\"'(])")
# Levels of headings: exhibits hold articles and parts, parts hold items, items hold notes and captions.
_NAMED: Final = ((_EXHIBIT, 0), (_ARTICLE, 1), (_ITEM, 2), (_NOTE, 3))
_CAPTION_LEVEL: Final = 3
_SMALL_WORD: Final = 4
_SUB: Final = re.compile(r"\((?:[a-z]{1,4}|[A-Z]|\d{1,2})\)\s|[a-z]\)\s|[•●▪–-]\s|[ivx]+\.\s|[a-z]\.\s")
_BULLET: Final = re.compile(r"[•●▪·◦‣–—*-]\s")
_DOTTED: Final = re.compile(r"(?P<chapter>\d{1,4})(?P<rest>(?:\.\d+)*)(?!\w)")
_CAPTION_END: Final = re.compile(r"[.:;](?=\s|$)|\s[–—-]\s")
# Lines of a table of contents: dots, or a wide gap, and the number of a page.
_LEADER: Final = re.compile(r"(?:\.{3,}|(?:\s\.){3,}|…|_{4,}|\s{4,})\s*(?:\d{1,3}|[ivxlc]{1,6})\s*$")
_PAGE_ENDS: Final = frozenset("0123456789ivxlc")
_PAGE: Final = re.compile(r"\s(?P<page>\d{1,3})$")
_LEAST_RUN: Final = 3
_FEW_LETTERS: Final = 8
# A heading in capitals has few small letters; those of ASCII, which most are, are counted first.
_MAX_SMALL_SHARE: Final = 0.15
_SMALL: Final = dict.fromkeys(map(ord, ascii_lowercase))
# What forms and tables set in bold, and heads nothing: boxes to tick, dates.
_NO_CAPTION: Final = re.compile(
    rf"[☐☑☒□■✓✔]|^\W*(?:(?:as\s+of|at|zum)\s+)?(?:{MONTH_NAME})\.?\s+\d{{1,2}},?\s+\d{{4}}\W*$"
    rf"|^\W*\d{{1,2}}\.?\s+(?:{MONTH_NAME})\.?\s+\d{{4}}\W*$",
    re.I,
)
_MONEY: Final = re.compile(r"[$€£%]|\d{1,3},\d{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The start of a section. Level 0 is the outermost; a heading closes those of its level and below."""

    start: int
    level: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """A place where a chunk may start well; strength 3 opens a section, 2 a clause, 1 a paragraph."""

    start: int
    strength: int


class Outline:
    """The headings of a text in order, answering which section an offset lies in.

    Example:
        >>> found = Outline([Heading(start=0, level=1, title="ARTICLE I"), Heading(start=40, level=3, title="1.1")])
        >>> found.path(50)
        ('ARTICLE I', '1.1')
    """

    def __init__(self, headings: Iterable[Heading]) -> None:
        self.headings = tuple(sorted(headings, key=lambda heading: heading.start))
        self._starts = [heading.start for heading in self.headings]
        self._paths: list[tuple[str, ...]] = []
        stack: list[Heading] = []
        for heading in self.headings:
            while stack and stack[-1].level >= heading.level:
                stack.pop()
            stack.append(heading)
            self._paths.append(tuple(entry.title for entry in stack))

    def path(self, offset: int) -> tuple[str, ...]:
        """Return the titles of the sections around an offset, outermost first; empty before the first heading."""
        found = bisect_right(self._starts, offset) - 1
        return self._paths[found] if found >= 0 else ()


def outline(parsed: ParsedDocument) -> Outline:
    """Find the headings of a document."""
    marked = _marked_headings(parsed)
    headings: dict[int, Heading] = {}
    found_lines = list(lines(parsed.text))
    for place, (start, line) in enumerate(found_lines):
        previous = found_lines[place - 1][1] if place else ""
        following = found_lines[place + 1][1] if place + 1 < len(found_lines) else ""
        found = _heading(line, previous=previous, following=following, is_marked=start in marked)
        if found is not None:
            headings[start] = Heading(start=start, level=found[0], title=found[1])
    return Outline(_within_notes(_without_lists(_without_contents(_without_running(headings.values())))))


def boundaries(parsed: ParsedDocument, headings: Sequence[Heading]) -> list[Boundary]:
    """Return where chunks may start, ascending and distinct: sections, clauses, paragraphs, elements."""
    strength: dict[int, int] = {}
    previous, previous_end = "", -1
    for start, line in lines(parsed.text):
        gap = parsed.text[previous_end:start] if previous_end >= 0 else "\n\n"
        if _SECTION.match(line) or (_CLAUSE.match(line) and _may_open(previous)):
            strength[start] = 2
        elif _SUB.match(line) and _may_open(previous):
            strength[start] = 2 if line.startswith("(") else 1
        elif gap.count("\n") > 1:
            strength[start] = 1
        previous, previous_end = line, start + len(line)
    for element in parsed.elements:
        if element.kind is not ElementKind.TABLE_ROW and element.start < element.end:
            offset = _first_visible(parsed.text, element.start, element.end)
            strength.setdefault(offset, 1)
    strength.update({heading.start: 3 for heading in headings})
    return [Boundary(start=start, strength=strength[start]) for start in sorted(strength)]


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line that holds something: offset of its first visible character, and the line stripped."""
    for found in _LINE.finditer(text):
        line = found.group()
        stripped = line.strip()
        if stripped:
            yield found.start() + len(line) - len(line.lstrip()), stripped


def _marked_headings(parsed: ParsedDocument) -> set[int]:
    kinds = {ElementKind.TITLE, ElementKind.HEADING}
    return {_first_visible(parsed.text, e.start, e.end) for e in parsed.elements if e.kind in kinds and e.start < e.end}


def _first_visible(text: str, start: int, end: int) -> int:
    part = text[start:end]
    return start + len(part) - len(part.lstrip())


def _heading(line: str, *, previous: str, following: str, is_marked: bool) -> tuple[int, str] | None:
    """Return level and title of the heading a line opens with, or None."""
    if line[-1] in _PAGE_ENDS and _LEADER.search(line):
        return None
    named = _named_heading(line, previous=previous)
    if named is not None:
        return named
    clause = _CLAUSE.match(line)
    if clause and _may_open(previous) and not _MONEY.search(line[:40]):
        depth = clause["number"].count(".") + 1
        title = _caption(line, after=clause.end())
        if depth > 1 or clause["mark"] or title != clause["number"]:
            return _CAPTION_LEVEL + min(depth, 3), title
    if is_marked and _is_caption(line):
        return _CAPTION_LEVEL, _shorten(line)
    if _is_capitals(line) and not _is_capital_prose(line, previous=previous, following=following):
        return _CAPTION_LEVEL, _shorten(line)
    return None


def _named_heading(line: str, *, previous: str) -> tuple[int, str] | None:
    for pattern, level in _NAMED:
        found = pattern.match(line)
        if found and _opens(line, found.end(), previous):
            return level, _title(line, after=found.end())
    section = _SECTION.match(line)
    if section and _opens(line, section.end(), previous):
        return _CAPTION_LEVEL + min(section["number"].count(".") + 1, 3), _caption(line, after=section.end())
    return None


def _opens(line: str, end: int, previous: str) -> bool:
    """Tell a heading from a cross-reference that a line break brought to the front of a line."""
    rest = line[end:].lstrip(" .:–—-)")
    if rest[:1].islower() or rest.startswith((",", ";", "(", "or ", "and ")):
        return False
    return _may_open(previous)


def _may_open(previous: str) -> bool:
    """Say whether the line before can end a paragraph."""
    return not previous or previous[-1] in ".:;!?”\"')_]" or len(previous) < 60 or previous.isupper()


def _is_capitals(line: str) -> bool:
    if len(line) > _MAX_TITLE or len(line) - len(line.translate(_SMALL)) > _MAX_SMALL_SHARE * len(line):
        return False
    letters = [letter for letter in line if letter.isalpha()]
    if len(letters) < 4 or _MONEY.search(line) or line.endswith((",", ";")) or _BULLET.match(line):
        return False
    if _NO_CAPTION.search(line):
        return False
    upper = sum(letter.isupper() for letter in letters)
    return upper / len(letters) > 1 - _MAX_SMALL_SHARE and len(letters) / len(line) > 0.6


def _is_caption(line: str) -> bool:
    """Say whether a line that the parser took for a heading reads like one: short, no sentence, no reference."""
    if not 2 < len(line) <= _MAX_TITLE or len(line.split()) > 12 or line[0].islower() or line[0] in "($€":
        return False
    if _NO_CAPTION.search(line):
        return False
    is_reference = _SECTION.match(line) or _EXHIBIT.match(line) or _SUB.match(line)
    return not is_reference and not line.endswith((",", ";")) and not _CAPTION_END.search(line[:-1])


def _is_capital_prose(line: str, *, previous: str, following: str) -> bool:
    """Tell a line of a paragraph set in capitals from a heading."""
    runs_on = previous.isupper() and len(previous) > 50 and previous[-1] not in ".:;"
    return runs_on or (len(line) > 50 and following.isupper() and len(following) > 30)


def _caption(line: str, *, after: int) -> str:
    """Cut the heading out of a line whose text runs on: number and caption, not the sentence."""
    start = after
    while start < len(line) and line[start] in " .:–—-)":
        start += 1
    end = _CAPTION_END.search(line, start)
    if end is not None and end.start() - start <= _MAX_TITLE - 20:
        return _shorten(line[: end.start()])
    if end is None and len(line) <= _MAX_TITLE:
        return _shorten(line)
    return line[:after].rstrip(" .:)–—-")


def _title(line: str, *, after: int) -> str:
    """Cut the heading out of a line like `_caption`, but keep the start of a long title, and the page it is told on."""
    is_title = _CAPTION_END.search(line, after + 2) is None and len(line) <= 2 * _MAX_TITLE and _is_title_case(line)
    if not is_title:
        return _caption(line, after=after)
    page = _PAGE.search(line)
    return _shorten(line[: page.start()]) + page.group() if page else _shorten(line)


def _is_title_case(line: str) -> bool:
    words = [word for word in line.split() if len(word) > _SMALL_WORD and word[0].isalpha()]
    return all(word[0].isupper() for word in words)


def _shorten(line: str) -> str:
    line = " ".join(line.split()).strip(" .:-–—_")
    return line if len(line) <= _MAX_TITLE else line[: _MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"


def _without_running(headings: Iterable[Heading]) -> list[Heading]:
    """Drop what stands on page after page: a running title is no section."""
    found = list(headings)
    seen = Counter(heading.title for heading in found)
    return [heading for heading in found if seen[heading.title] <= _MAX_REPEATS]


def _without_contents(headings: Iterable[Heading]) -> list[Heading]:
    """Drop the entries of a table of contents: a run of headings a line apart, each of which comes again later."""
    ordered = _without_pages(sorted(headings, key=lambda heading: heading.start))
    last = {_key(heading.title): heading.start for heading in ordered}
    kept = []
    for place, heading in enumerate(ordered):
        close = place + 1 < len(ordered) and ordered[place + 1].start - heading.start < 2 * _MAX_TITLE
        if close and last[_key(heading.title)] > heading.start:
            continue
        kept.append(heading)
    return kept


def _without_lists(ordered: Iterable[Heading]) -> Iterator[Heading]:
    """Drop the numbers of lists within clauses: after 4.1 comes 4.2 or 5, so a 2 counts something else."""
    chapter = 0
    for heading in ordered:
        number = _DOTTED.match(heading.title)
        if heading.level <= _CAPTION_LEVEL:
            chapter = 0
        elif number and number["rest"]:
            chapter = int(number["chapter"])
        elif number and int(number["chapter"]) < chapter:
            continue
        yield heading


def _within_notes(ordered: Iterable[Heading]) -> Iterator[Heading]:
    """Set what heads a part of a note to financial statements a level below the note."""
    is_within = False
    for heading in ordered:
        if heading.level < _CAPTION_LEVEL or _NOTE.match(heading.title):
            is_within = heading.level == _CAPTION_LEVEL
            yield heading
        else:
            yield replace(heading, level=heading.level + 1) if is_within else heading


def _without_pages(ordered: list[Heading]) -> list[Heading]:
    """Drop runs of headings a line apart that end in the numbers of pages, ascending, with the parts between them."""
    kept: list[Heading] = []
    run: list[Heading] = []
    pages: list[int] = []

    def close() -> None:
        n_entries = max((place for place, entry in enumerate(run, start=1) if _PAGE.search(entry.title)), default=0)
        kept.extend(run[n_entries:] if len(pages) >= _LEAST_RUN else run)
        run.clear()
        pages.clear()

    for heading in ordered:
        page = _PAGE.search(heading.title)
        is_part = page is None and _PART.fullmatch(heading.title) is not None
        is_near = bool(run) and heading.start - run[-1].start <= 4 * _MAX_TITLE
        if not (is_near and (is_part or (page and int(page["page"]) >= max(pages, default=0)))):
            close()
        if page is None and not is_part:
            kept.append(heading)
            continue
        run.append(heading)
        if page:
            pages.append(int(page["page"]))
    close()
    return kept


def _key(title: str) -> str:
    """Return what a heading and its entry in a table of contents share: all but the number of the page."""
    plain = re.sub(r"[\W_]+", "", _PAGE.sub("", title)).lower()
    return re.sub(r"\d+", "", plain) if sum(map(str.isalpha, plain)) > _FEW_LETTERS else plain or title
