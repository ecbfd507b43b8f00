"""The words over tables."""

from averment.core.documents import Element, ElementKind
from averment.pipelines.ingestion.table_context import words_over


def element(text: str, kind: ElementKind = ElementKind.PARAGRAPH) -> Element:
    return Element(id="e", kind=kind, text=text, start=0, end=len(text))


LEAD = element("The tables show cash by level (in millions):")
ROWS = [element(f"Row {n}", ElementKind.TABLE_ROW) for n in range(10)]


def test_the_lines_before_a_table_stand_over_it() -> None:
    assert words_over([element(word) for word in "abcdef"]) == "c\nd\ne\nf"
    assert words_over([]) == ""


def test_one_sentence_introduces_several_tables() -> None:
    assert words_over([LEAD, *ROWS, element("September 2023")]).split("\n")[0] == LEAD.text


def test_a_sentence_before_other_prose_introduces_nothing() -> None:
    assert LEAD.text not in words_over([LEAD, element("x" * 700), *ROWS])
