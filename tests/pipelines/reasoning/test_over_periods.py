"""Periods are chosen by the figures of one row; what does not tell them apart is refused."""

from collections.abc import Sequence

import pytest

from averment.core.documents import TableCell
from averment.pipelines.reasoning.cells import choose
from averment.pipelines.reasoning.choice import Choice, Refusal
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.rules import read_plan

from .test_cells import table

YEARS = ["2019", "2018", "2017"]
SALES = table(
    "sales",
    YEARS,
    [
        ("Net sales", ["1,200", "1,000", "1,300"]),
        ("Income tax expense", ["(30)", "(50)", "(40)"]),
        ("Net income", ["(30)", "(50)", "(40)"]),
        ("Rent", ["5", "5", "4"]),
    ],
)


def ask(question: str, cells: Sequence[TableCell] = SALES) -> Choice | Refusal:
    plan = read_plan(read_scope(question))
    assert plan is not None
    return choose(plan, index(cells))


@pytest.mark.parametrize(
    ("question", "expression", "years"),
    [
        ("In which year was revenue highest?", "max(c1, c2, c3)", [2017]),
        ("Which year had the lowest revenue?", "min(c1, c2, c3)", [2018]),
        ("In which year was revenue higher, 2019 or 2018?", "max(c1, c2)", [2019]),
        ("How many years did revenue exceed $1,100 million?", "count(c1, c2)", [2019, 2017]),
        ("In which year was income tax expense largest?", "max(abs(c1), abs(c2), abs(c3))", [2018]),
        ("In which year was net income largest?", "max(c1, c2, c3)", [2019]),
    ],
)
def test_the_periods_that_hold_are_chosen(question: str, expression: str, years: list[int]) -> None:
    choice = ask(question)
    assert isinstance(choice, Choice), choice
    assert choice.expression == expression
    assert [entry.periods[0].year for entry in choice.held] == years


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("In which year was rent highest?", "ambiguous"),
        ("In which years was revenue over 1,100?", "unit_unknown"),  # 1,100, or 1,100 million?
        ("In which years was revenue below 20%?", "unit_unknown"),
        ("In which years was revenue over $9,000 million?", "period_not_found"),
        ("In which year was goodwill highest?", "metric_not_found"),
    ],
)
def test_what_tells_no_period_apart_is_refused(question: str, code: str) -> None:
    choice = ask(question)
    assert isinstance(choice, Refusal), choice
    assert choice.code == code


def test_rows_that_disagree_are_ambiguous() -> None:
    other = table("other", YEARS, [("Net sales", ["900", "1,000", "800"])])
    assert ask("In which year was revenue highest?", [*SALES, *other]) == Refusal(code="ambiguous")


def test_one_figure_is_no_series() -> None:
    one = table("one", ["2019"], [("Net sales", ["900"])])
    assert ask("In which year was revenue highest?", one) == Refusal(code="period_missing")


def test_the_periods_that_a_row_is_printed_for_are_all_chosen() -> None:
    for question in (
        "In which years was revenue recorded?",
        "Which years does the table provide information for revenue?",
    ):
        choice = ask(question)
        assert isinstance(choice, Choice), choice
        assert choice.expression == "count(c1, c2, c3)"
        assert [entry.periods[0].year for entry in choice.held] == [2019, 2018, 2017]
