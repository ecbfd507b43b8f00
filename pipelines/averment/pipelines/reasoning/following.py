"""Follows a contract to the documents that change it, as far as the caller may read them.

What the caller may not read is not opened and not counted; that it is there shows nowhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

from averment.core.access import Principal
from averment.core.documents import DocumentVersion
from averment.core.ports import CatalogReader
from averment.core.structure import AmendmentKind, AmendmentLink, DocumentStructure
from averment.pipelines.anatomy.amendments import is_of
from averment.pipelines.reasoning.evidence import Source, TextReader
from averment.pipelines.reasoning.operative import Amending, Family, make_family
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.reader import Stretch

MAX_AMENDMENTS: Final = 24
_CHANGING: Final[frozenset[AmendmentKind]] = frozenset({"amends", "supplements"})


class Anatomy(Protocol):
    """How documents are built and which of them change which, as a caller may know it."""

    def amendment_links(self, document_id: str, *, principal: Principal) -> Sequence[AmendmentLink]:
        """Return what a document changes and what changes it, among documents that the principal may read."""

    def anatomy(self, document: DocumentVersion) -> DocumentStructure:
        """Return the metadata, sections, terms and references of a document's text."""


@dataclass(slots=True, kw_only=True)
class Followed:
    """The families of the documents read, by document, and the sources that were opened for them."""

    families: dict[str, Family] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    n_unread: int = 0

    def family(self, document_id: str) -> Family | None:
        """Return the family of a document that changes another one or is changed."""
        return self.families.get(document_id)

    def stretches(self, source: Source) -> list[Stretch]:
        """Return what of a followed document is part of the contract: its changes, or all of the contract itself."""
        identity = source.document.document_id
        family = self.families.get(identity)
        members = family.members if family is not None else ()
        member = next((member for member in members if member.document_id == identity), None)
        if member is None or member.kind == "restates":
            return [Stretch(source=source)]
        places = {(change.start, change.end) for change in member.changes}
        places |= {
            (c.new_start, c.new_end) for c in member.changes if c.new_start is not None and c.new_end is not None
        }
        return [Stretch(source=source, start=start, end=end) for start, end in sorted(places)]


class Follower:
    """Opens what changes a contract.

    Args:
        anatomy: Knows the links.
        catalog: Knows the documents.
        texts: Holds their texts.
        prepared: Reads and keeps what amendments change.
    """

    def __init__(self, anatomy: Anatomy, *, catalog: CatalogReader, texts: TextReader, prepared: PreparedTexts):
        self._anatomy = anatomy
        self._catalog = catalog
        self._texts = texts
        self._prepared = prepared

    def structure(self, document: DocumentVersion) -> DocumentStructure:
        """Return the metadata, terms and references of a document's text."""
        return self._anatomy.anatomy(document)

    def open(self, document_id: str) -> Source | None:
        """Open a document that was found for the caller; None where it has no text."""
        return self._opened(document_id, {})

    def follow(self, sources: Sequence[Source], *, principal: Principal) -> Followed:
        """Return the families of some sources, with every document of them opened.

        Args:
            sources: What was read.
            principal: Who asks; only documents that they may read are followed.
        """
        found = Followed(sources={source.document.document_id: source for source in sources})
        links = {
            source.document.document_id: self._anatomy.amendment_links(source.document.document_id, principal=principal)
            for source in sources
            if source.document.kind == "contract"
        }
        bases = list(dict.fromkeys(base for own in links.items() for base in _bases(*own)))
        for base_id in bases:  # grows by the restatements that are met
            known = links.get(base_id)
            if known is None:
                known = self._anatomy.amendment_links(base_id, principal=principal)
            family = self._family(base_id, known, found)
            if family is None:
                continue
            restated = [member.document_id for member in family.members if member.kind == "restates"]
            bases.extend(one for one in restated if one not in bases)
            members = {member.document_id: family for member in family.members}
            # A restatement that was amended itself has a family of its own, in whatever order they are met.
            heads = {key for key, one in found.families.items() if one.base_id == key}
            found.families |= {key: one for key, one in members.items() if key not in heads} | {base_id: family}
        return found

    def _family(self, base_id: str, links: Iterable[AmendmentLink], found: Followed) -> Family | None:
        changing = {link.other_id: link for link in links if link.direction == "changed_by" and link.other_id}
        if not changing or self._opened(base_id, found.sources) is None:
            return None
        newest = sorted(changing.items(), key=lambda item: item[1].amendment.effective_date or "9999", reverse=True)
        found.n_unread += max(0, len(newest) - MAX_AMENDMENTS)
        base = found.sources[base_id].document.title
        read = newest[:MAX_AMENDMENTS]
        members = [self._member(identity, link, base=base, sources=found.sources) for identity, link in read]
        return make_family(base_id, [member for member in members if member is not None])

    def _member(self, identity: str, link: AmendmentLink, *, base: str, sources: dict[str, Source]) -> Amending | None:
        """Return a document with what it changes in the contract of a title; it may change others as well."""
        source = self._opened(identity, sources)
        if source is None:
            return None
        amendment = link.amendment
        day = amendment.effective_date or source.document.document_date
        found = self._prepared.changes(source) if amendment.kind in _CHANGING else ()
        return Amending(
            document_id=identity,
            kind=amendment.kind,
            effective=date.fromisoformat(day) if day else None,
            changes=tuple(change for change in found if is_of(change.paper, (amendment.title, base))),
        )

    def _opened(self, identity: str, sources: dict[str, Source]) -> Source | None:
        if identity not in sources:
            document = self._catalog.get(identity)
            if document is None or document.text_hash is None:
                return None
            layout = self._texts.layout(document.text_hash, document_id=identity)
            sources[identity] = Source(document, text=self._texts.text(document.text_hash), layout=layout)
        return sources[identity]


def _bases(identity: str, links: Sequence[AmendmentLink]) -> Iterator[str]:
    """Yield the contracts whose families a document belongs to: what it changes, and itself where it is changed."""
    yield from (link.other_id for link in links if link.direction == "changes" and link.other_id)
    if any(link.direction == "changed_by" for link in links):
        yield identity
