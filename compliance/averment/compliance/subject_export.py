"""An access request: everything that the record holds of a person, as a ZIP of JSON; logged before it is written.

Nothing in it is masked: the texts are the person's own. The entry of the export and `person.json` state that.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.compliance.bundle import pack
from averment.compliance.events import Leaf
from averment.compliance.log.durable import make_folder
from averment.compliance.log.note import SignerKey
from averment.compliance.marks.release import Release, mark_facts, release_file
from averment.compliance.papers import Papers
from averment.compliance.person_record import HeldPayload, PersonRecord
from averment.compliance.recorder import EvidenceRecorder
from averment.core.answers import SentenceKind
from averment.core.audit import EventType
from averment.core.erasure import NamedDocument
from averment.core.errors import UsageError
from averment.core.jsonable import to_json

SCHEMA: Final = "averment.subject/1"
_UNMASKED: Final = "none"
_CLASSIFICATION: Final = "access-request"
_AROUND: Final = 200
_README: Final = """\
What is held of one person, from the record of an installation of Averment.

person.json     the name the person is known by, the spellings that were looked for, the pseudonym that stands for them
                in the record, and "masking": "none", as the texts are given as they are
entries/        what the person did or caused, one file an entry: when, of what kind, under which purpose, and under
                "texts" the words themselves (a question, an answer, the passages shown). An empty "texts" means that
                the entry has none, or that they were deleted
named.json      places in texts of other people that name the person, with what stands around them; the rest of those
                texts is about others and left out
documents.json  documents that name the person and how often ("n_places"), and files kept beside the record. Their text
                is not in here: it may be about others. Ask whoever sent you this for it

A file averment-mark.txt beside these says, signed, that a model wrote some of the sentences; `averment mark detect`
checks it.

It holds personal data, and what stands around a name may name others: hand it to nobody else.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """Whose record leaves, and for whom.

    Attributes:
        identity: The principal's subject, or the alias.
        names: Spellings, those registered included.
        documents: The documents that name the person.
        subject: Who exports.
    """

    identity: str
    names: Sequence[str]
    documents: Sequence[NamedDocument]
    subject: str


def export_person(recorder: EvidenceRecorder, request: AccessRequest, *, out: Path, signer: SignerKey) -> int:
    """Write what is held of a person, and return how many entries there are.

    The archive holds `person.json`, the person's entries with their texts (`entries/<index>.json`), the places of other
    people's texts that name the person with what stands around them (`named.json`), the documents and files that do
    (`documents.json`), and a page that says what is what (`README.txt`). It is marked where it holds a sentence that a
    model wrote.

    Args:
        recorder: The log.
        request: Whose record leaves, and for whom.
        out: The ZIP file.
        signer: The key of the mark.

    Raises:
        UsageError: Nobody is known by that name, and no spelling is given.
        AuditWriteFailed: The log could not be written; nothing is.
    """
    person = recorder.people.find(request.identity)
    if person is None and not request.names:
        raise UsageError(f"nobody is known as {request.identity!r}", hint="give a spelling: --name 'First Last'")
    recorder.seal()
    record = PersonRecord(recorder.evidence_dir, recorder.subjects)
    actor = person.actor if person else None
    leaves = record.entries(actor) if actor else []
    members = {
        "person.json": _person(request, actor),
        "README.txt": _README.encode(),
        "documents.json": _documents(request, Papers(recorder.evidence_dir.parent)),
        "named.json": _dump({"texts": list(_named(record, request.names, besides=actor))}),
        **{f"entries/{leaf['seq']}.json": _entry(record, leaf) for leaf in leaves},
    }
    release = Release(
        is_generated=any(_is_generated(leaf) for leaf in leaves),
        classification=_CLASSIFICATION,
        facts=mark_facts(),
        subject=request.subject,
        exported={
            "kind": "subject",
            "size": recorder.size,
            "n_entries": len(leaves),
            "reason": _CLASSIFICATION,
            "includes_policy": False,
            "masking": _UNMASKED,
        },
        says=(_README,),
    )
    _write_private(out, release_file(pack(members), release, signer=signer, audit=recorder))
    return len(leaves)


def _person(request: AccessRequest, actor: str | None) -> bytes:
    who = {"identity": request.identity, "pseudonym": actor, "names": list(request.names)}
    return _dump({"schema": SCHEMA, "masking": _UNMASKED, **who})


def _documents(request: AccessRequest, papers: Papers) -> bytes:
    return _dump({"documents": to_json(list(request.documents)), "files": papers.naming(request.names)})


def _entry(record: PersonRecord, leaf: Leaf) -> bytes:
    texts = {payload.name: _text(payload) for payload in record.payloads([leaf])}
    return _dump({"entry": leaf, "texts": texts})


def _is_generated(leaf: Leaf) -> bool:
    """Tell whether a leaf is that of an answer with a sentence of a model."""
    data = leaf["data"]
    counts = data.get("sentences") if leaf["type"] == EventType.ANALYSIS_COMPLETED and isinstance(data, dict) else None
    return isinstance(counts, dict) and bool(counts.get(SentenceKind.STATEMENT))


def _write_private(out: Path, content: bytes) -> None:
    """Write a file that its owner alone may read; whole or not at all."""
    make_folder(out.parent)
    temporary = out.with_name(out.name + ".tmp")
    temporary.touch(mode=0o600)
    temporary.write_bytes(content)
    temporary.replace(out)


def _named(record: PersonRecord, names: Sequence[str], *, besides: str | None) -> Iterator[dict[str, object]]:
    """Yield the places of other people's texts with what stands around the name; the rest is about others."""
    for found in record.naming(names, besides=besides):
        leaf, text = found.payload.leaf, found.payload.opened.content
        pieces = [text[max(0, start - _AROUND) : end + _AROUND] for start, end in found.spans]
        around = [piece.decode("utf-8", "replace") for piece in pieces]
        yield {"entry": leaf["seq"], "type": leaf["type"], "time": leaf["time"], "around": around}


def _text(payload: HeldPayload) -> str:
    return payload.opened.content.decode("utf-8", "replace")


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()
