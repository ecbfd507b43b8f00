"""What every key-encryption key must do, wherever it lives."""

import base64
import sys
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


# What a house writes around its key management service; here the key lies beside the program.
PROGRAM = """
import base64, sys
from averment.compliance.key_encryption import LocalKeyEncryption
key = LocalKeyEncryption(key=open(sys.argv[1], "rb").read())
if sys.argv[2] == "key-id":
    print("projects/x/keys/averment")
else:
    given = base64.b64decode(sys.stdin.buffer.read())
    print(base64.b64encode(getattr(key, sys.argv[2])(given, context=sys.argv[3])).decode())
"""


def program(folder: Path) -> tuple[str, ...]:
    (folder / "kms.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "kms.key").write_bytes(b"p" * 32)
    return (sys.executable, str(folder / "kms.py"), str(folder / "kms.key"))


def from_program(folder: Path) -> KeyEncryption:
    found = wrapping_key(LogSettings(wrapping_command=program(folder)))
    assert found is not None
    return found


@pytest.fixture(params=[from_file, from_settings, pytest.param(from_program, marks=pytest.mark.slow)])
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
    for place in range(0, len(wrapped), 7):
        with pytest.raises(StoreError):
            key.unwrap(wrapped[:place] + bytes([wrapped[place] ^ 1]) + wrapped[place + 1 :], context="c")
    with pytest.raises(StoreError):
        key.unwrap(b"", context="c")


def test_a_key_has_a_name_that_stays(key: KeyEncryption) -> None:
    assert key.key_id == key.key_id
    assert key.key_id.startswith("sha256:")
