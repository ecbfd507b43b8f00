"""What the record holds of a person: their entries, reviews of their answers, and texts of others that name them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.compliance.events import Leaf, decode_leaf
from averment.compliance.index import INDEX_FILE, EntryFilter, EntryIndex
from averment.compliance.keys import SubjectKeys
from averment.compliance.log.reader import LogReader
from averment.compliance.payloads import (
    OpenedPayload,
    PayloadKeys,
    is_of_case,
    open_parts,
    payload_commitments,
    payload_keys,
    payload_path,
    read_payload,
)
from averment.compliance.recorder import PAYLOADS
from averment.core.audit import EventType
from averment.core.erasure import name_pattern

# What reviewers write of an answer is in texts under their own keys.
_REVIEWS: Final = (str(EventType.REVIEW_OPENED), str(EventType.REVIEW_CLOSED))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPayload:
    """A payload that is still there, with what opens it."""

    leaf: Leaf
    name: str
    commitment: str
    keys: PayloadKeys
    opened: OpenedPayload


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingPayload:
    """A payload of somebody else's entry that names a person, at byte spans."""

    payload: HeldPayload
    spans: tuple[tuple[int, int], ...]


class PersonRecord:
    """Reads the record for one person. The log must be sealed before.

    Args:
        evidence_dir: The folder `evidence/`.
        subjects: The keys of subjects.
    """

    def __init__(self, evidence_dir: Path, subjects: SubjectKeys):
        self._evidence_dir = evidence_dir
        self._subjects = subjects

    def entries(self, actor: str) -> list[Leaf]:
        """Return the entries that a pseudonym caused, and those of reviewers about its answers, in order."""
        own = list(self._leaves(EntryFilter(actor=actor)))
        answers = {_answer_id(leaf) for leaf in own if leaf["type"] == EventType.ANALYSIS_STARTED}
        reviews = self._leaves(EntryFilter(types=_REVIEWS)) if answers else ()
        of_others = [leaf for leaf in reviews if leaf["actor"] != actor and _answer_id(leaf) in answers]
        return sorted((*own, *of_others), key=_number)

    def payloads(self, leaves: Sequence[Leaf]) -> Iterator[HeldPayload]:
        """Yield the payloads of entries that are still there and can be opened, in order.

        Raises:
            AuditIntegrityError: One was changed.
        """
        for leaf in leaves:
            for name, commitment in payload_commitments(leaf).items():
                keys = payload_keys(leaf, name, subjects=self._subjects)
                if keys is None or not self.path(commitment).is_file():
                    continue
                opened = open_parts(read_payload(self._evidence_dir / PAYLOADS, commitment), keys)
                yield HeldPayload(leaf=leaf, name=name, commitment=commitment, keys=keys, opened=opened)

    def naming(self, names: Sequence[str], *, besides: str | None = None) -> list[NamingPayload]:
        """Return the payloads that name a person in what is left of them, in order of their entries.

        Args:
            names: Spellings.
            besides: A pseudonym whose entries are left out, but for texts of cases.
        """
        pattern = name_pattern(names)
        if pattern is None:
            return []
        theirs = {_number(leaf) for leaf in self.entries(besides)} if besides is not None else set[int]()
        leaves = [leaf for leaf in self._leaves(EntryFilter()) if _number(leaf) not in theirs or is_of_case(leaf)]
        found = []
        for payload in self.payloads(leaves):
            text = payload.opened.content.decode("utf-8", "surrogateescape")
            spans = tuple((_at(text, hit.start()), _at(text, hit.end())) for hit in pattern.finditer(text))
            if spans:
                found.append(NamingPayload(payload=payload, spans=spans))
        return found

    def path(self, commitment: str) -> Path:
        """Return where a payload lies."""
        return self._evidence_dir / PAYLOADS / payload_path(commitment)

    def _leaves(self, query: EntryFilter) -> Iterator[Leaf]:
        with EntryIndex(self._evidence_dir, path=self._evidence_dir / INDEX_FILE) as index:
            size = index.update()
            found = index.find(query)
        reader = LogReader(self._evidence_dir / "log")
        return (decode_leaf(reader.entry(number, size=size), index=number) for number in found)


def _answer_id(leaf: Leaf) -> object:
    data = leaf["data"]
    return data.get("answer_id") if isinstance(data, dict) else None


def _number(leaf: Leaf) -> int:
    return int(str(leaf["seq"]))


def _at(text: str, place: int) -> int:
    """Return the byte offset of a character."""
    return len(text[:place].encode("utf-8", "surrogateescape"))
