"""Judging metadata."""

import pytest

from averment.core.documents import ParsedDocument
from averment.core.structure import FactField, PlacedFact
from averment.evaluation.alignment import Alignment
from averment.evaluation.pack import GoldSpan, PackDocument, PackQuestion
from averment.evaluation.structure_metadata import (
    judge_contract,
    judge_filing,
    n_beside_labels,
    same_jurisdiction,
    same_name,
    same_title,
)

TEXT = "Halden AG sells. Governed by the laws of Ohio. Made on March 3, 2021."
LAW = PackQuestion(
    id="q", question="law?", doc_ids=("d",), scope="document", type="value", category="Governing Law",
    gold=(GoldSpan(doc_id="d", start=17, end=46, text=TEXT[17:46]),), labels={"answer": "Ohio"},
)  # fmt: skip
DOCUMENT = PackDocument(doc_id="d", collection="cuad", files=(), text="d.txt", labels={"parties": ["HALDEN A.G."]})
PARTY = PlacedFact(field=FactField.PARTY, value="Halden AG", start=0, end=9)


def judged(*facts: PlacedFact) -> dict[str, tuple[bool, bool | None]]:
    parsed = ParsedDocument(text=TEXT, elements=(), media_type="text/plain", parser="test")
    verdicts = judge_contract(DOCUMENT, [LAW], facts=facts, parsed=parsed, alignment=Alignment(TEXT, TEXT))
    return {verdict.field.value: (verdict.is_right, verdict.is_placed) for verdict in verdicts}


def law(value: str, start: int) -> PlacedFact:
    return PlacedFact(field=FactField.GOVERNING_LAW, value=value, start=start, end=start + 5)


def test_value_and_place_are_judged_apart() -> None:
    assert judged(PARTY, law("Ohio", 20)) == {"party": (True, True), "governing_law": (True, True)}
    assert judged(PARTY, law("Ohio", 50))["governing_law"] == (True, False)
    assert judged(law("Utah", 20)) == {"party": (False, None), "governing_law": (False, None)}


@pytest.mark.parametrize(
    ("gold", "found", "is_same"),
    [
        ("DAIRY CREST LIMITED", "Dairy Crest Ltd.", True),
        ("SLICON SMELTERS PTY LTD", "SILICON SMELTERS PTY Ltd", True),
        ("Halden AG", "Opal GmbH", False),
        ("Inc", "Halden", False),
    ],
)
def test_names(gold: str, found: str, is_same: bool) -> None:
    assert same_name(gold, found) == is_same


@pytest.mark.parametrize(
    ("gold", "found", "is_same"),
    [
        ("England; Wales", "England and Wales", True),
        ("Ontario, Canada", "Ontario", True),
        ("People's Republic of China", "China", True),
        ("Ontario", "Ohio", False),
        ("Ontario", "", False),
    ],
)
def test_jurisdictions(gold: str, found: str, is_same: bool) -> None:
    assert same_jurisdiction(gold, found) == is_same


@pytest.mark.parametrize(
    ("gold", "found", "is_same"),
    [
        ("Supply Agreement", "SUPPLY AGREEMENT", True),
        ("Supply Agreement", "SUPPLY AGREEMENT NO. 7", True),
        ("Supply Agreement Contract 55", "Supply Agreement", True),
        ("Affiliate Agreement", "AFFLIATE AGREEMENT", True),
        ("Supply Agreement", "Agreement", False),
        ("Supply Agreement", "SCHEDULE 3", False),
    ],
)
def test_titles(gold: str, found: str, is_same: bool) -> None:
    assert same_title(gold, found) == is_same


def test_parties_beside_the_labels_are_counted() -> None:
    facts = [PlacedFact(field=FactField.PARTY, value=name, start=0, end=1) for name in ("Halden AG", "Opal GmbH")]
    labelled = PackDocument(doc_id="c", collection="cuad", files=(), text="c.txt", labels={"parties": ["HALDEN"]})
    assert n_beside_labels(labelled, facts) == 1
    unlabelled = PackDocument(doc_id="c", collection="cuad", files=(), text="c.txt", labels={})
    assert n_beside_labels(unlabelled, facts) is None


def test_a_filing_is_judged_by_its_title() -> None:
    text = "FORM 10-Q of Halden, Inc. for the period ended June 30, 2025"
    labels = {"title": "Halden, Inc. Form 10-Q for the period ended June 30, 2025"}
    document = PackDocument(doc_id="f", collection="sec_html", files=(), text="f.txt", labels=labels)
    facts = [
        PlacedFact(field=FactField.FORM_TYPE, value="10-Q", start=5, end=9),
        PlacedFact(field=FactField.PERIOD_END, value="2025-06-30", start=text.index("June"), end=len(text)),
        PlacedFact(field=FactField.ISSUER, value="Halden, Inc.", start=0, end=4),
    ]
    verdicts = {
        verdict.field.value: (verdict.is_right, verdict.is_placed)
        for verdict in judge_filing(document, facts, text=text)
    }
    assert verdicts == {"form_type": (True, True), "period_end": (True, True), "issuer": (True, False)}
