import sqlite3
import stat
from pathlib import Path

import pytest

from averment.core.errors import StoreError, StoreFormatError
from averment.core.testing.clock import FixedClock
from averment.service.identity.api_keys import ApiKeys, KeyTerms
from averment.service.identity.store import AccessStore, digest_of, new_secret, open_store


def test_the_file_is_for_its_owner_and_holds_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "access.sqlite"
    with open_store(path) as store:
        _, secret = ApiKeys(store, clock=FixedClock()).create(KeyTerms(name="n"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secret.encode() not in path.read_bytes()
    assert digest_of(secret).encode() in path.read_bytes()
    assert [found.name for found in tmp_path.iterdir()] == ["access.sqlite"]


def test_what_one_process_writes_another_sees_at_once(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.sqlite") as one, open_store(tmp_path / "a.sqlite") as other:
        keys, seen = ApiKeys(one, clock=FixedClock()), ApiKeys(other, clock=FixedClock())
        key, secret = keys.create(KeyTerms(name="n"))
        assert seen.find(secret) is not None
        keys.revoke(key.id)
        assert seen.find(secret) is None


def test_a_change_that_fails_is_undone(store: AccessStore) -> None:
    with pytest.raises(ZeroDivisionError), store.changes() as database:
        database.execute("INSERT INTO revocations VALUES ('token', 'd', 1)")
        raise ZeroDivisionError
    assert store.rows("SELECT * FROM revocations") == []


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with open_store(path) as store:
        with store.changes() as database:
            database.execute("INSERT INTO tickets VALUES ('d', 'link', 'Quist Halvorsen', 1)")
        with store.changes() as database:
            database.execute("DELETE FROM tickets")
    assert b"Quist" not in path.read_bytes()


def test_files_of_newer_versions_and_of_others_are_refused(tmp_path: Path) -> None:
    newer, foreign = tmp_path / "newer", tmp_path / "foreign"
    with sqlite3.connect(newer) as database:
        database.execute("PRAGMA user_version = 9")
    foreign.write_bytes(b"no database" * 100)
    with pytest.raises(StoreFormatError, match="format 9"):
        AccessStore(newer)
    with pytest.raises(StoreError, match="cannot be opened"):
        AccessStore(foreign)


def test_secrets_have_256_bits() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert {len(new_secret()) for _ in range(10)} == {43}
