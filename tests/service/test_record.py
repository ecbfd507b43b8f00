"""What is done with the log itself needs the process that owns it."""

from pathlib import Path

import pytest

from averment.compliance.audit import ExportRequest
from averment.compliance.index import EntryFilter
from averment.core.errors import StoreBusy
from averment.core.settings import Settings
from averment.service.runtime import Runtime, open_runtime

pytestmark = pytest.mark.slow


def test_an_export_needs_the_process_that_owns_the_log(settings: Settings, runtime: Runtime, tmp_path: Path) -> None:
    request = ExportRequest(kind="jsonl", query=EntryFilter(), subject="ada", includes_policy=False)
    assert runtime.record.export_log(tmp_path / "log.jsonl", request).stat().st_size > 0
    with open_runtime(settings) as second, pytest.raises(StoreBusy, match="another process"):
        second.record.export_log(tmp_path / "again.jsonl", request)
