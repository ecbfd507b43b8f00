"""The embedded engine (Qdrant Edge) behind a few functions: making, opening, filling and asking one shard.

Used by the store and by the child process that rebuilds a shard. The engine raises plain `Exception`, holds Python's
global lock while it works, and opens a folder in one process only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from averment.core.errors import IndexStoreError, StoreBusy
from averment.core.ports import IndexHit, IndexPoint, IndexQuery, SparseVector
from averment.pipelines.stores.access_filter import LEVEL_FIELD, AccessFilter, to_edge
from averment.pipelines.stores.index_options import SEARCH_EFFORT, STANDARD, IndexOptions
from averment.pipelines.stores.payload import INTEGER_FIELDS, KEYWORD_FIELDS

if TYPE_CHECKING:
    from qdrant_edge import EdgeConfig, EdgeShard, Filter, Point, QueryRequest, SearchParams
    from qdrant_edge import SparseVector as EngineSparseVector

DENSE: Final = "dense"
SPARSE: Final = "sparse"
# What documents are called has a vector of its own: a search for a name reads the points of documents and of nothing
# else, however many passages hold its words, and words are rare or frequent as they are among names.
NAMES: Final = "names"
POINTS_PER_OPERATION: Final = 1000
# With int8 vectors in memory and rescoring on the originals: recall@50 .98 against an exact search at 100 000 points.
_GRAPH_DEGREE: Final = 16
_GRAPH_EFFORT: Final = 100
_FULL_SCAN_KB: Final = 2_000
_INDEX_FROM_KB: Final = 1_000
_TIES: Final = 16
_PANIC: Final = "PanicException"
# A query takes a millisecond or three; on a busy machine handing its parts to threads costs more than it saves.
_SEARCH_THREADS: Final = 1


def shard_config(dimension: int, options: IndexOptions) -> "EdgeConfig":
    """Return the configuration of a shard: cosine and sparse vectors with IDF, vectors kept as the options say."""
    from qdrant_edge import (
        BinaryQuantizationConfig,
        Distance,
        EdgeConfig,
        EdgeOptimizersConfig,
        EdgeSparseVectorParams,
        EdgeVectorParams,
        HnswIndexConfig,
        Memory,
        Modifier,
        ScalarQuantizationConfig,
        ScalarType,
    )

    place = Memory.Cold if options.vectors_on_disk else Memory.Cached
    copies: ScalarQuantizationConfig | BinaryQuantizationConfig | None = None
    if options.quantization == "int8":
        copies = ScalarQuantizationConfig(ScalarType.Int8, quantile=0.99, memory=Memory.Pinned)
    elif options.quantization == "binary":
        copies = BinaryQuantizationConfig(memory=Memory.Pinned)
    return EdgeConfig(
        vectors={DENSE: EdgeVectorParams(size=dimension, distance=Distance.Cosine, memory=place)},
        sparse_vectors={name: EdgeSparseVectorParams(modifier=Modifier.Idf) for name in (SPARSE, NAMES)},
        hnsw_config=HnswIndexConfig(m=_GRAPH_DEGREE, ef_construct=_GRAPH_EFFORT, full_scan_threshold=_FULL_SCAN_KB),
        quantization_config=copies,
        optimizers=EdgeOptimizersConfig(default_segment_number=1, indexing_threshold=_INDEX_FROM_KB),
        payload_memory=Memory.Cold if options.payload_on_disk else Memory.Cached,
        max_search_threads=_SEARCH_THREADS,
        wal_enabled=True,
    )


def structure() -> dict[str, int]:
    """Return what of a shard's structure no option decides: how its graph is built, and from which sizes on."""
    return {
        "graph_degree": _GRAPH_DEGREE,
        "graph_effort": _GRAPH_EFFORT,
        "full_scan_kb": _FULL_SCAN_KB,
        "index_from_kb": _INDEX_FROM_KB,
    }


