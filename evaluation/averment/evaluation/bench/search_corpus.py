"""A corpus of any size for the search benchmark, grown from a few real documents.

Every document of it has its own text, names, catalog rows and points. Its dense vectors are those of real chunks
with seeded noise, brought back to unit length; its sparse vectors are drawn from those of the real chunks. So vectors
lie as real ones do, posting lists have real lengths, and nothing is found in a cache only because it is shared.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.access import EVERYONE, AccessLabel
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion, ParsedDocument
from averment.core.ids import chunk_id, content_hash
from averment.core.ports import Embedder, IndexPoint, SparseVector
from averment.evaluation.bench.installation import Installation, preparer
from averment.pipelines.ingestion.naming import HEAD_CHARS, document_point, name_text
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import PreparedDocument
from averment.pipelines.ingestion.sparse import terms, to_vector
from averment.pipelines.stores.payload import index_point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONNECTOR: Final = "bench"
READERS: Final = ((EVERYONE,), ("legal",), ("finance",))
_NOISE: Final = 0.5
_POINTS_PER_WRITE: Final = 4_000
_SYLLABLES: Final = tuple("arbelcordunelfganholistjorkellunmarnorostpelquin"[at : at + 3] for at in range(0, 48, 3))
_FORMS: Final = ("Holdings Ltd", "Logistics Inc.", "Systems GmbH", "Partners LLC", "Energy plc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prototype:
    """A real document, cut and embedded; the last vector and sparse vector are those of its names."""

    parsed: ParsedDocument
    prepared: PreparedDocument
    vectors: "NDArray[np.float32]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    version: DocumentVersion
    chunks: tuple[ChunkMeta, ...]
    points: tuple[IndexPoint, ...]
    text: ParsedDocument


def read_prototypes(paths: Sequence[Path], installation: Installation, embedder: Embedder) -> list[Prototype]:
    """Parse, cut and embed real documents."""
    import numpy as np

    found = []
    cutter = preparer(embedder)
    for path in paths:
        content = path.read_bytes()
        parsed = partition(content, name=path.name)
        stored = installation.texts.save(parsed)
        prepared = cutter.prepare(parsed, stored, draft=_draft(path, content, cutter.pipeline_version))
        found.append(
            Prototype(
                parsed=parsed,
                prepared=prepared,
                vectors=np.asarray(embedder.embed(prepared.embed_texts), dtype=np.float32),
            )
        )
    return found


class Grower:
    """Adds documents to an installation until it holds so many chunks.

    Args:
        installation: Where to.
        prototypes: What they are made from, 1 or more.
        seed: Chooses names, noise, readers and sparse vectors.
    """

    def __init__(self, installation: Installation, prototypes: Sequence[Prototype], *, seed: int) -> None:
        import numpy as np

        self._installation = installation
        self._prototypes = prototypes
        self._choose = random.Random(seed)
        self._noise = np.random.default_rng(seed)
        self._sparse = [vector for prototype in prototypes for vector in prototype.prepared.sparse[:-1]]
        self.n_documents = 0
        self.n_chunks = 0

    def grow(self, n_chunks: int) -> None:
        """Add documents until there are at least so many chunks."""
        waiting: list[IndexPoint] = []
        while self.n_chunks < n_chunks:
            made = self._make(self._prototypes[self.n_documents % len(self._prototypes)])
            stored = self._installation.texts.save(made.text)
            self._installation.catalog.commit_ready(made.version, chunks=made.chunks, text=stored)
            waiting.extend(made.points)
            self.n_documents += 1
            self.n_chunks += len(made.chunks)
            if len(waiting) >= _POINTS_PER_WRITE or self.n_chunks >= n_chunks:
                self._installation.index.write(waiting)
                waiting.clear()

    def _make(self, source: Prototype) -> _Made:
        name = tuple(self._company() for _ in range(2))
        uri = f"file:///bench/{self.n_documents}-{'-'.join(name)}.pdf".replace(" ", "-")
        opened = self._installation.catalog.begin_version(connector=CONNECTOR, source_uri=uri)
        title = f"{source.prepared.version.title} of {name[0]} and {name[1]}"
        head = f"{title}\n\n"
        text = ParsedDocument(
            text=head + source.parsed.text, elements=(), media_type="application/pdf", parser=source.parsed.parser
        )
        version = replace(
            source.prepared.version,
            document_id=opened.document_id,
            version=opened.version,
            source_uri=uri,
            connector=CONNECTOR,
            title=title,
            parties=name,
            text_hash=content_hash(text.text.encode("utf-8")),
            n_chars=len(text.text),
            access=AccessLabel(readers=self._choose.choice(READERS)),
        )
        chunks = tuple(_moved(meta, version, by=len(head)) for meta in source.prepared.chunks)
        dense = self.perturbed(source.vectors)
        points = [
            index_point(meta, version, dense=vector, sparse=self._choose.choice(self._sparse))
            for meta, vector in zip(chunks, dense[:-1], strict=True)
        ]
        names = document_point(version, dense=dense[-1], sparse=_names(version, source))
        return _Made(version=version, chunks=chunks, points=(*points, names), text=text)

    def perturbed(self, vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Return the rows with seeded noise, at unit length; the noise is half as long as a row before."""
        import numpy as np

        scale = _NOISE / vectors.shape[1] ** 0.5
        noisy = vectors + scale * self._noise.standard_normal(vectors.shape, dtype=np.float32)
        unit: NDArray[np.float32] = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        return unit

    def _company(self) -> str:
        syllables = self._choose.sample(_SYLLABLES, 3)
        return f"{''.join(syllables).capitalize()} {self._choose.choice(_FORMS)}"


def _names(version: DocumentVersion, source: Prototype) -> SparseVector:
    """Weigh the made-up names as real ones are, and the real first page without the real names."""
    own = source.prepared.version
    called = set(terms(name_text(own.title, own.parties, own.issuer, own.source_uri)))
    weights = {term: 1.0 for term in terms(source.parsed.text[:HEAD_CHARS]) if term not in called}
    made_up = name_text(version.title, version.parties, version.issuer, version.source_uri)
    weights.update(dict.fromkeys(terms(made_up), 2.0))
    return to_vector(weights)


def _moved(meta: ChunkMeta, version: DocumentVersion, *, by: int) -> ChunkMeta:
    assert version.text_hash is not None
    start, end = meta.start + by, meta.end + by
    identity = chunk_id(
        document_id=version.document_id,
        text_hash=version.text_hash,
        start=start,
        end=end,
        pipeline_version=meta.pipeline_version,
    )
    return replace(
        meta,
        chunk_id=identity,
        document_id=version.document_id,
        text_hash=version.text_hash,
        start=start,
        end=end,
        access=version.access,
    )


def _draft(path: Path, content: bytes, pipeline_version: str) -> DocumentVersion:
    return DocumentVersion(
        document_id="prototype",
        source_uri=f"file:///bench/{path.name}",
        content_hash=content_hash(content),
        text_hash=None,
        version=1,
        media_type="application/pdf",
        kind="other",
        title=path.name,
        access=AccessLabel(),
        status=DocumentStatus.READY,
        revision="1",
        connector=CONNECTOR,
        size_bytes=len(content),
        pipeline_version=pipeline_version,
    )
