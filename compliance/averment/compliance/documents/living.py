"""`averment report check`: whether what runs is still what the documents say.

Every filed document, the newest of its kind and language, is held against the running system by its fingerprints and
against its own evidence, and what processes data against the record of processing activities. What differs is named;
nothing is mended.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from averment.compliance.documents.evidence import EvidenceStore, broken_fields
from averment.compliance.documents.filled import FilledDocument
from averment.compliance.documents.running import PREFIX, RECORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that a document says and that is so no longer; values are short, empty where there is none."""

    document: str
    what: str
    stated: str
    found: str


def mismatches(
    documents: Mapping[str, FilledDocument], *, present: Mapping[str, str], store: EvidenceStore
) -> list[Mismatch]:
    """Compare documents with what runs.

    Args:
        documents: By the name they are reported under.
        present: Fingerprints of what runs now.
        store: Finds the evidence.

    Returns:
        What differs, by document and then by name.
    """
    found: list[Mismatch] = []
    for name, document in documents.items():
        found += _drifted(name, document.fingerprints, present)
        for key, reason in broken_fields(document, store).items():
            found.append(Mismatch(document=name, what=f"evidence of {key}", stated="holds", found=reason))
    return found


def undocumented(documents: Iterable[FilledDocument], running: Mapping[str, str]) -> list[Mismatch]:
    """Name what processes data and stands in no record of processing activities, or otherwise than it runs.

    Args:
        documents: By size of their log, ascending; the newest record counts.
        running: What processes data now, by name.
    """
    records = [document for document in documents if document.kind == RECORD]
    stated = records[-1].fingerprints if records else {}
    return [
        Mismatch(document=RECORD, what=what, stated=stated.get(what, ""), found=found)
        for what, found in running.items()
        if stated.get(what) != found
    ]


def newest(documents: list[FilledDocument]) -> Mapping[str, FilledDocument]:
    """Keep the newest document of each kind, subject and language, under a name made of these.

    Args:
        documents: By size of their log, ascending.
    """
    return {
        " ".join(part for part in (document.kind, document.subject, document.language) if part): document
        for document in documents
    }


def _drifted(name: str, stated: Mapping[str, str], present: Mapping[str, str]) -> Iterator[Mismatch]:
    for what in sorted(name for name in {*stated, *present} if not name.startswith(PREFIX)):
        before, now = stated.get(what, ""), present.get(what, "")
        if before != now:
            yield Mismatch(document=name, what=what, stated=before, found=now)
