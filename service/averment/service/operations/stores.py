"""How full and how far behind the stores are: index, catalog, log, and the disk they lie on."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.options import LogOptions
from averment.compliance.recorder import EvidenceRecorder
from averment.core.clock import rfc3339
from averment.pipelines.workspace import Workspace

_BLOCK_BYTES: Final = 512
"""The unit in which systems count what a file takes, whatever its disk's own blocks are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """The index that serves: points that it holds, and that the catalog says it must hold.

    `most_points` is where the embedded engine refuses more; None for a server. `size_bytes` is None for a server.
    """

    name: str
    engine: str
    points: int
    expected: int
    most_points: int | None
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogState:
    """The catalog: documents by status; `size_bytes` is None where it lies on a server of its own."""

    documents: Mapping[str, int]
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLoad:
    """The log: entries on the disk, those under the newest checkpoint, and what waits, each with the most that may.

    `checkpoint_at` is when the newest checkpoint was written; a log without new entries needs no new one. `problem`
    says why nothing can be signed or written, where that is so.
    """

    entries: int
    covered: int
    checkpoint_at: str
    unsealed: int
    most_unsealed: int
    waiting: int
    most_waiting: int
    problem: str | None
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """The disk of the data directory."""

    total_bytes: int
    free_bytes: int


def index_state(workspace: Workspace) -> IndexState:
    """Look at the index that serves.

    Raises:
        IndexStoreError, StoreError: It or the catalog does not answer.
    """
    settings = workspace.settings.index
    record = workspace.indexes.serving_record()
    is_here = settings.backend == "edge"
    return IndexState(
        name=record.name,
        engine=settings.backend,
        points=workspace.index.count(),
        expected=sum(workspace.catalog.expected_points().values()),
        most_points=settings.max_embedded_points if is_here else None,
        size_bytes=folder_bytes(workspace.data_dir.root / record.location) if is_here else None,
    )


def catalog_state(workspace: Workspace) -> CatalogState:
    """Look at the catalog.

    Raises:
        StoreError: It does not answer.
    """
    file = workspace.data_dir.catalog
    is_here = workspace.settings.catalog.url is None
    beside = [file, file.with_name(f"{file.name}-wal")] if is_here else []
    size = sum(path.stat().st_size for path in beside if path.exists())
    return CatalogState(documents=workspace.catalog.counts(), size_bytes=size if is_here else None)


def log_load(evidence: EvidenceRecorder, options: LogOptions) -> LogLoad:
    """Look at the log, before anything is signed for the sake of looking."""
    backlog, entries = evidence.backlog, evidence.size
    folder = evidence.evidence_dir / "log"
    written = datetime.fromtimestamp((folder / CHECKPOINT).stat().st_mtime, UTC)
    return LogLoad(
        entries=entries,
        covered=entries - backlog.unsealed,
        checkpoint_at=rfc3339(written),
        unsealed=backlog.unsealed,
        most_unsealed=options.max_unsealed,
        waiting=backlog.waiting,
        most_waiting=options.max_waiting,
        problem=backlog.reason or None,
        size_bytes=folder_bytes(folder),
    )


def disk_state(folder: Path) -> DiskState:
    """Look at the disk that a folder lies on."""
    found = shutil.disk_usage(folder)
    return DiskState(total_bytes=found.total, free_bytes=found.free)


def folder_bytes(folder: Path) -> int:
    """Return what all files below a folder take of the disk; one that goes while it is counted counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += _BLOCK_BYTES * path.lstat().st_blocks  # files may be much longer than what is written of them
    return total
