"""The numbered parts of a contract by place: which of them hold an offset, and where each begins and ends.

An opening counts as a part where its number goes on from the one before; a list that counts from one inside a section
is none. Schedules and exhibits count their sections by themselves: those are no parts of the contract's own numbering.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.pipelines.anatomy.references import part_opened
from averment.pipelines.ingestion.structure import lines

_ATTACHED: Final = frozenset({"schedule", "exhibit", "annex", "appendix", "attachment", "anlage", "anhang", "addendum"})
_COUNTED: Final = frozenset({"section", "article"})
_MAX_TITLE: Final = 120
Numbers = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A numbered part: `start:end` begins with its number; `within` is the schedule that it belongs to, if any."""

    label: str
    start: int
    end: int
    within: str = ""


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line that opens a part."""

    start: int
    label: str
    line: str

    @property
    def is_schedule(self) -> bool:
        is_title = len(self.line) <= _MAX_TITLE and not self.line.endswith((".", ";", ",", ":"))
        return is_title and self.label.partition(" ")[0] in _ATTACHED

    @property
    def numbers(self) -> Numbers:
        """Return the numbers of a section or article, none for any other part."""
        family, _, number = self.label.partition(" ")
        parts = number.split(".")
        is_counted = family in _COUNTED and all(part.isdigit() for part in parts)
        return tuple(int(part) for part in parts) if is_counted else ()


class Numbering:
    """The parts of a text.

    Args:
        text: The canonical text.

    Example:
        >>> [part.label for part in Numbering("1. Term\\nOne year.\\n1.1 Start\\nToday.\\n2. Fees\\nNone.").at(30)]
        ['section 1', 'section 1.1']
    """

    def __init__(self, text: str) -> None:
        self.parts = tuple(_ended(list(_opened(text)), len(text)))
        self._starts = [part.start for part in self.parts]

    def at(self, offset: int) -> tuple[Part, ...]:
        """Return the parts that hold an offset, outermost first."""
        before = self.parts[: bisect_right(self._starts, offset)]
        return tuple(part for part in before if offset < part.end)

    def find(self, label: str) -> Part | None:
        """Return the part of a label outside of schedules, the last of several: a table of contents comes first."""
        named = [part for part in self.parts if not part.within and _same(part.label, label)]
        return named[-1] if named else None


def holds(label: str, other: str) -> bool:
    """Say whether the part of a label is the other one, or holds it.

    Example:
        >>> holds("section 4", "section 4.2(b)"), holds("section 4", "section 41")
        (True, False)
    """
    family, _, number = label.partition(" ")
    other_family, _, other_number = other.partition(" ")
    if not (family == other_family or {family, other_family} <= _COUNTED):
        return False
    return number == other_number or other_number.startswith((f"{number}.", f"{number}("))


def _same(label: str, other: str) -> bool:
    return holds(label, other) and holds(other, label)


def _opened(text: str) -> Iterator[Part]:
    """Yield the parts in order, their ends unknown: `end` is -1."""
    within, scope = "", list[_Opening]()
    openings = [_Opening(start, label, line) for start, line in lines(text) if (label := part_opened(line)) is not None]
    for place, opening in enumerate(openings):
        if opening.is_schedule and not _is_mentioned(scope, openings[place + 1 :]):
            yield from _counted(scope, within)
            within, scope = opening.label, []
            yield Part(label=within, start=opening.start, end=-1)
        else:
            scope.append(opening)
    yield from _counted(scope, within)


def _is_mentioned(before: Sequence["_Opening"], later: Sequence["_Opening"]) -> bool:
    """Say whether a line that begins with the name of a schedule only speaks of it: the numbering goes on after it."""
    last = next((opening.numbers for opening in reversed(before) if opening.numbers), ())
    first = next((opening.numbers for opening in later if opening.numbers), ())
    following = {(*last, 1), *((*last[:level], last[level] + 1) for level in range(len(last)))}
    return bool(last) and first in following


def _counted(scope: Sequence["_Opening"], within: str) -> Iterator[Part]:
    """Yield the parts of one numbering: the longest series of openings that counts up, and the paragraphs in it.

    What does not fit into it is a list inside a part, a table of contents, or a line that begins with a mention.
    """
    series = set(_longest([opening for opening in scope if opening.numbers]))
    last = ""
    for opening in scope:
        if opening in series:
            last = opening.label
            yield Part(label=last, start=opening.start, end=-1, within=within)
        elif opening.label.startswith("(") and last:
            yield Part(label=last + opening.label, start=opening.start, end=-1, within=within)


def _longest(openings: Sequence["_Opening"]) -> Iterator["_Opening"]:
    """Yield the longest series of rising numbers, last one first; of two equally long ones the later."""
    tails: list[Numbers] = []
    places: list[int] = []
    before: list[int | None] = []
    for place, opening in enumerate(openings):
        rank = bisect_left(tails, opening.numbers)
        tails[rank:], places[rank:] = (
            [opening.numbers, *tails[rank + 1 :]],
            [place, *places[rank + 1 :]],
        )
        before.append(places[rank - 1] if rank else None)
    at = places[-1] if places else None
    while at is not None:
        yield openings[at]
        at = before[at]


def _ended(parts: list[Part], length: int) -> Iterator[Part]:
    """Give each part its end: where the next one begins that it does not hold."""
    for place, part in enumerate(parts):
        outside = (
            later.start
            for later in parts[place + 1 :]
            if not (holds(part.label, later.label) and part.within == later.within) and later.within != part.label
        )
        yield Part(label=part.label, start=part.start, end=next(outside, length), within=part.within)
