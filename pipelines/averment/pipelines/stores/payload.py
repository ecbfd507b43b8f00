"""What a point of the index carries: ids, offsets and filter fields. No text, no headings, no titles.

Section headings are document text and stay in the catalog (`Catalog.chunks`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from averment.core.access import AccessLabel
from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.errors import IndexStoreError
from averment.core.ids import point_id
from averment.core.ports import IndexPoint, SparseVector
from averment.pipelines.stores.access_filter import LEVEL_FIELD, READERS_FIELD, TENANT_FIELD
from averment.pipelines.stores.filter_terms import DATE_FIELD, TERM_FIELDS, date_number, document_terms

Payload = Mapping[str, str | int | Sequence[str] | None]

KEYWORD_FIELDS: Final = (TENANT_FIELD, READERS_FIELD, LEVEL_FIELD, "text_hash", *TERM_FIELDS)
INTEGER_FIELDS: Final = (DATE_FIELD,)


def index_point(
    chunk: ChunkMeta, document: DocumentVersion, *, dense: Sequence[float], sparse: SparseVector
) -> IndexPoint:
    """Make the point of a chunk."""
    return IndexPoint(id=point_id(chunk.chunk_id), dense=dense, sparse=sparse, payload=to_payload(chunk, document))


def to_payload(chunk: ChunkMeta, document: DocumentVersion) -> Payload:
    """Write the payload of a chunk of a document; fields without a value are left out."""
    payload: dict[str, str | int | Sequence[str] | None] = {
        **document_payload(document),
        LEVEL_FIELD: "chunk",
        "chunk_id": chunk.chunk_id,
        "text_hash": chunk.text_hash,
        "start": chunk.start,
        "end": chunk.end,
        "first_page": chunk.first_page,
        "last_page": chunk.last_page,
        "ordinal": chunk.ordinal,
        "token_count": chunk.token_count,
        "pipeline_version": chunk.pipeline_version,
    }
    return {key: value for key, value in payload.items() if value is not None}


def document_payload(document: DocumentVersion) -> Payload:
    """Write the part of a payload that all chunks of a document share: who may read it, what it is filtered by."""
    terms = document_terms(document)
    payload: dict[str, str | int | Sequence[str] | None] = {
        TENANT_FIELD: document.access.tenant,
        READERS_FIELD: sorted(set(document.access.readers)),
        "classification": document.access.classification,
        DATE_FIELD: date_number(document.document_date),
    }
    for field in TERM_FIELDS:
        values = terms[field]
        payload[field] = list(values) if field in {"party", "tag"} else (values[0] if values else None)
    return {key: value for key, value in payload.items() if value is not None}


def from_payload(payload: Payload, *, section: str = "") -> ChunkMeta:
    """Read a payload back. The section is not in it: the catalog supplies it.

    Raises:
        IndexStoreError: A field is missing or has another type.
    """
    try:
        return ChunkMeta(
            chunk_id=_text(payload, "chunk_id"),
            document_id=_text(payload, "document_id"),
            text_hash=_text(payload, "text_hash"),
            start=_number(payload, "start"),
            end=_number(payload, "end"),
            first_page=_optional_number(payload, "first_page"),
            last_page=_optional_number(payload, "last_page"),
            section=section,
            ordinal=_number(payload, "ordinal"),
            token_count=_number(payload, "token_count"),
            access=AccessLabel(
                tenant=_text(payload, TENANT_FIELD),
                readers=_texts(payload, READERS_FIELD),
                classification=_text(payload, "classification"),
            ),
            pipeline_version=_text(payload, "pipeline_version"),
        )
    except (KeyError, TypeError) as error:
        raise IndexStoreError(
            f"a point of the index has no usable field {error.args[0]!r}",
            hint="averment ingest --full rebuilds the index",
        ) from error


def with_section(chunk: ChunkMeta, section: str) -> ChunkMeta:
    """Return the chunk with its section heading."""
    return replace(chunk, section=section)


def _text(payload: Payload, key: str) -> str:
    value = payload[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _number(payload: Payload, key: str) -> int:
    value = payload[key]
    if not isinstance(value, int):
        raise TypeError(key)
    return value


def _optional_number(payload: Payload, key: str) -> int | None:
    return None if payload.get(key) is None else _number(payload, key)


def _texts(payload: Payload, key: str) -> tuple[str, ...]:
    value = payload[key]
    if value is None or isinstance(value, (str, int)):
        raise TypeError(key)
    return tuple(value)
