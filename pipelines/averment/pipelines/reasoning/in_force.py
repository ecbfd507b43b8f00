"""What of a question has to do with amendments: which are opened, which sentences are in force, what is shown."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from averment.core.access import Principal
from averment.core.documents import DocumentVersion
from averment.core.structure import PlacedFact
from averment.pipelines.anatomy.changes import Change
from averment.pipelines.reasoning.anchoring import (
    Anchoring,
    Chain,
    ReadStretches,
    asks_of_changes,
    clause_of,
    key_of,
    whole_span,
)
from averment.pipelines.reasoning.chaining import chain_remarks, earlier_quotes
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.following import Follower
from averment.pipelines.reasoning.notices import Remark
from averment.pipelines.reasoning.operative import Amending, Clause, Family, Step
from averment.pipelines.reasoning.planner import QuestionKind
from averment.pipelines.reasoning.precedence import PRECEDENCE, is_attached, winner_of
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.reader import Candidate, Stretch
from averment.pipelines.reasoning.sentences import Span, split


class InForce:
    """Keeps one question to the text in force on a day.

    Args:
        found: What was found for the question; followed documents and chains are added to it.
        on: The day.
        follower: Opens what changes a contract; None follows nothing.
        prepared: What is known of the texts read.
    """

    def __init__(self, found: Findings, *, on: date, follower: Follower | None, prepared: PreparedTexts):
        self.found = found
        self._follower = follower
        self._prepared = prepared
        self.on = on

    def follow(self, question: str, principal: Principal) -> None:
        """Open what changes the sources, unless the question is about a change or the original itself."""
        found = self.found
        if self._follower is not None and found.sources and not asks_of_changes(question):
            found.followed = self._follower.follow(found.sources, principal=principal)
            found.visible |= {source.document.document_id: source.document for source in found.opened}
            if found.followed.n_unread:
                parts = {"count": str(found.followed.n_unread)}
                found.remarks.append(Remark(code="amendments_unread", parts=parts))

    def stretches(self) -> list[Stretch]:
        """Return what to read of the documents that were followed: the changes, or all for a question of yes or no."""
        found = self.found
        known = {source.document.document_id for source in found.sources}
        extra = [source for source in found.opened if source.document.document_id not in known]
        if found.planned.kind is QuestionKind.PRESENCE:
            return [Stretch(source=source) for source in extra]
        return [stretch for source in extra for stretch in found.followed.stretches(source)]

    @property
    def reads_all(self) -> bool:
        """Say whether the documents that were followed are read to their ends."""
        found = self.found
        return len(found.opened) == len(found.sources) or found.planned.kind is QuestionKind.PRESENCE

    def anchor(self, read: ReadStretches, is_strong: Callable[[Candidate], bool]) -> None:
        """Put the sentences in force in the place of those that amendments took out of force."""
        found = self.found
        if found.followed.families:
            anchoring = Anchoring(found.followed, prepared=self._prepared, on=self.on, read=read, is_strong=is_strong)
            anchored = anchoring.anchor(found.candidates)
            found.candidates, found.chains = list(anchored.candidates), anchored.chains
            found.remarks += self._remarks(anchored.coming)
        self._rank([item for item in found.candidates if is_strong(item)])

    def _rank(self, strong: Sequence[Candidate]) -> None:
        """Put first what the contract itself gives precedence over its schedules, or the other way about."""
        papers = {item.source.document.document_id: item.source for item in strong}
        for contract in papers.values() if len(papers) > 1 else ():
            attached = {
                key for key, source in papers.items() if source is not contract and is_attached(source, contract)
            }
            rules = self.sentences(contract, PRECEDENCE) if attached else iter(())
            rule = next(((source, span) for source, span in rules if winner_of(span.text) is not None), None)
            if rule is None:
                continue
            is_agreement = winner_of(rule[1].text) == "agreement"
            winners = {contract.document.document_id} if is_agreement else attached
            best = next(item for item in strong if item.source.document.document_id in winners)
            first = replace(best, score=strong[0].score)
            self.found.candidates = [first, *(item for item in self.found.candidates if item is not best)]
            self.found.precedence = self.sentence_at(rule[0], rule[1].start)
            return

    def contracts(self, sources: Iterable[Source]) -> Iterator[Source]:
        """Yield the contracts that some sources are or change, each once, as what restates them by the day."""
        followed = self.found.followed
        seen: set[str] = set()
        for source in sources:
            family = followed.family(source.document.document_id)
            base = followed.sources[self._present(family)] if family is not None else source
            if base.document.document_id not in seen:
                seen.add(base.document.document_id)
                yield base

    def _present(self, family: Family) -> str:
        """Return the id of the paper that a contract is by the day: the last restatement in force, or the original."""
        restated = [member for member in family.members if member.kind == "restates"]
        in_force = [item.document_id for item in restated if item.effective is None or item.effective <= self.on]
        return in_force[-1] if in_force else family.base_id

    def sentences(self, contract: Source, pattern: re.Pattern[str]) -> Iterator[tuple[Source, Span]]:
        """Yield the sentences in force that match a pattern, of a contract and of what changes it."""
        family = self.found.followed.family(contract.document.document_id)
        for span in self._prepared.sentences(contract).spans:
            if pattern.search(span.text) and (family is None or self._stands(family, contract, span)):
                yield contract, span
        for member in family.members if family is not None else ():
            source = self.found.followed.sources[member.document_id]
            for span in self._spans(source, member):
                if family and pattern.search(span.text) and self._stands(family, source, span):
                    yield source, span

    def _spans(self, source: Source, member: Amending) -> Iterator[Span]:
        """Yield the sentences of an amendment that belong to the contract, as they run on, not as they are laid out."""
        if member.kind == "restates":
            yield from self._prepared.sentences(source).spans
        for change in member.changes:
            start, end = change.new_start, change.new_end
            if start is None or end is None or change.old is not None:
                start, end = change.start, change.end
            yield from split(source.shown[start:end], offset=start)

    def changes(self, contract: Source, places: Sequence[int]) -> list[tuple[Source, Change]]:
        """Return the changes in force of the clauses at some places, and those that name no clause, in their order."""
        family = self.found.followed.family(contract.document.document_id)
        if family is None:
            return []
        found: dict[tuple[str, int], tuple[Source, Change]] = {}
        for place in places:
            for span in self._prepared.sentences(contract).spans:
                if span.start <= place < span.end:
                    for step in family.standing(self._clause(family, contract, span), self.on).steps:
                        if step.change is not None:
                            source = self.found.followed.sources[step.document_id]
                            found[step.document_id, step.change.start] = source, step.change
        for member in family.members:
            is_in_force = member.effective is None or member.effective <= self.on
            for change in member.changes if is_in_force else ():
                if change.label is None:
                    source = self.found.followed.sources[member.document_id]
                    found[member.document_id, change.start] = source, change
        return list(found.values())

    def facts(self, document: DocumentVersion) -> Sequence[PlacedFact]:
        """Return the metadata of a document with their places; none where nothing is known of its anatomy."""
        return self._follower.structure(document).facts if self._follower is not None else ()

    def take(self, source: Source, remark: Remark) -> None:
        """Add a document that the contract takes over to what was found."""
        self.found.followed.sources[source.document.document_id] = source
        self.found.visible[source.document.document_id] = source.document
        self.found.remarks.append(remark)

    def operative_at(self, source: Source, offset: int) -> list[Candidate]:
        """Return the sentence in force for the one at an offset, after the orders that change words of it."""
        own = self.sentence_at(source, offset)
        family = self.found.followed.family(source.document.document_id)
        if own is None or family is None:
            return [own] if own is not None else []
        standing = family.standing(self._clause(family, source, own.span), self.on)
        if standing.state == "not_yet":
            return []
        whole = standing.operative
        found = [self._first_of(step) for step in (*standing.partial, *((whole,) if whole is not None else ()))]
        found += [own] if whole is None else []
        return [item for item in found if item is not None]

    def _first_of(self, step: Step) -> Candidate | None:
        """Return the sentence of a step: the order, or the first one of the text that replaces another."""
        source = self.found.followed.sources[step.document_id]
        change = step.change
        if change is None:
            return None
        is_new = change.kind == "replaces" and change.new_start is not None
        return self.sentence_at(source, change.new_start if is_new and change.new_start is not None else change.start)

    def read_together(self, quoted: Sequence[Candidate]) -> list[Candidate]:
        """Return sentences, and those that they change words of: these are in force with them."""
        chains = [self.found.chains.get(key_of(item)) for item in quoted]
        return [*quoted, *(item for chain in chains if chain and chain.is_partial for item in chain.earlier)]

    def sentence_at(self, source: Source, offset: int) -> Candidate | None:
        """Return the sentence of a source that holds an offset, to be quoted; short new text of an amendment whole."""
        family = self.found.followed.family(source.document.document_id)
        members = [one for one in family.members if one.document_id == source.document.document_id] if family else []
        whole = (whole_span(source, change) for one in members for change in one.changes if change.has_new(offset))
        spans = (span for span in (*whole, *self._prepared.sentences(source).spans) if span is not None)
        for span in spans:
            if any(start <= offset < end for start, end in span.places):
                return Candidate(
                    source=source, span=span, score=1.0, similarity=0.0, lexical=0.0, on_topic=True, holds_kind=True
                )
        return None

    def _stands(self, family: Family, source: Source, span: Span) -> bool:
        return family.standing(self._clause(family, source, span), self.on).state == "stands"

    def _clause(self, family: Family, source: Source, span: Span) -> Clause:
        return clause_of(source, span, family=family, prepared=self._prepared) or Clause(
            document_id=source.document.document_id, labels=(), text=span.text
        )

    def earlier(self, chosen: Sequence[Candidate]) -> list[Candidate]:
        """Return what stood before the sentences in force, to be quoted, and note how these came about."""
        found = self.found
        chains = [(item, found.chains[key_of(item)]) for item in chosen if key_of(item) in found.chains]
        found.remarks += self._remarks([chain for _, chain in chains])
        return earlier_quotes(chains, chosen)

    def _remarks(self, chains: Sequence[Chain]) -> list[Remark]:
        documents = {key: source.document for key, source in self.found.followed.sources.items()}
        return chain_remarks(chains, documents, on=self.on, language=self.found.planned.language)

    def stating(self, best: Candidate) -> str | None:
        """Return what of a sentence states its value: the new words where it replaces some, nothing if it deletes."""
        chain = self.found.chains.get(key_of(best))
        if chain is None or (chain.words is None and not chain.is_deleted):
            return best.span.text
        return None if chain.words is None else best.source.text[slice(*chain.words)]
