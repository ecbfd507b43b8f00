"""Cells are chosen by header and period; what is ambiguous, absent or meaningless is refused."""

from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.documents import TableCell
from averment.pipelines.reasoning.cells import choose
from averment.pipelines.reasoning.choice import Choice, Refusal
from averment.pipelines.reasoning.entries import index
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.rules import read_plan

Row = tuple[str, Sequence[str]]


def table(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    *,
    scale: int = 1_000_000,
    unit: str | None = "USD",
) -> list[TableCell]:
    cells, numbers = [], count()
    for row, (header, values) in enumerate(rows, start=1):
        for column, (above, value) in enumerate(zip(columns, values, strict=True), start=1):
            digits = value.replace(",", "")
            exact = f"-{digits[1:-1]}" if digits.startswith("(") else digits.rstrip("%")
            cells.append(
                TableCell(
                    id=f"{name}-{next(numbers)}",
                    table=name,
                    row=row,
                    column=column,
                    start=0,
                    end=1,
                    text=value,
                    row_header=header,
                    column_header=above,
                    value=exact,
                    unit="%" if value.endswith("%") else unit,
                    scale=1 if value.endswith("%") else scale,
                    period=None,
                )
            )
    return cells


INCOME = table(
    "income",
    ["2019", "2018"],
    [
        ("Net sales", ["1,200", "1,000"]),
        ("Cost of sales", ["700", "600"]),
        ("Gross profit", ["500", "400"]),
        ("Operating income", ["(20)", "150"]),
        ("Net income", ["(45)", "100"]),
    ],
)


def ask(question: str, cells: Sequence[TableCell]) -> Choice | Refusal:
    plan = read_plan(read_scope(question))
    assert plan is not None
    return choose(plan, index(cells))


def chosen(question: str, cells: Sequence[TableCell]) -> tuple[str, list[str]]:
    choice = ask(question, cells)
    assert isinstance(choice, Choice), choice
    return choice.expression, [entry.cell.text for entry in choice.entries]


def refused(question: str, cells: Sequence[TableCell]) -> str:
    choice = ask(question, cells)
    assert isinstance(choice, Refusal), choice
    return choice.code


def test_lookup_change_growth_and_ratio() -> None:
    assert chosen("What was revenue in 2018?", INCOME) == ("c1", ["1,000"])
    assert chosen("What was the change in revenue from 2018 to 2019?", INCOME) == ("c1 - c2", ["1,200", "1,000"])
    growth = chosen("By what percentage did net sales change between 2019 and 2018?", INCOME)
    assert growth == ("percent((c1 - c2) / c2)", ["1,200", "1,000"])
    ratio = chosen("What was gross profit as a percentage of net sales in 2019?", INCOME)
    assert ratio == ("percent(c1 / c2)", ["500", "1,200"])
    assert chosen("What was the average net sales in 2018 and 2019?", INCOME)[0] == "avg(c1, c2)"


def test_other_periods_and_metrics_are_refused() -> None:
    assert refused("What was revenue in 2017?", INCOME) == "period_not_found"
    assert refused("What were inventories in 2019?", INCOME) == "metric_not_found"
    three = table("three", ["2019", "2018", "2017"], [("Net sales", ["1,200", "1,000", "900"])])
    assert refused("What was the change in revenue?", three) == "period_missing"
    assert refused("By what percentage did revenue grow in 2017?", three) == "period_missing"


def test_a_change_without_periods_is_between_the_two_that_are_printed() -> None:
    expression, *_ = chosen("What was the change in revenue?", INCOME)
    assert expression == "c1 - c2"
    choice = ask("What was the percentage change in gross profit?", INCOME)
    assert isinstance(choice, Choice)
    assert [entry.periods[0].year for entry in choice.entries] == [2019, 2018]


def test_a_change_in_a_year_is_against_the_year_before() -> None:
    three = table("three", ["2019", "2018", "2017"], [("Net sales", ["1,200", "1,000", "900"])])
    choice = ask("By what percentage did revenue grow in 2018?", three)
    assert isinstance(choice, Choice)
    assert [entry.periods[0].year for entry in choice.entries] == [2018, 2017]
    quarters = table(
        "quarters",
        [f"Three Months Ended {end}" for end in ("June 30, 2019", "March 31, 2019", "June 30, 2018")],
        [("Net sales", ["300", "290", "280"])],
    )
    asked = "By what percentage did revenue grow in the three months ended June 30, 2019?"
    assert refused(asked, quarters) == "period_missing"  # against the quarter or the year before?


