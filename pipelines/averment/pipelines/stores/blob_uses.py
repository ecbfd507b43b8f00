"""Which blobs are in use, and the deletion of those that are not.

A blob is in use when a document's version has it as its original, a text version as its text, layout or structure, or
when a version being made has claimed it. A claim is durable before its blob is stored, and blobs are deleted under a
lock that claims wait for, so that nobody stores bytes that are deleted under his hands. What stops using a blob names
it a candidate in the same transaction; a process that dies leaves candidates behind, and the next one looks at them.
"""

import json
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Engine, delete, select, text, union

from averment.core.documents import DocumentStatus
from averment.pipelines.stores.blobs import sync_folder
from averment.pipelines.stores.catalog_rows import CURRENT
from averment.pipelines.stores.catalog_types import StoredText
from averment.pipelines.stores.database import insert_new, upsert, writing
from averment.pipelines.stores.schema import (
    blob_candidates,
    blob_claims,
    cited_texts,
    documents,
    index_documents,
    superseded_texts,
    text_versions,
    versions,
)

_BLOBS_LOCK: Final = 7_161_993_402  # PostgreSQL advisory lock; any constant number serves
_KEYS_AT_A_TIME: Final = 200
_BESIDE_TEXT: Final = (text_versions.c.layout_hash, text_versions.c.structure_hash)


def claim(connection: Connection, document_id: str, *, keys: Iterable[str]) -> None:
    """Say that a document's version being made is about to store these blobs."""
    _lock(connection, is_exclusive=False)
    insert_new(connection, blob_claims, rows=[{"document_id": document_id, "key": key} for key in dict.fromkeys(keys)])


def settle(connection: Connection, document_id: str, *stopped: str | None) -> None:
    """End a document's claims: what is in use says so by now. `stopped` are blobs it no longer uses."""
    mine = blob_claims.c.document_id == document_id
    claimed = connection.execute(select(blob_claims.c.key).where(mine)).scalars()
    name_candidates(connection, [*claimed, *stopped])
    connection.execute(delete(blob_claims).where(mine))


def name_candidates(connection: Connection, keys: Iterable[str | None]) -> None:
    """Note blobs that something has stopped using."""
    insert_new(connection, blob_candidates, rows=[{"key": key} for key in dict.fromkeys(keys) if key])


def of_document(connection: Connection, document_id: str) -> list[str]:
    """Return the blobs of every version of a document: originals, texts, layouts, structures."""
    originals = select(versions.c.content_hash).where(versions.c.document_id == document_id)
    texts = select(text_versions.c.text_hash).where(text_versions.c.document_id == document_id)
    beside = [
        select(column).where(text_versions.c.document_id == document_id, column.is_not(None)) for column in _BESIDE_TEXT
    ]
    return sorted(connection.execute(union(originals, texts, *beside)).scalars())


def delete_unused(engine: Engine, delete_blob: Callable[[str], None], *, held: Collection[str] = ()) -> int:
    """Delete the candidates that nothing uses and return how many there were; those of held documents stay."""
    n_deleted = 0
    while True:
        with writing(engine) as connection:
            _lock(connection, is_exclusive=True)
            kept = {key for document_id in sorted(held) for key in of_document(connection, document_id)}
            free = select(blob_candidates.c.key).where(blob_candidates.c.key.not_in(kept)).limit(_KEYS_AT_A_TIME)
            keys = connection.execute(free).scalars().all()
            used = _used(connection, keys)
            for key in keys:
                if key not in used:
                    delete_blob(key)
                    n_deleted += 1
            connection.execute(delete(blob_candidates).where(blob_candidates.c.key.in_(keys)))
        if len(keys) < _KEYS_AT_A_TIME:
            return n_deleted


def use_text(connection: Connection, document_id: str, *, text: StoredText, now: str) -> None:
    """Write a text version. Read again, a text may have another layout and structure: it stops using those before."""
    mine = (text_versions.c.document_id == document_id, text_versions.c.text_hash == text.text_hash)
    before = connection.execute(select(*_BESIDE_TEXT).where(*mine)).first()
    name_candidates(connection, before or ())
    upsert(connection, text_versions, values={"document_id": document_id, **asdict(text), "created_at": now})


def supersede(connection: Connection, document_id: str, *, text_hash: str | None, now: str) -> None:
    """Note that a text is no longer that of its document's version."""
    if text_hash is not None:
        row = {"document_id": document_id, "text_hash": text_hash, "since": now}
        insert_new(connection, superseded_texts, rows=[row])


def let_go(connection: Connection, *held: ColumnElement[bool], now: str) -> None:
    """Let go of versions that an index holds besides the serving one; `held` are conditions on `index_documents`."""
    statement = (
        select(versions.c.document_id, versions.c.content_hash, versions.c.text_hash)
        .join(index_documents, _HELD)
        .where(*held)
    )
    for row in connection.execute(statement).all():
        name_candidates(connection, [row.content_hash])
        supersede(connection, row.document_id, text_hash=row.text_hash, now=now)


