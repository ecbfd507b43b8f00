"""What a question says of its document is read, and a document that is another one is refused."""

from datetime import date

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.pipelines.reasoning.identity import is_unborne, mismatch, read_scope


def document(title: str = "report.html", **facts: str | None) -> DocumentVersion:
    return DocumentVersion(
        document_id="d",
        source_uri="file:///report.html",
        content_hash="c",
        text_hash="t",
        version=1,
        media_type="text/html",
        kind="filing",
        title=title,
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="1",
        connector="filesystem",
        size_bytes=1,
        issuer=facts.get("issuer"),
        form_type=facts.get("form_type"),
        period=facts.get("period"),
    )


HEAD = "Form 10-Q Quarterly report for the quarterly period ended June 30, 2024 Harbor Bright Energy Inc."
QUESTION = "According to Harbor Bright Energy Inc.'s Form 10-Q for the period ended June 30, 2024, what was revenue?"


def test_the_opening_is_read_and_taken_off() -> None:
    scope = read_scope(QUESTION)
    assert scope.question == "what was revenue?"
    assert scope.names == ("Harbor Bright Energy Inc",)
    assert (scope.form, scope.ended) == ("10-Q", date(2024, 6, 30))


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        (
            "Consider the Lease of Acme Tools, Inc. Is consent or notice required?",
            "Is consent or notice required?",
        ),
        ("Using Acme's Form 10-K: by what percentage did revenue change?", "by what percentage did revenue change?"),
        ("Laut Mietvertrag der Nordlicht GmbH, welches Recht gilt?", "welches Recht gilt?"),
        ("What is the term?", "What is the term?"),
        ("In which year was revenue less than 25,000?", "In which year was revenue less than 25,000?"),
    ],
)
def test_only_an_opening_is_taken_off(question: str, rest: str) -> None:
    assert read_scope(question).question == rest


def test_the_right_document_fits() -> None:
    assert mismatch(read_scope(QUESTION), document(), HEAD) is None


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (QUESTION.replace("Harbor Bright Energy", "Copper Valley Mining"), "company"),
        (QUESTION.replace("10-Q", "10-K"), "form"),
        (QUESTION.replace("June 30, 2024", "June 30, 2023"), "period"),
    ],
)
def test_another_company_form_or_period_is_refused(question: str, reason: str) -> None:
    assert mismatch(read_scope(question), document(), HEAD) == reason


def test_the_catalog_knows_forms_too() -> None:
    assert mismatch(read_scope(QUESTION), document(form_type="10-K"), "Harbor Bright Energy Inc.") == "form"


def test_a_document_that_shows_no_form_or_period_is_not_refused_for_it() -> None:
    assert mismatch(read_scope(QUESTION), document(issuer="Harbor Bright Energy Inc."), "") is None


@pytest.mark.parametrize(
    ("names", "unmatched", "expected"),
    [
        (("Velmere & Company",), ("Velmere",), True),
        (("Velmere Data Services, Inc.",), ("Velmere", "Data", "Services"), True),
        (("Velmere Data Services, Inc.",), ("Velmere",), False),  # two of its three words are known
        (("Velmere", "Brackwater"), ("Velmere",), False),
        ((), ("Velmere",), False),
    ],
)
def test_who_no_document_bears_the_name_of(names: tuple[str, ...], unmatched: tuple[str, ...], expected: bool) -> None:
    assert is_unborne(names, unmatched) is expected
