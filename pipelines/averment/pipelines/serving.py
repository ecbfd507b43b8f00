"""The search indexes of an installation: which one serves, with which embedder, and where the others lie.

The catalog says which index serves, and is asked for every search, so that a switch takes effect in every process at
once. An index remembers its embedder: questions are embedded as its documents were, whatever settings name by now.
"""

import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.clock import Clock
from averment.core.data_dir import DataDir
from averment.core.errors import ConfigurationError, IndexVersionNotFound, UsageError
from averment.core.owner import Caller
from averment.core.settings import IndexSettings, Settings
from averment.pipelines.ingestion.chunking import pipeline_version
from averment.pipelines.ingestion.embedder_folder import packaged_model_path
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.models.sparse_encoder import LearnedSparseEncoder
from averment.pipelines.retrieval.encoding import JointQueryEncoder, QueryEmbedder
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexRecord, IndexState
from averment.pipelines.stores.index_options import IndexOptions
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.qdrant_server import QdrantIndexStore, connect
from averment.pipelines.stores.reconcile import reconcile_if_suspect
from averment.pipelines.stores.remote import MaintainedIndexStore, RemoteIndexStore

_FIRST: Final = "1"
# Between the ids of an embedder and of a sparse encoder, in no name of a folder.
_JOINT: Final = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """An index with the embedder, and the learned sparse encoder if any, that belong to it."""

    record: IndexRecord
    store: MaintainedIndexStore
    embedder: SentenceTransformerEmbedder
    learned: LearnedSparseEncoder | None = None

    @property
    def query_encoder(self) -> QueryEmbedder:
        """Return what makes vectors of questions for this index."""
        if self.learned is None:
            return self.embedder
        return JointQueryEncoder(self.embedder, self.learned, model_id=joint_id(self.embedder.model_id, self.learned))