def test_the_total_of_a_row_is_meant_where_no_column_is_named() -> None:
    due = table("due", ["Total", "Less than 1 year", "1-3 years"], [("Operating leases", ["60", "20", "40"])])
    choice = ask("What were operating leases?", due)
    assert isinstance(choice, Choice)
    assert [entry.cell.text for entry in choice.entries] == ["60"]


def test_of_equal_figures_the_one_whose_period_is_printed_in_full_is_cited() -> None:
    short = table("short", ["2019", "2018"], [("Net sales", ["1,200", "1,000"])])
    full = table("full", ["Year ended June 30, 2019", "Year ended June 30, 2018"], [("Net sales", ["1,200", "1,000"])])
    choice = ask("What was revenue in 2019?", [*short, *full])
    assert isinstance(choice, Choice)
    assert {entry.cell.table for entry in choice.entries} == {"full"}


def test_growth_over_another_sign_is_refused() -> None:
    assert refused("What was the percentage change in net income from 2018 to 2019?", INCOME) == "sign_changes"


def test_two_values_that_fit_alike_are_ambiguous() -> None:
    other = table("other", ["2019", "2018"], [("Net sales", ["1,250", "1,000"])])
    narrow = table("narrow", ["2019", "2018"], [("Net sales", ["1,200", "1,000"])])
    assert refused("What was revenue in 2019?", narrow + other) == "ambiguous"
    assert chosen("What was revenue in 2018?", narrow + other)[1] == ["1,000"]


def test_the_main_statement_wins_over_a_note() -> None:
    note = table("note", ["2019", "2018"], [("Cost of sales", ["12", "10"]), ("Research and development", ["3", "4"])])
    assert chosen("What was cost of sales in 2019?", [*INCOME, *note])[1] == ["700"]


def test_a_year_is_not_answered_from_a_quarter() -> None:
    quarters = table(
        "q", ["Three Months Ended June 30, 2019", "Six Months Ended June 30, 2019"], [("Net sales", ["5", "9"])]
    )
    assert refused("What was revenue in 2019?", quarters) == "period_not_found"
    assert chosen("What was revenue for the six months ended June 30, 2019?", quarters)[1] == ["9"]
    assert refused("What was revenue for the nine months ended June 30, 2019?", quarters) == "period_not_found"


def test_per_share_figures_are_told_from_totals() -> None:
    rows: list[Row] = [("Net income", ["100"]), ("Net income per share: | Basic", ["2.5"])]
    cells = table("eps", ["2019"], rows)
    assert chosen("What was net income in 2019?", cells)[1] == ["100"]
    assert chosen("What was basic net income per share in 2019?", cells)[1] == ["2.5"]


def test_change_columns_and_common_size_tables_are_no_figures() -> None:
    cells = table("mix", ["2019", "2018", "% Change 2019"], [("Net sales", ["1,200", "1,000", "20%"])])
    assert chosen("What was revenue in 2019?", cells)[1] == ["1,200"]
    sized = table(
        "sized", ["2019"], [("Net sales", ["100.0%"]), ("Cost of sales", ["58.3"]), ("Gross profit", ["41.7"])]
    )
    assert refused("What was cost of sales in 2019?", sized) == "metric_not_found"


def test_years_may_stand_in_rows() -> None:
    cells = table("rows", ["Net sales", "Cost of sales"], [("2019", ["1,200", "700"]), ("2018", ["1,000", "600"])])
    assert chosen("What was cost of sales in 2018?", cells)[1] == ["600"]


def test_an_expense_in_brackets_is_a_share_by_its_size_and_a_credit_is_not() -> None:
    rows = [("Voyage revenues", ["317"]), ("Voyage expenses", ["(141)"]), ("Income tax expense (benefit)", ["(9)"])]
    cells = table("b", ["2019"], rows)
    share = "as a percentage of voyage revenues in 2019?"
    assert chosen(f"What were voyage expenses {share}", cells) == ("percent(abs(c1) / c2)", ["(141)", "317"])
    assert refused(f"What was income tax expense {share}", cells) == "sign_changes"


@pytest.mark.parametrize("asked", ["What percentage was the net sales in 2019?"])
def test_an_amount_is_no_percentage(asked: str) -> None:
    assert refused(asked, INCOME) == "unit_unknown"


@given(st.permutations(INCOME))
def test_the_order_of_cells_does_not_matter(cells: list[TableCell]) -> None:
    assert chosen("What was the change in net sales from 2018 to 2019?", cells)[1] == ["1,200", "1,000"]