def create_shard(path: Path, dimension: int, *, options: IndexOptions = STANDARD) -> "EdgeShard":
    """Make an empty shard with an index on every filter field."""
    from qdrant_edge import EdgeShard, IntegerIndexParams, KeywordIndexParams, UpdateOperation

    with engine_errors("be created", path):
        shard = EdgeShard.create(str(path), shard_config(dimension, options))
        for field in KEYWORD_FIELDS:
            shard.update(UpdateOperation.create_field_index(field, KeywordIndexParams()))
        for field in INTEGER_FIELDS:
            shard.update(UpdateOperation.create_field_index(field, IntegerIndexParams(lookup=False, range=True)))
        shard.flush()
    return shard


def load_shard(path: Path) -> "EdgeShard":
    """Open a shard.

    Raises:
        StoreBusy: Another process has it open.
        IndexStoreError: It cannot be read.
    """
    from qdrant_edge import EdgeShard

    with engine_errors("be opened", path):
        return EdgeShard.load(str(path))


@contextmanager
def engine_errors(purpose: str, path: Path) -> Iterator[None]:
    """Turn the engine's exceptions into ours."""
    try:
        yield
    except BaseException as error:
        # The engine raises nothing more specific than Exception; a panic of it is not even that.
        if type(error) is not Exception and type(error).__name__ != _PANIC:
            raise
        if "WouldBlock" in str(error):
            raise StoreBusy(
                f"the search index {str(path)!r} is open in another process",
                hint="stop that averment process; commands reach a running one by themselves",
            ) from error
        raise IndexStoreError(
            f"the search index {str(path)!r} could not {purpose}; if space and permissions are well, it is damaged",
            hint=f"a damaged one: stop averment, delete {str(path.parent)!r}, run averment ingest for every source; "
            "--verbose shows the cause",
        ) from error


def to_engine(point: IndexPoint) -> "Point":
    """Write a point as the engine takes it."""
    import qdrant_edge

    payload = {
        key: list(value) if isinstance(value, (list, tuple)) else value
        for key, value in point.payload.items()
        if value is not None
    }
    vector: dict[str, object] = {DENSE: as_floats(point.dense)}
    # A chunk without a single term has no sparse vector; an empty one would only be stored.
    if point.sparse.indices:
        name = sparse_name(point.payload.get(LEVEL_FIELD))
        vector[name] = qdrant_edge.SparseVector(list(point.sparse.indices), as_floats(point.sparse.values))
    return qdrant_edge.Point(point.id, vector, payload)  # type: ignore[arg-type]  # the stub's dict is invariant


def sparse_name(level: object) -> str:
    """Return which sparse vector points of a level have."""
    return NAMES if level == "document" else SPARSE


def upsert(shard: "EdgeShard", points: "Sequence[Point]") -> None:
    """Insert or replace points, a bounded number at a time."""
    from qdrant_edge import UpdateOperation

    for start in range(0, len(points), POINTS_PER_OPERATION):
        shard.update(UpdateOperation.upsert_points(list(points[start : start + POINTS_PER_OPERATION])))


def of_document(document_id: str, *, except_text_hash: str | None = None) -> "Filter":
    """Return the filter for a document's points; for maintenance, never for search."""
    from qdrant_edge import FieldCondition, Filter, MatchAny

    return Filter(
        must=[FieldCondition("document_id", match=MatchAny([document_id]))],
        must_not=None
        if except_text_hash is None
        else [FieldCondition("text_hash", match=MatchAny([except_text_hash]))],
    )


def request(
    query: IndexQuery, access: AccessFilter, *, options: IndexOptions = STANDARD, is_exhaustive: bool = False
) -> "QueryRequest | None":
    """Write a query; None where it asks for nothing that could be found.

    With both branches, each is filtered and fused by the engine in one call. A few hits more than asked for come
    back, so that equal scores can be put into a fixed order.
    """
    from qdrant_edge import Prefetch, Query, QueryRequest

    condition = to_edge(access)
    params = _params(options, is_exhaustive=is_exhaustive)
    branches = []
    if query.dense is not None:
        branches.append(Query.Nearest(as_floats(query.dense), using=DENSE))
    if query.sparse is not None and query.sparse.indices:
        branches.append(Query.Nearest(_sparse(query.sparse), using=sparse_name(query.level)))
    limit = query.limit + _TIES
    if not branches:
        return None
    if len(branches) == 1:
        return QueryRequest(limit=limit, query=branches[0], filter=condition, params=params)
    candidates = max(query.prefetch, query.limit)
    return QueryRequest(
        limit=limit,
        query=_fusion(query),
        prefetches=[Prefetch(limit=candidates, query=branch, filter=condition, params=params) for branch in branches],
    )


