"""People: one pseudonym each, spellings, and nothing left of either once they are forgotten."""

import itertools
from pathlib import Path

import pytest

from averment.compliance.key_encryption import LocalKeyEncryption
from averment.compliance.keys import EvidenceKeys, SubjectKeys, create_keys, keyed_digest
from averment.compliance.people import People, Person
from averment.core.errors import StoreError


@pytest.fixture
def keys(tmp_path: Path) -> EvidenceKeys:
    return create_keys(tmp_path / "private", origin="tests.example/log")


def people(folder: Path, keys: EvidenceKeys) -> People:
    return People(folder, keys, scratch=folder / "tmp")


def test_a_person_keeps_one_pseudonym(tmp_path: Path, keys: EvidenceKeys) -> None:
    known = people(tmp_path, keys)
    assert known.find("anna") is None
    actor = known.actor("anna")
    assert known.actor("anna") == people(tmp_path, keys).actor("anna") == actor != known.actor("ben")
    assert known.find("anna") == Person(actor=actor)


def test_spellings_are_added_to_whoever_is_known(tmp_path: Path, keys: EvidenceKeys) -> None:
    known = people(tmp_path, keys)
    actor = known.actor("anna")
    known.register("anna", ("Anna Schmidt",))
    found = known.register("anna", ("A. Schmidt", "Anna Schmidt"))
    assert found == known.find("anna") == Person(actor=actor, names=("Anna Schmidt", "A. Schmidt"))
    assert known.actor("anna") == actor


def test_files_tell_neither_names_nor_who_it_is(tmp_path: Path, keys: EvidenceKeys) -> None:
    people(tmp_path, keys).register("anna", ("Anna Schmidt",))
    files = [path for path in (tmp_path / "people").rglob("*") if path.is_file()]
    everything = b"".join(str(path).encode() + path.read_bytes() for path in files)
    assert files
    assert b"anna" not in everything.lower()


def test_whoever_was_forgotten_is_somebody_new_and_no_key_leads_back(tmp_path: Path, keys: EvidenceKeys) -> None:
    known = people(tmp_path, keys)
    before = known.actor("anna")
    known.forget("anna")
    known.forget("anna")
    assert known.find("anna") is None
    assert isinstance(keys.wrapping, LocalKeyEncryption)
    left = (keys.pseudonym, keys.wrapping.key)
    guesses = itertools.product(left, ("actor", "person", "source", ""), ("anna", "Anna"))
    assert before not in {keyed_digest(key, f"{role}\0{text}") for key, role, text in guesses}
    assert known.actor("anna") != before


def test_a_damaged_file_is_no_new_person(tmp_path: Path, keys: EvidenceKeys) -> None:
    people(tmp_path, keys).actor("anna")
    file = next((tmp_path / "people").rglob("*.json"))
    file.write_bytes(file.read_bytes().replace(b'"wrapped": "', b'"wrapped": "AAAA'))
    with pytest.raises(StoreError, match="damaged or was wrapped under another key"):
        people(tmp_path, keys).actor("anna")


def test_whoever_had_a_key_before_people_had_files_keeps_the_pseudonym_until_forgotten(
    tmp_path: Path, keys: EvidenceKeys
) -> None:
    before = keys.keyed_digest("actor", "anna")
    subjects = SubjectKeys(tmp_path / "keys", keys.wrapping, scratch=tmp_path / "tmp")
    subjects.get_or_create(before)
    known = people(tmp_path, keys)
    assert known.find("anna") == Person(actor=before)
    assert known.actor("anna") == before
    assert known.register("anna", ("Anna Schmidt",)) == Person(actor=before, names=("Anna Schmidt",))
    assert people(tmp_path, keys).find("anna") == Person(actor=before, names=("Anna Schmidt",))
    assert known.find("ben") is None
    subjects.destroy(before)
    known.forget("anna")
    assert known.find("anna") is None
    assert known.actor("anna") != before
