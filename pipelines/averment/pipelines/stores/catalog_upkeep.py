"""What happens to finished versions: new labels, releases from quarantine, blobs and texts that nobody needs."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from averment.core.access import AccessLabel
from averment.core.clock import rfc3339
from averment.core.errors import DocumentNotFound
from averment.pipelines.stores import blob_uses
from averment.pipelines.stores.catalog_reading import CatalogReading
from averment.pipelines.stores.database import compact, insert_new, reading, writing
from averment.pipelines.stores.schema import (
    cited_texts,
    documents,
    index_documents,
    releases,
    superseded_texts,
    text_versions,
    version_values,
    versions,
)

# Longer than any analysis runs: whoever has read a text can still cite it.
_KEPT_FOR: Final = timedelta(days=1)


class CatalogUpkeep(CatalogReading):
    """Changes to finished versions and the sweeping of what is left; `Catalog` makes versions."""

    def relabel(self, document_id: str, access: AccessLabel, *, is_settled: bool) -> None:
        """Give a document other readers, in every version that an index holds.

        Args:
            document_id: The document; the indexes have the label already.
            access: The label.
            is_settled: Whether nothing else is left to do for it.

        Raises:
            DocumentNotFound: There is no such document.
        """
        with writing(self._engine) as connection:
            current = connection.execute(
                select(documents.c.current_version).where(documents.c.document_id == document_id)
            ).scalar()
            if current is None:
                raise DocumentNotFound(f"there is no document {document_id!r}", hint="averment documents list")
            held = connection.execute(
                select(index_documents.c.version).where(index_documents.c.document_id == document_id)
            ).scalars()
            numbers = {current, *(number for number in held if number is not None)}
            mine = (versions.c.document_id == document_id, versions.c.version.in_(numbers))
            labels = {"tenant": access.tenant, "classification": access.classification}
            connection.execute(update(versions).where(*mine).values(**labels))
            connection.execute(
                delete(version_values).where(
                    version_values.c.document_id == document_id,
                    version_values.c.version.in_(numbers),
                    version_values.c.field == "reader",
                )
            )
            rows = [
                {"document_id": document_id, "version": number, "field": "reader", "ordinal": ordinal, "value": reader}
                for number in sorted(numbers)
                for ordinal, reader in enumerate(dict.fromkeys(access.readers))
            ]
            if rows:
                connection.execute(insert(version_values), rows)
            if is_settled:
                closed = update(documents).where(documents.c.document_id == document_id).values(open_version=None)
                connection.execute(closed)

    def release(self, document_id: str, *, content_hash: str, code: str) -> None:
        """Set a reason for quarantine aside for one content of a document; other bytes are judged anew."""
        row = {
            "document_id": document_id,
            "content_hash": content_hash,
            "code": code,
            "released_at": rfc3339(self._clock.now()),
        }
        with writing(self._engine) as connection:
            insert_new(connection, releases, rows=[row])

    def is_released(self, document_id: str, *, content_hash: str, code: str) -> bool:
        """Tell whether a reviewer set this reason aside for this content."""
        statement = select(releases.c.code).where(
            releases.c.document_id == document_id, releases.c.content_hash == content_hash, releases.c.code == code
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).first() is not None

    def claim_blobs(self, document_id: str, keys: Sequence[str]) -> None:
        """Say that a document's version being made is about to store these blobs."""
        with writing(self._engine) as connection:
            blob_uses.claim(connection, document_id, keys=keys)

    def keep_cited(self, texts: Iterable[tuple[str, str]]) -> None:
        """Note texts, by document and hash, that an answer is about to cite, so that they are never swept."""
        blob_uses.keep_cited(self._engine, texts)

    def texts_of_all(self) -> list[tuple[str, str]]:
        """Return every text that is kept, by document and hash: older ones and those of deleted documents as well."""
        statement = select(text_versions.c.document_id, text_versions.c.text_hash)
        with reading(self._engine) as connection:
            rows = connection.execute(statement.order_by(text_versions.c.document_id, text_versions.c.text_hash))
            return [(row.document_id, row.text_hash) for row in rows]

    def blobs_of(self, document_id: str) -> list[str]:
        """Return the blobs of every version of a document."""
        with reading(self._engine) as connection:
            return blob_uses.of_document(connection, document_id)

    def erase_document(self, document_id: str) -> None:
        """Delete every row of a document; its blobs go with the next sweep unless another document uses them.

        Its points must be gone. Answers that cite it keep no text of it.
        """
        with writing(self._engine) as connection:
            keys = blob_uses.of_document(connection, document_id)
            connection.execute(delete(documents).where(documents.c.document_id == document_id))
            blob_uses.name_candidates(connection, keys)

    def erase_versions(self, document_id: str, *, before: int) -> None:
        """Delete the versions of a document below a number, with their texts, cited or not."""
        with writing(self._engine) as connection:
            keys = blob_uses.of_document(connection, document_id)
            mine = (versions.c.document_id == document_id, versions.c.version < before)
            connection.execute(delete(versions).where(*mine))
            current = select(versions.c.text_hash).where(versions.c.document_id == document_id)
            for table in (text_versions, cited_texts, superseded_texts):
                gone = (table.c.document_id == document_id, table.c.text_hash.not_in(current))
                connection.execute(delete(table).where(*gone))
            blob_uses.name_candidates(connection, keys)

    def compact(self) -> bool:
        """Rewrite a database in a file so that nothing deleted is left in it or its log; tell whether it is one."""
        return compact(self._engine)

    def sweep(self, delete_blob: Callable[[str], None], *, held: Collection[str] = ()) -> int:
        """Drop superseded texts that no answer cites, delete blobs that nothing uses, and count the blobs.

        What a process left behind that died is swept by the next one.

        Args:
            delete_blob: Deletes a blob by its key.
            held: Documents whose texts and blobs stay, of every version, until a sweep without them.
        """
        blob_uses.take_notes(self._engine)
        before = rfc3339(self._clock.now() - _KEPT_FOR)
        blob_uses.drop_uncited(self._engine, before=before, held=held)
        return blob_uses.delete_unused(self._engine, delete_blob, held=held)
