"""Questions about figures are read into metric, periods and operation, or not at all."""

import pytest

from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.periods import Period
from averment.pipelines.reasoning.rules import Operation, ValuePlan, metric_wordings, read_plan, wants_computing


def plan(question: str) -> ValuePlan | None:
    return read_plan(read_scope(question))


@pytest.mark.parametrize(
    ("question", "operation", "metrics", "n_periods"),
    [
        ("What was net income in 2019?", Operation.LOOKUP, ["net income"], 1),
        ("What was the change in inventories between 2018 and 2019?", Operation.DIFFERENCE, ["inventories"], 2),
        ("What is the percentage change in net sales from 2017 to 2018?", Operation.GROWTH, ["net sales"], 2),
        ("By what percentage did revenue grow between 2017 and 2018?", Operation.GROWTH, ["revenue"], 2),
        ("What was R&D expense as a percentage of revenue in 2018?", Operation.RATIO, ["R&D expense", "revenue"], 1),
        ("What is the ratio of cash to total debt in 2018?", Operation.RATIO, ["cash", "total debt"], 1),
        ("What was the operating margin in 2020?", Operation.RATIO, ["operating income", "total revenue"], 1),
        (
            "How did operating expenses for Q1 2023 compare to revenue for the same quarter?",
            Operation.RATIO,
            ["operating expenses", "revenue"],
            1,
        ),
        ("What is the average rent expense for 2017 to 2019?", Operation.AVERAGE, ["rent expense"], 3),
        ("What was the total rent expense across 2018 and 2019?", Operation.SUM, ["total rent expense"], 2),
        ("Wie hoch war der Umsatz im Jahr 2020?", Operation.LOOKUP, ["Umsatz"], 1),
        ("Wie hoch war die Veränderung der Umsatzerlöse von 2019 bis 2020?", Operation.DIFFERENCE, None, 2),
    ],
)
def test_reads_operation_metrics_and_periods(
    question: str, operation: Operation, metrics: list[str] | None, n_periods: int
) -> None:
    read = plan(question)
    assert read is not None
    assert (read.operation, len(read.periods)) == (operation, n_periods)
    if metrics is not None:
        assert [wordings[0] for wordings in read.metrics] == metrics


@pytest.mark.parametrize(
    "question",
    [
        "Who signed the agreement?",
        "Which law governs the contract?",
        "Why did revenue fall in 2019?",
        "How many components does the balance consist of?",
        "What is the change in rent as a percentage of sales between 2018 and 2019?",
        "Is there a cap on liability?",
    ],
)
def test_what_the_rules_cannot_read_is_none(question: str) -> None:
    assert plan(question) is None


def test_decimals_periods_and_direction() -> None:
    read = plan("By what percentage did net sales change from 2017 to 2018? Answer in percent, to one decimal place.")
    assert read is not None
    assert (read.decimals, read.wants_percent) == (1, True)
    apart = plan("What is the difference in rent between 2018 and 2019?")
    assert apart is not None
    assert apart.is_absolute


def test_the_period_of_the_opening_counts_where_the_question_has_none() -> None:
    read = plan("According to the Form 10-K of Acme Inc. for fiscal year 2024, what was provision for income taxes?")
    assert read is not None
    assert read.periods == (Period(year=2024),)


def test_a_bracket_explains_a_metric() -> None:
    wordings = metric_wordings("capital expenditures (purchases of property, plant and equipment)")
    assert wordings[1:] == ("capital expenditures", "purchases of property plant and equipment")
    assert metric_wordings("what was the") == ()


@pytest.mark.parametrize(
    ("question", "metrics", "n_periods"),
    [
        ("What was revenue in 2019 and 2018 respectively?", ["revenue"], 2),
        ("What are the respective rent and interest in 2019?", ["rent", "interest"], 1),
        ("What were inventories, payables and cash, respectively?", ["inventories", "payables", "cash"], 0),
    ],
)
def test_several_figures_are_a_list(question: str, metrics: list[str], n_periods: int) -> None:
    read = plan(question)
    assert read is not None
    assert read.operation is Operation.LIST
    assert ([wordings[0] for wordings in read.metrics], len(read.periods)) == (metrics, n_periods)


def test_a_stretch_of_years_is_no_list() -> None:
    read = plan("What was revenue from 2017 to 2019?")
    assert read is not None
    assert read.operation is Operation.LOOKUP


def test_a_question_for_years_is_read_with_its_condition() -> None:
    read = plan("In which year was revenue less than 25,000?")
    assert read is not None
    assert read.operation is Operation.PERIODS
    assert read.condition is not None
    assert (read.condition.relation, read.metrics) == ("under", (("revenue",),))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the ratio of rent to sales?", True),
        ("How many leases cost more than 5,000 euros?", True),
        ("What is the total sum of the top 3 expenses?", True),
        ("What percentage of net sales is the royalty?", False),
        ("How many days before expiry must notice be given?", False),
    ],
)
def test_what_only_a_computation_answers(question: str, expected: bool) -> None:
    assert wants_computing(question) is expected
