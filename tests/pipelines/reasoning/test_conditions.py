"""Questions for the periods in which a figure is the most, the least, or beyond a bound."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.conditions import Condition, Relation, read_condition


@pytest.mark.parametrize(
    ("question", "relation", "bound", "counts", "named"),
    [
        ("In which year was the gross margin largest?", "greatest", None, False, "the gross margin"),
        ("Which year had the lowest interest income?", "least", None, False, "interest income"),
        ("How many years did net sales exceed $200 million?", "over", 200_000_000, True, "net sales"),
        ("In which years was the share below 20.5%?", "under", Decimal("20.5"), False, "the share"),
        ("In which fiscal year was operating income negative?", "under", 0, False, "operating income"),
        ("For which quarter was rent higher?", "greatest", None, False, "rent"),
    ],
)
def test_reads_condition_and_figure(
    question: str, relation: Relation, bound: Decimal | None, counts: bool, named: str
) -> None:
    read = read_condition(question)
    assert read is not None
    condition, words = read
    assert (condition.relation, condition.bound, condition.counts) == (relation, bound, counts)
    assert words.split() == named.split()


@pytest.mark.parametrize(
    "question",
    [
        "Which law governs the contract?",
        "What was the largest expense in 2019?",
        "In which year was the agreement signed?",
        "How many years does the lease run?",
        "Which year had the lowest ratio of the highest price to cost?",
        "In which year was revenue more than that of the year before?",
    ],
)
def test_other_questions_are_not_read(question: str) -> None:
    assert read_condition(question) is None


def test_a_bound_without_scale_is_told_from_one_in_full() -> None:
    bare, full = (
        read_condition("Which years was rent over 500?"),
        read_condition("Which years was rent over 5 million?"),
    )
    assert bare is not None
    assert full is not None
    assert (bare[0].is_scaled, full[0].is_scaled) == (False, True)


@given(st.lists(st.integers(-50, 50).map(Decimal), min_size=1, max_size=8), st.integers(-50, 50).map(Decimal))
def test_every_figure_is_beyond_a_bound_on_one_side_or_on_it(worths: list[Decimal], bound: Decimal) -> None:
    over = Condition(relation="over", bound=bound).chosen(worths)
    under = Condition(relation="under", bound=bound).chosen(worths)
    assert len(over) + len(under) + worths.count(bound) == len(worths)
    assert not set(over) & set(under)
    for place in Condition(relation="greatest").chosen(worths):
        assert worths[place] == max(worths)


def test_nothing_is_chosen_of_nothing() -> None:
    assert Condition(relation="least").chosen([]) == ()