def drop_uncited(engine: Engine, *, before: str, held: Collection[str] = ()) -> int:
    """Drop text versions superseded before a time that no answer cites, and of no held document; return how many.

    Their blobs become candidates.
    """
    old = (superseded_texts.c.since < before, superseded_texts.c.document_id.not_in(held))
    n_dropped = 0
    with writing(engine) as connection:
        rows = connection.execute(
            select(superseded_texts.c.document_id, superseded_texts.c.text_hash).where(*old)
        ).all()
        for document_id, text_hash in rows:
            if _is_needed(connection, document_id, text_hash):
                continue
            mine = (text_versions.c.document_id == document_id, text_versions.c.text_hash == text_hash)
            beside = connection.execute(select(*_BESIDE_TEXT).where(*mine)).first()
            n_dropped += connection.execute(delete(text_versions).where(*mine)).rowcount
            name_candidates(connection, [text_hash, *(beside or ())])
        connection.execute(delete(superseded_texts).where(*old))
    return n_dropped


def keep_cited(engine: Engine, texts: Iterable[tuple[str, str]]) -> None:
    """Note texts, by document and hash, that an answer is about to cite; durable when it returns.

    An answer must not wait for whoever writes to the catalog. SQLite lets one write at a time, so the note is a file
    beside it, which `take_notes` brings in before anything is swept.
    """
    pairs = list(dict.fromkeys(texts))
    if not pairs:
        return
    folder = _notes(engine)
    if folder is None:
        with writing(engine) as connection:
            _insert_cited(connection, pairs)
        return
    body = json.dumps(pairs).encode()
    target = folder / f"{sha256(body).hexdigest()}.json"
    if target.exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    temporary = folder / f".{uuid4().hex}"
    with temporary.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(folder)


def take_notes(engine: Engine) -> None:
    """Bring the notes of cited texts into the catalog; each is deleted once it is there."""
    folder = _notes(engine)
    for note in sorted(folder.glob("*.json")) if folder is not None else ():
        pairs = [(str(document_id), str(text_hash)) for document_id, text_hash in json.loads(note.read_bytes())]
        with writing(engine) as connection:
            _insert_cited(connection, pairs)
        note.unlink(missing_ok=True)


def _notes(engine: Engine) -> Path | None:
    """Return the folder of notes beside a SQLite file; None for other databases, and for one in memory."""
    file = engine.url.database
    is_file = engine.dialect.name == "sqlite" and file not in (None, "", ":memory:")
    return Path(str(file)).with_name("cited") if is_file else None


def _insert_cited(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    mentioned = documents.c.document_id.in_({document_id for document_id, _ in pairs})
    known = set(connection.execute(select(documents.c.document_id).where(mentioned)).scalars())
    rows = [{"document_id": one, "text_hash": text_hash} for one, text_hash in pairs if one in known]
    insert_new(connection, cited_texts, rows=rows)


def _is_needed(connection: Connection, document_id: str, text_hash: str) -> bool:
    cited = select(cited_texts.c.text_hash).where(
        cited_texts.c.document_id == document_id, cited_texts.c.text_hash == text_hash
    )
    claimed = select(blob_claims.c.key).where(blob_claims.c.document_id == document_id, blob_claims.c.key == text_hash)
    mine = (versions.c.document_id == document_id, versions.c.text_hash == text_hash)
    current = (
        select(versions.c.text_hash)
        .join(documents, CURRENT)
        .where(*mine, documents.c.status != DocumentStatus.DELETED.value)
    )
    elsewhere = select(versions.c.text_hash).join(index_documents, _HELD).where(*mine)
    return connection.execute(union(cited, claimed, current, elsewhere)).first() is not None


def _used(connection: Connection, keys: Sequence[str]) -> set[str]:
    current = (
        select(versions.c.content_hash)
        .join(documents, CURRENT)
        .where(versions.c.content_hash.in_(keys), documents.c.status != DocumentStatus.DELETED.value)
    )
    elsewhere = select(versions.c.content_hash).join(index_documents, _HELD).where(versions.c.content_hash.in_(keys))
    texts = select(text_versions.c.text_hash).where(text_versions.c.text_hash.in_(keys))
    beside = [select(column).where(column.in_(keys)) for column in _BESIDE_TEXT]
    claimed = select(blob_claims.c.key).where(blob_claims.c.key.in_(keys))
    return set(connection.execute(union(current, elsewhere, texts, *beside, claimed)).scalars())


def _lock(connection: Connection, *, is_exclusive: bool) -> None:
    """Keep deletions and claims apart; on SQLite, transactions that write already are."""
    if connection.dialect.name == "postgresql":
        kind = "pg_advisory_xact_lock" if is_exclusive else "pg_advisory_xact_lock_shared"
        connection.execute(text(f"SELECT {kind}(:key)"), {"key": _BLOBS_LOCK})


_HELD: Final = (index_documents.c.document_id == versions.c.document_id) & (
    index_documents.c.version == versions.c.version
)
