import datetime

import pytest

from averment.compliance.documents.evidence import EvidenceList, content_evidence
from averment.compliance.documents.filled import Status
from averment.compliance.documents.filling import Filling, fill
from averment.compliance.documents.kinds import DocumentKind, FieldSpec, KindLaw
from averment.compliance.documents.people import PeoplesField
from averment.compliance.documents.sheet import Sheet
from averment.compliance.documents.words import Words

EVIDENCE = content_evidence(b"facts", path="facts.json")
TODAY = datetime.date(2026, 11, 1)
WORDS_OF_PEOPLE = PeoplesField(status="provided", text="Words.", owner="Owner", date=datetime.date(2026, 10, 1))


def filled(spec: FieldSpec, *, said: bool = False, given: PeoplesField | None = None, problem: str | None = None):  # type: ignore[no-untyped-def]  # a test's own shorthand
    law = KindLaw(name="L", read_on="2026-11")
    kind = DocumentKind(code="kind", version=1, title="T", article="A", law=law, fields=(spec,))
    sheet = Sheet(Words("en"), EvidenceList())
    if said:
        sheet.say(spec.id, "no_model", on=[EVIDENCE])
    people = {spec.id: given} if given else {}
    return fill(kind, Filling(sheet=sheet, people=people, problem=lambda _: problem, today=TODAY))[spec.id]


def spec(filled_by: str, **more: object) -> FieldSpec:
    return FieldSpec.model_validate({"id": "a", "title": "T", "asks": "?", "filled_by": filled_by, **more})


@pytest.mark.parametrize(
    ("filled_by", "said", "given", "status"),
    [
        ("machine", True, False, Status.PROVIDED),
        ("machine", False, False, Status.MISSING),
        ("machine", False, True, Status.MISSING),
        ("people", False, True, Status.PROVIDED),
        ("people", True, False, Status.MISSING),
        ("both", True, True, Status.PROVIDED),
        ("both", True, False, Status.MISSING),
        ("both", False, True, Status.MISSING),
    ],
)
def test_a_field_is_provided_when_all_who_fill_it_have(filled_by: str, said: bool, given: bool, status: Status) -> None:
    found = filled(spec(filled_by), said=said, given=WORDS_OF_PEOPLE if given else None)
    assert found.status is status
    assert bool(found.reason) == (status is Status.MISSING)


def test_not_applicable_takes_its_reason_from_people_or_the_kind() -> None:
    out = PeoplesField(status="not_applicable", reason="No persons are concerned.")
    assert filled(spec("both"), said=True, given=out).reason == "No persons are concerned."
    by_default = spec("people", not_applicable="It is software.")
    assert (filled(by_default).status, filled(by_default).reason) == (Status.NOT_APPLICABLE, "It is software.")
    assert filled(by_default, given=WORDS_OF_PEOPLE).status is Status.PROVIDED


def test_words_that_are_too_old_are_stale() -> None:
    assert filled(spec("people", review_days=31), given=WORDS_OF_PEOPLE).status is Status.PROVIDED
    late = filled(spec("people", review_days=30), given=WORDS_OF_PEOPLE)
    assert (late.status, late.reason) == (Status.STALE, "the people's part is 31 days old, 30 are allowed")


def test_evidence_that_does_not_hold_makes_words_stale() -> None:
    given = WORDS_OF_PEOPLE.model_validate(
        {**WORDS_OF_PEOPLE.model_dump(), "evidence": [{"file": "a", "sha256": "sha256:" + "0" * 64}]}
    )
    assert filled(spec("people"), given=given).status is Status.PROVIDED
    assert filled(spec("people"), given=given, problem="the file 'a' is gone").reason == "the file 'a' is gone"
