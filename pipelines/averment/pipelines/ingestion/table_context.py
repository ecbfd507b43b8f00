"""The words over a table, which say of what, when and in which unit its figures are."""

from collections.abc import Sequence
from typing import Final

from averment.core.documents import Element, ElementKind

_CHARS: Final = 600
_NEAR: Final = 4
_LEAD: Final = 60


def words_over(elements: Sequence[Element]) -> str:
    """Return the lines just before a table, and the sentence that introduces it.

    One sentence ("... were as follows (in millions):") may introduce several tables in a row, each under a title of
    its own.

    Args:
        elements: What was read before the table, in order.
    """
    near = [element.text for element in elements[-_NEAR:]]
    lead = ""
    for element in reversed(elements[-_LEAD:]):
        if element.kind is ElementKind.TABLE_ROW:
            continue
        if element.text.rstrip().endswith(":"):
            lead = element.text
            break
        if len(element.text) > _CHARS:
            break
    lines = near if not lead or lead in near else [lead, *near]
    return "\n".join(line[-_CHARS:] for line in lines)
