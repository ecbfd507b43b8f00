"""Lets a file leave: generated content with its mark, which the log has before the file is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass

from averment.compliance.log.note import SignerKey
from averment.compliance.marks.formats import mark_file
from averment.compliance.marks.mark import INTERNAL, MarkFacts, content_digest, require_mark
from averment.compliance.system_identity import running_system
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType
from averment.core.ports import AuditSink


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What leaves, for whom, and what a mark would say of it.

    `is_generated` where a sentence of it is a model's own; a file of quotations and values alone is not marked.
    `wants_mark` is false only where somebody asked for a file without one.
    """

    is_generated: bool
    classification: str
    facts: MarkFacts
    subject: str
    wants_mark: bool = True


def release_answers(
    raw: bytes, answers: Sequence[Answer], *, subject: str, signer: SignerKey, audit: AuditSink
) -> bytes:
    """Return a file of answers as it may leave: with a mark where a sentence of one was generated.

    Raises:
        UsageError: The format takes no mark.
        AuditWriteFailed: The log could not be written; nothing leaves.
    """
    generated = [answer for answer in answers if answer.is_generated]
    facts = MarkFacts(
        source_type="compositeWithTrainedAlgorithmicMedia",
        generator=f"averment {running_system().version}",
        answer_id=generated[0].id if len(generated) == 1 else "",
    )
    release = Release(is_generated=bool(generated), classification=INTERNAL, facts=facts, subject=subject)
    return release_file(raw, release, signer=signer, audit=audit)


def release_file(raw: bytes, release: Release, *, signer: SignerKey, audit: AuditSink) -> bytes:
    """Return the bytes that may leave.

    Raises:
        UsageError: Generated content was to leave the internal class without a mark, or the format takes none.
        AuditWriteFailed: The log could not be written; nothing leaves.
    """
    if not release.is_generated:
        return raw
    require_mark(is_marked=release.wants_mark, classification=release.classification)
    if not release.wants_mark:
        return raw
    marked = mark_file(raw, facts=release.facts, signer=signer)
    audit.append(
        AuditEvent(
            type=EventType.MARK_APPLIED,
            subject=release.subject,
            data={
                "answer_id": release.facts.answer_id or None,
                "format": marked.format,
                "content": marked.content,
                "source_type": release.facts.source_type,
                "key": content_digest(signer.verifier.vkey.encode()),
            },
        )
    )
    return marked.raw
