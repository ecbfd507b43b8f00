"""The figures of tables that a filing tags itself (inline XBRL), told from those that are printed alone.

A tagged cell has the value, scale, sign, unit and period of its tag already; here it learns which concept it is and
whether the tag contradicts what is printed or another tag of the same fact.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from averment.core.structure import DocumentStructure, TaggedFact
from averment.pipelines.reasoning.entries import Entry

# A name comes from the document and is shown: only what is a qualified name is one.
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,80}:[A-Za-z_][A-Za-z0-9_.-]{0,200}")


def with_tags(entries: Iterable[Entry], structure: DocumentStructure) -> tuple[Entry, ...]:
    """Give figures the tags that stand in their cells, order kept; those without one stay as they are.

    Args:
        entries: The figures of one text.
        structure: What was read of that text: its tags and their conflicts. A tag whose name is none is left out.
    """
    tags = sorted((tag for tag in structure.tags if _NAME.fullmatch(tag.name)), key=lambda tag: tag.start)
    starts = [tag.start for tag in tags]
    disputed = {(conflict.start, conflict.end, conflict.name) for conflict in structure.conflicts}
    made = []
    for entry in entries:
        inside = list(_inside(tags, starts, entry))
        tag = next((one for one in inside if _is_read(one, entry)), next(iter(inside), None))
        is_disputed = any((one.start, one.end, one.name) in disputed for one in inside)
        made.append(replace(entry, concept=tag.name, is_disputed=is_disputed) if tag is not None else entry)
    return tuple(made)


def _inside(tags: Sequence[TaggedFact], starts: Sequence[int], entry: Entry) -> Iterator[TaggedFact]:
    """Yield the tags within a cell; its currency sign or parenthesis may stand before them."""
    for tag in tags[bisect_left(starts, entry.cell.start) :]:
        if tag.end > entry.cell.end:
            return
        yield tag


def _is_read(tag: TaggedFact, entry: Entry) -> bool:
    """Say whether a tag is the one that a cell has its value from, of several in it."""
    return (tag.value, tag.scale, tag.period) == (entry.cell.value, entry.cell.scale, entry.cell.period)
