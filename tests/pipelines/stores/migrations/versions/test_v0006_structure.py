"""A catalog from before there was any structure is brought up to date and keeps its texts."""

from pathlib import Path

from alembic import command
from sqlalchemy import create_engine, text

from averment.pipelines.stores.database import alembic_config, open_engine, reading, sqlite_url


def test_texts_from_before_have_no_structure(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    old = create_engine(url)
    with old.begin() as connection:
        command.upgrade(alembic_config(connection), "0005")
        connection.execute(
            text(
                "INSERT INTO documents (document_id, connector, source_uri, file_name, status, last_version, "
                "created_at, updated_at) VALUES ('d', 'c', 'file:///a', 'a', 'ready', 1, 't', 't')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO text_versions (document_id, text_hash, layout_hash, parser, n_chars, created_at) "
                "VALUES ('d', 'h', 'l', 'p', 1, 't')"
            )
        )
    old.dispose()
    engine = open_engine(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT text_hash, structure_hash FROM text_versions")).all() == [("h", None)]
        assert connection.execute(text("SELECT count(*) FROM version_facts")).scalar() == 0
        assert connection.execute(text("SELECT count(*) FROM amendments")).scalar() == 0
    engine.dispose()
