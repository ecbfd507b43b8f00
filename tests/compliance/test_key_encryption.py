"""The key-encryption key from settings, and files of keys that others can read. The port's contract is in contracts."""

import base64

import pytest
from pydantic import SecretStr

from averment.compliance.key_encryption import CommandKeyEncryption, LocalKeyEncryption, key_fingerprint, wrapping_key
from averment.core.errors import ConfigurationError, StoreError
from averment.core.record_settings import LogSettings


def given(key: bytes) -> LogSettings:
    return LogSettings(wrapping_key=SecretStr(base64.b64encode(key).decode()))


def test_settings_give_a_key_or_leave_it_to_the_file() -> None:
    assert wrapping_key(LogSettings()) is None
    assert wrapping_key(given(b"k" * 32)) == LocalKeyEncryption(key=b"k" * 32)


@pytest.mark.parametrize("settings", [given(b"short"), LogSettings(wrapping_key=SecretStr("no base64!"))])
def test_a_key_that_is_none_is_refused_without_being_shown(settings: LogSettings) -> None:
    with pytest.raises(ConfigurationError, match=r"log\.wrapping_key is damaged") as caught:
        wrapping_key(settings)
    assert "c2hvcnQ=" not in str(caught.value)


def test_a_key_is_named_by_a_digest_and_shown_by_nothing() -> None:
    key = LocalKeyEncryption(key=b"k" * 32)
    assert key.key_id == key_fingerprint(b"k" * 32)
    assert "kkkk" not in repr(key)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (("/nonexistent/kms",), ConfigurationError),
        (("/bin/false",), StoreError),
        (("/bin/sh", "-c", "echo not base64!"), StoreError),
    ],
)
def test_a_program_that_does_not_work_is_said_to(command: tuple[str, ...], error: type[Exception]) -> None:
    with pytest.raises(error, match=r"log\.wrapping_command"):
        CommandKeyEncryption(command).wrap(b"secret", context="c")


def test_two_keys_at_once_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="both set"):
        wrapping_key(LogSettings(wrapping_key=SecretStr("x"), wrapping_command=("kms",)))