def _params(options: IndexOptions, *, is_exhaustive: bool) -> "SearchParams":
    from qdrant_edge import QuantizationSearchParams, SearchParams

    if is_exhaustive:
        return SearchParams(exact=True, quantization=QuantizationSearchParams(ignore=True))
    return SearchParams(
        hnsw_ef=SEARCH_EFFORT, quantization=QuantizationSearchParams(rescore=True, oversampling=options.oversampling)
    )


def ask(
    shard: "EdgeShard",
    query: IndexQuery,
    access: AccessFilter,
    *,
    options: IndexOptions = STANDARD,
    is_exhaustive: bool = False,
) -> list[IndexHit]:
    """Run a query and return its hits, best first, equal scores by id; exhaustively without graph and copies."""
    asked = request(query, access, options=options, is_exhaustive=is_exhaustive)
    if asked is None:
        return []
    ranked = sorted((-found.score, str(found.id)) for found in shard.query(asked))[: query.limit]
    # What a hit carries takes the engine longer to read than the hit to find: only of those that are kept.
    vectors = [sparse_name(query.level)] if query.with_terms else False
    carried = {
        str(row.id): row
        for row in shard.retrieve([number for _, number in ranked], with_payload=True, with_vector=vectors)
    }
    return [
        IndexHit(
            id=number,
            score=-score,
            payload=carried[number].payload or {},
            terms=shared_terms(query, carried[number].vector) if query.with_terms else (),
        )
        for score, number in ranked
    ]


def shared_terms(query: IndexQuery, vectors: object) -> tuple[int, ...]:
    """Return the terms of a query that a point's sparse vector holds."""
    vector = vectors.get(sparse_name(query.level)) if isinstance(vectors, dict) else None
    if vector is None or query.sparse is None:
        return ()
    return tuple(sorted(set(query.sparse.indices).intersection(vector.indices)))


def _fusion(query: IndexQuery) -> Any:
    """Write how branches are fused; the stubs do not say that the parts of `Fusion` and `Expression` are these."""
    from qdrant_edge import Expression, Formula, Fusion

    if query.fusion == "dbsf":
        return Fusion.Dbsf()
    dense, sparse = query.dense_weight, 1 - query.dense_weight
    if query.fusion == "rrf":
        # Twice the shares: halves are the plain sum.
        return Fusion.Rrf(query.rank_constant, None if dense == sparse else [2 * dense, 2 * sparse])
    said = Expression.Variable("$score[1]")
    room = Expression.Constant(saturation(query))
    return Formula(
        Expression.Sum(
            [
                Expression.Mult([Expression.Constant(dense), Expression.Variable("$score[0]")]),
                Expression.Mult([Expression.Constant(sparse), Expression.Div(said, Expression.Sum([said, room]), 0.0)]),
            ]
        ),
        {"$score[0]": 0.0, "$score[1]": 0.0},
    )


def saturation(query: IndexQuery) -> float:
    """Return the sum of terms that counts half in a convex fusion: the weights of the query's terms."""
    return max(1e-6, sum(query.sparse.values)) if query.sparse is not None else 1.0


def as_floats(values: Sequence[float]) -> list[float]:
    """Return plain floats; arrays are converted as a whole."""
    plain = getattr(values, "tolist", None)
    return [float(value) for value in values] if plain is None else list(plain())


def _sparse(vector: SparseVector) -> "EngineSparseVector":
    from qdrant_edge import SparseVector as EngineSparseVector

    return EngineSparseVector(list(vector.indices), as_floats(vector.values))
