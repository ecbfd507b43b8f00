"""Rebuilds a shard of the embedded engine in a process of its own: live points only, searchable by graph.

The engine holds Python's global lock while it optimises, which would stop a whole service for as long; and what was
deleted stays readable in its log and segments until the shard is written anew. This process reads a copy of the shard
and writes a fresh one, in the format of today; the owner then takes that into use.

Run as `python -m averment.pipelines.stores.edge_rebuild SOURCE TARGET DIMENSION OPTION...`.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.pipelines.stores.access_filter import LEVEL_FIELD
from averment.pipelines.stores.edge_shard import NAMES, SPARSE, create_shard, engine_errors, load_shard, upsert
from averment.pipelines.stores.index_options import IndexOptions

if TYPE_CHECKING:
    from qdrant_edge import EdgeShard, NamedVector, Record

_POINTS_PER_READ: Final = 1000
_NICENESS: Final = 5
_PR_SET_PDEATHSIG: Final = 1


def rebuild(source: Path, target: Path, *, dimension: int, options: IndexOptions) -> int:
    """Write the points of one shard into a fresh one, build its graph, and return how many there are."""
    old = load_shard(source)
    new = create_shard(target, dimension, options=options)
    with engine_errors("be rebuilt", source):
        copied = _copy(old, new)
        # What has no graph yet holds its posting lists in memory: not those of two shards while a graph is built.
        old.close()
        new.optimize()
        new.flush()
        new.close()
    return copied


def _copy(old: "EdgeShard", new: "EdgeShard") -> int:
    from qdrant_edge import Point, ScrollRequest

    copied = 0
    offset = None
    while True:
        records, offset = old.scroll(
            ScrollRequest(offset=offset, limit=_POINTS_PER_READ, with_payload=True, with_vector=True)
        )
        upsert(new, [Point(record.id, _vectors(record), record.payload) for record in records])
        copied += len(records)
        if offset is None:
            return copied


def _vectors(record: "Record") -> dict[str, "NamedVector"]:
    """Return a point's vectors; in an index of format 1, names stood where the words of passages stand."""
    found = record.vector
    vectors = dict(found) if isinstance(found, dict) else {}
    if (record.payload or {}).get(LEVEL_FIELD) == "document" and SPARSE in vectors:
        vectors[NAMES] = vectors.pop(SPARSE)
    return vectors


def main() -> None:
    """Rebuild as the arguments say."""
    # A rebuild is of no use to anybody once its owner is gone.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(_NICENESS)
    source, target, dimension, *kept = sys.argv[1:]
    options = IndexOptions.from_arguments(*kept)
    copied = rebuild(Path(source), Path(target), dimension=int(dimension), options=options)
    sys.stdout.write(f"{copied}\n")


if __name__ == "__main__":
    main()
