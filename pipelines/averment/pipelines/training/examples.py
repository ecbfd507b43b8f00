"""What is learned from: questions with the places that answer them, and claims with what a document says of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from averment.core.ids import sha256_id
from averment.core.ports import SparseVector
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.training.material import TrainingDocument, word_question

Origin = Literal["labelled", "heading", "term", "topic", "row"]
Relation = Literal["entailment", "neutral", "contradiction"]
RELATIONS: Final[tuple[Relation, ...]] = ("contradiction", "neutral", "entailment")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question about one document, in the words of retrieval, with the spans that answer it.

    Args:
        query_id: Names it in results; no content.
        document_id: The document.
        asked: What a reranker or a verifier is asked.
        embedded: What is embedded.
        terms: What is searched by words.
        spans: Half-open offsets into the document's text; none where the document does not answer.
        origin: Whether it was labelled, or mined from what.
        keys: What it is about; queries that share a key may be answered by each other's passages.
        is_named: Whether the words still hold names of documents.
    """

    query_id: str
    document_id: str
    asked: str
    embedded: str
    terms: SparseVector
    spans: tuple[Span, ...]
    origin: Origin
    keys: frozenset[str]
    is_named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement about one document and how the document relates to it; `spans` are the places that decide it."""

    claim_id: str
    document_id: str
    hypothesis: str
    relation: Relation
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a model may be trained and measured on. `sources` are names of packs and files with their digests."""

    documents: Mapping[str, TrainingDocument]
    queries: tuple[Query, ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def only(self, document_ids: Iterable[str]) -> "Material":
        """Return what is about some documents, and these alone."""
        kept = frozenset(document_ids)
        return replace(
            self,
            documents={name: document for name, document in self.documents.items() if name in kept},
            queries=tuple(query for query in self.queries if query.document_id in kept),
            claims=tuple(claim for claim in self.claims if claim.document_id in kept),
        )

    def digest(self) -> str:
        """Return a digest of everything in it: equal material trains equally, whatever documents are called."""
        parts = [
            *(("d", document.version.content_hash) for document in self.documents.values()),
            *(("q", self._hash(q.document_id), q.embedded, q.asked, q.spans, q.origin) for q in self.queries),
            *(("c", self._hash(c.document_id), c.hypothesis, c.relation, c.spans) for c in self.claims),
        ]
        return sha256_id("\n".join(sorted(json.dumps(part) for part in parts)).encode("utf-8", "replace"))

    def _hash(self, document_id: str) -> str:
        return self.documents[document_id].version.content_hash


def join_material(parts: Sequence[Material]) -> Material:
    """Put material from several places together; what comes later adds to what came before."""
    return Material(
        documents={name: document for part in parts for name, document in part.documents.items()},
        queries=tuple(query for part in parts for query in part.queries),
        claims=tuple(claim for part in parts for claim in part.claims),
        sources={name: digest for part in parts for name, digest in part.sources.items()},
    )


def make_query(
    question: str, document: TrainingDocument, *, query_id: str, spans: Sequence[Span], origin: Origin
) -> Query:
    """Word a question about a document as retrieval would."""
    wording = word_question(question, [document])
    return Query(
        query_id=query_id,
        document_id=document.document_id,
        asked=wording.asked,
        embedded=wording.embedded,
        terms=wording.terms,
        spans=tuple(spans),
        origin=origin,
        keys=keys_of(wording.asked, wording.topics),
        is_named=wording.is_named,
    )


def keys_of(asked: str, topics: Sequence[str]) -> frozenset[str]:
    """Return what a question is about: its words, whatever their order, and its first topic."""
    words = " ".join(sorted(frozenset(terms(asked))))
    return frozenset([words, *(f"topic:{name}" for name in topics[:1])])
