"""An installation for measuring: stores in a fresh folder, a real evidence log, the product's own parts and defaults.

What is shared between rounds (parser processes, loaded models) is given; what a round must start without (catalog,
blobs, index, log) is made.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.compliance.recording import open_recording
from averment.connectors.filesystem import FilesystemConnector
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.ports import Embedder
from averment.core.settings import ModelSettings, Settings
from averment.evaluation.bench.plan import Plan
from averment.pipelines.ingestion.chunking import ChunkSettings, pipeline_version
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.ingestion.ingestor import Ingestor
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.reading import Partitioner
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.ingestion.upkeep import Stores
from averment.pipelines.likeness import open_likeness
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.index_options import STANDARD, IndexOptions
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.workspace import Workspace, open_workspace

ORIGIN = "bench.averment.invalid/evidence"
SUBJECT = "bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStores:
    """The open stores of one folder that a search needs."""

    root: Path
    catalog: Catalog
    blobs: FolderBlobStore
    texts: TextStore
    index: EdgeIndexStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation(SearchStores):
    """Open stores and an open log in one folder."""

    evidence: EvidenceRecorder

    def ingestor(self, partitioner: Partitioner, embedder: Embedder) -> Ingestor:
        """Return an ingestor over these stores."""
        return Ingestor(
            Stores(catalog=self.catalog, blobs=self.blobs, texts=self.texts, index=self.index),
            partitioner=partitioner,
            preparer=preparer(embedder),
            embedder=embedder,
            audit=self.evidence,
            clock=SystemClock(),
            subject=SUBJECT,
        )


def preparer(embedder: Embedder) -> Preparer:
    """Return what cuts and describes documents, with the product's defaults."""
    return Preparer(
        chunks=ChunkSettings(),
        weights=SparseSettings(),
        pipeline_version=pipeline_version(model_id=embedder.model_id),
    )


def new_embedder(plan: Plan) -> SentenceTransformerEmbedder:
    """Return the product's embedder; what its trial of arithmetics found is kept for the whole run."""
    return embedder_beside(plan.cache)


def embedder_beside(cache: Path) -> SentenceTransformerEmbedder:
    """Return the product's embedder; a trial of arithmetics runs where neither the folder nor set-up has one."""
    settings = Settings()
    return open_embedder(settings.embedding, caches=(cache, settings.model.models_dir))


@contextmanager
def new_installation(root: Path, *, dimension: int, model_id: str) -> Iterator[Installation]:
    """Make empty stores and a log, and close them in the end; what was in the folder is deleted first."""
    fresh_folder(root)
    with new_evidence(root) as evidence, open_stores(root, dimension=dimension, model_id=model_id) as stores:
        yield Installation(
            root=root,
            catalog=stores.catalog,
            blobs=stores.blobs,
            texts=stores.texts,
            index=stores.index,
            evidence=evidence,
        )


@contextmanager
def open_stores(
    root: Path, *, dimension: int, model_id: str, options: IndexOptions = STANDARD
) -> Iterator[SearchStores]:
    """Open the stores of a folder, making what is absent, and close them in the end."""
    with ExitStack() as stack:
        catalog = Catalog(f"sqlite:///{root / 'catalog.sqlite'}", clock=SystemClock())
        stack.callback(catalog.close)
        blobs = FolderBlobStore(root / "blobs")
        index = EdgeIndexStore(root / "index", dimension, model_id, options=options)
        stack.callback(index.close)
        yield SearchStores(root=root, catalog=catalog, blobs=blobs, texts=TextStore(blobs, catalog), index=index)


@contextmanager
def new_workspace(root: Path, *, cache: Path, endpoint: str | None = None) -> Iterator[Workspace]:
    """Open a whole installation in a fresh folder, as the owner of its stores and log, as a command does.

    Args:
        root: The folder; what was in it is deleted first.
        cache: What was found out about this machine; copied in, so that no trial runs while something is measured.
        endpoint: Base URL of the language model's server; windows are as long as the profile says where one is given.
    """
    fresh_folder(root)
    settings = Settings(data_dir=root / "data", model=ModelSettings(endpoint=endpoint))
    data_dir = open_data_dir(settings.data_dir)
    if cache.is_dir():
        shutil.copytree(cache, data_dir.root / "cache")

    def open_log(_data_dir: DataDir) -> EvidenceRecorder:
        return new_evidence(data_dir.root)

    clock = SystemClock()
    likeness = open_likeness(lambda: workspace.embedder, cache=settings.data_dir / "cache")
    recording = partial(open_recording, settings=settings, clock=clock, open_likeness=likeness)
    with open_workspace(settings, open_log=open_log, open_recording=recording, clock=clock) as workspace:
        yield workspace


def new_evidence(root: Path) -> EvidenceRecorder:
    """Make keys and a log below a folder and open it."""
    return open_evidence(
        root / "evidence",
        root / "keys",
        clock=SystemClock(),
        origin=ORIGIN,
        settings=Settings().log,
        must_exist=False,
    )


def fresh_folder(folder: Path) -> Path:
    """Empty a folder of the benchmarks' own, making it where it is absent."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def source_of(folder: Path, files: list[Path]) -> FilesystemConnector:
    """Copy files into a folder of their own and return the connector that reads it."""
    fresh_folder(folder)
    for file in files:
        shutil.copyfile(file, folder / file.name)
    return FilesystemConnector(folder)
