"""Puts the sentences in force in the place of those that an amendment took out of force.

A sentence of a clause that was replaced gives way to the best sentence of the text that replaced it, a deleted one to
the sentence that deletes it; what changes words of a clause stands before it. Sentences of amendments that are not in
force on the day leave. The clauses before are kept as a chain, to be shown with the answer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from averment.pipelines.anatomy.changes import Change
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.following import Followed
from averment.pipelines.reasoning.operative import Clause, Family, Standing, Step
from averment.pipelines.reasoning.prepared import PreparedTexts
from averment.pipelines.reasoning.reader import Candidate, Stretch
from averment.pipelines.reasoning.sentences import Span, trimmed

_ABOUT_CHANGES: Final = re.compile(
    r"\b(?:amendment|nachtrags?|änderungsvereinbarung|addendum|original(?:ly)?|ursprünglich\w*)\b(?!s)", re.I
)
MAX_WHOLE_CHARS: Final = 700
ReadStretches = Callable[[Sequence[Stretch]], Sequence[Candidate]]
Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """How the text in force came about: the sentences before it, oldest first, and the steps that led to it.

    `labels` are those of the clause, the innermost last. `words` are the words that state the value, as offsets into
    the document: the new ones of a sentence that replaces some. The sentence may delete the clause, or change words.
    """

    base_id: str
    labels: tuple[str, ...]
    earlier: tuple[Candidate, ...] = ()
    steps: tuple[Step, ...] = ()
    later: tuple[Step, ...] = ()
    words: tuple[int, int] | None = None
    is_deleted: bool = False
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """The sentences in force, best first, and the chains of those that amendments bear on, by document and place.

    `coming` are the chains of sentences that would answer and are not in force yet.
    """

    candidates: tuple[Candidate, ...]
    chains: dict[Key, Chain]
    coming: list[Chain] = field(default_factory=list)


def asks_of_changes(question: str) -> bool:
    """Say whether a question is about an amendment or the original itself, and not about what is in force."""
    return _ABOUT_CHANGES.search(question) is not None


def key_of(candidate: Candidate) -> Key:
    """Return what identifies a sentence among those of the documents read."""
    return candidate.source.document.document_id, candidate.span.start


class Anchoring:
    """Anchors the sentences of one question.

    Args:
        followed: The families of the documents read.
        prepared: Outlines and changes of texts.
        on: The day.
        read: Scores the sentences of stretches for the question.
        is_strong: Says whether a sentence is good enough to be an answer.
    """

    def __init__(
        self,
        followed: Followed,
        *,
        prepared: PreparedTexts,
        on: date,
        read: ReadStretches,
        is_strong: Callable[[Candidate], bool],
    ):
        self._followed = followed
        self._prepared = prepared
        self._on = on
        self._read = read
        self._is_strong = is_strong

    def anchor(self, candidates: Sequence[Candidate]) -> Anchored:
        """Return the candidates in force, best first; those that no amendment bears on are as they were."""
        found = Anchored(candidates=(), chains={})
        kept: dict[Key, Candidate] = {}
        for candidate in candidates:
            family = self._followed.family(candidate.source.document.document_id)
            standing = [(candidate, None)] if family is None else self._standing(candidate, family)
            if family is not None and not standing and self._is_strong(candidate):
                found.coming.extend(self._coming(candidate, family))
            for one, chain in standing:
                known = kept.get(key_of(one))
                if known is None or one.score > known.score:
                    kept[key_of(one)] = one
                if chain is not None:
                    found.chains[key_of(one)] = self._merged(found.chains.get(key_of(one)), chain)
        self._prefer_changes(kept, found.chains)
        ordered = sorted(kept.values(), key=lambda item: (-item.score, key_of(item) not in found.chains))
        return replace(found, candidates=tuple(ordered))

    def _standing(self, candidate: Candidate, family: Family) -> Sequence[tuple[Candidate, Chain | None]]:
        """Return what stands in a sentence's place: itself, what replaced it, what changes words of it, or nothing."""
        clause = clause_of(candidate.source, candidate.span, family=family, prepared=self._prepared)
        if clause is None:
            return [(candidate, None)]
        standing = family.standing(clause, self._on)
        if standing.state == "not_yet":
            return []
        if not self._is_strong(candidate):
            return [(candidate, None)] if standing.state == "stands" else []
        steps = (*_own_step(clause, family), *standing.steps)
        chain = Chain(
            base_id=family.base_id,
            labels=clause.labels,
            earlier=self._original(clause, family),
            steps=steps,
            later=standing.later,
            is_partial=clause.change is not None and clause.change.kind == "amends",
        )
        return self._anchored(candidate, standing, chain)

    def _coming(self, candidate: Candidate, family: Family) -> list[Chain]:
        clause = clause_of(candidate.source, candidate.span, family=family, prepared=self._prepared)
        standing = family.standing(clause, self._on) if clause is not None else None
        if clause is None or standing is None or standing.state != "not_yet":
            return []
        return [Chain(base_id=family.base_id, labels=clause.labels, later=standing.later)]

    def _anchored(
        self, candidate: Candidate, standing: Standing, chain: Chain
    ) -> Sequence[tuple[Candidate, Chain | None]]:
        whole = standing.operative
        found: list[tuple[Candidate, Chain | None]] = []
        if whole is None:
            own = chain.steps[0].change if chain.steps and chain.steps[0] not in standing.steps else None
            has_chain = bool(chain.steps or chain.later)
            found.append(_whole(candidate, own, chain) if has_chain else (candidate, None))
        else:
            between = [step for step in standing.steps if step.is_whole and step is not whole]
            earlier = [self._best(step, candidate, is_order=False) for step in between]
            before = (*chain.earlier, candidate, *(item for item in earlier if item is not None))
            is_deleted = standing.state == "deleted"
            best = self._best(whole, candidate, is_order=is_deleted)
            restated = self._followed.family(whole.document_id) if whole.change is None else None
            if best is not None and restated is not None and restated.base_id == whole.document_id:
                return [(one, self._merged(chain, after or chain)) for one, after in self._standing(best, restated)]
            if best is not None:
                found.append(_whole(best, whole.change, replace(chain, earlier=before, is_deleted=is_deleted)))
        for step in standing.partial:
            order = self._best(step, candidate, is_order=True)
            if order is not None and step.change is not None:
                before = (*chain.earlier, *(one for one, _ in found[:1]))
                found.insert(0, (order, replace(chain, earlier=before, words=_words(step.change), is_partial=True)))
        return found

    def _original(self, clause: Clause, family: Family) -> tuple[Candidate, ...]:
        """Return the best sentence of the original clause that a sentence of an amendment takes the place of."""
        base = self._followed.sources.get(family.base_id)
        if clause.change is None or clause.change.kind == "adds" or clause.change.label is None or base is None:
            return ()
        part = self._prepared.numbering(base).find(clause.change.label)
        if part is None:
            return ()
        found = self._read([Stretch(source=base, start=part.start, end=part.end)])
        if clause.change.kind == "amends":
            found = [item for item in found if clause.change.touches(item.span.text)]
        return (max(found, key=lambda item: (item.holds_kind, item.score)),) if found else ()

    def _prefer_changes(self, kept: dict[Key, Candidate], chains: dict[Key, Chain]) -> None:
        """Let a change that names no part ("the term is hereby extended") stand before the sentence it bears on."""
        for key, candidate in list(kept.items()):
            family = self._followed.family(key[0])
            if family is None:
                continue
            clause = clause_of(candidate.source, candidate.span, family=family, prepared=self._prepared)
            if clause is None or clause.change is None or clause.change.label is not None:
                continue
            others = [item for item in kept.values() if key_of(item) != key and self._is_strong(item)]
            base = next((item for item in others if key_of(item)[0] == family.base_id), None)
            if base is not None and self._is_strong(candidate):
                kept[key] = replace(candidate, score=max(candidate.score, base.score))
                chain = Chain(base_id=family.base_id, labels=(), steps=_own_step(clause, family), earlier=(base,))
                chains[key] = self._merged(chains.get(key), chain)

    def _best(self, step: Step, instead_of: Candidate, *, is_order: bool) -> Candidate | None:
        """Return the best sentence of a step, which counts for as much as the sentence it takes the place of."""
        source = self._followed.sources.get(step.document_id)
        found = self._read([_stretch(source, step.change, is_order=is_order)]) if source is not None else ()
        if not found:
            return None
        best = max(found, key=lambda item: (item.holds_kind and not is_order, item.score))
        return replace(
            best,
            score=max(best.score, instead_of.score),
            lexical=max(best.lexical, instead_of.lexical),
            on_topic=best.on_topic or instead_of.on_topic,
            holds_kind=best.holds_kind or (is_order and instead_of.holds_kind),
        )

    def _merged(self, known: Chain | None, chain: Chain) -> Chain:
        """Put two chains of one sentence together: it may stand in the place of several. A document is shown once."""
        both = (*(known.earlier if known else ()), *chain.earlier)
        order = [chain.base_id, *(step.document_id for step in chain.steps)]
        earlier: dict[str, Candidate] = {}
        for item in both:
            earlier.setdefault(key_of(item)[0], item)
        shown = sorted(
            earlier.values(), key=lambda item: order.index(key_of(item)[0]) if key_of(item)[0] in order else 0
        )
        longest = max(known or chain, chain, key=lambda item: len(item.steps))
        words = (known.words if known else None) or chain.words
        is_partial = chain.is_partial or (known is not None and known.is_partial)
        return replace(longest, earlier=tuple(shown), words=words, is_partial=is_partial)


