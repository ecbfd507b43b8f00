"""Numbers that Word writes in words."""

import pytest

from averment.pipelines.ingestion.docx_number_words import number_in_words


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (1, "cardinalText", "One"),
        (40, "cardinalText", "Forty"),
        (99, "cardinalText", "Ninety-Nine"),
        (100, "cardinalText", "100"),
        (2, "ordinalText", "Second"),
        (20, "ordinalText", "Twentieth"),
        (45, "ordinalText", "Forty-Fifth"),
        (111, "ordinalText", "111th"),
        (22, "ordinal", "22nd"),
        (11, "ordinal", "11th"),
    ],
)
def test_numbers_in_words(number: int, form: str, text: str) -> None:
    assert number_in_words(number, form) == text
