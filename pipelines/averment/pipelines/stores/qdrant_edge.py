"""The search index inside the process (Qdrant Edge), for one machine. One process owns it; see `averment.core.owner`.

The folder holds `meta.json` (what the index was built with, and which generation is in use) and one shard folder.
When a write returns, it outlives the end of this process, however that comes. It is forced to disk every few seconds of
writing and when the store is closed, since forcing every write would cost more than the write; a machine that went down
in between is noticed when the store is opened (`is_suspect`), and `reconcile` finds what is missing.

`optimize` rebuilds the shard in a child process while searches go on:
writes that arrive meanwhile go to the old shard and are repeated on the new one before it is taken into use.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.errors import IndexSchemaMismatch, IndexStoreError
from averment.core.ports import IndexHit, IndexPoint, IndexQuery
from averment.pipelines.stores.access_filter import compile_filter
from averment.pipelines.stores.edge_shard import (
    ask,
    create_shard,
    engine_errors,
    load_shard,
    of_document,
    to_engine,
    upsert,
)
from averment.pipelines.stores.index_options import STANDARD, IndexOptions
from averment.pipelines.stores.index_room import INDEX_META as _META
from averment.pipelines.stores.index_room import WAY_TO_A_SERVER
from averment.pipelines.stores.index_schema import INDEX_FORMAT, IndexSchema, check_point
from averment.pipelines.stores.payload import Payload

if TYPE_CHECKING:
    from qdrant_edge import EdgeShard

# A rebuild brings an index of this format to that of today.
_OLD_FORMAT: Final = 1
# Holds the machine's boot id from the first write until the store is closed.
_WRITTEN: Final = "written"
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_UNINDEXED_LIMIT: Final = 4_000
_UNINDEXED_SHARE: Final = 0.1
# An index of so many points opens in a few tenths of a second; larger ones are opened beside the one in use.
_SOON_LOADED: Final = 20_000
_REBUILD_MODULE: Final = "averment.pipelines.stores.edge_rebuild"

Mutation = Callable[["EdgeShard"], None]


class EdgeIndexStore:
    """The search index in a folder, in this process.

    Args:
        path: The folder; made when absent.
        dimension: Length of the dense vectors.
        model_id: Which embedder makes them; an index built with another one is refused.
        flush_every_s: How many seconds of writing may be lost when the machine goes down; 0 forces every write.
        options: How vectors are kept, and how many points there may be.

    Raises:
        IndexSchemaMismatch: The folder holds an index of another embedder, dimension or format.
        StoreBusy: Another process has it open.
    """

    def __init__(
        self,
        path: Path,
        dimension: int,
        model_id: str,
        *,
        flush_every_s: float = 5.0,
        options: IndexOptions = STANDARD,
    ) -> None:
        self._path = path
        self._flush_every_s = flush_every_s
        self._flushed_at = float("-inf")
        self._is_marked = False
        self._schema = IndexSchema(model_id=model_id, dimension=dimension)
        self._options = options
        self._built_as = options.built_as()
        # Writers take `_writes` first, then `_use`; searches take `_use` only.
        self._writes = threading.RLock()
        self._use = threading.RLock()
        self._rebuilding = threading.Lock()
        self._journal: list[Mutation] | None = None
        self._is_old = False
        self._generation = self._read_generation()
        if self._is_old:
            self._modernise()
        self._shard: EdgeShard | None = self._open()
        self.is_suspect = _went_down(self._path / _WRITTEN)

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points by id.

        Raises:
            IndexSchemaMismatch: A vector has another dimension.
            IndexStoreError: There would be more points than the embedded engine takes.
        """
        for point in points:
            check_point(point, self._schema)
        self._check_room(len(points))
        rows = [to_engine(point) for point in points]
        if rows:
            self._change(lambda shard: upsert(shard, rows))

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points, all of them or those of other text versions."""
        from qdrant_edge import UpdateOperation

        self._change(
            lambda shard: shard.update(
                UpdateOperation.delete_points_by_filter(of_document(document_id, except_text_hash=keep_text_hash))
            )
        )

    def update_document(self, document_id: str, payload: Payload) -> None:
        """Set payload fields on all points of a document: new readers or a new name without new vectors."""
        from qdrant_edge import UpdateOperation

        values = {key: list(value) if isinstance(value, (list, tuple)) else value for key, value in payload.items()}
        self._change(
            lambda shard: shard.update(UpdateOperation.set_payload_by_filter(of_document(document_id), values))
        )

    def search(self, query: IndexQuery) -> list[IndexHit]:
        """Return hits best first; nothing outside the principal's groups and tenant.

        Fused scores are those of `IndexQuery`; single-branch scores are the cosine or the BM25 sum.
        """
        return self._search(query, is_exhaustive=False)

    def search_exhaustively(self, query: IndexQuery) -> list[IndexHit]:
        """Return the hits of a search that compares every vector in full: what the graph and its copies fall short of.

        Takes as much longer as there are points; it is for measuring.
        """
        return self._search(query, is_exhaustive=True)

    def _search(self, query: IndexQuery, *, is_exhaustive: bool) -> list[IndexHit]:
        access = compile_filter(query.principal, query.filters, level=query.level)
        if access is None or query.limit < 1:
            return []
        with self._use, engine_errors("be searched", self._path):
            return ask(self._opened(), query, access, options=self._options, is_exhaustive=is_exhaustive)

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Return the hits of each query, in order.

        Queries for a document each have nothing to share: the engine's own batch takes twice as long for them.
        """
        return [self.search(query) for query in queries]

    def count(self, *, document_id: str | None = None) -> int:
        """Count points, of one document or of all."""
        from qdrant_edge import CountRequest

        condition = None if document_id is None else of_document(document_id)
        with self._use, engine_errors("be counted", self._path):
            return self._opened().count(CountRequest(exact=True, filter=condition))

    def optimize(self) -> bool:
        """Rebuild the index if enough points have no graph yet or it was built with other options; say whether it did.

        Searches go on meanwhile.
        """
        with self._use, engine_errors("be inspected", self._path):
            info = self._opened().info()
        # Every point counts twice among the indexed vectors (dense and sparse) once its graph is built.
        waiting = 2 * info.points_count - info.indexed_vectors_count
        is_current = self._built_as == self._options.built_as()
        if is_current and waiting <= max(_UNINDEXED_LIMIT, _UNINDEXED_SHARE * info.points_count):
            return False
        self.rebuild()
        return True

    def rebuild(self) -> None:
        """Write the index anew: its graph covers every point, and nothing that was deleted stays on disk.

        Raises:
            IndexStoreError: The rebuild failed; the index in use stays as it was.
        """
        with self._rebuilding:
            source, target = self._path / "source", self._shard_path(self._generation + 1)
            try:
                with self._writes:
                    self._start_journal(source)
                self._run_rebuild(source, target)
                self._take_into_use(target)
            finally:
                with self._writes:
                    self._journal = None
                shutil.rmtree(source, ignore_errors=True)
                self._sweep()

    def close(self) -> None:
        """Force everything to disk and close; a closed store answers nothing."""
        with self._writes, self._use:
            if self._shard is None:
                return
            with engine_errors("be closed", self._path):
                self._shard.flush()
                self._shard.close()
            self._shard = None
            if not self.is_suspect:
                (self._path / _WRITTEN).unlink(missing_ok=True)

    def mark_checked(self) -> None:
        """Say that the index was compared with the catalog and is no longer suspect."""
        self.is_suspect = False

    def _change(self, mutation: Mutation) -> None:
        with self._writes:
            with self._use, engine_errors("be written", self._path):
                shard = self._opened()
                self._mark_written()
                mutation(shard)
                if time.monotonic() - self._flushed_at >= self._flush_every_s:
                    shard.flush()
                    self._flushed_at = time.monotonic()
            if self._journal is not None:
                self._journal.append(mutation)

    def _check_room(self, n_points: int) -> None:
        with self._use, engine_errors("be inspected", self._path):
            n_there = self._opened().info().points_count
        if n_there + n_points > self._options.max_points:
            raise IndexStoreError(
                f"the embedded search index would hold {n_there + n_points} points, it takes "
                f"{self._options.max_points}",
                hint=WAY_TO_A_SERVER,
            )

    def _mark_written(self) -> None:
        if not self._is_marked and not self.is_suspect:
            (self._path / _WRITTEN).write_text(_boot_id(), encoding="utf-8")
        self._is_marked = True

    def _opened(self) -> "EdgeShard":
        if self._shard is None:
            raise IndexStoreError(f"the search index {str(self._path)!r} is closed")
        return self._shard

    def _start_journal(self, source: Path) -> None:
        with self._use, engine_errors("be flushed", self._path):
            self._opened().flush()
        shutil.rmtree(source, ignore_errors=True)
        shutil.copytree(self._shard_path(self._generation), source)
        self._journal = []

    def _run_rebuild(self, source: Path, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        command = [sys.executable, "-m", _REBUILD_MODULE, str(source), str(target), str(self._schema.dimension)]
        command += self._options.arguments()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode != 0:
            words = done.stderr.strip().splitlines()
            raise IndexStoreError(
                f"rebuilding the search index {str(self._path)!r} failed with exit code {done.returncode}: "
                f"{words[-1] if words else 'no message'}",
                hint="the index in use is unchanged; check free space and memory, then try again",
            )

    def _take_into_use(self, target: Path) -> None:
        with self._writes, engine_errors("be taken into use", target):
            old = self._opened()
            if old.info().points_count <= _SOON_LOADED:
                self._replace(old, target)
                return
            fresh = self._load_with_journal(target)
            with self._use:
                self._serve_from(fresh)
            old.close()

    def _replace(self, old: "EdgeShard", target: Path) -> None:
        """Close one shard before the other is opened: searches wait a moment, and memory holds one at a time."""
        with self._use:
            self._shard = None
            old.close()
            try:
                self._serve_from(self._load_with_journal(target))
            finally:
                if self._shard is None:
                    self._shard = load_shard(self._shard_path(self._generation))

    def _load_with_journal(self, target: Path) -> "EdgeShard":
        fresh = load_shard(target)
        for mutation in self._journal or ():
            mutation(fresh)
        fresh.flush()
        return fresh

    def _serve_from(self, fresh: "EdgeShard") -> None:
        self._shard = fresh
        self._generation += 1
        self._built_as = self._options.built_as()
        self._write_meta()

    def _open(self) -> "EdgeShard":
        current = self._shard_path(self._generation)
        if current.exists():
            shard = load_shard(current)
        else:
            # Made under another name first: a crash must not leave half a shard under the right one.
            fresh = self._path / "fresh"
            shutil.rmtree(fresh, ignore_errors=True)
            create_shard(fresh, self._schema.dimension, options=self._options).close()
            fresh.rename(current)
            shard = load_shard(current)
        self._sweep()
        return shard

    def _modernise(self) -> None:
        """Write an index of an older format anew, before it is used; takes as long as any rebuild."""
        self._run_rebuild(self._shard_path(self._generation), self._shard_path(self._generation + 1))
        self._generation += 1
        self._built_as = self._options.built_as()
        self._write_meta()

    def _read_generation(self) -> int:
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = json.loads((self._path / _META).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._generation = 1
            self._write_meta()
            return 1
        except (OSError, ValueError) as error:
            raise IndexStoreError(
                f"{str(self._path / _META)!r} cannot be read", hint="delete the folder and run averment ingest --full"
            ) from error
        self._is_old = found.get("format") == _OLD_FORMAT
        self._schema.check({**found, "format": INDEX_FORMAT} if self._is_old else found, where=str(self._path))
        generation = found.get("generation")
        if not isinstance(generation, int):
            raise IndexSchemaMismatch(f"{str(self._path / _META)!r} names generation {generation!r}, expected a number")
        # An index of before an option was built with what that option is by default.
        self._built_as = {**STANDARD.built_as(), **found.get("built_as", {})}
        return generation

    def _write_meta(self) -> None:
        temporary = self._path / f".{_META}"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(
                json.dumps({**self._schema.as_json(), "generation": self._generation, "built_as": self._built_as})
                + "\n"
            )
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path / _META)

    def _shard_path(self, generation: int) -> Path:
        return self._path / f"shard-{generation}"

    def _sweep(self) -> None:
        """Remove folders of other generations and of rebuilds that died."""
        current = self._shard_path(self._generation)
        for entry in self._path.iterdir():
            if entry.is_dir() and entry != current:
                with suppress(OSError):
                    shutil.rmtree(entry)


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _went_down(written: Path) -> bool:
    """Say whether the machine went down after a write that was not forced to disk.

    A process that merely died left its writes with the system, which is still running: the boot id is the same.
    """
    try:
        return written.read_text(encoding="utf-8") != _boot_id()
    except FileNotFoundError:
        return False
