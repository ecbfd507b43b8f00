"""Finds the documents a question names, among those the caller may read.

One search over the points that carry names gives candidates; a document is taken when it bears enough of the
names in the question. Which words distinguish is judged among the candidates themselves, so that a family of
near-identical templates is told apart by the one word that differs. A question that names nothing routes nowhere.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.access import Filters, Principal
from averment.core.documents import DocumentVersion
from averment.core.ports import IndexQuery, IndexStore
from averment.pipelines.ingestion.naming import (
    date_term,
    form_term,
    label_term,
)
from averment.pipelines.ingestion.sparse import term_id, to_vector
from averment.pipelines.retrieval.known import KnownDocuments
from averment.pipelines.retrieval.question import GENERIC_TERMS, Question

MAX_CANDIDATES: Final = 24
_ENOUGH: Final = 0.55
_TIE: Final = 0.93
_REST: Final = 0.25
_LITTLE: Final = 0.05
_TITLE: Final = 0.2
_TITLE_APART: Final = 0.3
_GENERIC: Final = 0.25
_TYPED: Final = 1.5
_ACRONYM: Final = 0.4
_MAX_NAMED: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document found by name.

    `named` are the terms of the question among its names, `borne` those on its first or last page, too;
    `title_share` is how much (0-1) of its title or file name the question says: it tells a contract from its
    amendment. `is_called` says that the whole name of its issuer or of a party is in the question. `title` and `stem`
    are the terms of its title and of its file name.
    """

    version: DocumentVersion
    score: float
    named: frozenset[str]
    borne: frozenset[str]
    title_share: float
    is_called: bool
    title: frozenset[str] = frozenset()
    stem: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Documents the question names, best first, with the share of names each bears; and names nobody bears."""

    documents: tuple[tuple[Candidate, float], ...] = ()
    unmatched: tuple[str, ...] = ()

    @property
    def document_ids(self) -> tuple[str, ...]:
        """Return the ids, best first."""
        return tuple(candidate.version.document_id for candidate, _ in self.documents)

    def borne(self) -> frozenset[str]:
        """Return the terms of the question that the chosen documents bear."""
        return frozenset().union(*(candidate.borne for candidate, _ in self.documents))


class DocumentRouter:
    """Routes questions to documents.

    Args:
        index: Holds the points with names.
        known: What documents are called.
    """

    def __init__(self, index: IndexStore, *, known: KnownDocuments) -> None:
        self._index = index
        self._known = known

    def route(self, question: Question, *, principal: Principal, filters: Filters) -> Route:
        """Find the documents the question names; an empty route means that everything is searched."""
        weights = query_weights(question)
        if not weights or question.want == "list":
            return Route()
        candidates = self._candidates(weights, principal=principal, filters=filters)
        if not candidates:
            return Route(unmatched=_unmatched(question, frozenset()))
        worth = _worth(weights, candidates, optional=question.acronyms)
        chosen = _cover(candidates, worth, is_plural=question.want == "compare")
        chosen = _narrow(chosen, question)
        borne = frozenset().union(*(candidate.borne for candidate in candidates))
        return Route(documents=tuple(chosen[:_MAX_NAMED]), unmatched=_unmatched(question, borne))

    def _candidates(self, weights: Mapping[str, float], *, principal: Principal, filters: Filters) -> list[Candidate]:
        query = IndexQuery(
            principal=principal,
            filters=filters,
            limit=MAX_CANDIDATES,
            sparse=to_vector(weights),
            level="document",
            with_terms=True,
        )
        said = frozenset(weights)
        by_id = {term_id(term): term for term in said}
        hits = self._index.search(query)
        known = self._known.of(hits)
        found = []
        for hit in hits:
            document = known.get(str(hit.payload["document_id"]))
            if document is not None:
                found.append(
                    Candidate(
                        version=document.version,
                        score=hit.score,
                        named=said & document.named,
                        # What a document is called and its first and last page are the terms of its point.
                        borne=frozenset(by_id[number] for number in hit.terms),
                        title_share=max(_said(document.title, said), _said(document.stem, said)),
                        is_called=any(_is_said(party, said) for party in document.parties),
                        title=document.title,
                        stem=document.stem,
                    )
                )
        return found


def query_weights(question: Question) -> dict[str, float]:
    """Return the terms by which documents are looked up; names weigh 1, generic parts of names less."""
    weights: dict[str, float] = {}
    for name in question.names:
        weights[name.term] = max(weights.get(name.term, 0.0), _GENERIC if name.is_generic else 1.0)
    if not any(weight >= 1 for weight in weights.values()) and not question.forms:
        return {}
    weights.update({acronym: _ACRONYM for acronym in question.acronyms if acronym not in weights})
    weights.update({form_term(form): _TYPED for form in question.forms})
    weights.update({label_term(label): _TYPED for label in question.labels})
    weights.update({date_term(date): _TYPED for date in question.dates})
    return weights


def _worth(
    weights: Mapping[str, float], candidates: Sequence[Candidate], *, optional: Collection[str]
) -> dict[str, float]:
    """Say how much each term tells among the candidates: what all of them bear tells little.

    Optional terms tell documents of one family apart by their titles and file names, and count for nothing here.
    """
    n = len(candidates)
    weights = {term: weight for term, weight in weights.items() if term not in optional}
    spread = {term: sum(term in candidate.borne for candidate in candidates) for term in weights}
    told = {term: weight for term, weight in weights.items() if spread[term]}
    # A name nobody bears counts against everybody; a form or period may just not be written that way.
    untold = {term: weight for term, weight in weights.items() if not spread[term]}
    return {term: weight * math.log(1 + (n + 1) / (spread[term] + 0.5)) for term, weight in told.items()} | {
        term: weight for term, weight in untold.items() if not term.startswith("~")
    }


def _cover(
    candidates: Sequence[Candidate], worth: Mapping[str, float], *, is_plural: bool
) -> list[tuple[Candidate, float]]:
    """Choose the documents that bear the names: the best, its equals, then those that bear what is left."""
    total = sum(worth.values())
    chosen: list[tuple[Candidate, float]] = []
    left = dict(worth)
    remaining = list(candidates)
    # A comparison names two at least: the first may bear most of the words that both are called by.
    while (
        remaining and total > 0 and sum(left.values()) > (_LITTLE if is_plural and len(chosen) == 1 else _REST) * total
    ):
        shares = [(_share(candidate, left), candidate) for candidate in remaining]
        best = max(share for share, _ in shares)
        enough = _ENOUGH if not chosen else min(_ENOUGH * sum(left.values()) / total, 0.3 if is_plural else 1.0)
        if best < enough:
            # Other capital words may be what is asked about; a whole name in the question is a name all the same.
            shares = [entry for entry in shares if entry[1].is_called and not chosen]
        equals = _equals(shares, max((share for share, _ in shares), default=0.0))
        if not equals:
            break
        chosen += [(candidate, _share(candidate, worth)) for candidate in equals]
        taken = frozenset().union(*(candidate.borne for candidate in equals))
        left = {term: weight for term, weight in left.items() if term not in taken}
        remaining = [candidate for candidate in remaining if candidate not in equals]
        if not is_plural:
            break
    return chosen


def _equals(shares: Sequence[tuple[float, Candidate]], best: float) -> list[Candidate]:
    """Return the best candidates, best first; one whose title the question says less of gives way to the better."""
    near = sorted((entry for entry in shares if entry[0] >= _TIE * best and entry[1].named), key=lambda e: -e[0])
    titled = near[0][1].title_share - _TITLE_APART if near else 0.0
    return [candidate for _, candidate in near if candidate.title_share >= titled]


def _share(candidate: Candidate, worth: Mapping[str, float]) -> float:
    """Return how much of the names a document bears; one on its first page only counts a little less."""
    total = sum(worth.values())
    held = sum(
        weight * (1.0 if term in candidate.named else 0.85) for term, weight in worth.items() if term in candidate.borne
    )
    return (1 - _TITLE + _TITLE * candidate.title_share) * held / total if total else 0.0


def _is_said(name: frozenset[str], said: frozenset[str]) -> bool:
    distinctive = frozenset(term for term in name if term not in GENERIC_TERMS and len(term) > 2)
    return bool(distinctive) and distinctive <= said


def _said(name: frozenset[str], said: frozenset[str]) -> float:
    return len(name & said) / len(name) if name else 0.0


def _narrow(chosen: list[tuple[Candidate, float]], question: Question) -> list[tuple[Candidate, float]]:
    """Among several documents that fit, keep the latest where the question asks for the latest."""
    dated = [entry for entry in chosen if entry[0].version.document_date]
    if question.is_latest and not question.is_several and len(dated) > 1:
        newest = max(entry[0].version.document_date or "" for entry in dated)
        return [entry for entry in dated if entry[0].version.document_date == newest]
    return chosen


def _unmatched(question: Question, borne: frozenset[str]) -> tuple[str, ...]:
    """Return the distinguishing words of names that no candidate bears, as written."""
    words = [
        question.text[name.start : name.end]
        for name in question.names
        if not name.is_generic and name.term not in borne
    ]
    return tuple(dict.fromkeys(words))


def within(filters: Filters, document_ids: Sequence[str]) -> Filters:
    """Limit filters to documents; the ids were found under the same filters, so this never widens them."""
    return replace(filters, document_id=tuple(document_ids))
