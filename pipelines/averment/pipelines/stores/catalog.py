"""The catalog: which documents there are, in which versions, who may read them, and what failed.

A document becomes `ready` in one transaction with its chunks and its text version, after its points are in the index.
Between `begin_version` and that moment it is *open*: the index may hold anything for it, and whatever ends the process
there, the next run does the document again (`SourceState.is_current` is false) and replaces its points by document.
Reading is in `averment.pipelines.stores.catalog_reading`, what changes finished versions in `…catalog_upkeep`.
"""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select, update

from averment.core.clock import rfc3339, unix_ms
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion, IngestFailure
from averment.core.errors import DocumentNotFound, StoreError
from averment.core.ids import uuid7
from averment.pipelines.stores import blob_uses
from averment.pipelines.stores.catalog_indexes import CatalogIndexes, check_serving
from averment.pipelines.stores.catalog_queries import select_documents
from averment.pipelines.stores.catalog_rows import CURRENT, chunk_rows, load_documents, value_rows, version_row
from averment.pipelines.stores.catalog_types import OpenVersion, StoredText
from averment.pipelines.stores.database import upsert, writing
from averment.pipelines.stores.filter_terms import file_name
from averment.pipelines.stores.schema import (
    NEW,
    document_chunks,
    documents,
    failures,
    index_documents,
    index_meta,
    ingest_runs,
    text_versions,
    version_values,
    versions,
)


