"""Ingestion as Haystack components: parsed documents to chunks, chunks to vectors.

Inside the pipeline a chunk is a `haystack.Document`: `content` is what is embedded (the chunk behind its header),
`meta` the fields of `ChunkMeta`, which say where the cited text lies, `sparse_embedding` its term weights. The last
Document of each source is the point that carries the document's names (`meta["level"] == "document"`).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from haystack import Document, Pipeline, component, default_to_dict
from haystack.dataclasses import SparseEmbedding

from averment.core.ids import sha256_id
from averment.core.ports import Embedder
from averment.pipelines.ingestion.preparing import ParsedSource, PreparedDocument, Preparer


@component
class DocumentCutter:
    """Describes documents and cuts them into chunks.

    Args:
        preparer: Does the cutting; its sizes, weights and version are what the component serialises to.
    """

    def __init__(self, preparer: Preparer) -> None:
        self._preparer = preparer

    @component.output_types(documents=list[Document], prepared=list[PreparedDocument])
    def run(self, sources: list[ParsedSource]) -> dict[str, object]:
        """Cut documents.

        Returns:
            `documents`: the chunks of all sources in order, each source closed by its names; `prepared`: per source
            what the stores take.
        """
        prepared = [self._preparer.prepare(item.parsed, item.stored, draft=item.draft) for item in sources]
        documents = [document for item in prepared for document in _documents(item)]
        return {"documents": documents, "prepared": prepared}

    def to_dict(self) -> dict[str, object]:
        """Serialise to what decides the chunks."""
        return default_to_dict(self, **self._preparer.settings())


@component
class ChunkEmbedder:
    """Embeds chunks with their headers.

    Args:
        embedder: Makes dense vectors of unit length.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @component.output_types(documents=list[Document], arithmetic=str)
    def run(self, documents: list[Document]) -> dict[str, object]:
        """Embed chunks.

        Returns:
            `documents`: copies with `embedding` set, in order; `arithmetic`: what the vectors were computed with.
        """
        vectors = self._embedder.embed([document.content or "" for document in documents])
        pairs = zip(documents, vectors, strict=True)
        embedded = [replace(document, embedding=[*map(float, vector)]) for document, vector in pairs]
        return {"documents": embedded, "arithmetic": self._embedder.arithmetic()}

    def to_dict(self) -> dict[str, object]:
        """Serialise to the identity of the model."""
        return default_to_dict(self, model_id=self._embedder.model_id, dimension=self._embedder.dimension)


def build_ingestion_pipeline(preparer: Preparer, embedder: Embedder) -> Pipeline:
    """Connect cutter and embedder."""
    pipeline = Pipeline()
    pipeline.add_component("cutter", DocumentCutter(preparer))
    pipeline.add_component("embedder", ChunkEmbedder(embedder))
    pipeline.connect("cutter.documents", "embedder.documents")
    return pipeline


def pipeline_hash(pipeline: Pipeline) -> str:
    """Identify a pipeline by its canonical JSON."""
    return sha256_id(json.dumps(pipeline.to_dict(), sort_keys=True, separators=(",", ":"), default=str).encode())


def run_ingestion(
    pipeline: Pipeline, sources: Sequence[ParsedSource]
) -> list[tuple[PreparedDocument, list[list[float]]]]:
    """Run the pipeline and give every source its vectors, in the order of its `embed_texts`."""
    result = pipeline.run({"cutter": {"sources": list(sources)}}, include_outputs_from={"cutter"})
    vectors = iter(document.embedding for document in result["embedder"]["documents"])
    prepared = [_marked(item, result["embedder"]["arithmetic"]) for item in result["cutter"]["prepared"]]
    return [(item, [next(vectors) for _ in item.embed_texts]) for item in prepared]


def _marked(prepared: PreparedDocument, arithmetic: str) -> PreparedDocument:
    return replace(prepared, version=replace(prepared.version, arithmetic=arithmetic))


def _documents(prepared: PreparedDocument) -> list[Document]:
    chunks = [{**asdict(chunk), "level": "chunk"} for chunk in prepared.chunks]
    names = {"level": "document", "document_id": prepared.version.document_id}
    rows = zip([*chunks, names], prepared.embed_texts, prepared.sparse, strict=True)
    return [
        Document(
            id=str(meta.get("chunk_id") or f"{meta['document_id']}#names"),
            content=text,
            meta=meta,
            sparse_embedding=SparseEmbedding(indices=list(sparse.indices), values=list(sparse.values)),
        )
        for meta, text, sparse in rows
    ]
