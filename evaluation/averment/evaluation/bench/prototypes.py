"""Real documents that the corpus of the search benchmark is made from: parsed, cut and embedded once.

Their vectors are kept by what was embedded and with which model, since embedding is what takes long.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion, ParsedDocument
from averment.core.ids import content_hash, sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import Embedder
from averment.evaluation.bench.installation import preparer
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import PreparedDocument
from averment.pipelines.stores.texts import TextStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONNECTOR: Final = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prototype:
    """A real document, cut and embedded; the last vector and sparse vector are those of its names."""

    parsed: ParsedDocument
    prepared: PreparedDocument
    vectors: "NDArray[np.float32]"


def read_prototypes(
    paths: Sequence[Path], texts: TextStore, *, embedder: Embedder, kept: Path | None = None
) -> list[Prototype]:
    """Parse, cut and embed real documents.

    Args:
        paths: The documents.
        texts: Where their texts go.
        embedder: Makes their vectors.
        kept: Folder for vectors, so that they are made once; made when absent.
    """
    found = []
    cutter = preparer(embedder)
    for path in paths:
        content = path.read_bytes()
        parsed = partition(content, name=path.name)
        draft = _draft(path, content, cutter.pipeline_version)
        prepared = cutter.prepare(parsed, texts.save(parsed), draft=draft)
        vectors = _embedded(prepared.embed_texts, embedder, kept=kept)
        found.append(Prototype(parsed=parsed, prepared=prepared, vectors=vectors))
    return found


def _embedded(texts: Sequence[str], embedder: Embedder, *, kept: Path | None) -> "NDArray[np.float32]":
    import numpy as np

    if kept is None:
        return np.asarray(embedder.embed(texts), dtype=np.float32)
    digest = sha256_id(canonical_json([embedder.model_id, *texts])).removeprefix("sha256:")
    file = kept / f"{digest[:32]}.npy"
    if not file.exists():
        kept.mkdir(parents=True, exist_ok=True)
        # Under another name first: a run that is cut off leaves no half of it.
        temporary = kept / f".{os.getpid()}.npy"
        np.save(temporary, np.asarray(embedder.embed(texts), dtype=np.float32), allow_pickle=False)
        temporary.replace(file)
    vectors: NDArray[np.float32] = np.load(file, allow_pickle=False)
    return vectors


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
