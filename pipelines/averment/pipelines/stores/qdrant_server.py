"""The search index on a Qdrant server, through its client: for several machines, and for more than one can hold.

The collection's metadata say what it was built with. Writes wait until the server has applied them to its log and
segments; the server optimises by itself.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from averment.core.errors import IndexSchemaMismatch, IndexStoreError, IndexUnavailable
from averment.core.ports import IndexHit, IndexPoint, IndexQuery
from averment.pipelines.stores.access_filter import LEVEL_FIELD, compile_filter, to_client
from averment.pipelines.stores.edge_shard import DENSE, NAMES, SPARSE, as_floats, saturation, shared_terms, sparse_name
from averment.pipelines.stores.index_options import SEARCH_EFFORT, STANDARD, IndexOptions
from averment.pipelines.stores.index_schema import IndexSchema, check_point
from averment.pipelines.stores.payload import INTEGER_FIELDS, KEYWORD_FIELDS, Payload

if TYPE_CHECKING:
    from qdrant_client import QdrantClient, models

    Branch = tuple[str, list[float] | models.SparseVector]

_POINTS_PER_REQUEST: Final = 256
_QUERIES_PER_REQUEST: Final = 64
_TIES: Final = 16
_TIMEOUT_S: Final = 60


def connect(url: str, *, api_key: str | None = None, timeout_s: int = _TIMEOUT_S) -> "QdrantClient":
    """Return a client of a Qdrant server."""
    from qdrant_client import QdrantClient

    return QdrantClient(url=url, api_key=api_key, timeout=timeout_s)


class QdrantIndexStore:
    """The search index in a collection of a Qdrant server; made when absent.

    Args:
        client: From `connect`, or the client's local mode in tests.
        collection: Name of the collection.
        dimension: Length of the dense vectors.
        model_id: Which embedder makes them; a collection built with another one is refused.
        options: How a collection that is made here keeps its vectors.

    Raises:
        IndexSchemaMismatch: The collection was built with another embedder, dimension or format.
        IndexUnavailable: The server cannot be reached.
    """

    def __init__(
        self,
        client: "QdrantClient",
        collection: str,
        *,
        dimension: int,
        model_id: str,
        options: IndexOptions = STANDARD,
    ) -> None:
        self._client = client
        self._collection = collection
        self._schema = IndexSchema(model_id=model_id, dimension=dimension)
        self._options = options
        with self._server_errors():
            if not client.collection_exists(collection):
                self._create()
            self._check()

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points by id; applied when it returns.

        Raises:
            IndexSchemaMismatch: A vector has another dimension.
        """
        for point in points:
            check_point(point, self._schema)
        with self._server_errors():
            for start in range(0, len(points), _POINTS_PER_REQUEST):
                batch = [_to_client_point(point) for point in points[start : start + _POINTS_PER_REQUEST]]
                self._client.upsert(self._collection, batch, wait=True)

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points, all of them or those of other text versions; applied when it returns."""
        from qdrant_client import models

        selector = models.FilterSelector(filter=_of_document(document_id, except_text_hash=keep_text_hash))
        with self._server_errors():
            self._client.delete(self._collection, selector, wait=True)

    def update_document(self, document_id: str, payload: Payload) -> None:
        """Set payload fields on all points of a document: new readers or a new name without new vectors."""
        values = {key: list(value) if isinstance(value, (list, tuple)) else value for key, value in payload.items()}
        with self._server_errors():
            self._client.set_payload(self._collection, values, points=_of_document(document_id), wait=True)

    def search(self, query: IndexQuery) -> list[IndexHit]:
        """Return hits best first; nothing outside the principal's groups and tenant.

        Fused scores are those of `IndexQuery`; single-branch scores are the cosine or the BM25 sum.
        """
        return self.search_many([query])[0]

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Return the hits of each query, in order, a bounded number in one request."""
        asked = {
            place: one for place, query in enumerate(queries) if (one := _request(query, self._options)) is not None
        }
        found: dict[int, list[IndexHit]] = {}
        places = list(asked)
        for start in range(0, len(places), _QUERIES_PER_REQUEST):
            batch = places[start : start + _QUERIES_PER_REQUEST]
            with self._server_errors():
                rows = self._client.query_batch_points(self._collection, [asked[place] for place in batch])
            for place, row in zip(batch, rows, strict=True):
                hits = [_hit(queries[place], point) for point in row.points]
                found[place] = sorted(hits, key=lambda hit: (-hit.score, hit.id))[: queries[place].limit]
        return [found.get(place, []) for place in range(len(queries))]

    def count(self, *, document_id: str | None = None) -> int:
        """Count points, of one document or of all."""
        condition = None if document_id is None else _of_document(document_id)
        with self._server_errors():
            return self._client.count(self._collection, count_filter=condition, exact=True).count

    def optimize(self) -> bool:
        """Do nothing: the server optimises by itself."""
        return False

    def drop(self) -> None:
        """Delete the collection."""
        with self._server_errors():
            self._client.delete_collection(self._collection)

    def close(self) -> None:
        """Close the client's connections."""
        self._client.close()

    def _create(self) -> None:
        from qdrant_client import models
        from qdrant_client.http.exceptions import UnexpectedResponse

        try:
            self._client.create_collection(
                self._collection,
                vectors_config={
                    DENSE: models.VectorParams(
                        size=self._schema.dimension,
                        distance=models.Distance.COSINE,
                        on_disk=self._options.vectors_on_disk,
                    )
                },
                sparse_vectors_config={
                    name: models.SparseVectorParams(modifier=models.Modifier.IDF) for name in (SPARSE, NAMES)
                },
                quantization_config=_copies(self._options),
                on_disk_payload=self._options.payload_on_disk,
                metadata=dict(self._schema.as_json()),
            )
        except (UnexpectedResponse, ValueError):
            # Another worker made it in between; `_check` looks at what it made.
            if not self._client.collection_exists(self._collection):
                raise
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Payload indexes have no effect")
            for field in KEYWORD_FIELDS:
                is_tenant = field == "tenant"
                schema = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=is_tenant)
                self._client.create_payload_index(self._collection, field, field_schema=schema, wait=True)
            for field in INTEGER_FIELDS:
                bounds = models.IntegerIndexParams(type=models.IntegerIndexType.INTEGER, lookup=False, range=True)
                self._client.create_payload_index(self._collection, field, field_schema=bounds, wait=True)

    def _check(self) -> None:
        config = self._client.get_collection(self._collection).config
        self._schema.check(config.metadata or {}, where=self._collection)
        vectors = config.params.vectors
        size = vectors[DENSE].size if isinstance(vectors, dict) and DENSE in vectors else None
        if size != self._schema.dimension or not {SPARSE, NAMES} <= set(config.params.sparse_vectors or {}):
            raise IndexSchemaMismatch(
                f"the collection {self._collection!r} has no {DENSE!r} vectors of {self._schema.dimension} dimensions "
                f"beside {SPARSE!r} and {NAMES!r} ones",
                hint="name another collection, or delete it and run averment ingest --full",
                details={"expected": self._schema.dimension, "got": size or 0},
            )

    @contextmanager
    def _server_errors(self) -> Iterator[None]:
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        try:
            yield
        except ResponseHandlingException as error:
            raise IndexUnavailable(
                "the Qdrant server cannot be reached", hint="start it, or mend the setting of the index's URL"
            ) from error
        except UnexpectedResponse as error:
            status = error.status_code or 0
            kind = IndexUnavailable if status in {429, 502, 503, 504} else IndexStoreError
            raise kind(
                f"the Qdrant server refused a request on {self._collection!r} with status {status}",
                hint="see the server's log; --verbose shows its words",
                details={"status": status},
            ) from error