class Indexes:
    """Opens indexes and their embedders; safe for several threads.

    Args:
        settings: All settings.
        data_dir: Where embedded indexes lie.
        catalog: Says which index serves.
        clock: Tells the time.
        caller: The way to the process that owns embedded indexes; this process opens them itself when None.
    """

    def __init__(
        self, settings: Settings, *, data_dir: DataDir, catalog: Catalog, clock: Clock, caller: Caller | None = None
    ):
        self._settings = settings
        self._data_dir = data_dir
        self._catalog = catalog
        self._clock = clock
        self._caller = caller
        self._opening = threading.RLock()
        self._own: dict[str, EdgeIndexStore | QdrantIndexStore] = {}
        self._embedders: dict[str, SentenceTransformerEmbedder] = {}
        self._learned: LearnedSparseEncoder | None = None

    @property
    def kind(self) -> str:
        """Return where indexes lie, as the catalog names it."""
        chosen = self._settings.index
        return "edge" if chosen.backend == "edge" else f"server:{chosen.collection}"

    def serving(self) -> Serving:
        """Return the index that answers searches at this moment."""
        record = self.serving_record()
        return Serving(
            record=record,
            store=self.store(record),
            embedder=self.embedder(record),
            learned=self.sparse_encoder(record),
        )

    def serving_record(self) -> IndexRecord:
        """Return what the catalog says of the index that serves; the first one is recorded here."""
        found = self._catalog.serving_index(self.kind)
        if found is not None:
            return found
        location = "index" if self.kind == "edge" else self._settings.index.collection
        return self._catalog.add_index(self._record(_FIRST, location, state=IndexState.SERVING, model_path=None))

    def records(self) -> list[IndexRecord]:
        """Return every index in the order in which they were made."""
        self.serving_record()
        return self._catalog.indexes(self.kind)

    def named(self, name: str | None) -> IndexRecord:
        """Return an index by name, the serving one for None.

        Raises:
            IndexVersionNotFound: There is none of that name.
        """
        if name is None:
            return self.serving_record()
        for record in self.records():
            if record.name == name:
                return record
        raise IndexVersionNotFound(f"there is no index {name!r}", hint="averment index list names them")

    def new_record(self, *, model_path: Path | None) -> IndexRecord:
        """Return the record of an index that is to be built, with the embedder of settings or another one."""
        records = self.records()
        number = 1 + max(int(record.name) for record in records)
        base = "index" if self.kind == "edge" else self._settings.index.collection
        return self._record(str(number), f"{base}-{number}", state=IndexState.BUILDING, model_path=model_path)

    def store(self, record: IndexRecord) -> MaintainedIndexStore:
        """Open an index: here, or through its owner."""
        if self._caller is not None and self._settings.index.backend == "edge":
            return RemoteIndexStore(self._caller, index=record.name)
        return self.own_store(record.name)

    def others(self) -> Sequence[MaintainedIndexStore]:
        """Open every index besides the one that serves."""
        kept = (IndexState.BUILDING, IndexState.RESTING)
        return [self.store(record) for record in self.records() if record.state in kept]

    def own_store(self, name: str | None) -> EdgeIndexStore | QdrantIndexStore:
        """Open an index in this process, by name; the serving one for None."""
        with self._opening:
            record = self.named(name)
            if record.name not in self._own:
                self._own[record.name] = self._open(record)
            return self._own[record.name]

    def embedder(self, record: IndexRecord) -> SentenceTransformerEmbedder:
        """Return the embedder that an index was built with; its model loads when it is first used.

        Raises:
            ConfigurationError: The folder holds another model by now.
        """
        wanted, _ = encoder_ids(record.model_id)
        found = self._embedder(None)
        if found.model_id == wanted:
            return found
        folder = Path(record.model_path) if record.model_path else packaged_model_path()
        found = self._embedder(folder)
        if found.model_id != wanted:
            raise ConfigurationError(
                f"index {record.name!r} was built with {wanted!r}, but {str(folder)!r} holds {found.model_id!r}",
                hint="put the model back, or build another index: averment reindex",
            )
        return found

    def sparse_encoder(self, record: IndexRecord) -> LearnedSparseEncoder | None:
        """Return the learned sparse encoder that an index was built with; None for one built without.

        Raises:
            ConfigurationError: Settings name none, or another one, by now.
        """
        _, wanted = encoder_ids(record.model_id)
        if wanted is None:
            return None
        found = self._sparse_encoder()
        if found is None or found.model_id != wanted:
            raise ConfigurationError(
                f"index {record.name!r} was built with the sparse encoder {wanted!r}, settings name "
                f"{found.model_id if found else None!r}",
                hint="set retrieval.sparse_encoder_path to its folder, or build another index: averment reindex",
            )
        return found

    def drop(self, record: IndexRecord) -> None:
        """Delete the points of an index that does not serve.

        Raises:
            UsageError: It serves.
        """
        if self._catalog.serving_index(self.kind) == record:
            raise UsageError(f"index {record.name!r} serves", hint="averment index switch another one first")
        store = self.store(record)
        if isinstance(store, RemoteIndexStore):
            store.drop()
        else:
            self.drop_own(record.name)

    def drop_own(self, name: str) -> None:
        """Delete the points of an index of this process that does not serve."""
        record = self.named(name)
        if record.state is IndexState.SERVING:
            raise UsageError(f"index {name!r} serves", hint="averment index switch another one first")
        with self._opening:
            if self._settings.index.backend == "edge":
                if (store := self._own.pop(name, None)) is not None:
                    store.close()
                with suppress(FileNotFoundError):
                    shutil.rmtree(self._data_dir.root / record.location)
            else:
                store = self.own_store(name)
                if isinstance(store, QdrantIndexStore):
                    store.drop()
                del self._own[name]

    def close(self) -> None:
        """Close the indexes that this process has open."""
        with self._opening:
            while self._own:
                self._own.popitem()[1].close()

    def _record(self, name: str, location: str, *, state: IndexState, model_path: Path | None) -> IndexRecord:
        embedder = self._embedder(model_path)
        model_id = joint_id(embedder.model_id, self._sparse_encoder())
        path = model_path or self._settings.embedding.model_path
        return IndexRecord(
            name=name,
            store=self.kind,
            location=location,
            model_id=model_id,
            model_path=str(path.resolve()) if path else None,
            dimension=embedder.dimension,
            pipeline_version=pipeline_version(model_id=model_id),
            state=state,
            created_at=self._clock.now(),
        )

    def _embedder(self, path: Path | None) -> SentenceTransformerEmbedder:
        with self._opening:
            key = str(path or "")
            if key not in self._embedders:
                chosen = self._settings.embedding
                if path is not None:
                    chosen = chosen.model_copy(update={"model_path": path})
                caches = (self._data_dir.root / "cache", self._settings.model.models_dir)
                self._embedders[key] = open_embedder(chosen, caches=caches)
            return self._embedders[key]

    def _sparse_encoder(self) -> LearnedSparseEncoder | None:
        path = self._settings.retrieval.sparse_encoder_path
        with self._opening:
            if path is not None and self._learned is None:
                self._learned = LearnedSparseEncoder(path)
            return self._learned

    def _open(self, record: IndexRecord) -> EdgeIndexStore | QdrantIndexStore:
        chosen = self._settings.index
        if chosen.backend == "edge":
            path = self._data_dir.root / record.location
            store = EdgeIndexStore(path, record.dimension, record.model_id, options=_options(chosen))
            if record.state is IndexState.SERVING:
                reconcile_if_suspect(self._catalog, store)
            elif store.is_suspect:
                self._catalog.distrust_index(record.name)
                store.mark_checked()
            return store
        if not chosen.url:
            raise ConfigurationError("index.backend is 'server', but index.url is not set", hint="set index.url")
        key = chosen.api_key.get_secret_value() if chosen.api_key else None
        client = connect(chosen.url, api_key=key)
        return QdrantIndexStore(
            client,
            record.location,
            dimension=record.dimension,
            model_id=record.model_id,
            options=_options(chosen),
        )


def joint_id(embedder_id: str, learned: LearnedSparseEncoder | None) -> str:
    """Return what an index is built with: the embedder, and the learned sparse encoder if there is one."""
    return f"{embedder_id}{_JOINT}{learned.model_id}" if learned else embedder_id


def encoder_ids(model_id: str) -> tuple[str, str | None]:
    """Take a joint id apart."""
    embedder_id, _, learned_id = model_id.partition(_JOINT)
    return embedder_id, learned_id or None


def _options(chosen: IndexSettings) -> IndexOptions:
    return IndexOptions(
        quantization=chosen.quantization,
        vectors_on_disk=chosen.vectors_on_disk,
        payload_on_disk=chosen.payload_on_disk,
        max_points=chosen.max_embedded_points,
    )
