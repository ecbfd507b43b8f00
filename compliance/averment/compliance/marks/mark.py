"""The mark itself: a signed note (C2SP signed-note) that says what made some content, and which content.

`content` is a digest of the content without the mark, made by the format that embeds it. `source_type` is a term of
the IPTC's digital source types.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from averment.compliance.log.note import Note, SignerKey, VerifierKey, sign_note
from averment.core.answers import Answer, SentenceKind
from averment.core.errors import AuditIntegrityError, UsageError

TITLE: Final = "averment content mark 1"
IPTC: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
INTERNAL: Final = "internal"
SourceType = Literal["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"]
SOURCE_TYPES: Final[tuple[SourceType, ...]] = get_args(SourceType)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFacts:
    """What a mark says beside the digest; texts without line breaks.

    `model` names the model with revision and digest, `entry` the log's entry (`origin index`); both may be empty.
    """

    source_type: SourceType
    generator: str
    model: str = ""
    answer_id: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMark:
    """A mark as it was read; whether its signature is good is for `signer_of` to say."""

    facts: MarkFacts
    content: str
    note: Note


def sign_mark(facts: MarkFacts, content: str, *, signer: SignerKey) -> str:
    """Return the text of a mark over content with a digest."""
    lines = (
        TITLE,
        f"source-type {IPTC}{facts.source_type}",
        f"generator {facts.generator}",
        f"model {facts.model}",
        f"answer {facts.answer_id}",
        f"entry {facts.entry}",
        f"content {content}",
    )
    if any("\n" in line for line in lines):
        raise ValueError("a fact of a mark holds a line break")
    return sign_note("".join(f"{line}\n" for line in lines), [signer]).encode().decode()


def read_mark(text: str) -> ReadMark:
    """Read a mark without trusting it.

    Raises:
        AuditIntegrityError: It is none.
    """
    note = Note.parse(text.encode(), name="the mark")
    title, *lines = note.text.splitlines()
    facts = dict(line.partition(" ")[::2] for line in lines)
    source_type = next((known for known in SOURCE_TYPES if facts.get("source-type") == IPTC + known), None)
    if title != TITLE or source_type is None:
        raise AuditIntegrityError("the mark is a note of another kind")
    return ReadMark(
        facts=MarkFacts(
            source_type=source_type,
            generator=facts.get("generator", ""),
            model=facts.get("model", ""),
            answer_id=facts.get("answer", ""),
            entry=facts.get("entry", ""),
        ),
        content=facts.get("content", ""),
        note=note,
    )


def signer_of(mark: ReadMark, keys: Sequence[VerifierKey]) -> str | None:
    """Return the name of the key that signed the mark, or None where none of these did."""
    try:
        return mark.note.verify(keys, name="the mark")[0].name
    except AuditIntegrityError:
        return None


def source_type_of(answer: Answer) -> SourceType:
    """Return `trainedAlgorithmicMedia` where a model wrote all but notices, else the composite of both."""
    kinds = {sentence.kind for sentence in answer.sentences} - {SentenceKind.NOTICE}
    return "trainedAlgorithmicMedia" if kinds == {SentenceKind.STATEMENT} else "compositeWithTrainedAlgorithmicMedia"


def require_mark(*, is_marked: bool, classification: str) -> None:
    """Refuse to let generated content leave the internal class without a mark.

    Raises:
        UsageError: It is not marked and for somewhere else than inside.
    """
    if not is_marked and classification != INTERNAL:
        raise UsageError(
            f"generated content of the class {classification!r} may not be exported without its mark",
            hint="export it with the mark, or for internal use",
        )


def content_digest(content: bytes) -> str:
    """Return `sha256:<hex>` of content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
