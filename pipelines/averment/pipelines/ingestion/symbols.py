"""What the glyphs of symbol fonts mean: check boxes of forms, Greek letters and signs of formulas, as Unicode.

Symbol fonts have no characters of their own: a file stores the place of a glyph, often 0xF000 above it. The fonts that
contracts use for boxes, ticks and formulas are known here; the place of any other glyph is told as U+FFFD.
"""

from collections.abc import Mapping
from typing import Final

UNKNOWN: Final = "\ufffd"
_PRIVATE: Final = 0xF000
_GREEK: Final = {
    **dict(zip(range(0x41, 0x5B), "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ", strict=True)),
    **dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)),
    **{code: chr(code) for code in (*range(0x28, 0x2D), *range(0x2E, 0x40), 0x20, 0x21, 0x23, 0x25, 0x26)},
    0x22: "∀",
    0x24: "∃",
    0x27: "∋",
    0x2D: "−",
    0x5B: "[",
    0x5D: "]",
    0x7B: "{",
    0x7C: "|",
    0x7D: "}",
    0xA0: "€",
    0xA2: "′",
    0xA3: "≤",
    0xA5: "∞",
    0xAC: "←",
    0xAE: "→",
    0xB0: "°",
    0xB1: "±",
    0xB2: "″",
    0xB3: "≥",
    0xB4: "×",
    0xB5: "∝",
    0xB6: "∂",
    0xB7: "•",
    0xB8: "÷",
    0xB9: "≠",
    0xBA: "≡",
    0xBB: "≈",
    0xBC: "…",
    0xD2: "®",
    0xD3: "©",
    0xD4: "™",
    0xD5: "∏",
    0xD6: "√",
    0xD7: "⋅",
    0xE2: "®",
    0xE3: "©",
    0xE4: "™",
    0xE5: "∑",
    0xF2: "∫",
}
_FONTS: Final[Mapping[str, Mapping[int, str]]] = {
    "symbol": _GREEK,
    "wingdings": {
        0x28: "☎",
        0x2A: "✉",
        0x4A: "☺",
        0x6C: "●",
        0x6D: "❍",
        0x6E: "■",
        0x6F: "☐",
        0x70: "☐",
        0x71: "❑",
        0x72: "❒",
        0x74: "◆",
        0x75: "◆",
        0x76: "❖",
        0x77: "◆",
        0x78: "☒",
        0x9F: "•",
        0xA0: "•",
        0xA1: "○",
        0xA7: "▪",
        0xA8: "☐",
        0xD8: "➢",
        0xDF: "←",
        0xE0: "→",
        0xE8: "➔",
        0xF0: "⇨",
        0xFB: "✗",
        0xFC: "✓",
        0xFD: "☒",
        0xFE: "☑",
        **dict(zip(range(0x80, 0x8B), "⓪①②③④⑤⑥⑦⑧⑨⑩", strict=True)),
        **dict(zip(range(0x8B, 0x96), "⓿❶❷❸❹❺❻❼❽❾❿", strict=True)),
    },
    "wingdings 2": {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x97: "•", 0xA3: "☐"},
    "webdings": {0x61: "✓", 0x63: "☐", 0x67: "■", 0x6E: "●", 0x72: "✗"},
}


def is_symbol_font(font: str | None) -> bool:
    """Tell a font whose glyphs are known here."""
    return (font or "").strip().lower() in _FONTS


def symbol(font: str | None, code: int) -> str:
    """Return what a glyph shows: a character, or `UNKNOWN`.

    Args:
        font: The font's name; a font that is none of the known ones has ordinary characters.
        code: The place of the glyph.

    Example:
        >>> symbol("Wingdings", 0xF0FE), symbol("Symbol", 0x61), symbol("Arial", 0x41)
        ('☑', 'α', 'A')
    """
    is_private = _PRIVATE <= code < _PRIVATE + 0x100
    place = code - _PRIVATE if is_private else code
    table = _FONTS.get((font or "").strip().lower())
    if table is not None:
        return table.get(place, UNKNOWN)
    return UNKNOWN if is_private or not 0x20 <= place < 0x110000 else chr(place)
