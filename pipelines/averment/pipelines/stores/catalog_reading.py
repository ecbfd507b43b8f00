"""Reading the catalog: documents by id, by name, by what a principal may see; chunks, texts, failures and runs."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select

from averment.core.access import Filters, Principal
from averment.core.clock import Clock, SystemClock
from averment.core.documents import (
    ChunkMeta,
    DocumentPage,
    DocumentStatus,
    DocumentVersion,
    IngestFailure,
    StandingFailure,
)
from averment.core.errors import DocumentNotFound
from averment.pipelines.stores.catalog_queries import passes, select_documents, visible_to
from averment.pipelines.stores.catalog_rows import (
    CURRENT,
    load_access,
    load_documents,
    parse_time,
    to_chunk,
    to_failure,
)
from averment.pipelines.stores.catalog_types import IngestRun, SourceState, TextVersion
from averment.pipelines.stores.database import open_engine, reading
from averment.pipelines.stores.schema import (
    NEW,
    document_chunks,
    documents,
    failures,
    index_meta,
    ingest_runs,
    text_versions,
    versions,
)

_NO_FILTERS: Final = Filters()
_CANDIDATES_SHOWN: Final = 10
_IDS_PER_QUERY: Final = 500

# Chunks stand in the catalog for as long as an index holds their version.
_SECTIONS: Final = select(document_chunks.c.chunk_id, document_chunks.c.section).where(
    document_chunks.c.chunk_id.in_(bindparam("chunk_ids", expanding=True))
)


class CatalogReading:
    """The questions that can be put to the catalog; `Catalog` adds what changes it."""

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        self._engine = open_engine(url)
        self._clock = clock or SystemClock()

    def close(self) -> None:
        """Close every connection; the catalog opens new ones if it is used again."""
        self._engine.dispose()

    def get(self, document_id: str) -> DocumentVersion | None:
        """Return a document's current version, or None where none is finished."""
        return self.get_many([document_id]).get(document_id)

    def get_many(self, document_ids: Iterable[str]) -> Mapping[str, DocumentVersion]:
        """Return the current versions of documents by id; absent ones are left out."""
        wanted = list(dict.fromkeys(document_ids))
        found: dict[str, DocumentVersion] = {}
        for start in range(0, len(wanted), _IDS_PER_QUERY):
            batch = wanted[start : start + _IDS_PER_QUERY]
            found |= {item.document_id: item for item in self._load(documents.c.document_id.in_(batch))}
        return found

    def visible(self, principal: Principal, filters: Filters = _NO_FILTERS) -> list[DocumentVersion]:
        """Return the ready documents the principal may read that pass the filters, by id."""
        return self._load(visible_to(principal, filters))

    def latest(self, limit: int) -> list[DocumentVersion]:
        """Return the ready documents that came in last, newest first, at most `limit`; for caches only."""
        newest = versions.c.ingested_at.desc()
        return self._load(documents.c.status == DocumentStatus.READY.value, order=newest, limit=limit)

    def count_visible(self, principal: Principal, filters: Filters = _NO_FILTERS) -> int:
        """Count the documents `visible` would return."""
        statement = select(func.count()).select_from(documents.join(versions, CURRENT))
        with reading(self._engine) as connection:
            return connection.execute(statement.where(visible_to(principal, filters))).scalar_one()

    def any_visible(self, principal: Principal, filters: Filters = _NO_FILTERS) -> bool:
        """Tell whether `visible` would return any document."""
        statement = select(literal(1)).select_from(documents.join(versions, CURRENT)).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(statement.where(visible_to(principal, filters))).first() is not None

    def by_source(self, connector: str) -> Mapping[str, SourceState]:
        """Return what is known of every item of a source that has not left it, by source URI."""
        return self._states(connector)

    def within(self, connector: str, uri: str) -> Mapping[str, SourceState]:
        """Return what is known of the files inside a file, at any depth, by source URI."""
        column: ColumnElement[str] = documents.c.source_uri
        if self._engine.dialect.name == "postgresql":
            column = column.collate("C")  # by code point, as SQLite compares; other orders know no prefixes
        ranges = [(uri + mark, uri + mark[:-1] + chr(ord(mark[-1]) + 1)) for mark in ("#", "!/")]
        return self._states(connector, or_(*(and_(column >= first, column < after) for first, after in ranges)))

    def _states(self, connector: str, *conditions: ColumnElement[bool]) -> Mapping[str, SourceState]:
        statement = (
            select(
                documents.c.document_id,
                documents.c.source_uri,
                documents.c.status,
                documents.c.open_version,
                versions.c.version,
                versions.c.revision,
                versions.c.content_hash,
                versions.c.pipeline_version,
                versions.c.tenant,
                versions.c.classification,
            )
            .outerjoin(versions, CURRENT)
            .where(documents.c.connector == connector, documents.c.status != DocumentStatus.DELETED.value, *conditions)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).mappings().all()
            access = load_access(connection, [row for row in rows if row["version"] is not None])
        return {
            row["source_uri"]: SourceState(
                document_id=row["document_id"],
                source_uri=row["source_uri"],
                revision=row["revision"],
                content_hash=row["content_hash"],
                pipeline_version=row["pipeline_version"],
                status=None if row["status"] == NEW else DocumentStatus(row["status"]),
                access=access.get(row["document_id"]),
                is_unfinished=row["open_version"] is not None,
            )
            for row in rows
        }

    def duplicates(self, content_hash: str) -> list[str]:
        """Return the ids of ready documents with this content, oldest first."""
        statement = (
            select(documents.c.document_id)
            .join(versions, CURRENT)
            .where(versions.c.content_hash == content_hash, documents.c.status == DocumentStatus.READY.value)
            .order_by(documents.c.document_id)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement).scalars())

    def list_documents(
        self,
        *,
        principal: Principal | None = None,
        filters: Filters = _NO_FILTERS,
        status: DocumentStatus | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> DocumentPage:
        """List documents by id, a page at a time.

        Args:
            principal: Whose view it is: ready documents only. None is the operator, who sees every status but deleted
                (deleted ones when asked for by `status`).
            filters: What else limits the list.
            status: Only this status.
            cursor: The `next_cursor` of the page before.
            limit: At most this many, 1 to 1000.
        """
        limit = max(1, min(limit, 1000))
        conditions = [passes(filters) if principal is None else visible_to(principal, filters)]
        if status is not None:
            conditions.append(documents.c.status == status.value)
        elif principal is None:
            conditions.append(documents.c.status != DocumentStatus.DELETED.value)
        if cursor is not None:
            conditions.append(documents.c.document_id > cursor)
        found = self._load(*conditions, limit=limit + 1)
        items = tuple(found[:limit])
        return DocumentPage(items=items, next_cursor=items[-1].document_id if len(found) > limit else None)

    def resolve(self, reference: str, *, principal: Principal | None = None) -> str:
        """Return the id of the document that a reference names: its id, its source URI, or its file name if unique.

        Args:
            reference: What somebody wrote.
            principal: Whose documents count; None is the operator. Documents that the principal may not read are not
                hinted at.

        Raises:
            DocumentNotFound: No document, or more than one, matches; the hint lists candidates.
        """
        for column in (documents.c.document_id, documents.c.source_uri, documents.c.file_name):
            found = self._named(column == reference, principal)
            if len(found) == 1:
                return found[0].document_id
            if found:
                raise DocumentNotFound(
                    f"{reference!r} names {len(found)} documents", hint="name one of them: " + _candidates(found)
                )
        similar = self._named(func.lower(documents.c.file_name).contains(reference.lower(), autoescape=True), principal)
        raise DocumentNotFound(
            f"no document is called {reference!r}",
            hint="perhaps one of these: " + _candidates(similar)
            if similar
            else "averment documents list names them all",
        )

    def chunks(self, document_id: str) -> list[ChunkMeta]:
        """Return the chunks of a document's current version in order, with their section headings."""
        return self._chunks(document_chunks.c.document_id == document_id)

    def sections(self, chunk_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the section headings of chunks of current versions by id; absent chunks are left out."""
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(chunk_ids), _IDS_PER_QUERY):
                batch = chunk_ids[start : start + _IDS_PER_QUERY]
                found |= {row.chunk_id: row.section for row in connection.execute(_SECTIONS, {"chunk_ids": batch})}
        return found

    def expected_points(self) -> Mapping[str, int]:
        """Return how many points the index must hold for each ready document: its chunks, and one with its names."""
        statement = (
            select(documents.c.document_id, versions.c.n_chunks)
            .join(versions, CURRENT)
            .where(documents.c.status == DocumentStatus.READY.value)
        )
        with reading(self._engine) as connection:
            return {row.document_id: (row.n_chunks or 0) + 1 for row in connection.execute(statement)}

    def text_version(self, text_hash: str, *, document_id: str | None = None) -> TextVersion | None:
        """Return a text version: of a document, or the latest of any document with this text."""
        statement = select(text_versions).where(text_versions.c.text_hash == text_hash)
        if document_id is not None:
            statement = statement.where(text_versions.c.document_id == document_id)
        found = self._texts(statement.order_by(text_versions.c.created_at.desc()).limit(1))
        return found[0] if found else None

    def text_versions(self, document_id: str) -> list[TextVersion]:
        """Return every text version of a document, oldest first."""
        return self._texts(
            select(text_versions)
            .where(text_versions.c.document_id == document_id)
            .order_by(text_versions.c.created_at, text_versions.c.text_hash)
        )

    def read_from(self, document_id: str, text_hash: str) -> tuple[str, str] | None:
        """Return the content hash and the media type of the file that a text of a document was last read from."""
        statement = (
            select(versions.c.content_hash, versions.c.media_type)
            .where(versions.c.document_id == document_id, versions.c.text_hash == text_hash)
            .order_by(versions.c.version.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(statement).first()
        return None if row is None else (row.content_hash, row.media_type)

    def failures(self, *, connector: str | None = None) -> list[IngestFailure]:
        """Return the failures that stand, by source URI."""
        return [found.failure for found in self.standing_failures(connector=connector)]

    def standing_failures(self, *, connector: str | None = None) -> list[StandingFailure]:
        """Return the failures that stand with the items they are of, by source URI."""
        statement = select(failures).order_by(failures.c.source_uri, failures.c.connector)
        if connector is not None:
            statement = statement.where(failures.c.connector == connector)
        with reading(self._engine) as connection:
            return [
                StandingFailure(
                    connector=row["connector"],
                    document_id=row["document_id"],
                    failure=to_failure(row),
                    failed_at=parse_time(row["failed_at"]),
                )
                for row in connection.execute(statement).mappings()
            ]

    def counts(self) -> Mapping[str, int]:
        """Count documents by status; `new` ones have no finished version."""
        statement = select(documents.c.status, func.count()).group_by(documents.c.status)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def runs(self, *, limit: int = 20) -> list[IngestRun]:
        """Return the latest ingestion runs, newest first."""
        statement = select(ingest_runs).order_by(ingest_runs.c.run_id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [
                IngestRun(
                    run_id=row["run_id"],
                    source=row["source"],
                    started_at=parse_time(row["started_at"]),
                    finished_at=None if row["finished_at"] is None else parse_time(row["finished_at"]),
                    status=row["status"],
                    counts=json.loads(row["counts"]),
                )
                for row in connection.execute(statement).mappings()
            ]

    def index_meta(self) -> Mapping[str, str]:
        """Return what was recorded about the index."""
        with reading(self._engine) as connection:
            return {row.key: row.value for row in connection.execute(select(index_meta))}

    def _load(
        self,
        *conditions: ColumnElement[bool],
        order: ColumnElement[str] = documents.c.document_id,
        limit: int | None = None,
    ) -> list[DocumentVersion]:
        statement = select_documents().where(*conditions).order_by(order).limit(limit)
        with reading(self._engine) as connection:
            return load_documents(connection, connection.execute(statement).mappings().all())

    def _named(self, condition: ColumnElement[bool], principal: Principal | None) -> list[DocumentVersion]:
        seen = literal(value=True) if principal is None else visible_to(principal, _NO_FILTERS)
        return self._load(condition, seen, documents.c.status != DocumentStatus.DELETED.value, limit=100)

    def _chunks(self, condition: ColumnElement[bool]) -> list[ChunkMeta]:
        statement = (
            select(document_chunks, versions.c.tenant, versions.c.classification)
            .join(documents, documents.c.document_id == document_chunks.c.document_id)
            .join(versions, and_(CURRENT, versions.c.version == document_chunks.c.version))
            .where(condition)
            .order_by(document_chunks.c.document_id, document_chunks.c.ordinal)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).mappings().all()
            access = load_access(connection, list({row["document_id"]: row for row in rows}.values()))
        return [to_chunk(row, access[row["document_id"]]) for row in rows]

    def _texts(self, statement: Select[tuple[object, ...]]) -> list[TextVersion]:
        with reading(self._engine) as connection:
            return [
                TextVersion(
                    document_id=row["document_id"],
                    text_hash=row["text_hash"],
                    layout_hash=row["layout_hash"],
                    parser=row["parser"],
                    n_chars=row["n_chars"],
                    created_at=parse_time(row["created_at"]),
                    structure_hash=row["structure_hash"],
                )
                for row in connection.execute(statement).mappings()
            ]


def _candidates(found: Sequence[DocumentVersion]) -> str:
    shown = ", ".join(f"{item.source_uri} ({item.document_id})" for item in found[:_CANDIDATES_SHOWN])
    return shown if len(found) <= _CANDIDATES_SHOWN else f"{shown}, and {len(found) - _CANDIDATES_SHOWN} more"
