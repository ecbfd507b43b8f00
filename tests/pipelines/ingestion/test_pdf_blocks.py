"""Blocks of a page."""

from averment.core.documents import ElementKind
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_pdf


def test_lines_join_into_paragraphs_and_numbered_clauses_start_anew() -> None:
    page = [
        (72, 100, 11, "1.1 The supplier delivers the goods to the place that the order"),
        (72, 113, 11, "names, within ten days."),
        (72, 126, 11, "1.2 The customer pays within thirty days of the invoice and bears"),
        (72, 139, 11, "the cost of transport."),
        (72, 165, 11, "(a) by bank transfer; or"),
    ]
    elements = partition(make_pdf([page]), name="a.pdf").elements
    assert [element.text.split()[0] for element in elements] == ["1.1", "1.2", "(a)"]
    assert elements[2].kind is ElementKind.LIST_ITEM


def test_capitals_and_articles_are_headings() -> None:
    page = [
        (72, 100, 11, "ARTICLE IV"),
        (72, 120, 11, "LIMITATION OF LIABILITY"),
        (72, 150, 11, "Neither party is liable for indirect loss of any kind under this agreement."),
    ]
    kinds = [element.kind for element in partition(make_pdf([page]), name="a.pdf").elements]
    assert kinds[0] is ElementKind.HEADING
    assert kinds[-1] is ElementKind.PARAGRAPH


def test_a_mark_set_apart_makes_no_row_of_a_list_item() -> None:
    marks = ("-", "(1)", "–")
    page = [(72, 100, 11, "The Company shall:")]
    for number, mark in enumerate(marks):
        page += [
            (72, 130 + 40 * number, 11, mark),
            (110, 130 + 40 * number, 11, "deliver the statements to the Agent."),
        ]
    page += [(72, 300, 11, "Fees"), (300, 300, 11, "(120)"), (72, 320, 11, "Costs"), (300, 320, 11, "(35)")]
    elements = partition(make_pdf([page]), name="a.pdf").elements
    kinds = [element.kind for element in elements]
    assert kinds.count(ElementKind.TABLE_ROW) == 2
    assert kinds[-2:] == [ElementKind.TABLE_ROW] * 2
