"""One document's figures are computed; two documents that disagree are refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from averment.core.documents import TableCell
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figuring import Figured, figure_out, speaks_of
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.rules import ValuePlan, read_plan


def plan(question: str) -> ValuePlan:
    read = read_plan(read_scope(question))
    assert read is not None
    return read


@pytest.fixture
def sources(reports: Any) -> list[Source]:
    corpus = reports.corpus
    return [
        Source(document, text=corpus.text(document.text_hash), layout=corpus.layout(document.text_hash))
        for document in corpus.documents.values()
    ]


def entries(source: Source) -> Any:
    return index(source.layout.cells())


def test_one_document_is_computed(sources: list[Source]) -> None:
    figured = figure_out(plan("What was the change in net sales from 2018 to 2019?"), sources[:1], entries)
    assert isinstance(figured, Figured)
    assert (figured.calculations[0].value, figured.calculations[0].unit) == (Decimal(200_000_000), "USD")
    assert 0 < figured.score <= 1


def test_documents_that_disagree_are_refused_but_equal_results_are_not(sources: list[Source]) -> None:
    assert figure_out(plan("What was revenue in 2019?"), sources, entries) == "several_documents"
    growth = figure_out(plan("By what percentage did revenue change from 2018 to 2019?"), sources, entries)
    assert isinstance(growth, Figured)


def test_the_nearest_refusal_is_told(sources: list[Source]) -> None:
    assert figure_out(plan("What was revenue in 2011?"), sources, entries) == "period_not_found"
    assert figure_out(plan("What was goodwill in 2019?"), [], entries) == "metric_not_found"


def test_units_that_do_not_go_together_are_refused(sources: list[Source]) -> None:
    def mixed(source: Source) -> Any:
        cells: list[TableCell] = list(source.layout.cells())
        return index([replace(cell, unit="shares" if cell.column == 1 else "USD") for cell in cells])

    assert figure_out(plan("What was the change in net sales from 2018 to 2019?"), sources[:1], mixed) == "unit_unknown"


def test_a_fiscal_quarter_is_read_as_the_dates_its_report_ends_on(sources: list[Source]) -> None:
    def quarterly(source: Source) -> Any:
        words = {"2019": "3 months ended 2018-12-29", "2018": "3 months ended 2017-12-30"}
        cells: list[TableCell] = list(source.layout.cells())
        return index([replace(cell, column_header="", period=words[cell.column_header.strip()[-4:]]) for cell in cells])

    own = sources[0]
    asked = plan("What were net sales in Q1 2019?")
    assert figure_out(asked, [own], quarterly) == "period_not_found"
    report = Source(
        replace(own.document, period="2019-Q1", document_date="2018-12-29"), text=own.text, layout=own.layout
    )
    figured = figure_out(asked, [report], quarterly)
    assert isinstance(figured, Figured)
    assert figured.calculations[0].operands[0].period == "3 months ended 2018-12-29"


@pytest.mark.parametrize(
    ("text", "is_row", "expected"),
    [
        ("Goodwill was $12 million as of December 31, 2024.", False, True),
        ("Goodwill was $12 million.", False, True),
        ("Goodwill increased by $12 million in 2025.", False, False),
        ("Intangible assets were $12 million as of December 31, 2024.", False, False),
        ("Goodwill 12", True, True),
        ("Goodwill 12 14", True, False),
    ],
)
def test_a_sentence_states_a_figure_of_the_metric_and_the_year(text: str, is_row: bool, expected: bool) -> None:
    assert speaks_of(plan("What was goodwill as of December 31, 2024?"), text, is_row=is_row) is expected


def test_the_heading_of_a_sentence_names_the_metric_too() -> None:
    rent = plan("How much was the annual rent in 2024?")
    assert speaks_of(rent, "It was 5,000 euros.", heading="Rent")
    assert not speaks_of(rent, "It was 5,000 euros.", heading="Insurance")


def test_an_amount_of_a_contract_may_be_worded_in_any_way() -> None:
    assert speaks_of(plan("What is the cap on total liability?"), "Neither party owes more than 5,000 euros.")
