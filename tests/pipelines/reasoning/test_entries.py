"""Headers say which figure it is and of when; what every column says, and what stands above, are only around it."""

import pytest

from averment.core.documents import TableCell
from averment.pipelines.reasoning.cells import choose
from averment.pipelines.reasoning.choice import Choice, Refusal
from averment.pipelines.reasoning.entries import index, is_per_share
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.periods import Period
from averment.pipelines.reasoning.rules import read_plan


def cell(row: int, column: int, headers: tuple[str, str], value: str | None, *, unit: str | None = "EUR") -> TableCell:
    return TableCell(
        id=f"{row}-{column}",
        table="t",
        row=row,
        column=column,
        start=0,
        end=1,
        text=value or headers[0],
        row_header=headers[0],
        column_header=headers[1],
        value=value,
        unit=unit,
        scale=1,
        period=None,
    )


COVER = [
    cell(1, 1, ("Professional indemnity", "Minimum cover (€)"), "6000000"),
    cell(2, 1, ("Cyber and data breach", "Minimum cover (€)"), "4500000"),
]


def test_periods_come_from_the_nearest_header() -> None:
    (entry,) = index([cell(1, 1, ("Revenue", "Three Months Ended June 30, | 2026"), "5")])
    assert entry.periods == (Period(year=2026, month=6, day=30, months=3),)
    assert entry.header == ("@revenue",)


def test_a_row_of_words_is_the_group_of_the_rows_below() -> None:
    (entry,) = index([cell(1, 0, ("Net income per share", ""), None), cell(2, 1, ("Basic", "2019"), "5")])
    assert "@basic_eps" in entry.header
    assert entry.is_per_share


def test_what_all_columns_say_tells_no_figure_from_another() -> None:
    cells = [cell(1, 1, ("Rent", "Charge before"), "5"), cell(1, 2, ("Rent", "Charge after"), "6")]
    before, after = index(cells)
    assert "charge" not in before.header
    assert set(before.header) != set(after.header)


def test_what_stands_over_a_table_counts_as_a_last_resort() -> None:
    plan = read_plan(read_scope("What is the minimum cover for cyber and data breach insurance?"))
    assert plan is not None
    assert choose(plan, index(COVER)) == Refusal(code="metric_not_found")
    chosen = choose(plan, index(COVER, {"t": "Required insurance"}))
    assert isinstance(chosen, Choice)
    assert [entry.cell.value for entry in chosen.entries] == ["4500000"]


def test_a_title_does_not_blur_what_headers_tell_apart() -> None:
    cells = [cell(1, 1, ("Hosting", "Before"), "5"), cell(1, 2, ("Hosting", "Monthly Charge"), "6")]
    plan = read_plan(read_scope("What is the monthly charge for hosting?"))
    assert plan is not None
    chosen = choose(plan, index(cells, {"t": "Monthly charges before and after"}))
    assert isinstance(chosen, Choice)
    assert [entry.cell.value for entry in chosen.entries] == ["6"]


def test_a_number_of_shares_is_no_amount_per_share() -> None:
    assert is_per_share("Net income per share")
    assert not is_per_share("Weighted average shares used in computing net income per share")


def test_a_row_basic_or_diluted_is_what_its_group_says() -> None:
    groups = ("Net income per share of common stock", "Weighted average shares used in per share computation")
    eps, shares = (index([cell(1, 1, (f"{group} | Diluted", "2019"), "5")])[0] for group in groups)
    assert ("@diluted_eps" in eps.header, eps.is_per_share) == (True, True)
    assert ("@diluted_shares" in shares.header, shares.is_per_share) == (True, False)


def test_a_row_of_a_quarter_is_in_the_year_of_its_column() -> None:
    (entry,) = index([cell(1, 1, ("Second Quarter", "Fiscal 2019"), "5")])
    assert entry.periods == (Period(year=2019, months=3, quarter=2),)
    (entry,) = index([cell(1, 1, ("Fiscal 2018 | Q3", "High"), "5")])
    assert entry.periods == (Period(year=2018, months=3, quarter=3),)


def test_marks_of_footnotes_are_no_words_and_no_years() -> None:
    (entry,) = index([cell(1, 1, ("Employee expenditure2", "FY181"), "5")])
    assert entry.header == ("employe", "expenditur")
    assert [period.year for period in entry.periods] == [2018]


@pytest.mark.parametrize("column", ["Jul 27, 2025", "2019 | $ million", "2019 | £m", "2019 | $’000"])
def test_short_names_of_months_and_units_say_nothing_of_the_figure(column: str) -> None:
    (entry,) = index([cell(1, 1, ("Goodwill", column), "5")])
    assert entry.header == ("goodwill",)


def test_what_an_amount_per_share_is_made_from_is_none() -> None:
    (entry,) = index([cell(1, 1, ("Earnings used for calculating income per share | Net earnings", "2019"), "5")])
    assert not entry.is_per_share


def test_the_total_of_a_table_says_what_its_rows_are_figures_of() -> None:
    cells = [cell(1, 1, ("Norway", "2019"), "5"), cell(2, 1, ("Total net sales", "2019"), "9")]
    cells += [cell(1, 2, ("Norway", "2018"), "4"), cell(2, 2, ("Total net sales", "2018"), "8")]
    plan = read_plan(read_scope("What were sales in Norway in 2019?"))
    assert plan is not None
    choice = choose(plan, index(cells))
    assert isinstance(choice, Choice)
    assert [entry.cell.row_header for entry in choice.entries] == ["Norway"]
