"""Statements put to a document: found in the question, related to a sentence, said in the caller's own labels."""

from typing import Any

import pytest

from averment.core.answers import TypedValue
from averment.pipelines.models.verifier import Verdict
from averment.pipelines.reasoning.claims import (
    MENTIONED,
    Relation,
    is_unmentioned,
    label,
    on_subject,
    relation,
    stated_claim,
)
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.planner import QuestionKind, make_plan
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.sentences import Span

LABELS = ("supported", "contradicted", "not_mentioned")
YES = Verdict(contradiction=0.1, neutral=0.1, entailment=0.8)
NO = Verdict(contradiction=0.7, neutral=0.2, entailment=0.1)
NOTHING = Verdict(contradiction=0.1, neutral=0.8, entailment=0.1)
CLAIM = "Tenant may assign this lease to an affiliate of Tenant."


def candidate(desk: Any, *, similarity: float, lexical: float, stance: Verdict | None = None) -> Candidate:
    document = desk.corpus.documents["lease"]
    source = Source(document, text="", layout=desk.corpus.layout(document.text_hash))
    span = Span(start=0, end=4, text="Rent")
    return Candidate(
        source=source,
        span=span,
        score=0.5,
        similarity=similarity,
        lexical=lexical,
        on_topic=False,
        holds_kind=False,
        stance=stance,
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (f"Does the lease support, contradict or not mention this statement? “{CLAIM}”", CLAIM),
        (f'Is "{CLAIM}" supported by the lease?', CLAIM),
        ("What does the clause headed “Assignment of the lease by Tenant” provide?", None),
        ("Does the lease support assignment?", None),
        ("Does it support “rent”?", None),
    ],
)
def test_a_statement_in_quotation_marks_is_put_to_the_documents(question: str, expected: str | None) -> None:
    assert stated_claim(question) == expected
    plan = make_plan(question)
    assert plan.claim == expected
    if expected is not None:
        assert plan.kind is QuestionKind.PRESENCE
        assert plan.queries[-1].endswith(expected)


@pytest.mark.parametrize(
    ("claim", "sentence", "expected"),
    [
        (CLAIM, "Tenant may assign this lease to any affiliate upon notice.", "supported"),
        (CLAIM, "Tenant shall not assign this lease.", None),
        (CLAIM, "Tenant shall not assign this lease except to an affiliate.", "supported"),
        ("Rent shall only cover heating.", "Rent covers all heating, water and cleaning, and lifts.", "contradicted"),
        ("Rent shall only cover heating.", "Rent covers heating.", "supported"),
        ("Tenant shall not only clean the roof.", "Tenant cleans any roof, yard, and stair.", "supported"),
    ],
)
def test_a_sentence_on_the_subject_supports_unless_it_says_more(
    claim: str, sentence: str, expected: Relation | None
) -> None:
    assert relation(claim, sentence) == expected


@pytest.mark.parametrize(
    ("role", "labels", "expected"),
    [
        ("not_mentioned", LABELS, "not_mentioned"),
        ("supported", ("Entailment", "Contradiction", "Neutral"), "Entailment"),
        ("contradicted", ("true", "false", "unknown"), "false"),
        ("supported", ("supported", "entailed"), None),
        ("supported", ("red", "green"), None),
        (None, LABELS, None),
    ],
)
def test_a_relation_is_said_in_the_callers_labels(
    role: Relation | None, labels: tuple[str, ...], expected: str | None
) -> None:
    found = label(role, labels)
    assert found == (None if expected is None else TypedValue(type="label", value=expected))


def test_sentences_on_the_subject_come_best_first(desk: Any) -> None:
    good, better = candidate(desk, similarity=0.6, lexical=0.5), candidate(desk, similarity=0.8, lexical=0.9)
    far = candidate(desk, similarity=0.9, lexical=MENTIONED / 0.91)
    assert on_subject([good, far, better]) == [better, good]
    assert is_unmentioned([far])
    assert not is_unmentioned([far, good])


def test_a_verifier_says_which_sentence_is_on_the_subject(desk: Any) -> None:
    alike = candidate(desk, similarity=0.9, lexical=0.9, stance=NOTHING)
    against, supports = (candidate(desk, similarity=0.2, lexical=0.1, stance=one) for one in (NO, YES))
    unasked = candidate(desk, similarity=0.9, lexical=0.9)
    assert on_subject([alike, against, unasked, supports]) == [supports, against]
    assert is_unmentioned([alike, unasked])
    assert not is_unmentioned([alike, against])


@pytest.mark.parametrize(
    ("claim", "sentence", "stance", "expected"),
    [
        (CLAIM, "Tenant may assign this lease to any affiliate.", YES, "supported"),
        (CLAIM, "Tenant may assign this lease to any affiliate.", NO, "contradicted"),
        (CLAIM, "Tenant shall not assign this lease.", YES, None),
        (CLAIM, "Tenant shall not assign this lease.", NO, "contradicted"),
        ("Rent shall only cover heating.", "Rent covers all heating, water and cleaning, and lifts.", YES, None),
        ("Rent is due within 10 days.", "Rent is due within ten (10) days.", YES, "supported"),
        ("Rent is due within 10 days.", "Rent is due within thirty (30) days.", YES, None),
        ("Rent is $500.", "The monthly rent is $500.00.", YES, "supported"),
        ("Rent is $500.", "The monthly rent is $5,000.", YES, None),
    ],
)
def test_rules_keep_a_verifier_from_supporting_what_they_see_denied(
    claim: str, sentence: str, stance: Verdict, expected: Relation | None
) -> None:
    assert relation(claim, sentence, stance=stance) == expected


def test_nothing_is_unmentioned_where_nothing_was_compared(desk: Any) -> None:
    assert not is_unmentioned([])
    assert not is_unmentioned([candidate(desk, similarity=0.0, lexical=1.0)])