class Catalog(CatalogIndexes):
    """The catalog of documents in SQLite or PostgreSQL; safe for several threads and processes.

    Args:
        url: `sqlite:///<file>` or `postgresql+psycopg://…`; the tables are made or brought up to date.
        clock: Where times come from.

    Raises:
        ConfigurationError, StoreFormatError, StoreError: The database cannot be used.
    """

    def begin_version(self, *, connector: str, source_uri: str, claims: Sequence[str] = ()) -> OpenVersion:
        """Open the next version of an item; a new item, or one that had left its source, gets its document here.

        Args:
            connector: Where the item comes from.
            source_uri: Its name there.
            claims: Blobs that are about to be stored for it; what an earlier attempt had claimed is let go.
        """
        with writing(self._engine) as connection:
            row = (
                connection.execute(
                    select(documents)
                    .where(documents.c.connector == connector, documents.c.source_uri == source_uri)
                    # A living row first, else the one deleted last.
                    .order_by(documents.c.status == DocumentStatus.DELETED.value, documents.c.updated_at.desc())
                    .limit(1)
                    .with_for_update()
                )
                .mappings()
                .first()
            )
            if row is None:
                opened = self._add_document(connection, connector, source_uri)
                blob_uses.claim(connection, opened.document_id, keys=claims)
                return opened
            document_id, version = row["document_id"], row["last_version"] + 1
            values: dict[str, object] = {"last_version": version, "open_version": version, "updated_at": self._now()}
            if row["status"] == DocumentStatus.DELETED.value:
                values |= {"status": NEW, "current_version": None}
            connection.execute(update(documents).where(documents.c.document_id == document_id).values(**values))
            blob_uses.settle(connection, document_id)
            blob_uses.claim(connection, document_id, keys=claims)
            previous = load_documents(
                connection,
                connection.execute(select_documents().where(documents.c.document_id == document_id)).mappings().all(),
            )
        return OpenVersion(document_id=document_id, version=version, previous=previous[0] if previous else None)

    def commit_ready(
        self, document: DocumentVersion, *, chunks: Sequence[ChunkMeta], text: StoredText, index: str | None = None
    ) -> None:
        """Make an open version the current one. Its points must be in the index already.

        Args:
            document: The version.
            chunks: Its chunks.
            text: Its text.
            index: The index they went to; no matter which when None.

        Raises:
            IndexUnavailable: Another index serves by now; the version stays open, to be done again.
            StoreError: The version is not the open one, or its chunks do not belong to it.
        """
        _check_ready(document, chunks, text)
        with writing(self._engine) as connection:
            check_serving(connection, index)
            self._finish(connection, document)
            if chunks:
                connection.execute(insert(document_chunks), chunk_rows(chunks, version=document.version))
            upsert(
                connection,
                text_versions,
                values={
                    "document_id": document.document_id,
                    "text_hash": text.text_hash,
                    "layout_hash": text.layout_hash,
                    "parser": text.parser,
                    "n_chars": text.n_chars,
                    "created_at": self._now(),
                },
            )
            _clear_failure(connection, document.connector, document.source_uri)

    def quarantine(self, document: DocumentVersion, failure: IngestFailure, *, index: str | None = None) -> None:
        """Finish an open version as quarantined: it is listed with its failure and never searched.

        The caller deletes the document's points first, from `index`; chunks of an earlier version go here.

        Raises:
            IndexUnavailable: Another index serves by now; the version stays open, to be done again.
            StoreError: The version is not the open one, or its status is not `quarantined`.
        """
        if document.status is not DocumentStatus.QUARANTINED:
            raise StoreError(f"document {document.document_id!r} is {document.status.value}, expected quarantined")
        with writing(self._engine) as connection:
            check_serving(connection, index)
            self._finish(connection, document)
            self._put_failure(connection, failure, connector=document.connector, document_id=document.document_id)

    def record_failure(self, failure: IngestFailure, *, connector: str) -> None:
        """Record a failure of an item whose content was never read; its document, if any, stays as it is."""
        with writing(self._engine) as connection:
            document_id = connection.execute(
                select(documents.c.document_id).where(
                    documents.c.connector == connector,
                    documents.c.source_uri == failure.source_uri,
                    documents.c.status != DocumentStatus.DELETED.value,
                )
            ).scalar()
            self._put_failure(connection, failure, connector=connector, document_id=document_id)

    def clear_failure(self, *, connector: str, source_uri: str) -> None:
        """Forget a failure that no longer stands: its item has left the source, or was found unchanged."""
        with writing(self._engine) as connection:
            _clear_failure(connection, connector, source_uri)

    def mark_unfinished(self, document_id: str) -> None:
        """Say that the index is about to be changed for a document, so that a crash leads to doing it again."""
        with writing(self._engine) as connection:
            self._update_document(connection, document_id, {"open_version": documents.c.last_version})

    def request_retry(self, document_id: str) -> None:
        """Let the next run do a document again although nothing changed."""
        self.mark_unfinished(document_id)

    def mark_deleted(self, document_id: str) -> None:
        """Record that a document has left its source. Its points must be gone; its texts stay for old answers.

        Raises:
            DocumentNotFound: There is no such document.
        """
        with writing(self._engine) as connection:
            _supersede_current(connection, document_id, now=self._now())
            self._update_document(
                connection, document_id, {"status": DocumentStatus.DELETED.value, "open_version": None}
            )
            held = index_documents.c.document_id == document_id
            blob_uses.let_go(connection, held, now=self._now())
            connection.execute(delete(index_documents).where(held))
            connection.execute(delete(document_chunks).where(document_chunks.c.document_id == document_id))
            connection.execute(delete(failures).where(failures.c.document_id == document_id))

    def rename(self, document_id: str, *, source_uri: str, connector: str | None = None) -> None:
        """Keep a document under another name that its source reports.

        The index payload still holds the old name: `update_document` of the index store brings it up to date.

        Raises:
            DocumentNotFound: There is no such document.
            StoreError: Another document has that name.
        """
        with writing(self._engine) as connection:
            values: dict[str, object] = {"source_uri": source_uri, "file_name": file_name(source_uri)}
            if connector is not None:
                values["connector"] = connector
            self._update_document(connection, document_id, values)
            for field, value in (("=source_uri", source_uri), ("=file_name", file_name(source_uri))):
                connection.execute(
                    update(version_values)
                    .where(version_values.c.document_id == document_id, version_values.c.field == field)
                    .values(value=value)
                )

    def forget_document(self, document_id: str) -> tuple[str, ...]:
        """Delete every row of a document and return the text and layout blobs that no other document uses."""
        with writing(self._engine) as connection:
            kept = text_versions.alias()
            mine = connection.execute(
                select(text_versions.c.text_hash, text_versions.c.layout_hash).where(
                    text_versions.c.document_id == document_id
                )
            ).all()
            others = (
                connection.execute(
                    select(kept.c.text_hash, kept.c.layout_hash).where(kept.c.document_id != document_id)
                ).all()
                if mine
                else []
            )
            connection.execute(delete(documents).where(documents.c.document_id == document_id))
        used = {key for row in others for key in row}
        return tuple(dict.fromkeys(key for row in mine for key in row if key not in used))

    def begin_run(self, source: str) -> str:
        """Record the start of an ingestion and return the run's id."""
        run_id = uuid7(unix_ms=unix_ms(self._clock.now()))
        with writing(self._engine) as connection:
            connection.execute(
                insert(ingest_runs).values(run_id=run_id, source=source, started_at=self._now(), counts="{}")
            )
        return run_id

    def finish_run(self, run_id: str, *, status: str, counts: Mapping[str, int]) -> None:
        """Record the end of an ingestion with its counts."""
        with writing(self._engine) as connection:
            connection.execute(
                update(ingest_runs)
                .where(ingest_runs.c.run_id == run_id)
                .values(finished_at=self._now(), status=status, counts=json.dumps(dict(counts), sort_keys=True))
            )

    def set_index_meta(self, values: Mapping[str, str]) -> None:
        """Record facts about the index (embedder, dimension, statistics) beside those it keeps itself."""
        with writing(self._engine) as connection:
            for key, value in values.items():
                upsert(connection, index_meta, values={"key": key, "value": value})

    def _add_document(self, connection: Connection, connector: str, source_uri: str) -> OpenVersion:
        moment = self._clock.now()
        document_id = uuid7(unix_ms=unix_ms(moment))
        connection.execute(
            insert(documents).values(
                document_id=document_id,
                connector=connector,
                source_uri=source_uri,
                file_name=file_name(source_uri),
                status=NEW,
                last_version=1,
                open_version=1,
                created_at=rfc3339(moment),
                updated_at=rfc3339(moment),
            )
        )
        return OpenVersion(document_id=document_id, version=1, previous=None)

    def _finish(self, connection: Connection, document: DocumentVersion) -> None:
        _supersede_current(connection, document.document_id, now=self._now())
        changed = connection.execute(
            update(documents)
            .where(documents.c.document_id == document.document_id, documents.c.open_version == document.version)
            .values(
                status=document.status.value,
                current_version=document.version,
                open_version=None,
                updated_at=self._now(),
            )
        ).rowcount
        if changed != 1:
            raise StoreError(
                f"version {document.version} of document {document.document_id!r} is not the open one",
                hint="another ingestion took the document over; run averment ingest again",
            )
        connection.execute(insert(versions).values(**version_row(document)))
        values = value_rows(document)
        if values:
            connection.execute(insert(version_values), values)
        _drop_chunks(connection, document.document_id, current=document.version)

    def _update_document(self, connection: Connection, document_id: str, values: Mapping[str, object]) -> None:
        statement = update(documents).where(documents.c.document_id == document_id)
        if connection.execute(statement.values(**values, updated_at=self._now())).rowcount != 1:
            raise DocumentNotFound(f"there is no document {document_id!r}", hint="averment documents list names them")

    def _put_failure(
        self, connection: Connection, failure: IngestFailure, *, connector: str, document_id: str | None
    ) -> None:
        upsert(
            connection,
            failures,
            values={
                "connector": connector,
                "source_uri": failure.source_uri,
                "document_id": document_id,
                "stage": failure.stage,
                "category": failure.category,
                "code": failure.code,
                "message": failure.message,
                "hint": failure.hint,
                "page": failure.page,
                "retryable": failure.retryable,
                "failed_at": self._now(),
            },
        )

    def _now(self) -> str:
        return rfc3339(self._clock.now())


