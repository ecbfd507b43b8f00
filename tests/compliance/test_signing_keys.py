"""Key files of signers and marks."""

from pathlib import Path

import pytest

from averment.compliance.signing_keys import MARK_KEY_FILE, make_signing_key, mark_key, read_signing_key
from averment.core.errors import ConfigurationError


def test_a_key_is_read_back_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "jane.key"
    made = make_signing_key(path, name="jane")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_signing_key(path) == made


def test_no_file_is_overwritten_and_no_open_or_foreign_one_read(tmp_path: Path) -> None:
    path = tmp_path / "jane.key"
    make_signing_key(path, name="jane")
    with pytest.raises(ConfigurationError, match="cannot be made: File exists"):
        make_signing_key(path, name="jane")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="open to other users"):
        read_signing_key(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_signing_key(tmp_path / "none.key")


def test_an_installation_has_one_key_for_marks(tmp_path: Path) -> None:
    first = mark_key(tmp_path, name="averment.local/evidence")
    assert mark_key(tmp_path, name="another") == first
    assert (tmp_path / MARK_KEY_FILE).exists()