def clause_of(source: Source, span: Span, *, family: Family, prepared: PreparedTexts) -> Clause | None:
    """Return the clause of a sentence; None for words of an amendment that change nothing."""
    identity = source.document.document_id
    member = next((member for member in family.members if member.document_id == identity), None)
    if member is None or member.kind == "restates":
        parts = prepared.numbering(source).at(span.start)
        labels = tuple(part.label for part in parts if not part.within)
        return Clause(document_id=identity, labels=labels, text=span.text)
    change = next((change for change in member.changes if change.covers(span.start)), None)
    if change is None:
        return None
    labels = (change.label,) if change.label else ()
    return Clause(document_id=identity, labels=labels, text=span.text, change=change)


def whole_span(source: Source, change: Change) -> Span | None:
    """Return the new text of a change as one sentence, where it is short: a layout may have cut it up."""
    if change.new_start is None or change.new_end is None or change.old is not None:
        return None
    start, end = trimmed(source.shown, (change.new_start, change.new_end))
    text = source.text[start:end]
    if len(text) > MAX_WHOLE_CHARS or "\f" in text or text != source.shown[start:end]:
        return None
    return Span(start=start, end=end, text=text)


def _whole(candidate: Candidate, change: Change | None, chain: Chain) -> tuple[Candidate, Chain]:
    """Widen a sentence to the new text that it belongs to; the sentence itself still states the value."""
    own = candidate.span
    span = whole_span(candidate.source, change) if change is not None else None
    if span is None or own.start < span.start or span.end < own.end:
        return candidate, chain
    return replace(candidate, span=replace(span, heading=own.heading)), replace(chain, words=(own.start, own.end))


def _own_step(clause: Clause, family: Family) -> tuple[Step, ...]:
    member = next((member for member in family.members if member.document_id == clause.document_id), None)
    if member is None:
        return ()
    own = clause.change.effective_date if clause.change else None
    day = date.fromisoformat(own) if own else member.effective
    return (Step(document_id=member.document_id, effective=day, change=clause.change),)


def _stretch(source: Source, change: Change | None, *, is_order: bool) -> Stretch:
    if change is None:
        return Stretch(source=source)
    if is_order or change.new_start is None or change.new_end is None:
        return Stretch(source=source, start=change.start, end=change.end)
    return Stretch(source=source, start=change.new_start, end=change.new_end)


def _words(change: Change) -> tuple[int, int] | None:
    if change.old is None or change.new_start is None or change.new_end is None:
        return None
    return change.new_start, change.new_end
