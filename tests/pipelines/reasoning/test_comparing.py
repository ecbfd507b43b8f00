"""What a comparison of figures asks of each document, and what it leaves alone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.comparing import gain_of, read_comparison, wants_gap


@pytest.fixture
def filings(reports: Any) -> list[DocumentVersion]:
    """Return three annual reports and a quarterly one of the first company."""
    known = reports.corpus.documents["harbor"]
    issuers = {
        "alder": ("Alder Networks, Inc.", "10-K", "2024-09-28"),
        "birch": ("Birch & Sons Corporation", "10-K", "2024-12-31"),
        "cedar": ("CEDAR Rail plc", "10-K", "2025-01-26"),
        "alderq": ("Alder Networks, Inc.", "10-Q", "2025-06-28"),
    }
    return [
        replace(known, document_id=key, issuer=name, title=f"{name} Form {form} for the period ended {day}")
        for key, (name, form, day) in issuers.items()
    ]


def asked(question: str, filings: list[DocumentVersion], *names: str) -> list[tuple[str, str]]:
    documents = [document for document in filings if document.document_id in names]
    return [(one.document.document_id, one.question) for one in read_comparison(question, documents)]


def test_each_document_is_asked_of_the_period_behind_its_name(filings: list[DocumentVersion]) -> None:
    question = (
        "Comparing Birch & Sons Corporation (the fiscal year ended December 31, 2024) with Alder Networks, Inc. (the "
        "fiscal year ended September 28, 2024): which company reported the higher research and development expense, "
        "and by how much?"
    )
    metric = "What was research and development expense for the 12 months ended"
    assert asked(question, filings, "alder", "birch") == [
        ("birch", f"{metric} December 31, 2024?"),
        ("alder", f"{metric} September 28, 2024?"),
    ]
    assert (gain_of(question), wants_gap(question)) == ("higher", True)


@pytest.mark.parametrize(
    ("question", "gain", "first", "second"),
    [
        ("How much higher was Alder's revenue than Birch's in 2024?", "difference", "revenue for 2024", None),
        ("Which had the lower net income in 2024, Alder or Birch?", "lower", "net income for 2024", None),
        ("What is the combined net income of Alder and Birch in 2024?", "sum", "net income for 2024", None),
        (
            "What is the ratio of Alder's net sales for 2023 to Birch's revenue for 2024?",
            "ratio",
            "net sales for 2023",
            "revenue for 2024",
        ),
        (
            "Compare Alder's total assets as of September 28, 2024 with Birch's total assets as of December 31, 2024.",
            "difference",
            "total assets as of September 28, 2024",
            "total assets as of December 31, 2024",
        ),
        (
            "By what percentage was Alder's operating income higher than Birch's for 2024?",
            "percent",
            "operating income for 2024",
            None,
        ),
        (
            "What is the ratio of the net income of Alder in 2024 to the net income of Birch in 2023?",
            "ratio",
            "net income for 2024",
            "net income for 2023",
        ),
        (
            "Comparing Alder (first quarter of 2024) with Birch (second quarter of 2024), which had higher revenue?",
            "higher",
            "revenue for the first quarter of 2024",
            "revenue for the second quarter of 2024",
        ),
    ],
)
def test_what_is_asked_of_both(
    filings: list[DocumentVersion], question: str, gain: str, first: str, second: str | None
) -> None:
    wanted = [("alder", f"What was {first}?"), ("birch", f"What was {second or first}?")]
    assert asked(question, filings, "alder", "birch") == wanted
    assert gain_of(question) == gain


def test_two_filings_of_one_company_are_told_apart_by_form(filings: list[DocumentVersion]) -> None:
    question = (
        "By what percentage did net sales change between Alder's Form 10-K (year ended September 28, 2024) and its "
        "Form 10-Q (three months ended June 28, 2025)?"
    )
    assert asked(question, filings, "alder", "alderq") == [
        ("alder", "What was net sales for the 12 months ended September 28, 2024?"),
        ("alderq", "What was net sales for the 3 months ended June 28, 2025?"),
    ]
    assert gain_of(question) == "growth"


def test_three_documents_are_asked(filings: list[DocumentVersion]) -> None:
    question = "Which of Alder, Birch and CEDAR reported the highest net income in 2024?"
    assert [name for name, _ in asked(question, filings, "alder", "birch", "cedar")] == ["alder", "birch", "cedar"]


@pytest.mark.parametrize(
    "question",
    [
        "What was Alder's revenue in 2024?",
        "Compare the rent of Alder and Birch",  # no period: no figure of a report
        "Compare Alder's revenue in 2024 and 2023 with Birch's",  # several figures of each
        "Compare the revenue and net income of Alder and Birch in 2024",
        "Which had the higher revenue in 2024?",  # names nobody
        "How much higher was Alder's revenue than its costs in 2024?",  # names one
        "Compare the average revenue of Alder and Birch for 2024",  # to be computed first
        "In 2024 was Alder's net income higher than Birch's in 2023, and how much higher?",  # of which is 2024?
        "How much higher was Alder's net income in 2024 and 2023 than Birch's?",
        "Which contracts of Alder and Birch have a liability cap of more than $5 in 2024?",
    ],
)
def test_what_is_no_comparison_of_one_figure(filings: list[DocumentVersion], question: str) -> None:
    assert asked(question, filings, "alder", "birch") == []


@given(st.text(max_size=200))
def test_any_text_is_read(question: str) -> None:
    assert read_comparison(question, ()) == ()
    assert gain_of(question) in {None, "difference", "higher", "lower", "ratio", "percent", "growth", "sum"}
