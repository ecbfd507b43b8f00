"""From a parsed document to everything the stores take: version row, chunks, texts to embed, index points."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Protocol, Self

from averment.core.access import AccessLabel
from averment.core.audit import EventValue
from averment.core.completeness import Certificate
from averment.core.documents import ChunkMeta, DocumentVersion, ParsedDocument
from averment.core.ports import IndexPoint, SparseVector
from averment.core.structure import DocumentStructure
from averment.core.unseen import strip_unseen
from averment.pipelines.anatomy.document import read_structure
from averment.pipelines.ingestion.chunking import (
    ChunkSettings,
    chunk,
    chunk_meta,
    embedded_text,
    estimate_tokens,
    header,
)
from averment.pipelines.ingestion.facts import DocumentFacts, describe
from averment.pipelines.ingestion.media_types import ZIP
from averment.pipelines.ingestion.naming import document_point, embedded_name, name_vector
from averment.pipelines.ingestion.sparse import SparseSettings, document_vector, joined, to_vector
from averment.pipelines.ingestion.structure import outline
from averment.pipelines.ingestion.visibility import seen
from averment.pipelines.stores.catalog_types import StoredText
from averment.pipelines.stores.payload import index_point

# A term that no question holds: nobody is led to a document that only lists others.
MAX_LISTED: Final = 256
_CONTAINER: Final = "~container"


class DocumentEncoder(Protocol):
    """Makes sparse vectors of texts, with ids of their own."""

    model_id: str

    def encode_documents(self, texts: Sequence[str]) -> Sequence[SparseVector]:
        """Return a vector for each text, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSource:
    """A parsed document with its stored text and its version row so far."""

    parsed: ParsedDocument
    stored: StoredText
    draft: DocumentVersion

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Return itself: nothing in it changes, and pipelines copy what goes through them element by element."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedDocument:
    """A document ready to be embedded and stored.

    `embed_texts` and `sparse` go with `chunks`, in order; one more of each, the last, is for the document's names.
    """

    version: DocumentVersion
    chunks: tuple[ChunkMeta, ...]
    embed_texts: tuple[str, ...]
    sparse: tuple[SparseVector, ...]
    text: StoredText
    anatomy: DocumentStructure = field(default_factory=DocumentStructure)
    n_ocr_pages: int = 0

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Return itself: nothing in it changes, and pipelines copy what goes through them element by element."""
        return self

    def points(self, vectors: Sequence[Sequence[float]]) -> list[IndexPoint]:
        """Make the index points from the dense vectors of `embed_texts`."""
        points = [
            index_point(meta, self.version, dense=dense, sparse=sparse)
            for meta, dense, sparse in zip(self.chunks, vectors[:-1], self.sparse[:-1], strict=True)
        ]
        return [*points, document_point(self.version, dense=vectors[-1], sparse=self.sparse[-1])]

    def log_facts(self, *, duration_ms: int) -> Mapping[str, EventValue]:
        """Return what the log states of this document's ingestion."""
        version = self.version
        return {
            "document_id": version.document_id,
            "content_hash": version.content_hash,
            "text_hash": version.text_hash,
            "source": version.source_uri,
            "media_type": version.media_type,
            "kind": version.kind,
            "version": version.version,
            "pages": version.n_pages,
            "chars": version.n_chars,
            "chunks": version.n_chunks,
            "ocr_pages": self.n_ocr_pages,
            "parser": self.text.parser,
            "pipeline_version": version.pipeline_version,
            "duration_ms": duration_ms,
            "arithmetic": version.arithmetic,
            **label_facts(version.access),
            **certificate_facts(version.certificate),
        }


def label_facts(access: AccessLabel) -> Mapping[str, EventValue]:
    """Return what the log states of who may read a document: at most `MAX_LISTED` groups, and how many there are."""
    readers = sorted(set(access.readers))
    return {"readers": readers[:MAX_LISTED], "n_readers": len(readers), "tenant": access.tenant}


