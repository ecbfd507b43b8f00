"""Texts are prepared once, whatever is asked of them."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.documents import Element, ElementKind, TableCell
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prepared import KEPT_TEXTS, PreparedText, PreparedTexts
from averment.pipelines.reasoning.sentences import Span, split


def source(desk: Any, document_id: str = "lease") -> Source:
    document = replace(desk.corpus.documents["lease"], document_id=document_id)
    return Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))


def test_a_text_is_prepared_once_per_document(desk: Any) -> None:
    texts = PreparedTexts()
    first = texts.sentences(source(desk))
    assert texts.sentences(source(desk)) is first
    assert texts.sentences(source(desk, "other")) is not first
    assert texts.entries(source(desk)) == ()


def test_the_least_used_text_is_dropped(desk: Any) -> None:
    texts = PreparedTexts()
    first, kept = texts.sentences(source(desk, "first")), texts.sentences(source(desk, "kept"))
    for number in range(KEPT_TEXTS - 1):
        texts.sentences(source(desk, "kept"))
        texts.sentences(source(desk, f"d{number}"))
    assert texts.sentences(source(desk, "kept")) is kept
    assert texts.sentences(source(desk, "first")) is not first


def test_hidden_text_headings_and_running_lines_are_left_out(desk: Any) -> None:
    texts = [span.text for span in PreparedTexts().sentences(source(desk)).spans]
    assert any("State of Delaware" in text for text in texts)
    assert not any("Mars" in text or text.isupper() for text in texts)


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        ("duration", {"day", "year"}),
        ("date", {"date"}),
        ("amount", set()),
        ("presence", set()),
        (None, set()),
    ],
)
def test_what_a_sentence_holds(kind: Any, held: set[str]) -> None:
    text = "It ends two years after May 1, 2020 unless notice of ninety (90) days is given."
    assert PreparedText(split(text)).held(kind) == (frozenset(held),)


def test_words_and_headings_are_stems() -> None:
    prepared = PreparedText([Span(start=0, end=5, text="Rents are paid.", heading="Payments")])
    assert prepared.words == (frozenset({"rent", "paid"}),)
    assert prepared.headings == (frozenset({"payment"}),)


def test_a_table_has_the_heading_and_the_line_above_it(desk: Any, parse: Any) -> None:
    text = "4. Insurance\nTable A\nCover | 5\nA long sentence follows.\nOther | 6"
    elements, start = [], 0
    kinds = [
        ElementKind.HEADING, ElementKind.PARAGRAPH, ElementKind.TABLE_ROW, ElementKind.PARAGRAPH, ElementKind.TABLE_ROW
    ]  # fmt: skip
    for number, (line, kind) in enumerate(zip(text.split("\n"), kinds, strict=True)):
        elements.append(Element(id=f"e{number}", kind=kind, text=line, start=start, end=start + len(line)))
        start += len(line) + 1
    cells = [figure(text, "5", table="a"), figure(text, "6", table="b")]
    desk.corpus.add("lease", replace(parse(text, cells=cells), elements=tuple(elements)))
    entries = PreparedTexts().entries(source(desk))
    assert [set(entry.title) >= {"insuranc"} for entry in entries] == [True, True]
    assert ["tabl" in entry.title for entry in entries] == [True, False]


def figure(text: str, digits: str, *, table: str) -> TableCell:
    start = text.index(digits)
    return TableCell(
        id=digits, table=table, row=1, column=1, start=start, end=start + 1, text=digits, row_header="Cover",
        column_header="", value=digits, unit="EUR", scale=1, period=None,
    )  # fmt: skip
