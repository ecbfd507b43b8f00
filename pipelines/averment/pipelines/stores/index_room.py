"""How much room the embedded index has left, and what else can be seen of it without opening it.

It is looked at from outside, since only one process can have it open: the catalog says how many points it holds, its
own description what it was built with. Nothing is changed, not even brought up to date.
"""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from averment.core.data_dir import DataDir
from averment.pipelines.stores.catalog_rows import CURRENT
from averment.pipelines.stores.catalog_types import IndexState
from averment.pipelines.stores.schema import documents, indexes, versions

INDEX_META: Final = "meta.json"
WAY_TO_A_SERVER: Final = (
    "run a Qdrant server, set index.backend to 'server' and index.url, then averment ingest --full; "
    "or raise index.max_embedded_points where memory allows"
)
_NEARLY: Final = 0.8
_READY: Final = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLook:
    """An embedded index as it is seen from outside.

    `built_by` is the embedder that it says it was built with, None where there is no index or it does not say;
    `serves` that of the catalog, None where no index was ever recorded; `n_points` how many points the catalog expects.
    """

    path: Path
    built_by: str | None
    serves: str | None
    n_points: int


def nearly_full(n_points: int, limit: int) -> str | None:
    """Say that four fifths of the points that the embedded engine takes are there; None below that."""
    if n_points < _NEARLY * limit:
        return None
    return f"the embedded search index holds {n_points} of at most {limit} points"


def look_at_index(data_dir: DataDir) -> IndexLook | None:
    """Look at the embedded index that serves; None where there is no catalog in a file, or none that can be read."""
    if not data_dir.catalog.exists():
        return None
    # Without a log of writes nobody is writing, and the file can be read without making one beside it.
    is_open = data_dir.catalog.with_name(f"{data_dir.catalog.name}-wal").exists()
    uri = f"{data_dir.catalog.absolute().as_uri()}?{'mode=ro' if is_open else 'immutable=1'}"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
    counted = (
        select(func.coalesce(func.sum(func.coalesce(versions.c.n_chunks, 0) + 1), 0))
        .select_from(documents.join(versions, CURRENT))
        .where(documents.c.status == _READY)
    )
    serving = select(indexes.c.location, indexes.c.model_id).where(
        indexes.c.state == IndexState.SERVING.value, indexes.c.store == "edge"
    )
    try:
        with engine.connect() as connection:
            n_points = connection.execute(counted).scalar_one()
            found = connection.execute(serving).first()
    except SQLAlchemyError:  # of another version, or damaged: opening it says which
        return None
    finally:
        engine.dispose()
    path = data_dir.root / found.location if found else data_dir.index
    return IndexLook(
        path=path, built_by=_built_by(path), serves=found.model_id if found else None, n_points=int(n_points)
    )


def _built_by(path: Path) -> str | None:
    try:
        found = json.loads((path / INDEX_META).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    model_id = found.get("model_id") if isinstance(found, dict) else None
    return model_id if isinstance(model_id, str) else None
