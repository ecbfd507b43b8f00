"""A corpus of any size for the search benchmark: near-duplicates of a few real documents.

Every document of it has its own text, names, catalog rows and points, as a contract made from a template has. The
dense vector of a chunk is that of the real chunk with seeded noise, brought back to unit length. Its sparse vector is
that of the real chunk with the names exchanged, a tenth of the other terms left out, weights varied, and a few terms
of its own, such as amounts and dates are. So posting lists have the lengths that they have in real documents, however
large the corpus: a word that stands in every second real chunk stands in every second one here.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from averment.core.access import EVERYONE, AccessLabel
from averment.core.documents import ChunkMeta, DocumentVersion, ParsedDocument
from averment.core.ids import chunk_id, content_hash
from averment.core.ports import IndexPoint, SparseVector
from averment.evaluation.bench.installation import SearchStores
from averment.evaluation.bench.prototypes import CONNECTOR, Prototype
from averment.pipelines.ingestion.naming import HEAD_CHARS, TAIL_CHARS, document_point, name_text
from averment.pipelines.ingestion.sparse import term_id, terms, to_vector
from averment.pipelines.retrieval.question import GENERIC_TERMS
from averment.pipelines.stores.payload import index_point

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Another way of making a corpus needs another number: kept ones are made anew.
CORPUS_VERSION: Final = 1
READERS: Final = ((EVERYONE,), ("legal",), ("finance",))
_NOISE: Final = 0.5
_LEFT_OUT: Final = 0.1
_WEIGHT_SPREAD: Final = 0.1
_OWN_TERMS: Final = 3
# So many different amounts, dates and other rare terms there are.
_RARE_TERMS: Final = 1_000_000
_POINTS_PER_WRITE: Final = 4_000
_SYLLABLES: Final = tuple("arbelcordunelfganholistjorkellunmarnorostpelquin"[at : at + 3] for at in range(0, 48, 3))
_FORMS: Final = ("Holdings Ltd", "Logistics Inc.", "Systems GmbH", "Partners LLC", "Energy plc")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    version: DocumentVersion
    chunks: tuple[ChunkMeta, ...]
    points: tuple[IndexPoint, ...]
    text: ParsedDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """The sparse vectors of a prototype's chunks as arrays, and the ids of the terms of its own names."""

    chunks: "tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]"
    names: "NDArray[np.int64]"


