"""A catalog of the first revision is brought up to date and keeps its documents."""

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from averment.pipelines.stores.database import alembic_config, open_engine, reading, sqlite_url


def test_documents_from_before_know_neither_language_nor_warnings(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    old = create_engine(url)
    with old.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO documents (document_id, connector, source_uri, file_name, status, last_version, "
                "created_at, updated_at) VALUES ('d', 'c', 'file:///a', 'a', 'ready', 1, 't', 't')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO versions (document_id, version, revision, content_hash, media_type, kind, title, status, "
                "tenant, classification, size_bytes) VALUES ('d', 1, 'r', 'h', 'text/plain', 'other', 'a', 'ready', "
                "'default', 'internal', 1)"
            )
        )
    old.dispose()
    engine = open_engine(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT language, warnings FROM versions")).all() == [(None, None)]
    engine.dispose()
