"""Glyphs of symbol fonts as Unicode."""

import pytest

from averment.pipelines.ingestion.symbols import UNKNOWN, is_symbol_font, symbol


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("Wingdings", 0xF0FE, "☑"),
        ("wingdings", 0xA8, "☐"),
        ("Wingdings 2", 0x52, "☑"),
        ("Symbol", 0xF0B3, "≥"),
        ("Symbol", 0x44, "Δ"),
        ("Wingdings", 0xF03A, UNKNOWN),
        (None, 0xF0FE, UNKNOWN),
        ("Arial", 0x20AC, "€"),
        ("Arial", 0x07, UNKNOWN),
    ],
)
def test_what_a_glyph_shows(font: str | None, code: int, shown: str) -> None:
    assert symbol(font, code) == shown


def test_only_known_fonts_are_symbol_fonts() -> None:
    assert is_symbol_font(" Webdings")
    assert not is_symbol_font("Wingless")
    assert not is_symbol_font(None)
