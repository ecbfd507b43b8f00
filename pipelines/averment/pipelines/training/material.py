"""Documents and questions as training sees them: the same words that ingestion embeds and that retrieval asks with.

A document is cut and headed by the code that ingests it, a question is read, routed and stripped by the code that
retrieves with it. A model is therefore trained on the texts it will meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.documents import DocumentVersion, ParsedDocument, TableCell
from averment.core.ids import text_hash
from averment.core.ports import SparseVector
from averment.core.structure import DocumentStructure
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings, term_id, to_vector
from averment.pipelines.ingestion.visibility import seen
from averment.pipelines.retrieval.known import KnownDocument, describe_document
from averment.pipelines.retrieval.planning import Weighing, make_plan
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.routing import Candidate, Route, query_weights
from averment.pipelines.stores.catalog_types import StoredText

# A span belongs to a chunk that holds this share of it or more, and to the one that holds most of it.
_HELD: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingChunk:
    """A chunk: `start:end` of the document's text, what is embedded for it, and its terms as they are indexed."""

    start: int
    end: int
    embedded: str
    sparse: SparseVector


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDocument:
    """A document to train on; `text` is what its reader sees of the canonical text, offsets unchanged.

    `borne` are the ids of the terms by which a question may name it, as its point in the index holds them.
    """

    version: DocumentVersion
    text: str
    chunks: tuple[TrainingChunk, ...]
    anatomy: DocumentStructure
    cells: tuple[TableCell, ...]
    known: KnownDocument
    borne: frozenset[int]

    @property
    def document_id(self) -> str:
        """Return its id."""
        return self.version.document_id

    def passage(self, number: int) -> str:
        """Return the text of a chunk as it is cited and reranked."""
        found = self.chunks[number]
        return self.text[found.start : found.end]

    def holding(self, start: int, end: int) -> tuple[int, ...]:
        """Return the numbers of the chunks that hold half of `start:end` or more, or else the one that holds most."""
        shared = [
            (min(end, chunk.end) - max(start, chunk.start), number)
            for number, chunk in enumerate(self.chunks)
            if chunk.start < end and start < chunk.end
        ]
        if not shared:
            return ()
        enough = tuple(number for length, number in shared if length >= _HELD * (end - start))
        return enough or (max(shared, key=lambda entry: (entry[0], -entry[1]))[1],)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A question as retrieval uses it: what the reranker is asked, what is embedded, what is searched by words.

    `topics` are the topics found in it; `is_named` says that it still holds the names of documents, because the rules
    would not find the document by them.
    """

    asked: str
    embedded: str
    terms: SparseVector
    topics: tuple[str, ...]
    is_named: bool


def read_document(parsed: ParsedDocument, *, draft: DocumentVersion) -> TrainingDocument:
    """Make a document ready to be trained on.

    Args:
        parsed: The document.
        draft: Its row as it was before ingestion described it: identity, source, name, access.
    """
    preparer = Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="training")
    stored = StoredText(
        text_hash=text_hash(parsed.text), layout_hash="", parser=parsed.parser, n_chars=len(parsed.text)
    )
    prepared = preparer.prepare(parsed, stored, draft=draft)
    text = seen(parsed).text
    rows = zip(prepared.chunks, prepared.embed_texts, prepared.sparse, strict=False)
    return TrainingDocument(
        version=prepared.version,
        text=text,
        chunks=tuple(
            TrainingChunk(start=meta.start, end=meta.end, embedded=embedded, sparse=sparse)
            for meta, embedded, sparse in rows
        ),
        anatomy=prepared.anatomy,
        cells=parsed.cells,
        known=describe_document(prepared.version),
        # The last vector is that of the document's point: its names, its first and last page.
        borne=frozenset(prepared.sparse[-1].indices),
    )


def word_question(question: str, documents: Sequence[TrainingDocument]) -> Wording:
    """Return what retrieval makes of a question about some documents.

    Args:
        question: As it was asked, one character or more.
        documents: Those it is about; the names they bear are taken out of it, as retrieval does once it has found
            them.
    """
    read = read_question(question)
    route = Route()
    if documents and read.want != "list" and query_weights(read):
        said = frozenset(name.term for name in read.names)
        candidates = [_candidate(document, said) for document in documents]
        route = Route(documents=tuple((candidate, 1.0) for candidate in candidates if candidate.borne))
    probe = make_plan(read, route, weighing=Weighing()).probes[0]
    borne = route.borne()
    return Wording(
        asked=probe.asked,
        embedded=probe.embedded,
        terms=to_vector(probe.weights),
        topics=probe.topics,
        is_named=any(not name.is_generic and name.term not in borne for name in read.names),
    )


def _candidate(document: TrainingDocument, said: frozenset[str]) -> Candidate:
    return Candidate(
        version=document.version,
        score=1.0,
        named=said & document.known.named,
        borne=frozenset(term for term in said if term_id(term) in document.borne),
        title_share=1.0,
        is_called=True,
    )
