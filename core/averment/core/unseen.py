"""Characters that no font shows: zero-width characters, bidirectional controls, tags, fillers, variation selectors.

They are harmless in a text that is only read, and a way to hide words from people, to split words from rules, and to
let a text be shown in another order than it is stored. Soft hyphens are not among them, nor are the two selectors that
choose between a sign and its picture (U+FE0E, U+FE0F): they belong to how words are set. Joiners (U+200C, U+200D)
are, although some scripts need them, because neither German nor English does.
"""

from typing import Final

_RANGES: Final = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0D),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE01EF),
)
UNSEEN: Final = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
_TABLE: Final = dict.fromkeys(map(ord, UNSEEN))


def strip_unseen(text: str) -> str:
    """Return a text without the characters that no font shows.

    Example:
        >>> strip_unseen("pay\\u200bment")
        'payment'
    """
    return text if text.isascii() else text.translate(_TABLE)


def unseen_count(text: str) -> int:
    """Count the characters of a text that no font shows."""
    return 0 if text.isascii() else sum(map(UNSEEN.__contains__, text))
