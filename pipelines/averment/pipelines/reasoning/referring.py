"""Offers what a quoted sentence rests on: definitions, sections, and papers that it takes over, as further quotations.

Other papers are looked for among the documents that the caller may read; where none is the one that is meant, a notice
says so. At most two quotations are added.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.access import Principal
from averment.core.documents import DocumentVersion
from averment.pipelines.anatomy.terms import find_terms
from averment.pipelines.reasoning.anchoring import Key, key_of
from averment.pipelines.reasoning.chaining import named, part_name
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.findings import Retriever
from averment.pipelines.reasoning.following import Follower
from averment.pipelines.reasoning.in_force import InForce
from averment.pipelines.reasoning.notices import Remark
from averment.pipelines.reasoning.precedence import names
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch
from averment.pipelines.reasoning.references_made import (
    Elsewhere,
    PartNamed,
    deciding_terms,
    defined_elsewhere,
    parts_named,
)

MAX_ADDED: Final = 2
LOOKED_AT: Final = 12
_TITLE_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Referring:
    """Follows the references of the sentences quoted for one question.

    Args:
        in_force: Knows which text is in force; what is opened is added to what was found.
        follower: Opens documents; None follows nothing.
        principal: Who asks; only documents that they may read are opened.
        retriever: Finds other papers.
        reader: Finds the sentence of a paper that bears on the question.
    """

    in_force: InForce
    follower: Follower | None
    principal: Principal
    retriever: Retriever
    reader: Reader

    def further(self, quoted: Sequence[Candidate], interest: Interest) -> list[Candidate]:
        """Return what the first sentence quoted rests on, none that is quoted already; notes what cannot be had."""
        found: dict[Key, Candidate] = {}
        taken = {key_of(item) for item in quoted}
        follower = self.follower
        if follower is None:
            return []
        rule = self.in_force.found.precedence
        if rule is not None and quoted and key_of(rule) not in taken:
            found[key_of(rule)] = rule
            self.in_force.found.remarks.append(Remark(code="precedence", parts={}))
        for best in self.in_force.read_together(quoted[:1]):
            for item in self._of(best, interest, follower):
                if key_of(item) not in taken and len(found) < MAX_ADDED:
                    found.setdefault(key_of(item), item)
        if any(item is not rule for item in found.values()):
            self.in_force.found.remarks.append(Remark(code="rests_on", parts={}))
        return list(found.values())

    def _of(self, best: Candidate, interest: Interest, follower: Follower) -> Iterator[Candidate]:
        sentence = " ".join(best.span.text.split())
        contract = next(self.in_force.contracts([best.source]))
        for source in dict.fromkeys((best.source, contract)):
            terms = follower.structure(source.document).terms
            for term in deciding_terms(sentence, terms, text=source.shown, wants_day=interest.kind == "date"):
                yield from self.in_force.operative_at(source, term.start)
        for part in parts_named(sentence):
            yield from self._part(part, contract, interest)
        elsewhere = defined_elsewhere(sentence)
        if elsewhere is not None:
            yield from self._elsewhere(elsewhere, contract)

    def _part(self, part: PartNamed, contract: Source, interest: Interest) -> Iterator[Candidate]:
        own = self.reader.prepared.numbering(contract).find(part.label)
        if own is not None and not part.is_attached:
            yield from self.in_force.operative_at(contract, own.start)
        elif own is not None:
            yield from self._bearing(Stretch(source=contract, start=own.start, end=own.end), interest)
        elif part.is_attached:
            yield from self._attached(part, contract, interest)

    def _attached(self, part: PartNamed, contract: Source, interest: Interest) -> Iterator[Candidate]:
        """Follow a schedule that is a document of its own, or note that there is none."""
        family, _, number = part.label.partition(" ")
        pattern = re.compile(rf"\b{family}\s+{re.escape(number)}(?!\w)", re.I)
        shown = part_name(part.label, self.in_force.found.planned.language)
        for source in self._papers(f"{part.label} {contract.document.title}", contract):
            if pattern.search(f"{source.document.title} {source.shown[:_TITLE_CHARS]}") and names(source, contract):
                remark = Remark(code="followed", parts={"part": shown, "document": named(source.document.title)})
                self.in_force.take(source, remark)
                yield from self._bearing(Stretch(source=source), interest)
                return
        self.in_force.found.remarks.append(Remark(code="not_available", parts={"part": shown}))

    def _elsewhere(self, wanted: Elsewhere, contract: Source) -> Iterator[Candidate]:
        """Follow a term to the paper that defines it, or note that there is none."""
        title = " ".join(wanted.title.lower().split())
        if title in " ".join(contract.document.title.lower().split()):
            return
        for source in self._papers(f"{wanted.title} {wanted.term}", contract):
            if title in " ".join(source.document.title.lower().split()) and _shares_party(
                source.document, contract.document
            ):
                self.in_force.take(
                    source,
                    Remark(code="followed", parts={"part": wanted.title, "document": named(source.document.title)}),
                )
                term = next((item for item in find_terms(source.shown) if item.term == wanted.term), None)
                yield from self.in_force.operative_at(source, term.start) if term is not None else ()
                return
        self.in_force.found.remarks.append(Remark(code="not_available", parts={"part": named(wanted.title)}))

    def _bearing(self, stretch: Stretch, interest: Interest) -> list[Candidate]:
        """Return the sentence of a schedule that bears most on the question."""
        candidates, model_s = self.reader.read(interest, [stretch])
        self.in_force.found.model_s += model_s
        return candidates[:1]

    def _papers(self, query: str, contract: Source) -> Iterator[Source]:
        """Open the documents found for a query that the caller may read, the contract's own family left out."""
        found = self.retriever.retrieve(query, principal=self.principal, top_k=LOOKED_AT)
        family = self.in_force.found.followed.family(contract.document.document_id)
        own = {contract.document.document_id, *(member.document_id for member in (family.members if family else ()))}
        for identity in dict.fromkeys(passage.document_id for passage in found.passages):
            source = self.follower.open(identity) if self.follower is not None and identity not in own else None
            if source is not None:
                yield source


def _shares_party(document: DocumentVersion, other: DocumentVersion) -> bool:
    return bool({name.lower() for name in document.parties} & {name.lower() for name in other.parties})
