"""The search index of another process: the index port over the owner's socket.

Vectors travel as little-endian float32 and uint32 in base64. Large writes are cut into requests that the owner takes.
"""

import base64
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.errors import StoreError
from averment.core.owner import Caller, Handlers
from averment.core.owner_wire import JsonObject, JsonValue
from averment.core.ports import Fusion, IndexHit, IndexPoint, IndexQuery, SearchIndex, SparseVector
from averment.pipelines.stores.payload import Payload

_POINTS_PER_REQUEST: Final = 1000
_QUERIES_PER_REQUEST: Final = 64


class MaintainedIndexStore(SearchIndex, Protocol):
    """What the index stores here offer beyond the port."""

    def update_document(self, document_id: str, payload: Payload) -> None:
        """Set payload fields on all points of a document."""

    def optimize(self) -> bool:
        """Make searches fast after many writes; say whether anything was done."""

    def close(self) -> None:
        """Let go of the index."""


class RemoteIndexStore:
    """The index of the process that owns it.

    Args:
        caller: The way to the owner: a client, a session, or the owner itself.
        index: Which of the owner's indexes; the one that serves when None.

    Methods raise what the owner's store raises, and `OwnerGone` when the owner ends.
    """

    def __init__(self, caller: Caller, *, index: str | None = None) -> None:
        self._caller = caller
        self._index = index

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points by id; durable when it returns."""
        for start in range(0, len(points), _POINTS_PER_REQUEST):
            batch = [_write_point(point) for point in points[start : start + _POINTS_PER_REQUEST]]
            self._call("index.write", {"points": batch})

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points, all of them or those of other text versions."""
        self._call("index.delete_document", {"document_id": document_id, "keep_text_hash": keep_text_hash})

    def update_document(self, document_id: str, payload: Payload) -> None:
        """Set payload fields on all points of a document."""
        self._call("index.update_document", {"document_id": document_id, "payload": _write_payload(payload)})

    def search(self, query: IndexQuery) -> list[IndexHit]:
        """Return hits best first; nothing outside the principal's groups and tenant."""
        return self.search_many([query])[0]

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Return the hits of each query, in order, a bounded number in one request."""
        found: list[list[IndexHit]] = []
        for start in range(0, len(queries), _QUERIES_PER_REQUEST):
            batch: JsonValue = [_write_query(query) for query in queries[start : start + _QUERIES_PER_REQUEST]]
            rows = self._call("index.search", {"queries": batch})["rows"]
            found += [_read_hits(row.get("hits")) for row in _objects(rows)]
        return found

    def count(self, *, document_id: str | None = None) -> int:
        """Count points, of one document or of all."""
        return int(_number(self._call("index.count", {"document_id": document_id}), "count"))

    def optimize(self) -> bool:
        """Make searches fast after many writes; say whether anything was done."""
        return bool(self._call("index.optimize", {})["done"])

    def close(self) -> None:
        """Do nothing: the index belongs to its owner, the caller to whoever made it."""

    def drop(self) -> None:
        """Have the owner delete the index."""
        self._call("index.drop", {})

    def _call(self, method: str, params: JsonObject) -> JsonObject:
        return self._caller.call(method, params if self._index is None else {**params, "index": self._index})


OpenIndex = Callable[[str | None], MaintainedIndexStore]


def index_handlers(open_index: OpenIndex, *, drop_index: Callable[[str], None] | None = None) -> Handlers:
    """Return the requests an owner answers for its indexes; for `Owner.serve`.

    Args:
        open_index: Returns an index by name; the one that serves for None.
        drop_index: Deletes an index by name.
    """

    def store_of(params: JsonObject) -> MaintainedIndexStore:
        return open_index(_optional_text(params, "index"))

    def write(params: JsonObject) -> JsonObject:
        store_of(params).write([_read_point(point) for point in _objects(params.get("points"))])
        return {}

    def delete_document(params: JsonObject) -> JsonObject:
        kept = _optional_text(params, "keep_text_hash")
        store_of(params).delete_document(_text(params, "document_id"), keep_text_hash=kept)
        return {}

    def update_document(params: JsonObject) -> JsonObject:
        store_of(params).update_document(_text(params, "document_id"), _read_payload(params.get("payload")))
        return {}

    def search(params: JsonObject) -> JsonObject:
        queries = [_read_query(found) for found in _objects(params.get("queries"))]
        return {"rows": [_write_hits(hits) for hits in store_of(params).search_many(queries)]}

    def count(params: JsonObject) -> JsonObject:
        return {"count": store_of(params).count(document_id=_optional_text(params, "document_id"))}

    def optimize(params: JsonObject) -> JsonObject:
        return {"done": store_of(params).optimize()}

    def drop(params: JsonObject) -> JsonObject:
        if drop_index is not None:
            drop_index(_text(params, "index"))
        return {}

    return {
        "index.write": write,
        "index.delete_document": delete_document,
        "index.update_document": update_document,
        "index.search": search,
        "index.count": count,
        "index.optimize": optimize,
        "index.drop": drop,
    }


def _write_query(query: IndexQuery) -> JsonObject:
    return {
        "principal": asdict(query.principal),
        "filters": asdict(query.filters),
        "limit": query.limit,
        "prefetch": query.prefetch,
        "level": query.level,
        "rank_constant": query.rank_constant,
        "fusion": query.fusion,
        "dense_weight": query.dense_weight,
        "with_terms": query.with_terms,
        "dense": None if query.dense is None else _pack("f", query.dense),
        "sparse": None if query.sparse is None else _write_sparse(query.sparse),
    }


def _read_query(found: JsonObject) -> IndexQuery:
    principal, filters = _object(found.get("principal")), _object(found.get("filters"))
    dense, sparse = found.get("dense"), found.get("sparse")
    dates = {name: _optional_text(filters, name) for name in ("date_from", "date_to")}
    terms = {name: _texts(filters.get(name)) for name in filters if name not in dates}
    return IndexQuery(
        principal=Principal(
            subject=_text(principal, "subject"),
            groups=_texts(principal.get("groups")),
            tenant=_text(principal, "tenant"),
            roles=_texts(principal.get("roles")),
        ),
        # A filter this version does not know must not be dropped: that would widen the search.
        filters=_filters(terms, dates),
        limit=int(_number(found, "limit")),
        prefetch=int(_number(found, "prefetch")),
        rank_constant=int(_number(found, "rank_constant")),
        fusion=_fusion(_text(found, "fusion")),
        dense_weight=_number(found, "dense_weight"),
        with_terms=found.get("with_terms") is True,
        level="document" if _text(found, "level") == "document" else "chunk",
        dense=None if dense is None else _unpack("f", dense),
        sparse=None if sparse is None else _read_sparse(sparse),
    )


def _fusion(name: str) -> Fusion:
    return "dbsf" if name == "dbsf" else "convex" if name == "convex" else "rrf"


def _write_hits(hits: Sequence[IndexHit]) -> JsonObject:
    return {
        "hits": [
            {"id": hit.id, "score": hit.score, "payload": _write_payload(hit.payload), "terms": _pack("I", hit.terms)}
            for hit in hits
        ]
    }


def _read_hits(found: JsonValue) -> list[IndexHit]:
    return [
        IndexHit(
            id=_text(hit, "id"),
            score=_number(hit, "score"),
            payload=_read_payload(hit["payload"]),
            terms=tuple(int(term) for term in _unpack("I", hit.get("terms"))),
        )
        for hit in _objects(found)
    ]


def _filters(terms: Mapping[str, tuple[str, ...]], dates: Mapping[str, str | None]) -> Filters:
    try:
        return Filters(date_from=dates["date_from"], date_to=dates["date_to"], **terms)
    except TypeError as error:
        raise StoreError(
            "a search names a filter that the owner of the index does not know",
            hint="it is of another version; stop it, then try again",
        ) from error


def _write_point(point: IndexPoint) -> JsonObject:
    return {
        "id": point.id,
        "dense": _pack("f", point.dense),
        "sparse": _write_sparse(point.sparse),
        "payload": _write_payload(point.payload),
    }


def _read_point(found: JsonObject) -> IndexPoint:
    return IndexPoint(
        id=_text(found, "id"),
        dense=_unpack("f", found.get("dense")),
        sparse=_read_sparse(found.get("sparse")),
        payload=_read_payload(found.get("payload")),
    )


def _write_sparse(vector: SparseVector) -> JsonObject:
    return {"indices": _pack("I", vector.indices), "values": _pack("f", vector.values)}


def _read_sparse(value: JsonValue) -> SparseVector:
    found = _object(value)
    indices = tuple(int(index) for index in _unpack("I", found.get("indices")))
    return SparseVector(indices=indices, values=tuple(_unpack("f", found.get("values"))))


def _write_payload(payload: Payload) -> JsonObject:
    return {key: list(value) if isinstance(value, (list, tuple)) else value for key, value in payload.items()}


def _read_payload(value: JsonValue) -> Payload:
    found: dict[str, str | int | Sequence[str] | None] = {}
    for key, item in _object(value).items():
        if isinstance(item, (str, int)) or item is None:
            found[key] = item
        else:
            found[key] = list(_texts(item))
    return found


def _pack(kind: str, values: Sequence[float]) -> str:
    packed = array(kind, values.tolist() if hasattr(values, "tolist") else values)
    if sys.byteorder == "big":
        packed.byteswap()
    return base64.b64encode(packed.tobytes()).decode("ascii")


def _unpack(kind: str, value: JsonValue) -> Sequence[float]:
    if not isinstance(value, str):
        raise _malformed("a vector")
    packed = array(kind)
    try:
        packed.frombytes(base64.b64decode(value, validate=True))
    except ValueError as error:
        raise _malformed("a vector") from error
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, Mapping):
        raise _malformed("an object")
    return value


def _objects(value: JsonValue) -> list[JsonObject]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _malformed("a list")
    return [_object(item) for item in value]


def _texts(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise _malformed("a list")
    if not all(isinstance(item, str) for item in value):
        raise _malformed("a text")
    return tuple(str(item) for item in value)


def _text(found: JsonObject, key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        raise _malformed(key)
    return value


def _optional_text(found: JsonObject, key: str) -> str | None:
    return None if found.get(key) is None else _text(found, key)


def _number(found: JsonObject, key: str) -> float:
    value = found.get(key)
    if not isinstance(value, (int, float)):
        raise _malformed(key)
    return value


def _malformed(what: str) -> StoreError:
    return StoreError(
        f"a message about the search index lacks {what} where it is expected",
        hint="the owner of the index is of another version; stop it, then try again",
    )
