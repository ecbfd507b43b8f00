"""Names go, what is asked stays."""

import pytest

from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.stripping import strip_names


def strip(text: str, *, is_filing: bool = False) -> str:
    question = read_question(text)
    return strip_names(question, {name.term for name in question.names}, is_filing=is_filing).text


def test_a_sentence_that_only_names_goes() -> None:
    assert strip("Consider the Supply Agreement between Acme Inc. and Beta Bank S.A. Is it exclusive or not?") == (
        "Is it exclusive or not?"
    )


def test_a_leading_phrase_goes() -> None:
    text = "According to Tesoro, Inc.'s Form 10-Q for the period ended June 30, 2025, what was gross profit?"
    assert strip(text, is_filing=True) == "what was gross profit?"


def test_a_name_inside_goes_alone() -> None:
    assert (
        strip("How much did Nvexia spend on research in Q1 2023?", is_filing=True) == "How much did spend on research ?"
    )


def test_what_is_not_borne_stays() -> None:
    text = "How much did Nvexia spend on Falcon chips?"
    question = read_question(text)
    assert "Falcon" in strip_names(question, {next(iter(terms("Nvexia")))}, is_filing=False).text


@pytest.mark.parametrize("text", ["Acme?", "The Acme Supply Agreement", "Consider the Acme Agreement."])
def test_a_question_never_becomes_empty(text: str) -> None:
    assert strip(text) == text
