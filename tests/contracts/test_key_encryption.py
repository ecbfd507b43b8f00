"""What every key-encryption key must do, wherever it lives."""

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from averment.compliance.key_encryption import KeyEncryption, wrapping_key
from averment.compliance.keys import create_keys, load_keys
from averment.core.errors import StoreError
from averment.core.record_settings import LogSettings


def from_file(folder: Path) -> KeyEncryption:
    create_keys(folder, origin="tests.example/log")
    return load_keys(folder).wrapping


def from_settings(_folder: Path) -> KeyEncryption:
    key = base64.b64encode(b"k" * 32).decode()
    found = wrapping_key(LogSettings(wrapping_key=SecretStr(key)))
    assert found is not None
    return found


@pytest.fixture(params=[from_file, from_settings])
def key(request: pytest.FixtureRequest, tmp_path: Path) -> KeyEncryption:
    made = request.param(tmp_path)
    assert hasattr(made, "key_id")
    return made  # type: ignore[no-any-return]  # pytest does not know the type of its parameters


def test_what_is_wrapped_is_unwrapped_in_its_context_only(key: KeyEncryption) -> None:
    wrapped = key.wrap(b"secret", context="keys/anna")
    assert key.unwrap(wrapped, context="keys/anna") == b"secret"
    with pytest.raises(StoreError):
        key.unwrap(wrapped, context="keys/ben")


def test_equal_secrets_are_wrapped_differently_and_not_shown(key: KeyEncryption) -> None:
    one, other = (key.wrap(b"secret", context="keys/anna") for _ in range(2))
    assert one != other
    assert b"secret" not in one


def test_a_changed_or_foreign_secret_is_refused(key: KeyEncryption) -> None:
    wrapped = key.wrap(b"secret", context="c")
    for place in range(len(wrapped)):
        with pytest.raises(StoreError):
            key.unwrap(wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :], context="c")
    with pytest.raises(StoreError):
        key.unwrap(b"", context="c")


def test_a_key_has_a_name_that_stays(key: KeyEncryption) -> None:
    assert key.key_id == key.key_id
    assert key.key_id.startswith("sha256:")
