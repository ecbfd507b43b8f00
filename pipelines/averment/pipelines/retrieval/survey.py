"""Questions about many documents: each document of the filtered set is searched by itself, and coverage is counted.

A list must not depend on which documents happen to rank high in one search. Up to `MAX_SURVEYED` documents are each
searched for each part of the question, many in one request; their best passages are read for sentences that meet what
is demanded (`averment.pipelines.retrieval.demands`), and documents are ranked by the part they meet least. Of a larger
set the documents that one wide search ranks first are looked at, and the survey says that it is not exhaustive. So it
does of passages: in sets of more than `MAX_READ_FULLY` documents fewer of each are read.

The engine's own grouping by document is not used: it fills groups from one ranking and leaves out whole documents when
that ends, which is what a survey is there to avoid.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.documents import DocumentVersion
from averment.core.interpretation import SurveyCoverage, SurveyedDocument
from averment.core.ports import IndexHit, IndexQuery, SearchIndex
from averment.pipelines.ingestion.visibility import LaidTexts, read_shown_text
from averment.pipelines.retrieval.demands import Demand, names_of, own_date, sentences
from averment.pipelines.retrieval.passages import PassageTexts, Ranked
from averment.pipelines.retrieval.routing import within

MAX_SURVEYED: Final = 4_096
MAX_READ_FULLY: Final = 512
# Passages of a document that are read for one part of the question: in small sets, and in large ones.
READ_PER_DOCUMENT: Final = 16
READ_PER_DOCUMENT_OF_MANY: Final = 4
# Documents that are searched in one request.
_AT_A_TIME: Final = 64
_WIDE: Final = 2_000
# A sentence that meets the demand tells more than any likeness of words, which is some standard deviations at most.
_MET: Final = 8.0


class SurveyCatalog(Protocol):
    """Which documents there are to survey; the catalog tells."""

    def visible(self, principal: Principal, filters: Filters) -> list[DocumentVersion]:
        """Return the ready documents the principal may read that pass the filters, by id."""

    def count_visible(self, principal: Principal, filters: Filters) -> int:
        """Count the documents `visible` would return."""


class SurveyTexts(PassageTexts, LaidTexts, Protocol):
    """Reads whole texts and spans of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPart:
    """One part of the question: how it is searched and what it demands."""

    query: IndexQuery
    demand: Demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a survey found: hits, best document first, and what was looked at."""

    ranked: tuple[Ranked, ...]
    coverage: SurveyCoverage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one part of the question found in one document; `likeness` is the score of its best hit.

    `n_met` sentences meet the demand; the first one of the best hit stands at `anchor`.
    """

    hits: tuple[IndexHit, ...]
    likeness: float
    n_met: int
    anchor: tuple[int, int] | None