def certificate_facts(certificate: Certificate | None) -> Mapping[str, EventValue]:
    """Return what the log states of a certificate; nothing where there is none."""
    if certificate is None:
        return {}
    whole = certificate.whole
    return {
        "certificate": certificate.verdict.value,
        "second_reading": certificate.method.value,
        "second_reading_chars": whole.n_chars,
        "accounted_chars": whole.n_accounted,
        "left_out_chars": sum(whole.left_out.values()),
        "unaccounted_chars": whole.n_unaccounted,
        "added_chars": whole.n_added,
        "disordered_words": whole.n_disordered,
    }


class Preparer:
    """Describes and cuts documents.

    Args:
        chunks: Sizes of chunks.
        weights: Weights of terms.
        pipeline_version: Version of everything that shapes the index.
        learned: Adds what it makes of a chunk's text and header to the chunk's terms.
    """

    def __init__(
        self,
        *,
        chunks: ChunkSettings,
        weights: SparseSettings,
        pipeline_version: str,
        learned: DocumentEncoder | None = None,
    ):
        self.pipeline_version = pipeline_version
        self._learned = learned
        self._chunks = chunks
        self._weights = weights

    def settings(self) -> dict[str, object]:
        """Return what decides the chunks, as JSON values."""
        return {
            "chunks": asdict(self._chunks),
            "weights": asdict(self._weights),
            "pipeline_version": self.pipeline_version,
            "learned": self._learned.model_id if self._learned else None,
        }

    def prepare(self, parsed: ParsedDocument, stored: StoredText, *, draft: DocumentVersion) -> PreparedDocument:
        """Make a document ready to be embedded and stored.

        Args:
            parsed: The document.
            stored: Where its text lies.
            draft: The version row so far: identity, source, access.
        """
        visible = seen(parsed)
        facts = describe(visible, name=draft.title)
        structure = outline(visible)
        metas, texts, sparse = [], [], []
        # The list of an archive's members answers nothing; the members are documents of their own.
        pieces = () if parsed.media_type == ZIP else chunk(parsed, settings=self._chunks, structure=structure)
        for piece in pieces:
            body = strip_unseen(parsed.text[piece.start : piece.end])
            head = header(facts.title, piece.section, table_head=piece.table_head)
            text = embedded_text(body, head=head)
            texts.append(text)
            sparse.append(document_vector(body, settings=self._weights, header=piece.context))
            metas.append(
                chunk_meta(
                    piece,
                    document_id=draft.document_id,
                    text_hash=stored.text_hash,
                    token_count=estimate_tokens(text),
                    access=draft.access,
                    version=self.pipeline_version,
                )
            )
        sparse = self._with_learned(sparse, texts)
        texts.append(embedded_name(facts))
        is_container = parsed.media_type == ZIP
        names = name_vector(facts, visible.text, uri=draft.source_uri)
        sparse.append(to_vector({_CONTAINER: 1.0}) if is_container else names)
        return PreparedDocument(
            version=_described(draft, facts, parsed=parsed, text_hash=stored.text_hash, n_chunks=len(metas)),
            chunks=tuple(metas),
            embed_texts=tuple(texts),
            sparse=tuple(sparse),
            text=stored,
            anatomy=read_structure(
                visible,
                structure.headings,
                facts=facts.placed,
                is_contract=facts.kind == "contract",
                title=facts.title,
            ),
            n_ocr_pages=sum(page.is_ocr for page in parsed.pages),
        )

    def _with_learned(self, sparse: Sequence[SparseVector], texts: Sequence[str]) -> list[SparseVector]:
        if self._learned is None:
            return list(sparse)
        found = self._learned.encode_documents(texts)
        return [joined(terms, more) for terms, more in zip(sparse, found, strict=True)]


def _described(
    draft: DocumentVersion, facts: DocumentFacts, *, parsed: ParsedDocument, text_hash: str, n_chunks: int
) -> DocumentVersion:
    return replace(
        draft,
        text_hash=text_hash,
        media_type=parsed.media_type,
        kind=facts.kind,
        title=facts.title,
        parties=facts.parties,
        issuer=facts.issuer,
        form_type=facts.form_type,
        period=facts.period,
        document_date=facts.document_date,
        tags=(*draft.tags, *facts.labels),
        n_chars=len(parsed.text),
        n_pages=len(parsed.pages) or None,
        n_chunks=n_chunks,
        language=parsed.language,
        warnings=dict(parsed.warnings),
        certificate=parsed.certificate,
    )
