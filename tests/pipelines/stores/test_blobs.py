"""Content-addressed bytes: whole or not there."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.core.errors import StoreError
from averment.core.ids import sha256_id
from averment.pipelines.stores.blobs import FolderBlobStore


@pytest.fixture
def store(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "blobs")


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_hash(store: FolderBlobStore, tmp_path: Path) -> None:
    key = store.put(b"contract")
    assert key == sha256_id(b"contract")
    assert store.put(b"contract") == key
    assert store.get(key) == b"contract"
    assert list(store.keys()) == [key]
    assert len(files(tmp_path)) == 1
    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o600
    assert store.has(key)


@settings(deadline=None)
@given(contents=st.lists(st.binary(max_size=200), max_size=8))
def test_every_content_is_one_blob(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    store = FolderBlobStore(tmp_path_factory.mktemp("blobs"))
    keys = [store.put(content) for content in contents]
    assert sorted(store.keys()) == sorted(set(keys))
    assert [store.get(key) for key in keys] == contents


def test_deleting_is_final_and_repeatable(store: FolderBlobStore) -> None:
    key = store.put(b"x")
    store.delete(key)
    store.delete(key)
    assert not store.has(key)
    assert list(store.keys()) == []
    with pytest.raises(StoreError, match="no blob"):
        store.get(key)


def test_damage_is_found_and_mended_by_writing_again(store: FolderBlobStore, tmp_path: Path) -> None:
    key = store.put(b"contract")
    file = files(tmp_path)[0]
    file.write_bytes(b"contracT")
    with pytest.raises(StoreError, match="damaged") as damaged:
        store.get(key)
    assert b"contracT".decode() not in damaged.value.message
    assert store.put(b"contract") == key
    assert store.get(key) == b"contract"


@pytest.mark.parametrize(
    "key", ["", "x", "sha256:../../etc/passwd", "sha256:" + "A" * 64, "md5:" + "a" * 64, "sha256:" + "a" * 64 + "\n"]
)
def test_what_is_no_key_is_refused(store: FolderBlobStore, key: str) -> None:
    for ask in (store.get, store.delete, store.has):
        with pytest.raises(StoreError, match="no blob key"):
            ask(key)


def test_several_threads_may_store_the_same(store: FolderBlobStore, tmp_path: Path) -> None:
    content = os.urandom(100_000)
    threads = [threading.Thread(target=store.put, args=(content,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get(sha256_id(content)) == content
    assert len(files(tmp_path)) == 1


def test_a_killed_writer_leaves_no_half_blob(store: FolderBlobStore, tmp_path: Path) -> None:
    program = f"""
import os, signal
from pathlib import Path
from averment.pipelines.stores.blobs import FolderBlobStore
os.fsync = lambda _descriptor: os.kill(os.getpid(), signal.SIGKILL)
FolderBlobStore(Path({str(tmp_path / "blobs")!r})).put(b"half" * 1000)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    assert list(store.keys()) == []
    assert len(files(tmp_path)) == 1, "its temporary file"
    assert store.sweep() == 0, "it may still be written"
    assert store.sweep(older_than_s=-1) == 1
    assert files(tmp_path) == []
    assert store.get(store.put(b"half" * 1000)) == b"half" * 1000


def test_a_full_or_forbidden_disk_is_named(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be written") as error:
        FolderBlobStore(tmp_path / "blobs").put(b"x")
    assert error.value.hint
