"""Between rows of the catalog and the types of `averment.core.documents`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, select

from averment.core.access import AccessLabel
from averment.core.clock import rfc3339
from averment.core.completeness import Certificate
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion, IngestFailure
from averment.core.jsonable import to_json
from averment.pipelines.stores.filter_terms import date_number, document_terms
from averment.pipelines.stores.schema import documents, version_values, versions

_LISTS: Final = ("reader", "party", "tag")
_KEYS_PER_QUERY: Final = 400  # SQLite allows 32 766 parameters; small batches plan well everywhere

CURRENT: Final = and_(
    versions.c.document_id == documents.c.document_id, versions.c.version == documents.c.current_version
)


def unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a column as an expression that no index serves.

    SQLite knows nothing of how values are spread and would look up what nearly every document has, to throw most of it
    away, rather than begin with the few documents that are asked for.
    """
    return func.coalesce(column, "")


_VALUES_OF: Final = (
    select(version_values.c.document_id, version_values.c.field, version_values.c.value)
    .join(
        documents,
        and_(
            documents.c.document_id == version_values.c.document_id,
            documents.c.current_version == version_values.c.version,
        ),
    )
    .where(version_values.c.document_id.in_(bindparam("document_ids", expanding=True)))
    .where(unindexed(version_values.c.field).in_(bindparam("fields", expanding=True)))
    .order_by(version_values.c.document_id, version_values.c.field, version_values.c.ordinal)
)


def parse_time(value: str) -> datetime:
    """Read a stored time."""
    return datetime.fromisoformat(value)


def version_row(document: DocumentVersion) -> dict[str, object]:
    """Write a version as a row of `versions`."""
    return {
        "document_id": document.document_id,
        "version": document.version,
        "revision": document.revision,
        "content_hash": document.content_hash,
        "text_hash": document.text_hash,
        "media_type": document.media_type,
        "kind": document.kind,
        "title": document.title,
        "status": document.status.value,
        "tenant": document.access.tenant,
        "classification": document.access.classification,
        "size_bytes": document.size_bytes,
        "n_chars": document.n_chars,
        "n_pages": document.n_pages,
        "n_chunks": document.n_chunks,
        "issuer": document.issuer,
        "form_type": document.form_type,
        "period": document.period,
        "document_date": document.document_date,
        "date_number": date_number(document.document_date),
        "supersedes": document.supersedes,
        "duplicate_of": document.duplicate_of,
        "failure_code": document.failure_code,
        "failure_message": document.failure_message,
        "failure_page": document.failure_page,
        "pipeline_version": document.pipeline_version,
        "ingested_at": None if document.ingested_at is None else rfc3339(document.ingested_at),
        "language": document.language,
        "warnings": json.dumps(dict(document.warnings), sort_keys=True) if document.warnings else None,
        "certificate": None if document.certificate is None else json.dumps(to_json(document.certificate)),
        "arithmetic": document.arithmetic,
    }


def value_rows(document: DocumentVersion) -> list[dict[str, object]]:
    """Write readers, parties, tags and filter terms as rows of `version_values`."""
    fields: dict[str, Iterable[str]] = {
        "reader": dict.fromkeys(document.access.readers),
        "party": document.parties,
        "tag": document.tags,
        **{f"={field}": terms for field, terms in document_terms(document).items()},
    }
    return [
        {
            "document_id": document.document_id,
            "version": document.version,
            "field": field,
            "ordinal": ordinal,
            "value": value,
        }
        for field, values in fields.items()
        for ordinal, value in enumerate(values)
    ]


def chunk_rows(chunks: Sequence[ChunkMeta], *, version: int) -> list[dict[str, object]]:
    """Write the chunks of a version as rows of `document_chunks`."""
    return [
        {
            "document_id": chunk.document_id,
            "version": version,
            "ordinal": chunk.ordinal,
            "chunk_id": chunk.chunk_id,
            "text_hash": chunk.text_hash,
            "start": chunk.start,
            "end": chunk.end,
            "first_page": chunk.first_page,
            "last_page": chunk.last_page,
            "section": chunk.section,
            "token_count": chunk.token_count,
            "pipeline_version": chunk.pipeline_version,
        }
        for chunk in chunks
    ]