def _copies(options: IndexOptions) -> "models.ScalarQuantization | models.BinaryQuantization | None":
    from qdrant_client import models

    if options.quantization == "int8":
        scalar = models.ScalarQuantizationConfig(type=models.ScalarType.INT8, quantile=0.99, always_ram=True)
        return models.ScalarQuantization(scalar=scalar)
    if options.quantization == "binary":
        return models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True))
    return None


def _to_client_point(point: IndexPoint) -> "models.PointStruct":
    from qdrant_client import models

    vector: dict[str, object] = {DENSE: as_floats(point.dense)}
    if point.sparse.indices:
        name = sparse_name(point.payload.get(LEVEL_FIELD))
        vector[name] = models.SparseVector(indices=list(point.sparse.indices), values=as_floats(point.sparse.values))
    payload = {
        key: list(value) if isinstance(value, (list, tuple)) else value
        for key, value in point.payload.items()
        if value is not None
    }
    return models.PointStruct.model_validate({"id": point.id, "vector": vector, "payload": payload})


def _branches(query: IndexQuery) -> "list[Branch]":
    from qdrant_client import models

    branches: list[Branch] = []
    if query.dense is not None:
        branches.append((DENSE, as_floats(query.dense)))
    if query.sparse is not None and query.sparse.indices:
        sparse = models.SparseVector(indices=list(query.sparse.indices), values=as_floats(query.sparse.values))
        branches.append((sparse_name(query.level), sparse))
    return branches


