"""Signed assessments: a note (C2SP signed-note) over what a purpose's record says and leads to, at a time.

The note names the record by its digest, so any change of the record leaves it unsigned. Who may sign is said by the
verifier keys of the installation's signers.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from averment.compliance.log.note import Note, SignerKey, VerifierKey, sign_note
from averment.compliance.purposes.assessment import Assessment, assess
from averment.compliance.purposes.record import PurposeRecord, record_digest
from averment.core.clock import rfc3339
from averment.core.errors import AuditIntegrityError, UsageError

TITLE: Final = "averment purpose assessment 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAssessment:
    """An assessment that somebody signed; `digest` is that of the note's bytes."""

    record: str
    result: str
    is_fria_owed: bool
    signed_at: datetime
    signer: VerifierKey
    digest: str


def sign_assessment(record: PurposeRecord, *, signer: SignerKey, at: datetime) -> bytes:
    """Return the note that signs a record as it stands.

    Raises:
        UsageError: Questions are open, or a prohibited practice is named.
    """
    assessment = assess(record)
    if assessment.open:
        raise UsageError(
            f"purpose {record.code!r} cannot be signed: {len(assessment.open)} questions are open, "
            f"the first is {assessment.open[0]}",
            hint=f"averment purpose check {record.code}",
        )
    if assessment.result == "prohibited":
        raise UsageError(f"purpose {record.code!r} names a practice that Article 5 prohibits; it is not signed")
    return sign_note(_text(record, assessment, rfc3339(at)), [signer]).encode()


def read_assessment(raw: bytes, record: PurposeRecord, *, signers: Sequence[VerifierKey]) -> SignedAssessment:
    """Check a note against the record it must sign.

    Raises:
        AuditIntegrityError: The note is damaged, signed by nobody known, or signs another text of the record.
    """
    name = f"the assessment of purpose {record.code!r}"
    note = Note.parse(raw, name=name)
    lines = dict(line.partition(" ")[::2] for line in note.text.splitlines())
    date = lines.get("date", "")
    assessment = assess(record)
    if assessment.open or note.text != _text(record, assessment, date):
        raise AuditIntegrityError(f"{name} is void: the record was changed after it was signed")
    signer = note.verify(signers, name=name)[0]
    return SignedAssessment(
        record=lines["record"],
        result=lines["result"],
        is_fria_owed=bool(assessment.is_fria_owed),
        signed_at=_moment(date, name=name),
        signer=signer,
        digest=f"sha256:{hashlib.sha256(raw).hexdigest()}",
    )


def _text(record: PurposeRecord, assessment: Assessment, date: str) -> str:
    owed = "owed" if assessment.is_fria_owed else "not-owed"
    return (
        f"{TITLE}\npurpose {record.code}\nrecord {record_digest(record)}\nresult {assessment.result}\n"
        f"because {' '.join(assessment.because)}\nimpact-assessment {owed} {assessment.fria_because}\ndate {date}\n"
    )


def _moment(date: str, *, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError as error:
        raise AuditIntegrityError(f"{name} has the date {date!r}, expected RFC 3339") from error
    if moment.tzinfo is None:
        raise AuditIntegrityError(f"{name} has the date {date!r} without a zone")
    return moment