class Grower:
    """Adds documents to stores until they hold so many chunks; memory holds a few documents at a time.

    Args:
        stores: Where to.
        prototypes: What they are made from, 1 or more.
        seed: Chooses names, noise, readers and terms.
        on_progress: Told the number of chunks after every write.
    """

    def __init__(
        self,
        stores: SearchStores,
        prototypes: Sequence[Prototype],
        *,
        seed: int,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        import numpy as np

        self._stores = stores
        self._prototypes = prototypes
        self._choose = random.Random(seed)
        self._random = np.random.default_rng(seed)
        self._terms = [_terms(prototype) for prototype in prototypes]
        self._on_progress = on_progress
        self.n_documents = 0
        self.n_chunks = 0

    def grow(self, n_chunks: int) -> None:
        """Add documents until there are at least so many chunks."""
        waiting: list[IndexPoint] = []
        while self.n_chunks < n_chunks:
            place = self.n_documents % len(self._prototypes)
            made = self._make(place)
            texts = self._stores.texts
            stored = texts.save_structure(texts.save(made.text), self._prototypes[place].prepared.anatomy)
            self._stores.catalog.commit_ready(made.version, chunks=made.chunks, text=stored)
            waiting.extend(made.points)
            self.n_documents += 1
            self.n_chunks += len(made.chunks)
            if len(waiting) >= _POINTS_PER_WRITE or self.n_chunks >= n_chunks:
                self._stores.index.write(waiting)
                waiting.clear()
                if self._on_progress is not None:
                    self._on_progress(self.n_chunks)

    def _make(self, place: int) -> _Made:
        source = self._prototypes[place]
        name = tuple(self._company() for _ in range(2))
        uri = f"file:///bench/{self.n_documents}-{'-'.join(name)}.pdf".replace(" ", "-")
        opened = self._stores.catalog.begin_version(connector=CONNECTOR, source_uri=uri)
        title = f"{source.prepared.version.title} of {name[0]} and {name[1]}"
        # At the end, so that chunks and what was read of the structure stand where they stood.
        text = ParsedDocument(
            text=f"{source.parsed.text}\n\n{title}\n",
            elements=(),
            media_type="application/pdf",
            parser=source.parsed.parser,
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
        chunks = tuple(_moved(meta, version) for meta in source.prepared.chunks)
        dense = self.perturbed(source.vectors)
        sparse = self._sparse(self._terms[place], name)
        points = [
            index_point(meta, version, dense=vector, sparse=weights)
            for meta, vector, weights in zip(chunks, dense[:-1], sparse, strict=True)
        ]
        names = document_point(version, dense=dense[-1], sparse=_names(version, source))
        return _Made(version=version, chunks=chunks, points=(*points, names), text=text)

    def perturbed(self, vectors: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """Return the rows with seeded noise, at unit length; the noise is half as long as a row before."""
        import numpy as np

        scale = _NOISE / vectors.shape[1] ** 0.5
        noisy = vectors + scale * self._random.standard_normal(vectors.shape, dtype=np.float32)
        unit: NDArray[np.float32] = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
        return unit

    def _sparse(self, source: _Terms, names: Sequence[str]) -> list[SparseVector]:
        """Return the chunks' sparse vectors with other names, fewer terms, other weights, and terms of their own."""
        import numpy as np

        called = np.array([term_id(term) for name in names for term in terms(name)], dtype=np.int64)
        exchanged = dict(zip(source.names.tolist(), np.resize(called, source.names.size).tolist(), strict=True))
        return [self._varied(ids, weights, exchanged) for ids, weights in source.chunks]

    def _varied(
        self, ids: "NDArray[np.int64]", weights: "NDArray[np.float32]", exchanged: Mapping[int, int]
    ) -> SparseVector:
        import numpy as np

        is_kept = self._random.random(ids.size) >= _LEFT_OUT
        varied = weights[is_kept] * self._random.uniform(1 - _WEIGHT_SPREAD, 1 + _WEIGHT_SPREAD, int(is_kept.sum()))
        other = [exchanged.get(number, number) for number in ids[is_kept].tolist()]
        own = [term_id(f"own {number}") for number in self._random.integers(_RARE_TERMS, size=_OWN_TERMS).tolist()]
        numbers, first = np.unique(np.array([*other, *own], dtype=np.int64), return_index=True)
        values = np.concatenate([varied, np.ones(_OWN_TERMS)])[first]
        return SparseVector(indices=tuple(numbers.tolist()), values=tuple(values.tolist()))

    def _company(self) -> str:
        syllables = self._choose.sample(_SYLLABLES, 3)
        return f"{''.join(syllables).capitalize()} {self._choose.choice(_FORMS)}"


def _terms(source: Prototype) -> _Terms:
    import numpy as np

    version = source.prepared.version
    called = {term for name in (*version.parties, version.issuer or "") for term in terms(name)} - GENERIC_TERMS
    return _Terms(
        chunks=tuple(
            (np.array(vector.indices, dtype=np.int64), np.array(vector.values, dtype=np.float32))
            for vector in source.prepared.sparse[:-1]
        ),
        names=np.array(sorted(map(term_id, called)), dtype=np.int64),
    )


def _names(version: DocumentVersion, source: Prototype) -> SparseVector:
    """Weigh the made-up names as real ones are, and the real first and last page without the real names."""
    own = source.prepared.version
    called = set(terms(name_text(own.title, own.parties, own.issuer, own.source_uri)))
    text = source.parsed.text
    weights = {term: 0.5 for term in terms(text[-TAIL_CHARS:]) if term not in called}
    weights.update({term: 1.0 for term in terms(text[:HEAD_CHARS]) if term not in called})
    made_up = name_text(version.title, version.parties, version.issuer, version.source_uri)
    weights.update(dict.fromkeys(terms(made_up), 2.0))
    return to_vector(weights)


def _moved(meta: ChunkMeta, version: DocumentVersion) -> ChunkMeta:
    """Return the chunk as one of another document."""
    assert version.text_hash is not None
    identity = chunk_id(
        document_id=version.document_id,
        text_hash=version.text_hash,
        start=meta.start,
        end=meta.end,
        pipeline_version=meta.pipeline_version,
    )
    return replace(
        meta,
        chunk_id=identity,
        document_id=version.document_id,
        text_hash=version.text_hash,
        access=version.access,
    )
