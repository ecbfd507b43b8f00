"""The catalog's database: made, migrated, refused, shared."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from averment.core.errors import ConfigurationError, StoreError, StoreFormatError
from averment.pipelines.stores.database import alembic_config, open_engine, reading, sqlite_url, writing
from averment.pipelines.stores.schema import HEAD_REVISION, metadata


@pytest.mark.slow
def test_the_migrations_make_the_tables(catalog_url: str) -> None:
    engine = open_engine(catalog_url)
    with reading(engine) as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [HEAD_REVISION]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    open_engine(catalog_url).dispose()


def test_a_newer_catalog_is_refused(catalog_url: str) -> None:
    engine = open_engine(catalog_url)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreFormatError, match="'9999'"):
        open_engine(catalog_url)


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "catalog.sqlite"))
    with reading(engine) as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "secure_delete", "busy_timeout")
        }
    engine.dispose()
    assert settings == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "secure_delete": 1,
        "busy_timeout": 30000,
    }


@pytest.mark.slow
def test_several_processes_may_make_it_at_once(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    program = (
        "import sys; from averment.pipelines.stores.catalog import Catalog; "
        "catalog = Catalog(sys.argv[1]); catalog.begin_version(connector='files', source_uri=sys.argv[2])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, url, f"file:///{n}"], stderr=subprocess.PIPE) for n in range(4)
    ]
    for process in processes:
        _, words = process.communicate()
        assert process.returncode == 0, words
    engine = open_engine(url)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM documents")).scalar() == 4
    engine.dispose()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "duckdb:///x"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        open_engine(url)
    assert "postgresql" in (refused.value.hint or "")


def test_an_unreachable_database_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://me:\*\*\*@127\.0\.0\.1:1/x") as error:
        open_engine("postgresql://me:hunter2@127.0.0.1:1/x?connect_timeout=2")
    assert "hunter2" not in error.value.message


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database at all, but long enough to be read as one" * 50)
    with pytest.raises(StoreError, match="DatabaseError"):
        open_engine(sqlite_url(tmp_path / "catalog.sqlite"))
