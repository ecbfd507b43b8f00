"""Judging gold cells."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from averment.core.documents import ParsedDocument, TableCell
from averment.evaluation.alignment import Alignment
from averment.evaluation.pack import GoldSpan, PackQuestion
from averment.evaluation.structure_cells import Property, asked_periods, judge_question, official_row

TEXT = "(in millions)\nTotal net sales $ 391 $ 383\nAs described, sales of $ 391 were high and rose by much.\n"
SPAN = GoldSpan(doc_id="d", start=TEXT.index("391"), end=TEXT.index("391") + 3, text="391")
QUESTION = PackQuestion(
    id="q",
    question="what was revenue for the fiscal year ended September 28, 2024? Give the value in US dollars.",
    doc_ids=("d",),
    scope="document",
    gold=(SPAN,),
    type="table_lookup",
    category="x",
    labels={"unit": "US dollars", "answer": 391_000_000},
)
CELL = TableCell(
    id="c1", table="t1", row=1, column=1, start=SPAN.start, end=SPAN.end, text="391", row_header="Total net sales",
    column_header="2024", value="391", unit="USD", scale=1_000_000, period="12 months ended 2024-09-28",
)  # fmt: skip


def checks(**changes: Any) -> dict[Property, bool | None]:
    parsed = ParsedDocument(
        text=TEXT, elements=(), media_type="text/html", parser="test", cells=(replace(CELL, **changes),)
    )
    (verdict,) = judge_question(QUESTION, read={"d": (parsed, Alignment(TEXT, TEXT), TEXT)})
    return dict(verdict.checks)


def test_a_right_cell_passes_everything() -> None:
    assert set(checks().values()) == {True}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"row_header": "Net income"}, "row_header"),
        ({"column_header": "2023", "period": "12 months ended 2023-09-30"}, "column_header"),
        ({"value": "392"}, "value"),
        ({"unit": "EUR"}, "unit"),
        ({"scale": 1_000}, "scale"),
        ({"period": "3 months ended 2024-09-28"}, "period"),
    ],
)
def test_each_property_is_judged(changes: dict[str, Any], wrong: Property) -> None:
    assert checks(**changes)[wrong] is False


def test_a_cell_that_is_missing_is_not_found() -> None:
    parsed = ParsedDocument(text=TEXT, elements=(), media_type="text/html", parser="test")
    (verdict,) = judge_question(QUESTION, read={"d": (parsed, Alignment(TEXT, TEXT), TEXT)})
    assert (verdict.is_found, verdict.is_right) == (False, False)


def test_figures_of_running_text_are_no_cells() -> None:
    start = TEXT.rindex("391")
    assert official_row(TEXT, replace(SPAN, start=start, end=start + 3)) is None


def test_headers_of_plain_grids_come_from_the_same_column() -> None:
    text = "Prose.\n | Years | \n | 2019 | 2018\n | (in thousands) | \nSales | 5 | 6\nCosts | 7 | 8\n"
    span = GoldSpan(doc_id="d", start=text.index("8\n", 40), end=text.index("8\n", 40) + 1, text="8")
    row = official_row(text, span)
    assert row is not None
    assert (row.words, row.headers) == ("Costs", ("2018",))


def test_periods_that_a_question_asks_for() -> None:
    text = "between 'the six months ended June 30, 2024' and 'the fiscal year ended May 1, 2025', as of June 30, 2025"
    assert asked_periods(text) == [(6, date(2024, 6, 30)), (12, date(2025, 5, 1)), (0, date(2025, 6, 30))]
