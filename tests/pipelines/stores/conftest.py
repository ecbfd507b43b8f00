"""Builders for documents and chunks, and catalogs on SQLite and, where it is installed, on PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion
from averment.core.ids import chunk_id, content_hash, text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import OpenVersion, StoredText
from averment.pipelines.stores.database import open_engine, sqlite_url

MakeDocument = Callable[..., DocumentVersion]
MakeChunks = Callable[..., list[ChunkMeta]]
Add = Callable[..., DocumentVersion]


def _document(**changes: Any) -> DocumentVersion:
    fields: dict[str, Any] = {
        "document_id": "d1",
        "source_uri": "file:///contracts/msa.pdf",
        "content_hash": content_hash(b"bytes"),
        "text_hash": text_hash("text"),
        "version": 1,
        "media_type": "application/pdf",
        "kind": "contract",
        "title": "Master Agreement",
        "access": AccessLabel(),
        "status": DocumentStatus.READY,
        "revision": "r1",
        "connector": "files",
        "size_bytes": 5,
        "n_chars": 4,
        "n_pages": 1,
        "n_chunks": 2,
        "pipeline_version": "p1",
    }
    return DocumentVersion(**{**fields, **changes})


def _chunks(document: DocumentVersion, *, count: int = 2) -> list[ChunkMeta]:
    assert document.text_hash is not None
    version = document.pipeline_version or "p1"
    return [
        ChunkMeta(
            chunk_id=chunk_id(
                document_id=document.document_id,
                text_hash=document.text_hash,
                start=10 * i,
                end=10 * i + 10,
                pipeline_version=version,
            ),
            document_id=document.document_id,
            text_hash=document.text_hash,
            start=10 * i,
            end=10 * i + 10,
            first_page=1,
            last_page=1,
            section=f"{i + 1}. Section",
            ordinal=i,
            token_count=3,
            access=document.access,
            pipeline_version=version,
        )
        for i in range(count)
    ]


@pytest.fixture(scope="session")
def make_document() -> MakeDocument:
    return _document


@pytest.fixture(scope="session")
def make_chunks() -> MakeChunks:
    return _chunks


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "catalog.sqlite")
    return _create_database(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def catalog(request: pytest.FixtureRequest, clock: FixedClock, tmp_path: Path) -> Iterator[Catalog]:
    """Yield a catalog without documents: a copy of one whose tables were made once."""
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "catalog.sqlite")
        url = sqlite_url(tmp_path / "catalog.sqlite")
    else:
        server: str = request.getfixturevalue("postgres_url")
        url = _create_database(server, template=request.getfixturevalue("migrated_database"))
    catalog = Catalog(url, clock=clock)
    yield catalog
    catalog.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with the tables of a catalog."""
    path = tmp_path_factory.mktemp("migrated") / "catalog.sqlite"
    engine = open_engine(sqlite_url(path))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_url: str) -> str:
    """Return the name of a PostgreSQL database with the tables of a catalog."""
    url = _create_database(postgres_url)
    open_engine(url).dispose()
    return url.rpartition("/")[2]


def _create_database(server: str, *, template: str = "template1") -> str:
    import psycopg

    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{server}/{name}"


@pytest.fixture
def add(catalog: Catalog) -> Add:
    """Return a function that makes a document ready in the catalog, as an ingestion would."""

    def put(uri: str = "file:///contracts/msa.pdf", **changes: Any) -> DocumentVersion:
        opened: OpenVersion = catalog.begin_version(connector=changes.get("connector", "files"), source_uri=uri)
        document = _document(document_id=opened.document_id, version=opened.version, source_uri=uri, **changes)
        assert document.text_hash is not None
        text = StoredText(text_hash=document.text_hash, layout_hash="sha256:" + "1" * 64, parser="plain/1", n_chars=4)
        catalog.commit_ready(document, chunks=_chunks(document), text=text)
        return document

    return put


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a throw-away PostgreSQL on a loopback port; skip where none is installed."""
    if given := os.environ.get("AVERMENT_TEST_POSTGRES_URL"):
        yield given.rstrip("/")
        return
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql, or set AVERMENT_TEST_POSTGRES_URL")
    tools = installed[-1].parent
    # The server refuses to run as root.
    as_user: list[str | Path] = (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    )
    folder = Path(f"/tmp/averment-pg-{uuid4().hex}")
    folder.mkdir(mode=0o700)
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    data = str(folder / "data")
    subprocess.run(
        [*as_user, tools / "initdb", "-D", data, "-U", "averment", "-A", "trust", "-E", "UTF8", "-N"],
        check=True,
        capture_output=True,
        cwd="/",
    )
    server = subprocess.Popen(
        [*as_user, tools / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", str(folder), "-c", "fsync=off"],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready: list[str | Path] = [tools / "pg_isready", "-q", "-h", "127.0.0.1", "-p", port]
        for _ in range(100):
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://averment@127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown: it does not wait for connections
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)
