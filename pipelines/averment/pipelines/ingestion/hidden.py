"""Why text that a file holds is not seen by whoever opens it.

Such text is found, marked on its element, kept out of what is searched, quoted and shown to a model, and counted in
the document's warnings, so that a reviewer learns of it. The words of this list are stored with the element.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

HIDDEN_TEXTS: Final = "hidden_texts"


class HiddenReason(StrEnum):
    """What hides a text."""

    HIDDEN_FORMAT = "hidden_format"
    INVISIBLE_INK = "invisible_ink"
    SAME_COLOUR = "same_colour"
    TRANSPARENT = "transparent"
    TINY = "tiny"
    OFF_PAGE = "off_page"
    CLIPPED = "clipped"
    COVERED = "covered"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_ROW = "hidden_row"
    HIDDEN_COLUMN = "hidden_column"
    HIDDEN_SLIDE = "hidden_slide"
    DELETED = "deleted"
    STRUCK_OUT = "struck_out"
    FORMAT_CHARACTERS = "format_characters"


def count_hidden(texts: Iterable[tuple[str, HiddenReason]]) -> dict[str, int]:
    """Count hidden texts for the warnings of a document: how many, and how many characters by reason."""
    counts: dict[str, int] = {}
    for text, reason in texts:
        counts[HIDDEN_TEXTS] = counts.get(HIDDEN_TEXTS, 0) + 1
        code = f"hidden_characters_{reason.value}"
        counts[code] = counts.get(code, 0) + sum(not char.isspace() for char in text)
    return counts
