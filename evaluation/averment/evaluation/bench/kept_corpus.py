"""Corpora of the search benchmark that are made once and used again, each with a digest of what made it.

A folder `SIZE-DIGEST` is whole once `corpus.json` is in it; one without is of a run that was cut off and is made anew,
from the graph on where all else was there.
Anything that shapes a corpus (documents, rules, weights, embedder, options of the index) changes the digest; a corpus
of the same size with another digest is deleted, since nothing would ever read it again. A process of its own makes a
corpus, so that what it takes of memory can be seen.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from averment.core.errors import ConfigurationError
from averment.core.ids import content_hash, sha256_id
from averment.core.jsonable import Json, canonical_json
from averment.evaluation.bench.corpus import contracts, filings
from averment.evaluation.bench.memory import watched
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.search_corpus import CORPUS_VERSION
from averment.pipelines.ingestion.chunking import pipeline_version
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.stores.edge_shard import structure
from averment.pipelines.stores.index_options import STANDARD
from averment.pipelines.stores.index_schema import INDEX_FORMAT

MANIFEST: Final = "corpus.json"
# Beside it: what was grown, before its graph is built. A run that is cut off afterwards goes on from there.
GROWN: Final = "grown.json"
PROGRAM: Final = "averment.evaluation.bench.kept_corpus_child"
_PARTS: Final = ("blobs", "index", "catalog.sqlite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the process that makes a corpus is told."""

    folder: str
    n_chunks: int
    seed: int
    paths: tuple[str, ...]
    cache: str
    vectors: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A corpus that is there.

    `grown_s` is the time for texts, catalog and points, `graph_s` that for the graph and the other structures of the
    index; `build_bytes` the most memory at one moment that its making took of its own, `build_resident_bytes` with
    pages of files; `stored_bytes` is what it takes on disk by part.
    """

    folder: Path
    digest: str
    model_id: str
    dimension: int
    n_chunks: int
    n_documents: int
    grown_s: float
    graph_s: float
    build_bytes: int
    build_resident_bytes: int
    stored_bytes: Mapping[str, int]


def kept_corpus(plan: Plan, n_chunks: int, *, embedder: SentenceTransformerEmbedder) -> Corpus:
    """Return a corpus of at least so many chunks, making it where it is not there yet."""
    paths = prototype_paths(plan)
    digest = _digest(plan, n_chunks, embedder=embedder, paths=paths)
    folder = plan.corpora / f"{n_chunks}-{digest[:16]}"
    if not (folder / MANIFEST).exists():
        for old in plan.corpora.glob(f"{n_chunks}-*"):
            if old != folder or not (folder / GROWN).exists():
                shutil.rmtree(old)
        folder.mkdir(parents=True, exist_ok=True)
        plan.say(f"making a corpus of {n_chunks:,} chunks in {str(folder)!r}")
        order = Order(
            folder=str(folder),
            n_chunks=n_chunks,
            seed=plan.seed,
            paths=tuple(map(str, paths)),
            cache=str(plan.cache),
            vectors=str(plan.corpora / "vectors"),
        )
        embedder.arithmetic()  # the trial of arithmetics is not what is measured
        _make(order, digest=digest, embedder=embedder)
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    return Corpus(**{**found, "folder": folder})


def prototype_paths(plan: Plan) -> list[Path]:
    """Choose the real documents that corpora are made from."""
    chosen = contracts(plan, plan.count(48, quick=1), pages=(3, 60))
    return chosen if plan.is_quick else chosen + filings(plan, 2)


def disk_bytes(path: Path) -> int:
    """Return the bytes that a file or folder takes on disk."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_blocks * 512 for file in files)


def _digest(plan: Plan, n_chunks: int, *, embedder: SentenceTransformerEmbedder, paths: Sequence[Path]) -> str:
    recipe: dict[str, Json] = {
        "version": CORPUS_VERSION,
        "chunks": n_chunks,
        "seed": plan.seed,
        "documents": [content_hash(path.read_bytes()) for path in paths],
        "embedder": embedder.model_id,
        "pipeline": pipeline_version(model_id=embedder.model_id),
        "index_format": INDEX_FORMAT,
        "index": {**structure(), **STANDARD.built_as()},
    }
    return sha256_id(canonical_json(recipe)).removeprefix("sha256:")


def _make(order: Order, *, digest: str, embedder: SentenceTransformerEmbedder) -> None:
    folder = Path(order.folder)
    with (folder / "making.log").open("wb") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, json.dumps(asdict(order))], stdout=subprocess.PIPE, stderr=errors, text=True
        )
        watch = watched(child)
        output = child.stdout.read() if child.stdout else ""
    if child.returncode != 0:
        words = (folder / "making.log").read_text("utf-8", "replace").strip().splitlines()
        raise ConfigurationError(
            f"the process that makes a corpus of {order.n_chunks} chunks ended with {child.returncode}: "
            f"{words[-1] if words else 'no word'}",
            hint=f"see {str(folder / 'making.log')!r}",
        )
    manifest = {
        "digest": digest,
        "model_id": embedder.model_id,
        "dimension": embedder.dimension,
        **json.loads(output.strip().splitlines()[-1]),
        "build_bytes": watch.own,
        "build_resident_bytes": watch.together,
        "stored_bytes": {part.partition(".")[0]: disk_bytes(folder / part) for part in _PARTS},
    }
    temporary = folder / f".{MANIFEST}"
    temporary.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    temporary.replace(folder / MANIFEST)