def to_chunk(row: RowMapping, access: AccessLabel) -> ChunkMeta:
    """Read a chunk; its access label is the one of its document."""
    return ChunkMeta(
        chunk_id=row["chunk_id"],
        document_id=row["document_id"],
        text_hash=row["text_hash"],
        start=row["start"],
        end=row["end"],
        first_page=row["first_page"],
        last_page=row["last_page"],
        section=row["section"],
        ordinal=row["ordinal"],
        token_count=row["token_count"],
        access=access,
        pipeline_version=row["pipeline_version"],
    )


def to_failure(row: RowMapping) -> IngestFailure:
    """Read a failure that stands."""
    return IngestFailure(
        source_uri=row["source_uri"],
        stage=row["stage"],
        category=row["category"],
        code=row["code"],
        message=row["message"],
        hint=row["hint"],
        page=row["page"],
        retryable=row["retryable"],
    )


def load_documents(connection: Connection, rows: Sequence[RowMapping]) -> list[DocumentVersion]:
    """Read rows of `versions` joined with `documents`, with their lists, in order; current versions only."""
    values = _load_values(connection, [row["document_id"] for row in rows])
    return [_to_document(row, values.get(row["document_id"], {})) for row in rows]


def load_access(connection: Connection, rows: Sequence[RowMapping]) -> dict[str, AccessLabel]:
    """Read the access labels of current versions by document."""
    values = _load_values(connection, [row["document_id"] for row in rows], fields=("reader",))
    return {row["document_id"]: _to_access(row, values.get(row["document_id"], {})) for row in rows}


def _load_values(
    connection: Connection, document_ids: Sequence[str], *, fields: tuple[str, ...] = _LISTS
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for start in range(0, len(document_ids), _KEYS_PER_QUERY):
        batch = document_ids[start : start + _KEYS_PER_QUERY]
        for row in connection.execute(_VALUES_OF, {"document_ids": batch, "fields": fields}):
            found[row.document_id][row.field].append(row.value)
    return {key: {field: tuple(values) for field, values in lists.items()} for key, lists in found.items()}


def _to_access(row: RowMapping, values: Mapping[str, tuple[str, ...]]) -> AccessLabel:
    return AccessLabel(tenant=row["tenant"], readers=values.get("reader", ()), classification=row["classification"])


def _to_document(row: RowMapping, values: Mapping[str, tuple[str, ...]]) -> DocumentVersion:
    return DocumentVersion(
        document_id=row["document_id"],
        source_uri=row["source_uri"],
        content_hash=row["content_hash"],
        text_hash=row["text_hash"],
        version=row["version"],
        media_type=row["media_type"],
        kind=cast("Literal['contract', 'filing', 'other']", row["kind"]),
        title=row["title"],
        access=_to_access(row, values),
        status=DocumentStatus(row["status"]),
        revision=row["revision"],
        connector=row["connector"],
        size_bytes=row["size_bytes"],
        n_chars=row["n_chars"],
        n_pages=row["n_pages"],
        n_chunks=row["n_chunks"],
        parties=values.get("party", ()),
        issuer=row["issuer"],
        form_type=row["form_type"],
        period=row["period"],
        document_date=row["document_date"],
        tags=values.get("tag", ()),
        supersedes=row["supersedes"],
        duplicate_of=row["duplicate_of"],
        failure_code=row["failure_code"],
        failure_message=row["failure_message"],
        failure_page=row["failure_page"],
        pipeline_version=row["pipeline_version"],
        ingested_at=None if row["ingested_at"] is None else parse_time(row["ingested_at"]),
        language=row["language"],
        warnings=json.loads(row["warnings"] or "{}"),
        certificate=None if row["certificate"] is None else Certificate.from_json(json.loads(row["certificate"])),
        arithmetic=row["arithmetic"],
    )
