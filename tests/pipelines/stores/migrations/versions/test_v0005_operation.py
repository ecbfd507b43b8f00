"""A catalog from before operation keeps its chunks, and its texts count as cited."""

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.database import alembic_config, sqlite_url


def test_chunks_belong_to_the_current_version_and_old_texts_stay(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0003")
        for statement in (
            "INSERT INTO documents (document_id, connector, source_uri, file_name, status, current_version,"
            " last_version, created_at, updated_at) VALUES ('d1', 'files', 'file:///a', 'a', 'ready', 3, 3, '', '')",
            "INSERT INTO versions (document_id, version, revision, content_hash, text_hash, media_type, kind, title,"
            " status, tenant, classification, size_bytes) VALUES ('d1', 3, 'r', 'h', 't', 'text/plain', 'other', 'A',"
            " 'ready', 'default', 'internal', 1)",
            "INSERT INTO text_versions VALUES ('d1', 't', 'l', 'p', 1, '2026-01-01T00:00:00.000Z')",
            "INSERT INTO document_chunks VALUES ('d1', 0, 'c0', 't', 0, 9, 1, 1, 'Term', 3, 'p1')",
        ):
            connection.execute(text(statement))
    engine.dispose()
    catalog = Catalog(url)
    (chunk,) = catalog.chunks("d1")
    assert (chunk.chunk_id, chunk.section, chunk.end) == ("c0", "Term", 9)
    assert catalog.sections(["c0"]) == {"c0": "Term"}
    catalog.mark_deleted("d1")
    gone: list[str] = []
    catalog.sweep(gone.append)
    assert gone == ["h"]
    assert [found.text_hash for found in catalog.text_versions("d1")] == ["t"]
    catalog.close()
