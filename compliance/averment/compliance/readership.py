"""Who could see the documents behind an answer, when it was given and now, from the entries of the log.

Labels are in `ingest.document.parsed` and `ingest.document.relabelled`, groups as digests keyed by the log; whoever
knows a group's name can tell its digest. Who acted with which groups is in `analysis.started` and `search.executed`.
Who was a member of a group without using the system is nowhere in the log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.compliance.events import Leaf
from averment.compliance.oversight.record import OversightRecord
from averment.core.audit import EventType

LABELS: Final = (EventType.DOCUMENT_INGESTED, EventType.DOCUMENT_RELABELLED)
USES: Final = (EventType.ANALYSIS_STARTED, EventType.SEARCH_EXECUTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Who may read a document from an entry on.

    `groups` are names where they are known, else digests; `n_groups` is more where the entry does not list all.
    """

    entry: int
    time: str
    groups: tuple[str, ...]
    n_groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReaders:
    """Who could read a document then and now; None where the log does not say (documents of older versions)."""

    document_id: str
    then: Label | None
    now: Label | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReader:
    """Somebody who used the system as one of the groups that could read one of the documents.

    `who` is a name where it is known, else the pseudonym; `then` and `now` tell by which labels their groups count.
    """

    who: str
    groups: tuple[str, ...]
    then: bool
    now: bool
    last_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readership:
    """Who could see what an answer rests on; `entry` is that of its start."""

    answer_id: str
    entry: int
    asked_at: str
    documents: tuple[DocumentReaders, ...]
    seen: tuple[SeenReader, ...]


def who_could_see(
    record: OversightRecord, answer_id: str, *, subject: str, groups: Iterable[str], subjects: Iterable[str]
) -> Readership:
    """Return who could see the documents that an answer cites; that its record is read is logged first.

    Args:
        record: The log.
        answer_id: The answer.
        subject: Who asks; pseudonymised in the log.
        groups: Names of groups that may stand behind digests.
        subjects: Names of principals that may stand behind pseudonyms.

    Raises:
        UsageError: There is no such answer.
        StoreError: Its texts were erased.
    """
    found, analysis = record.open_found(answer_id, subject=subject, reason="who-could-see")
    asked_as = analysis.request.get("groups")
    known = {record.keyed(name): name for name in (*groups, *_texts(asked_as))}
    people = {pseudonym: name for name in sorted(set(subjects)) if (pseudonym := record.pseudonym(name))}
    start = int(str(found.started["seq"]))
    documents = tuple(
        document_readers(record.leaves(LABELS, document_id=identity), identity, entry=start, names=known)
        for identity in cited_documents(analysis.answer)
    )
    return Readership(
        answer_id=answer_id,
        entry=start,
        asked_at=str(found.started["time"]),
        documents=documents,
        seen=seen_readers(record.leaves(USES), documents, entry=start, groups=known, people=people),
    )


def cited_documents(answer: Mapping[str, object]) -> list[str]:
    """Return the ids of the documents that a recorded answer cites, operands of calculations too, each once."""
    return list(dict.fromkeys(_ids(answer.get("claims"))))


def document_readers(
    leaves: Iterable[Leaf], document_id: str, *, entry: int, names: Mapping[str, str]
) -> DocumentReaders:
    """Return who could read a document before an entry and who can now, from the entries about it in order."""
    labels = [label for leaf in leaves if (label := _label(leaf, names)) is not None]
    earlier = [label for label in labels if label.entry < entry]
    return DocumentReaders(
        document_id=document_id, then=earlier[-1] if earlier else None, now=labels[-1] if labels else None
    )


def seen_readers(
    leaves: Iterable[Leaf],
    documents: Sequence[DocumentReaders],
    *,
    entry: int,
    groups: Mapping[str, str],
    people: Mapping[str, str],
) -> tuple[SeenReader, ...]:
    """Return whose recorded uses had a group that could read one of the documents, by name.

    Somebody counts for `then` by what they used before the entry, or at it, and for `now` by all they ever used.
    """
    then = {group for one in documents if one.then for group in one.then.groups}
    now = {group for one in documents if one.now for group in one.now.groups}
    found: dict[str, SeenReader] = {}
    for leaf in leaves:
        data = leaf["data"]
        held = {groups.get(digest, digest) for digest in _texts(data.get("groups") if isinstance(data, dict) else None)}
        if not held & (then | now):
            continue
        who = people.get(str(leaf["actor"]), str(leaf["actor"]))
        before = found.get(who)
        was_then = int(str(leaf["seq"])) <= entry and bool(held & then)
        found[who] = SeenReader(
            who=who,
            groups=tuple(sorted({*(before.groups if before else ()), *(held & (then | now))})),
            then=was_then or (before is not None and before.then),
            now=bool(held & now) or (before is not None and before.now),
            last_seen=str(leaf["time"]),
        )
    return tuple(found[who] for who in sorted(found))


def _label(leaf: Leaf, names: Mapping[str, str]) -> Label | None:
    data = leaf["data"]
    if not isinstance(data, dict) or "readers" not in data:
        return None
    groups = tuple(sorted(names.get(digest, digest) for digest in _texts(data["readers"])))
    return Label(
        entry=int(str(leaf["seq"])), time=str(leaf["time"]), groups=groups, n_groups=int(str(data["n_readers"]))
    )


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("document_id"), str):
            yield str(value["document_id"])
        for member in value.values():
            yield from _ids(member)
    elif isinstance(value, list):
        for member in value:
            yield from _ids(member)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