def _request(query: IndexQuery, options: IndexOptions) -> "models.QueryRequest | None":
    """Write a query; None where it asks for nothing that could be found."""
    from qdrant_client import models

    access = compile_filter(query.principal, query.filters, level=query.level)
    branches = _branches(query)
    if access is None or query.limit < 1 or not branches:
        return None
    limit, condition = query.limit + _TIES, to_client(access)
    params = models.SearchParams(
        hnsw_ef=SEARCH_EFFORT,
        quantization=models.QuantizationSearchParams(rescore=True, oversampling=options.oversampling),
    )
    vectors: list[str] | bool = [sparse_name(query.level)] if query.with_terms else False
    if len(branches) == 1:
        name, vector = branches[0]
        return models.QueryRequest(
            query=vector,
            using=name,
            filter=condition,
            params=params,
            limit=limit,
            with_payload=True,
            with_vector=vectors,
        )
    candidates = max(query.prefetch, query.limit)
    return models.QueryRequest(
        prefetch=[
            models.Prefetch(query=vector, using=name, filter=condition, params=params, limit=candidates)
            for name, vector in branches
        ],
        query=_fusion(query),
        limit=limit,
        with_payload=True,
        with_vector=vectors,
    )


def _hit(query: IndexQuery, point: "models.ScoredPoint") -> IndexHit:
    terms = shared_terms(query, point.vector) if query.with_terms else ()
    return IndexHit(id=str(point.id), score=point.score, payload=point.payload or {}, terms=terms)


def _fusion(query: IndexQuery) -> "models.RrfQuery | models.FusionQuery | models.FormulaQuery":
    """Write how branches are fused, as `averment.pipelines.stores.edge_shard` does."""
    from qdrant_client import models

    if query.fusion == "dbsf":
        return models.FusionQuery(fusion=models.Fusion.DBSF)
    dense, sparse = query.dense_weight, 1 - query.dense_weight
    if query.fusion == "rrf":
        weights = None if dense == sparse else [2 * dense, 2 * sparse]
        return models.RrfQuery(rrf=models.Rrf(k=query.rank_constant, weights=weights))
    said = models.SumExpression(sum=["$score[1]", saturation(query)])
    share = models.DivExpression(div=models.DivParams(left="$score[1]", right=said, by_zero_default=0.0))
    parts: list[models.Expression] = [
        models.MultExpression(mult=[dense, "$score[0]"]),
        models.MultExpression(mult=[sparse, share]),
    ]
    return models.FormulaQuery(formula=models.SumExpression(sum=parts), defaults={"$score[0]": 0.0, "$score[1]": 0.0})


def _of_document(document_id: str, *, except_text_hash: str | None = None) -> "models.Filter":
    from qdrant_client import models

    kept: list[models.Condition] | None = None
    if except_text_hash is not None:
        kept = [models.FieldCondition(key="text_hash", match=models.MatchValue(value=except_text_hash))]
    mine: list[models.Condition] = [
        models.FieldCondition(key="document_id", match=models.MatchValue(value=document_id))
    ]
    return models.Filter(must=mine, must_not=kept)