def _supersede_current(connection: Connection, document_id: str, *, now: str) -> None:
    """Let go of what the current version of a document and the one being made use; what goes on being used is kept."""
    before = connection.execute(
        select(versions.c.content_hash, versions.c.text_hash)
        .join(documents, CURRENT)
        .where(documents.c.document_id == document_id)
    ).first()
    blob_uses.settle(connection, document_id, before.content_hash if before else None)
    blob_uses.supersede(connection, document_id, text_hash=before.text_hash if before else None, now=now)


def _drop_chunks(connection: Connection, document_id: str, *, current: int) -> None:
    """Drop the chunks of a document's versions that no index holds."""
    held = select(index_documents.c.version).where(
        index_documents.c.document_id == document_id, index_documents.c.version.is_not(None)
    )
    connection.execute(
        delete(document_chunks).where(
            document_chunks.c.document_id == document_id,
            document_chunks.c.version != current,
            document_chunks.c.version.not_in(held),
        )
    )


def _clear_failure(connection: Connection, connector: str, source_uri: str) -> None:
    connection.execute(delete(failures).where(failures.c.connector == connector, failures.c.source_uri == source_uri))


def _check_ready(document: DocumentVersion, chunks: Sequence[ChunkMeta], text: StoredText) -> None:
    document_id = document.document_id
    if document.status is not DocumentStatus.READY or document.text_hash != text.text_hash:
        raise StoreError(
            f"document {document_id!r} cannot become ready: status {document.status.value}, text "
            f"{document.text_hash!r}, stored text {text.text_hash!r}"
        )
    if document.n_chunks != len(chunks):
        raise StoreError(f"document {document_id!r} says {document.n_chunks} chunks, {len(chunks)} were given")
    if any(chunk.document_id != document_id or chunk.text_hash != document.text_hash for chunk in chunks):
        raise StoreError(f"a chunk given for document {document_id!r} belongs to another document or text")
