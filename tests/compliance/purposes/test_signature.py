"""Signed assessments: bound to a record's content, its date and a known signer (R13)."""

from datetime import UTC, datetime

import pytest

from averment.compliance.log.note import Note, SignerKey, sign_note
from averment.compliance.purposes.record import new_record
from averment.compliance.purposes.signature import read_assessment, sign_assessment
from averment.core.errors import AuditIntegrityError, UsageError
from tests.compliance.purposes.records import answered, under

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JANE, EVE = SignerKey.generate("jane"), SignerKey.generate("eve")


def test_a_signature_says_who_when_and_what_it_led_to() -> None:
    record = under("5.b")
    raw = sign_assessment(record, signer=JANE, at=AT)
    signed = read_assessment(raw, record, signers=[EVE.verifier, JANE.verifier])
    assert (signed.signer.name, signed.signed_at, signed.result, signed.is_fria_owed) == ("jane", AT, "high-risk", True)


@pytest.mark.parametrize(
    "changes", [{"intended_use": "Recruiters read applications"}, {"owner": "IT"}, {"outside_use": "flag"}]
)
def test_a_changed_record_is_unsigned(changes: dict[str, str]) -> None:
    raw = sign_assessment(answered(), signer=JANE, at=AT)
    with pytest.raises(AuditIntegrityError, match="void: the record was changed"):
        read_assessment(raw, answered(**changes), signers=[JANE.verifier])


def test_a_signature_of_nobody_known_does_not_count() -> None:
    raw = sign_assessment(answered(), signer=EVE, at=AT)
    with pytest.raises(AuditIntegrityError, match="no signature of a trusted key"):
        read_assessment(raw, answered(), signers=[JANE.verifier])


def test_a_flipped_byte_or_another_date_is_found() -> None:
    raw = sign_assessment(answered(), signer=JANE, at=AT)
    for changed in (raw.replace(b"2026-11-23", b"2026-11-22"), raw.replace(b"not-high-risk", b"high-risk")):
        with pytest.raises(AuditIntegrityError):
            read_assessment(changed, answered(), signers=[JANE.verifier])


@pytest.mark.parametrize("date", ["yesterday", "2026-11-23T12:00:00"])
def test_a_date_must_be_a_time_with_its_zone(date: str) -> None:
    text = Note.parse(sign_assessment(answered(), signer=JANE, at=AT), name="x").text
    raw = sign_note(text.replace("2026-11-23T12:00:00.000Z", date), [JANE]).encode()
    with pytest.raises(AuditIntegrityError, match="has the date"):
        read_assessment(raw, answered(), signers=[JANE.verifier])


def test_open_questions_and_prohibited_practices_are_not_signed() -> None:
    with pytest.raises(UsageError, match="questions are open"):
        sign_assessment(new_record("r", description="d", owner="o", intended_use="u"), signer=JANE, at=AT)
    with pytest.raises(UsageError, match="Article 5 prohibits"):
        sign_assessment(answered(article_5={"is_prohibited": True, "reviewer": "x"}), signer=JANE, at=AT)
