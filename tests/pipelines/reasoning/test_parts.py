"""Which questions are asked of each document by itself, and what each document is asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.interpretation import SurveyCoverage, SurveyedDocument
from averment.pipelines.reasoning.notices import language_of
from averment.pipelines.reasoning.parts import MAX_LISTED, aspects, parts_of, wanted


def survey(*titles: str, is_checkable: bool = True) -> SurveyCoverage:
    return SurveyCoverage(
        documents_in_scope=40,
        documents_looked_at=40,
        documents_matched=len(titles) if is_checkable else None,
        is_exhaustive=True,
        matches=tuple(SurveyedDocument(document_id=title.lower(), title=title) for title in titles),
    )


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Compare the renewal notice of the Master Lease Agreement and the Harbour Lease.", ["the renewal notice"]),
        ("What is the difference between Larkspur's and Copperfield's monthly rent?", ["monthly rent"]),
        ("How do the fees of Larkspur and Copperfield differ?", ["the fees"]),
        ("How does Larkspur's rent compare to that of Copperfield?", ["rent"]),
        ("Larkspur versus Copperfield: the governing law", ["the governing law"]),
        (
            "Compare the liability cap and the governing law of Larkspur and Copperfield.",
            ["the liability cap", "the governing law"],
        ),
        ("Compare the rent in 2021 and the deposit of Larkspur and Copperfield", ["the rent in 2021", "the deposit"]),
        ("Compare the rent of the master lease agreement and the harbour lease", ["the rent"]),
        ("Compare Larkspur and Copperfield", []),
    ],
)
def test_what_is_compared(leases: Any, question: str, asked: list[str]) -> None:
    documents = [leases.corpus.documents[name] for name in ("lease", "harbour")]
    assert aspects(question, documents, language=language_of(question)) == tuple(f"What is {one}?" for one in asked)


@pytest.mark.parametrize(
    "question",
    [
        "Vergleiche die Kündigungsfrist von Larkspur und Copperfield.",
        "Vergleichen Sie die Kündigungsfrist bei Larkspur und bei Copperfield",
        "Worin unterscheidet sich die Kündigungsfrist von Larkspur und Copperfield?",
    ],
)
def test_what_is_compared_in_german(leases: Any, question: str) -> None:
    documents = [leases.corpus.documents[name] for name in ("lease", "harbour")]
    assert aspects(question, documents, language="de") == ("Wie lautet die Kündigungsfrist?",)


def test_documents_are_asked_in_the_order_in_which_the_question_names_them(leases: Any) -> None:
    documents = list(leases.corpus.documents.values())
    for question, order in (
        ("Compare the rent of Copperfield and Larkspur", ["harbour", "lease"]),
        ("Compare the rent of Larkspur and Copperfield", ["lease", "harbour"]),
    ):
        parts = parts_of(question, documents, named=["harbour", "lease"], survey=None, language="en")
        assert [part.document_id for part in parts] == order


def test_one_document_is_no_comparison(leases: Any) -> None:
    documents = list(leases.corpus.documents.values())
    question = "How does the rent compare to that of the year before in the Harbour Lease?"
    assert parts_of(question, documents, named=["harbour"], survey=None, language="en") == ()
    assert parts_of("What is the rent?", documents, named=["harbour", "lease"], survey=None, language="en") == ()


def test_a_list_is_asked_of_what_meets_it_and_of_no_other(leases: Any) -> None:
    documents = list(leases.corpus.documents.values())
    question = "Which contracts are governed by the laws of Delaware?"
    parts = parts_of(question, documents, named=(), survey=survey("Lease", "Harbour"), language="en")
    assert [(part.document_id, part.question) for part in parts] == [("lease", question), ("harbour", question)]
    many = survey(*(f"Lease {number}" for number in range(MAX_LISTED + 9)))
    assert len(parts_of(question, documents, named=(), survey=many, language="en")) == MAX_LISTED
    assert parts_of(question, documents, named=(), survey=survey(), language="en") == ()
    unchecked = parts_of(question, documents, named=(), survey=survey(is_checkable=False), language="en")
    assert len(unchecked) == len(documents)


def test_a_comparison_over_all_contracts_asks_what_was_found(leases: Any) -> None:
    documents = list(leases.corpus.documents.values())
    parts = parts_of("Compare the rent across our contracts", documents, named=(), survey=survey(), language="en")
    assert [part.document_id for part in parts] == ["lease", "harbour", "supply"]
    assert {part.question for part in parts} == {"What is the rent?"}


def test_what_is_wanted() -> None:
    assert wanted("Compare the rents", None) == "compare"
    assert wanted("Which contracts renew?", survey()) == "list"
    assert wanted("What is the rent?", None) is None


@given(st.text(max_size=200), st.sampled_from(["en", "de"]))
def test_any_text_is_read(question: str, language: Any) -> None:
    assert all(asked.endswith("?") for asked in aspects(question, (), language=language))
