"""The search indexes of a catalog: which one serves, what the others hold, and the switch from one to another.

Every document has a current version, which is the one that the serving index holds. What another index holds (one that
is being built, or one that served before) is in `index_documents`. A switch exchanges the two in one transaction: from
then on searches go to the other index, and documents have the titles, parties and texts that were read for it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from averment.core.clock import rfc3339
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion, IngestFailure
from averment.core.errors import IndexUnavailable, IndexVersionNotFound
from averment.pipelines.stores import blob_uses
from averment.pipelines.stores.catalog_queries import select_documents
from averment.pipelines.stores.catalog_rows import (
    CURRENT,
    chunk_rows,
    load_documents,
    parse_time,
    to_failure,
    value_rows,
    version_row,
)
from averment.pipelines.stores.catalog_types import IndexRecord, IndexSize, IndexState, StoredText
from averment.pipelines.stores.catalog_upkeep import CatalogUpkeep
from averment.pipelines.stores.database import insert_new, reading, upsert, writing
from averment.pipelines.stores.schema import (
    document_chunks,
    documents,
    failures,
    index_documents,
    indexes,
    text_versions,
    version_values,
    versions,
)

_LIVING: Final = documents.c.status.in_((DocumentStatus.READY.value, DocumentStatus.QUARANTINED.value))


class CatalogIndexes(CatalogUpkeep):
    """Indexes and what they hold; `Catalog` makes the versions of the serving one."""

    def indexes(self, store: str) -> list[IndexRecord]:
        """Return the indexes of a store in the order in which they were made."""
        statement = select(indexes).where(indexes.c.store == store).order_by(indexes.c.created_at, indexes.c.name)
        with reading(self._engine) as connection:
            return [_to_record(row) for row in connection.execute(statement).mappings()]

    def serving_index(self, store: str) -> IndexRecord | None:
        """Return the index that answers searches, or None before the first one is made."""
        return next((record for record in self.indexes(store) if record.state is IndexState.SERVING), None)

    def add_index(self, record: IndexRecord) -> IndexRecord:
        """Record an index and return it; the first to serve a store wins over another made at the same time."""
        with writing(self._engine) as connection:
            if record.state is IndexState.SERVING:
                serving = and_(indexes.c.store == record.store, indexes.c.state == IndexState.SERVING.value)
                found = connection.execute(select(indexes).where(serving)).mappings().first()
                if found is not None:
                    return _to_record(found)
            insert_new(connection, indexes, rows=[_to_row(record)])
        return record

    def freeze_index(self, name: str) -> None:
        """Let ingestion leave alone what another version of the program has read into an index."""
        with writing(self._engine) as connection:
            connection.execute(update(indexes).where(indexes.c.name == name).values(is_frozen=True))

    def to_build(self, name: str, *, after: str = "", limit: int = 100) -> list[DocumentVersion]:
        """Return documents that an index does not hold as they are now, by id, behind the one named."""
        held = versions.alias()
        statement = (
            select_documents()
            .outerjoin(
                index_documents,
                and_(index_documents.c.document_id == documents.c.document_id, index_documents.c.index_name == name),
            )
            .outerjoin(
                held,
                and_(held.c.document_id == documents.c.document_id, held.c.version == index_documents.c.version),
            )
            .where(_LIVING, documents.c.document_id > after)
            .where(
                or_(
                    held.c.version.is_(None),
                    index_documents.c.open_version.is_not(None),
                    held.c.content_hash != versions.c.content_hash,
                    held.c.revision != versions.c.revision,
                )
            )
            .order_by(documents.c.document_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return load_documents(connection, connection.execute(statement).mappings().all())

    def begin_in_index(self, name: str, document_id: str) -> int:
        """Open a version of a document for an index that does not serve, and return its number."""
        mine = documents.c.document_id == document_id
        with writing(self._engine) as connection:
            connection.execute(update(documents).where(mine).values(last_version=documents.c.last_version + 1))
            number: int = connection.execute(select(documents.c.last_version).where(mine)).scalar_one()
            row = {"index_name": name, "document_id": document_id, "is_partial": False}
            insert_new(connection, index_documents, rows=[row])
            connection.execute(update(index_documents).where(_entry(name, document_id)).values(open_version=number))
        return number

    def commit_in_index(
        self,
        name: str,
        document: DocumentVersion,
        *,
        chunks: Sequence[ChunkMeta] = (),
        text: StoredText | None = None,
        failure: IngestFailure | None = None,
        is_partial: bool = False,
    ) -> bool:
        """Say that an index holds this version, and tell whether it stands.

        It does not where the document was changed, relabelled or removed meanwhile: whoever wrote its points takes
        them away again.
        """
        with writing(self._engine) as connection:
            current = connection.execute(
                select_documents().where(documents.c.document_id == document.document_id, _LIVING).with_for_update()
            ).mappings()
            now = load_documents(connection, current.all())
            if not now or (now[0].content_hash, now[0].access) != (document.content_hash, document.access):
                blob_uses.settle(connection, document.document_id)
                return False
            blob_uses.let_go(connection, _entry(name, document.document_id), now=self._now_text())
            connection.execute(insert(versions).values(**version_row(document)))
            if values := value_rows(document):
                connection.execute(insert(version_values), values)
            if chunks:
                connection.execute(insert(document_chunks), chunk_rows(chunks, version=document.version))
            if text is not None:
                row = {"document_id": document.document_id, **asdict(text), "created_at": self._now_text()}
                upsert(connection, text_versions, values=row)
            values_now = {
                "version": document.version,
                "open_version": None,
                "failure": json.dumps(asdict(failure)) if failure else None,
                "is_partial": is_partial,
            }
            connection.execute(update(index_documents).where(_entry(name, document.document_id)).values(**values_now))
            blob_uses.settle(connection, document.document_id)
            _drop_unheld_chunks(connection, document.document_id)
        return True

    def distrust_index(self, name: str) -> None:
        """Have every document of an index that does not serve done again: it may have lost writes."""
        mine = index_documents.c.index_name == name
        with writing(self._engine) as connection:
            connection.execute(update(index_documents).where(mine).values(open_version=index_documents.c.version))

    def index_size(self, name: str) -> IndexSize:
        """Count what an index holds that does not serve."""
        is_ready = versions.c.status == DocumentStatus.READY.value
        statement = (
            select(
                func.count(),
                func.coalesce(func.sum(case((is_ready, 0), else_=1)), 0),
                func.coalesce(func.sum(case((is_ready, func.coalesce(versions.c.n_chunks, 0) + 1), else_=0)), 0),
            )
            .select_from(index_documents)
            .join(
                versions,
                and_(
                    versions.c.document_id == index_documents.c.document_id,
                    versions.c.version == index_documents.c.version,
                ),
            )
            .where(index_documents.c.index_name == name)
        )
        with reading(self._engine) as connection:
            n_documents, n_quarantined, n_points = connection.execute(statement).one()
        return IndexSize(documents=n_documents, quarantined=n_quarantined, points=n_points)

    def deleted_since(self, moment: datetime) -> list[str]:
        """Return the documents that were deleted at or after a time."""
        deleted = (documents.c.status == DocumentStatus.DELETED.value, documents.c.updated_at >= rfc3339(moment))
        with reading(self._engine) as connection:
            return list(connection.execute(select(documents.c.document_id).where(*deleted)).scalars())

    def switch_index(self, name: str, *, store: str) -> None:
        """Let another index of a store serve, with the versions it holds, in one transaction.

        Raises:
            IndexVersionNotFound: There is no such index that could serve.
            IndexUnavailable: Documents have changed that it does not hold yet; it must be brought up to date first.
        """
        with writing(self._engine) as connection:
            rows = connection.execute(select(indexes).where(indexes.c.store == store).with_for_update()).mappings()
            records = {record.name: record for record in map(_to_record, rows)}
            target = records.get(name)
            if target is None or target.state not in (IndexState.BUILDING, IndexState.RESTING):
                raise IndexVersionNotFound(
                    f"there is no index {name!r} that could serve", hint="averment index list names them"
                )
            _check_complete(connection, name)
            before = next(record for record in records.values() if record.state is IndexState.SERVING)
            _set_aside(connection, before.name)
            _make_current(connection, name)
            now = self._now_text()
            states: dict[str, dict[str, object]] = {before.name: {"state": IndexState.RESTING.value}}
            is_return = target.state is IndexState.RESTING
            states[name] = {"state": IndexState.SERVING.value, "served_from": now, "is_frozen": is_return}
            for one, values in states.items():
                connection.execute(update(indexes).where(indexes.c.name == one).values(**values))

    def begin_drop(self, name: str) -> None:
        """Forget what an index holds that does not serve; its points may go from now on, in any order."""
        mine = index_documents.c.index_name == name
        with writing(self._engine) as connection:
            blob_uses.let_go(connection, mine, now=self._now_text())
            held = connection.execute(select(index_documents.c.document_id).where(mine)).scalars().all()
            connection.execute(delete(index_documents).where(mine))
            for document_id in held:
                _drop_unheld_chunks(connection, document_id)
            connection.execute(update(indexes).where(indexes.c.name == name).values(state=IndexState.DROPPING.value))

    def finish_drop(self, name: str) -> None:
        """Forget an index whose points are gone."""
        with writing(self._engine) as connection:
            connection.execute(delete(indexes).where(indexes.c.name == name))

    def _now_text(self) -> str:
        return rfc3339(self._clock.now())


def check_serving(connection: Connection, name: str | None) -> None:
    """Refuse to go on where another index serves than the one that points were written to.

    Raises:
        IndexUnavailable: Another one does.
    """
    if name is None:
        return
    state = connection.execute(select(indexes.c.state).where(indexes.c.name == name).with_for_update()).scalar()
    if state != IndexState.SERVING.value:
        raise IndexUnavailable(
            f"the index {name!r} was switched off while documents were read into it",
            hint="averment ingest does them again",
        )


def _entry(name: str, document_id: str) -> ColumnElement[bool]:
    return and_(index_documents.c.index_name == name, index_documents.c.document_id == document_id)


def _check_complete(connection: Connection, name: str) -> None:
    held = versions.alias()
    complete = exists(
        select(index_documents.c.version)
        .join(
            held,
            and_(held.c.document_id == index_documents.c.document_id, held.c.version == index_documents.c.version),
        )
        .where(
            index_documents.c.index_name == name,
            index_documents.c.document_id == documents.c.document_id,
            index_documents.c.open_version.is_(None),
            held.c.content_hash == versions.c.content_hash,
            held.c.revision == versions.c.revision,
        )
    )
    missing = connection.execute(
        select(func.count()).select_from(documents.join(versions, CURRENT)).where(_LIVING, ~complete)
    ).scalar_one()
    if missing:
        raise IndexUnavailable(
            f"the index {name!r} lacks {missing} documents as they are now",
            hint="averment reindex brings it up to date and switches",
        )


def _set_aside(connection: Connection, name: str) -> None:
    """Note what the serving index holds, failures of quarantined documents included."""
    entries = select(
        literal(name),
        documents.c.document_id,
        documents.c.current_version,
        documents.c.open_version,
        null(),
        literal(value=False),
    ).where(_LIVING, documents.c.current_version.is_not(None))
    columns = ["index_name", "document_id", "version", "open_version", "failure", "is_partial"]
    connection.execute(insert(index_documents).from_select(columns, entries))
    rows = connection.execute(select(failures).where(_is_of_text())).mappings().all()
    for row in rows:
        words = json.dumps(asdict(to_failure(row)))
        connection.execute(update(index_documents).where(_entry(name, row["document_id"])).values(failure=words))
    connection.execute(delete(failures).where(_is_of_text()))


def _is_of_text() -> ColumnElement[bool]:
    """Return the condition on failures that come of reading a text; one of reaching a source stands for itself."""
    return and_(failures.c.document_id.is_not(None), failures.c.stage != "read")


def _make_current(connection: Connection, name: str) -> None:
    mine = and_(index_documents.c.index_name == name, index_documents.c.document_id == documents.c.document_id)
    held = select(index_documents.c.version).where(mine).scalar_subquery()
    status = (
        select(versions.c.status)
        .join(index_documents, index_documents.c.document_id == versions.c.document_id)
        .where(mine, versions.c.version == index_documents.c.version)
        .correlate(documents)
        .scalar_subquery()
    )
    is_partial = select(index_documents.c.is_partial).where(mine).scalar_subquery()
    reread = case((is_partial, documents.c.last_version), else_=null())
    connection.execute(
        update(documents)
        .where(_LIVING, exists(select(index_documents.c.version).where(mine)))
        .values(current_version=held, status=status, open_version=func.coalesce(documents.c.open_version, reread))
    )
    rows = connection.execute(
        select(index_documents.c.document_id, index_documents.c.failure, documents.c.connector, documents.c.updated_at)
        .join(documents, documents.c.document_id == index_documents.c.document_id)
        .where(index_documents.c.index_name == name, index_documents.c.failure.is_not(None))
    )
    for row in rows.all():
        values = {**json.loads(row.failure), "connector": row.connector, "document_id": row.document_id}
        upsert(connection, failures, values={**values, "failed_at": row.updated_at})
    connection.execute(delete(index_documents).where(index_documents.c.index_name == name))


def _drop_unheld_chunks(connection: Connection, document_id: str) -> None:
    current = select(documents.c.current_version).where(
        documents.c.document_id == document_id, documents.c.current_version.is_not(None)
    )
    held = select(index_documents.c.version).where(
        index_documents.c.document_id == document_id, index_documents.c.version.is_not(None)
    )
    connection.execute(
        delete(document_chunks).where(
            document_chunks.c.document_id == document_id,
            document_chunks.c.version.not_in(current),
            document_chunks.c.version.not_in(held),
        )
    )


def _to_row(record: IndexRecord) -> dict[str, object]:
    return {
        **asdict(record),
        "state": record.state.value,
        "created_at": rfc3339(record.created_at),
        "served_from": rfc3339(record.served_from) if record.served_from else None,
    }


def _to_record(row: RowMapping) -> IndexRecord:
    return IndexRecord(
        name=row["name"],
        store=row["store"],
        location=row["location"],
        model_id=row["model_id"],
        model_path=row["model_path"],
        dimension=row["dimension"],
        pipeline_version=row["pipeline_version"],
        state=IndexState(row["state"]),
        is_frozen=row["is_frozen"],
        created_at=parse_time(row["created_at"]),
        served_from=parse_time(row["served_from"]) if row["served_from"] else None,
    )
