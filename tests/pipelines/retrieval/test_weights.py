"""What is ranked by, and how much it counts."""

import pytest

from averment.pipelines.ingestion.sparse import stem
from averment.pipelines.retrieval.clauses import document_words, topics
from averment.pipelines.retrieval.weights import PERIOD_WEIGHT, term_weights, wording


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "What was gross profit for the three months ended June 30, 2025? Answer in percent.",
            "What was gross profit ?",
        ),
        (
            "What was accounts payable as of December 31, 2024? Give the value in US dollars.",
            "What was accounts payable ?",
        ),
        ("Who signs? List every one.", "Who signs?"),
    ],
)
def test_orders_and_periods_are_not_asked_about(question: str, asked: str) -> None:
    assert wording(question, is_filing=True) == asked


def test_a_contract_keeps_its_dates() -> None:
    question = "What ends as of December 31, 2024?"
    assert wording(question, is_filing=False) == question


def test_nothing_left_means_everything_is_asked() -> None:
    assert wording("Answer in percent.", is_filing=True) == "Answer in percent."


def test_own_words_count_most_and_periods_least() -> None:
    question = "Which law governs as of May 1, 2024?"
    weights = term_weights(
        question,
        "Which law governs",
        quoted=['"Entire Agreement"'],
        guessed=document_words(topics(question)),
        topic_weight=0.3,
    )
    assert weights["law"] == weights[stem("entire")] == 1.0
    assert weights[stem("construed")] == 0.3
    assert weights["@2024-05-01"] == PERIOD_WEIGHT
