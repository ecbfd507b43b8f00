"""Keys: files that others cannot read, wrapped subject keys, digests that tell nothing."""

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from averment.compliance.key_encryption import LocalKeyEncryption
from averment.compliance.keys import (
    SubjectKeys,
    create_keys,
    derive_key,
    keyed_digest,
    load_keys,
    unwrap_record,
    wrapping_key_id,
)
from averment.core.errors import ConfigurationError, StoreError

SUBJECT = "hmac-sha256:" + "ab" * 32


def subjects(folder: Path, wrapping: bytes = b"w" * 32) -> SubjectKeys:
    return SubjectKeys(folder / "keys", LocalKeyEncryption(key=wrapping), scratch=folder / "tmp")


def write_version_1(path: Path, key: LocalKeyEncryption, *, context: str) -> None:
    """Turn the file of a wrapped secret into what was written before files named their key."""
    secret, nonce = unwrap_record(path.read_bytes(), key, context=context), b"n" * 12
    wrapped = AESGCM(key.key).encrypt(nonce, secret, context.encode())
    encoded = {"nonce": base64.b64encode(nonce).decode(), "wrapped": base64.b64encode(wrapped).decode()}
    path.write_text(json.dumps({**encoded, "version": 1}, sort_keys=True), encoding="utf-8")


def test_keys_are_made_once_and_read_back(tmp_path: Path) -> None:
    made = create_keys(tmp_path / "keys", origin="tests.example/log")
    assert load_keys(tmp_path / "keys") == made
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert isinstance(made.wrapping, LocalKeyEncryption)
    assert repr(made.wrapping.key) not in repr(made)
    with pytest.raises(ConfigurationError, match="never overwritten"):
        create_keys(tmp_path / "keys", origin="tests.example/log")


@pytest.mark.parametrize("name", ["log.skey", "wrapping.key", "pseudonym.key"])
def test_key_files_that_are_missing_damaged_or_open_to_others_are_refused(tmp_path: Path, name: str) -> None:
    create_keys(tmp_path, origin="tests.example/log")
    path = tmp_path / name
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="can be read by other users"):
        load_keys(tmp_path)
    path.chmod(0o600)
    path.write_text("c2hvcnQ=\n")
    with pytest.raises(ConfigurationError) as caught:
        load_keys(tmp_path)
    assert "c2hvcnQ" not in str(caught.value)
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="damaged"):
        load_keys(tmp_path)
    path.unlink()
    with pytest.raises(ConfigurationError, match=f"{name} does not exist"):
        load_keys(tmp_path)


def test_a_subject_keeps_its_key_and_no_other_gets_it(tmp_path: Path) -> None:
    key, is_new = subjects(tmp_path).get_or_create(SUBJECT)
    assert is_new
    assert subjects(tmp_path).get_or_create(SUBJECT) == (key, False)
    assert subjects(tmp_path).get("hmac-sha256:" + "00" * 32) is None
    assert key not in next((tmp_path / "keys").rglob("*.json")).read_bytes()


def test_a_subject_key_needs_its_wrapping_key_and_its_place(tmp_path: Path) -> None:
    subjects(tmp_path).get_or_create(SUBJECT)
    with pytest.raises(StoreError, match="damaged or was wrapped under another key"):
        subjects(tmp_path, b"x" * 32).get(SUBJECT)
    path = next((tmp_path / "keys").rglob("*.json"))
    other = path.parent / f"{'ab' * 31}ac.json"
    path.rename(other)
    with pytest.raises(StoreError):
        subjects(tmp_path).get("hmac-sha256:" + "ab" * 31 + "ac")
    other.write_text("{}")
    with pytest.raises(StoreError):
        subjects(tmp_path).get("hmac-sha256:" + "ab" * 31 + "ac")


def test_a_key_file_of_version_1_is_read_and_one_of_a_later_version_refused(tmp_path: Path) -> None:
    key, _ = subjects(tmp_path).get_or_create(SUBJECT)
    path = next((tmp_path / "keys").rglob("*.json"))
    write_version_1(path, LocalKeyEncryption(key=b"w" * 32), context=SUBJECT)
    assert subjects(tmp_path).get(SUBJECT) == key
    with pytest.raises(StoreError, match="damaged or was wrapped under another key"):
        subjects(tmp_path, b"x" * 32).get(SUBJECT)
    path.write_text(path.read_text().replace('"version": 1', '"version": 3'))
    with pytest.raises(StoreError, match="is of version 3, expected 1 or 2"):
        wrapping_key_id(path.read_bytes())


def test_derived_keys_differ_by_entry_role_and_subject() -> None:
    keys = {
        derive_key(subject, entry_id=entry, role=role)
        for subject in (b"a" * 32, b"b" * 32)
        for entry in ("1", "2")
        for role in ("field", "payload/question")
    }
    assert len(keys) == 8
    assert derive_key(b"a" * 32, entry_id="1", role="field") in keys


def test_digests_depend_on_key_role_and_text(tmp_path: Path) -> None:
    keys = create_keys(tmp_path, origin="tests.example/log")
    texts = (("person", "anna"), ("source", "anna"), ("person", "b"))
    digests = {keys.keyed_digest(role, text) for role, text in texts}
    assert len(digests) == 3
    assert keyed_digest(b"k", "x") != keyed_digest(b"l", "x")


def test_a_key_from_elsewhere_is_neither_written_nor_looked_for(tmp_path: Path) -> None:
    given = LocalKeyEncryption(key=b"g" * 32)
    made = create_keys(tmp_path, origin="tests.example/log", wrapping=given)
    assert not (tmp_path / "wrapping.key").exists()
    assert load_keys(tmp_path, wrapping=given) == made
    with pytest.raises(ConfigurationError, match=r"wrapping\.key does not exist"):
        load_keys(tmp_path)


def test_a_destroyed_key_is_gone_and_its_successor_is_another(tmp_path: Path) -> None:
    kept = subjects(tmp_path)
    key, _ = kept.get_or_create(SUBJECT)
    assert kept.destroy(SUBJECT)
    assert not kept.destroy(SUBJECT)
    assert kept.get(SUBJECT) is None
    assert not list((tmp_path / "keys").rglob("*.json"))
    assert kept.get_or_create(SUBJECT)[0] != key
