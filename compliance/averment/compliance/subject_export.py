"""An access request: everything that the record holds of a person, as a ZIP of JSON; logged before it is written."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from averment.compliance.bundle import pack
from averment.compliance.log.durable import make_folder
from averment.compliance.papers import Papers
from averment.compliance.person_record import HeldPayload, PersonRecord
from averment.compliance.recorder import EvidenceRecorder
from averment.core.audit import AuditEvent, EventType
from averment.core.erasure import NamedDocument
from averment.core.errors import UsageError
from averment.core.jsonable import to_json

SCHEMA: Final = "averment.subject/1"
_AROUND: Final = 200
_README: Final = """\
What is held of one person, from the record of an installation of Averment.

person.json     the name the person is known by, the spellings that were looked for, and the pseudonym that stands for
                them in the record
entries/        what the person did or caused, one file an entry: when, of what kind, under which purpose, and under
                "texts" the words themselves (a question, an answer, the passages shown). An empty "texts" means that
                the entry has none, or that they were deleted
named.json      places in texts of other people that name the person, with what stands around them; the rest of those
                texts is about others and left out
documents.json  documents that name the person and how often ("n_places"), and files kept beside the record. Their text
                is not in here: it may be about others. Ask whoever sent you this for it

It holds personal data, and what stands around a name may name others: hand it to nobody else.
"""


def export_person(
    recorder: EvidenceRecorder,
    identity: str,
    *,
    out: Path,
    names: Sequence[str],
    documents: Sequence[NamedDocument],
    subject: str,
) -> int:
    """Write what is held of a person, and return how many entries there are.

    The archive holds `person.json`, the person's entries with their texts (`entries/<index>.json`), the places of other
    people's texts that name the person with what stands around them (`named.json`), the documents and files that do
    (`documents.json`), and a page that says what is what (`README.txt`).

    Args:
        recorder: The log.
        identity: The principal's subject, or the alias.
        out: The ZIP file.
        names: Spellings, those registered included.
        documents: The documents that name the person.
        subject: Who exports.

    Raises:
        UsageError: Nobody is known by that name, and no spelling is given.
    """
    person = recorder.people.find(identity)
    if person is None and not names:
        raise UsageError(f"nobody is known as {identity!r}", hint="give a spelling: --name 'First Last'")
    recorder.seal()
    papers = Papers(recorder.evidence_dir.parent).naming(names)
    record = PersonRecord(recorder.evidence_dir, recorder.subjects)
    actor = person.actor if person else None
    leaves = record.entries(actor) if actor else []
    recorder.append(_exported(subject, size=recorder.size, n_entries=len(leaves)))
    members = {
        "person.json": _dump({"schema": SCHEMA, "identity": identity, "pseudonym": actor, "names": list(names)}),
        "README.txt": _README.encode(),
        "documents.json": _dump({"documents": to_json(list(documents)), "files": papers}),
        "named.json": _dump({"texts": list(_named(record, names, besides=actor))}),
    }
    for leaf in leaves:
        texts = {payload.name: _text(payload) for payload in record.payloads([leaf])}
        members[f"entries/{leaf['seq']}.json"] = _dump({"entry": leaf, "texts": texts})
    _write_private(out, pack(members))
    return len(leaves)


def _exported(subject: str, *, size: int, n_entries: int) -> AuditEvent:
    return AuditEvent(
        type=EventType.ACCESS_EXPORTED,
        subject=subject,
        data={
            "kind": "subject",
            "size": size,
            "n_entries": n_entries,
            "reason": "access-request",
            "includes_policy": False,
        },
    )


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
