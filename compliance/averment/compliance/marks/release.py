"""The one door by which a file leaves: no claim in it, its mark or the reason why it has none, and that in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from averment.compliance.claims_lint import refuse_claims
from averment.compliance.log.note import SignerKey
from averment.compliance.marks.formats import mark_file
from averment.compliance.marks.mark import INTERNAL, MarkFacts, content_digest, require_mark
from averment.compliance.obligations import status
from averment.compliance.system_identity import running_system
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.ports import AuditSink

MARKED: Final = "marked"
NOTHING_GENERATED: Final = "nothing-generated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What leaves, for whom, and what a mark would say of it.

    `is_generated` where a sentence of it is a model's own; a file of quotations and values alone is not marked.
    `wants_mark` is false only where somebody asked for a file without one. `says` are the texts that may claim no
    conformity, `quoted` the law's own words in them. `exported` are the facts of the entry (`access.exported`).
    """

    is_generated: bool
    classification: str
    facts: MarkFacts
    subject: str
    exported: Mapping[str, EventValue]
    wants_mark: bool = True
    says: Sequence[str] = field(default=(), repr=False)
    quoted: Sequence[str] = field(default=(), repr=False)

    @property
    def marking(self) -> str:
        """Return whether it leaves with a mark, or why with none."""
        if not self.is_generated:
            return NOTHING_GENERATED
        return MARKED if self.wants_mark else INTERNAL


def mark_facts(*, answer_id: str = "") -> MarkFacts:
    """Return what a mark says of a file that this program put together from answers, or one answer."""
    return MarkFacts(
        source_type="compositeWithTrainedAlgorithmicMedia",
        generator=f"averment {running_system().version}",
        answer_id=answer_id,
    )


def release_of_answers(answers: Sequence[Answer], *, subject: str) -> Release:
    """Return what is to be said of a file of answers; quotations in them are the documents' words, and not linted."""
    generated = [answer for answer in answers if answer.is_generated]
    return Release(
        is_generated=bool(generated),
        classification=INTERNAL,
        facts=mark_facts(answer_id=generated[0].id if len(generated) == 1 else ""),
        subject=subject,
        exported={"kind": "answers", "n_entries": len(answers), "includes_policy": False, "masking": "none"},
    )


def release_file(raw: bytes, release: Release, *, signer: SignerKey, audit: AuditSink) -> bytes:
    """Return the bytes that may leave; that they do is in the log.

    Raises:
        UsageError: A text claims conformity, generated content was to leave the internal class without a mark, or the
            format takes none.
        AuditWriteFailed: The log could not be written; nothing leaves.
    """
    refuse_claims(release.says, status=status(), quoted=release.quoted)
    if release.is_generated:
        require_mark(is_marked=release.wants_mark, classification=release.classification)
    marked = mark_file(raw, facts=release.facts, signer=signer) if release.marking == MARKED else None
    audit.append(
        AuditEvent(
            type=EventType.ACCESS_EXPORTED,
            subject=release.subject,
            data={**release.exported, "marking": release.marking},
        )
    )
    if marked is None:
        return raw
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
