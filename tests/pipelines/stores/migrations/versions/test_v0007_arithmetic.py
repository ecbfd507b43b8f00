"""A catalog from before arithmetics were recorded is brought up to date and keeps its documents."""

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.database import alembic_config, sqlite_url


def test_a_document_from_before_names_no_arithmetic(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0006")
        connection.execute(
            text(
                "INSERT INTO documents (document_id, connector, source_uri, file_name, status, current_version,"
                " last_version, created_at, updated_at) VALUES ('d1', 'files', 'file:///a', 'a', 'ready', 1, 1, '', '')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO versions (document_id, version, revision, content_hash, media_type, kind, title, status,"
                " tenant, classification, size_bytes) VALUES ('d1', 1, 'r', 'h', 'text/plain', 'other', 'A', 'ready',"
                " 'default', 'internal', 1)"
            )
        )
    engine.dispose()
    catalog = Catalog(url)
    found = catalog.get("d1")
    catalog.close()
    assert found is not None
    assert (found.title, found.arithmetic) == ("A", None)
