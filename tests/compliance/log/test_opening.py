"""One writer at a time, held to it by a file lock."""

import os
from pathlib import Path

import pytest

from averment.compliance.log.opening import lock_log
from averment.core.errors import StoreBusy


def test_a_log_is_taken_once_and_free_again(tmp_path: Path) -> None:
    lock = lock_log(tmp_path / "evidence")
    with pytest.raises(StoreBusy, match="another process writes"):
        lock_log(tmp_path / "evidence")
    os.close(lock)
    os.close(lock_log(tmp_path / "evidence"))