class Surveyor:
    """Surveys documents.

    Args:
        index: The search index.
        catalog: Tells which documents there are.
        texts: Canonical texts.
        limit: How many documents are looked at, one by one.
    """

    def __init__(
        self, index: SearchIndex, *, catalog: SurveyCatalog, texts: SurveyTexts, limit: int = MAX_SURVEYED
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._texts = texts
        self._limit = limit

    def survey(self, parts: Sequence[SurveyPart], *, top_k: int) -> Survey:
        """Search every document in scope for every part; nothing the principal of the queries may not read.

        Args:
            parts: The parts of the question, at least one, for one principal and under the same filters.
            top_k: At most so many hits come back.
        """
        principal, filters = parts[0].query.principal, parts[0].query.filters
        in_scope = self._catalog.count_visible(principal, filters)
        chosen = filters if in_scope <= self._limit else within(filters, self._foremost(parts))
        documents = {version.document_id: version for version in self._catalog.visible(principal, chosen)}
        looks = self._looks(documents, parts)
        scores = _scores(list(looks.values()), parts)
        order = sorted(zip(scores, looks, strict=True), key=lambda entry: (-entry[0], entry[1]))
        met = _met(looks, parts)
        return Survey(
            ranked=tuple(_hits([(score, looks[document_id]) for score, document_id in order], top_k)),
            coverage=SurveyCoverage(
                documents_in_scope=in_scope,
                documents_looked_at=len(documents),
                documents_matched=None if met is None else len(met),
                is_exhaustive=len(documents) == in_scope,
                passages_read=sum(len(look.hits) for found in looks.values() for look in found),
                matches=tuple(
                    SurveyedDocument(
                        document_id=document_id,
                        title=documents[document_id].title,
                        anchors=tuple(look.anchor for look in looks[document_id] if look.anchor is not None),
                    )
                    for _, document_id in order
                    if met is not None and document_id in met
                ),
            ),
        )

    def _foremost(self, parts: Sequence[SurveyPart]) -> list[str]:
        """Return the documents that a wide search for each part ranks first, as many as are looked at."""
        found: dict[str, None] = {}
        rows = [self._index.search(replace(part.query, limit=_WIDE, prefetch=_WIDE)) for part in parts]
        for place in range(max(map(len, rows), default=0)):
            found |= {str(row[place].payload["document_id"]): None for row in rows if place < len(row)}
            if len(found) >= self._limit:
                break
        return list(found)[: self._limit]

    def _looks(self, documents: Mapping[str, DocumentVersion], parts: Sequence[SurveyPart]) -> dict[str, list[_Look]]:
        n_read = READ_PER_DOCUMENT if len(documents) <= MAX_READ_FULLY else READ_PER_DOCUMENT_OF_MANY
        looks: dict[str, list[_Look]] = {}
        versions = list(documents.values())
        for start in range(0, len(versions), _AT_A_TIME):
            batch = versions[start : start + _AT_A_TIME]
            queries = [_alone(part.query, version.document_id, n_read) for version in batch for part in parts]
            rows = iter(self._index.search_many(queries))
            for version in batch:
                looks[version.document_id] = self._look(version, parts, [next(rows) for _ in parts])
        return looks

    def _look(
        self, version: DocumentVersion, parts: Sequence[SurveyPart], rows: Sequence[Sequence[IndexHit]]
    ) -> list[_Look]:
        called = names_of(version)
        is_dated = any(part.demand.ends_in for part in parts)
        begins = own_date(version, lambda: read_shown_text(version, self._texts)) if is_dated else None
        return [
            self._read(version, part, row, called=called, begins=begins) for part, row in zip(parts, rows, strict=True)
        ]

    def _read(
        self,
        version: DocumentVersion,
        part: SurveyPart,
        row: Sequence[IndexHit],
        *,
        called: frozenset[str],
        begins: date | None,
    ) -> _Look:
        hits = [hit for hit in row if hit.payload.get("text_hash") == version.text_hash]
        found = [self._met(hit, part.demand, called=called, begins=begins) for hit in hits]
        met = [len(places) for places in found]
        order = sorted(range(len(hits)), key=lambda place: (-min(met[place], 1), place))
        return _Look(
            hits=tuple(hits[place] for place in order),
            likeness=max((hit.score for hit in hits), default=0.0),
            # A term is stated once; what else a document repeats is what it is about.
            n_met=sum(met) if part.demand.ends_in is None else min(sum(met), 1),
            anchor=next((places[0] for places in found if places), None),
        )

    def _met(
        self, hit: IndexHit, demand: Demand, *, called: frozenset[str], begins: date | None
    ) -> list[tuple[int, int]]:
        """Return where the sentences of a hit stand that meet a demand."""
        payload = hit.payload
        first = _number(payload["start"])
        text = self._texts.cut(str(payload["text_hash"]), first, _number(payload["end"]))
        return [
            (first + start, first + start + len(sentence))
            for start, sentence in sentences(text)
            if demand.is_met(sentence, called=called, begins=begins)
        ]


def _alone(query: IndexQuery, document_id: str, limit: int) -> IndexQuery:
    """Return the query inside one document, of one branch: its scores can be compared, fused ranks cannot."""
    alone = replace(query, dense=None) if query.sparse is not None and query.sparse.indices else query
    return replace(alone, filters=within(query.filters, (document_id,)), limit=limit, prefetch=1)


def _scores(looks: Sequence[Sequence[_Look]], parts: Sequence[SurveyPart]) -> list[float]:
    """Score each document by the part it meets least: likeness against the other documents, and what it meets.

    Parts are brought to one spread before they are compared: where nearly every document meets a part, meeting it tells
    less than where few do.
    """
    columns = []
    for number in range(len(parts)):
        found = [look[number] for look in looks]
        likeness = _standard([look.likeness for look in found])
        columns.append(
            _standard([own + _MET * math.log1p(look.n_met) for own, look in zip(likeness, found, strict=True)])
        )
    return [min(column[place] for column in columns) for place in range(len(looks))]


def _standard(values: Sequence[float]) -> list[float]:
    """Return values as distances from their mean in standard deviations."""
    n = len(values) or 1
    mean = sum(values) / n
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / n) or 1.0
    return [(value - mean) / spread for value in values]


def _met(looks: Mapping[str, Sequence[_Look]], parts: Sequence[SurveyPart]) -> frozenset[str] | None:
    """Return the documents that meet every demand; None where a demand cannot be checked."""
    if not all(part.demand.is_checkable for part in parts):
        return None
    return frozenset(document_id for document_id, found in looks.items() if all(look.n_met for look in found))


def _hits(order: Sequence[tuple[float, Sequence[_Look]]], top_k: int) -> list[Ranked]:
    """Return the best hit of every part document by document, then the second ones, and so on."""
    if not order:
        return []
    top, bottom = order[0][0], order[-1][0]
    found: dict[str, Ranked] = {}
    for row in range(READ_PER_DOCUMENT):
        for score, looks in order:
            share = (score - bottom) / (top - bottom) if top > bottom else 1.0
            for look in looks:
                if row < len(look.hits):
                    hit = look.hits[row]
                    # Each row has a band of scores of its own, below those of the row before.
                    score_in_band = 1 / (row + 2) + share * (1 / (row + 1) - 1 / (row + 2))
                    found.setdefault(hit.id, Ranked(hit=hit, score=score_in_band, stage="sparse"))
        if len(found) >= top_k:
            break
    return list(found.values())[:top_k]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
