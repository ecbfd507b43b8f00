"""Finds the documents a question names, among those the caller may read.

One search over the points that carry names gives candidates; a document is taken when it bears enough of the
names in the question. Which words distinguish is judged among the candidates themselves, so that a family of
near-identical templates is told apart by the one word that differs. A question that names nothing routes nowhere.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.ports import IndexQuery, IndexStore
from averment.pipelines.ingestion.naming import (
    HEAD_CHARS,
    TAIL_CHARS,
    date_term,
    form_term,
    label_term,
    name_text,
)
from averment.pipelines.ingestion.sparse import terms, to_vector
from averment.pipelines.retrieval.question import GENERIC_TERMS, Question

MAX_CANDIDATES: Final = 24
_ENOUGH: Final = 0.55
_TIE: Final = 0.93
_REST: Final = 0.25
_TITLE: Final = 0.2
_TITLE_APART: Final = 0.3
_GENERIC: Final = 0.25
_TYPED: Final = 1.5
_ACRONYM: Final = 0.4
_MAX_NAMED: Final = 24


class TextReader(Protocol):
    """Reads canonical texts by hash."""

    def text(self, text_hash: str) -> str:
        """Return a whole canonical text."""


class DocumentReader(Protocol):
    """Looks documents up; the catalog does."""

    def get_many(self, document_ids: Iterable[str]) -> Mapping[str, DocumentVersion]:
        """Return current versions by document; absent ones are left out."""

    def chunks_by_id(self, chunk_ids: Sequence[str]) -> Mapping[str, ChunkMeta]:
        """Return chunks of current versions by id; absent ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A document found by name.

    `named` are the terms of the question among its names, `borne` those on its first or last page, too;
    `title_share` is how much (0-1) of its title or file name the question says: it tells a contract from its
    amendment. `is_called` says that the whole name of its issuer or of a party is in the question.
    """

    version: DocumentVersion
    score: float
    named: frozenset[str]
    borne: frozenset[str]
    title_share: float
    is_called: bool


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
        documents: Looks up what a hit is called.
        texts: Reads first pages.
    """

    def __init__(self, index: IndexStore, *, documents: DocumentReader, texts: TextReader) -> None:
        self._index = index
        self._documents = documents
        self._texts = texts
        self._head_terms = lru_cache(maxsize=4_096)(self._read_head)

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
            principal=principal, filters=filters, limit=MAX_CANDIDATES, sparse=to_vector(weights), level="document"
        )
        said = frozenset(weights)
        hits = self._index.search(query)
        versions = self._documents.get_many(str(hit.payload["document_id"]) for hit in hits)
        found = []
        for hit in hits:
            version = versions.get(str(hit.payload["document_id"]))
            if version is None or version.text_hash is None:
                continue
            called = _called(name_text(version.title, version.parties, version.issuer, version.source_uri))
            typed = _typed_terms(version)
            other = frozenset(label_term(tag) for tag in version.tags)
            head = self._head_terms(version.text_hash) | other
            found.append(
                Candidate(
                    version=version,
                    score=hit.score,
                    named=frozenset(weights) & (called | typed),
                    borne=frozenset(weights) & (called | typed | head),
                    title_share=max(_said(version.title, said), _said(_stem(version.source_uri), said)),
                    is_called=_is_called(version, said),
                )
            )
        return found

    def _read_head(self, text_hash: str) -> frozenset[str]:
        text = self._texts.text(text_hash)
        return frozenset(terms(text[:HEAD_CHARS])) | frozenset(terms(text[-TAIL_CHARS:]))


@lru_cache(maxsize=8_192)
def _called(names: str) -> frozenset[str]:
    return frozenset(terms(names))


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


def _typed_terms(version: DocumentVersion) -> frozenset[str]:
    """Return form, period and date as typed terms; the period by its first name only, which others would dispute."""
    labels = [label_term(version.period)] if version.period else []
    labels += [form_term(version.form_type)] if version.form_type else []
    labels += [date_term(version.document_date)] if version.document_date else []
    return frozenset(labels)


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
    while remaining and total > 0 and sum(left.values()) > _REST * total:
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


def _is_called(version: DocumentVersion, said: frozenset[str]) -> bool:
    for name in (version.issuer, *version.parties):
        distinctive = frozenset(term for term in _called(name or "") if term not in GENERIC_TERMS and len(term) > 2)
        if distinctive and distinctive <= said:
            return True
    return False


def _stem(uri: str) -> str:
    return name_text("", (), None, uri)


def _said(name: str, said: frozenset[str]) -> float:
    own = _called(name)
    return len(own & said) / len(own) if own else 0.0


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
