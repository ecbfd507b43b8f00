"""One document's figures are computed; two documents that disagree are refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from averment.core.documents import TableCell
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.figuring import Figured, figure_out
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
    assert (figured.calculation.value, figured.calculation.unit) == (Decimal(200_000_000), "USD")
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
    assert figured.calculation.operands[0].period == "3 months ended 2018-12-29"
