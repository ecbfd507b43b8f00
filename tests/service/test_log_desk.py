"""The desk of the log: one check at a time, and what it says of the newest checkpoint."""

import threading
from pathlib import Path

import pytest

from averment.compliance.audit import VerificationReport
from averment.core.errors import RecordNotFound, StoreBusy
from averment.service.log_desk import LogQuery
from averment.service.runtime import Runtime

pytestmark = pytest.mark.slow


def test_the_whole_log_is_checked_once_at_a_time_and_the_result_is_kept(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, begun, go_on = runtime.log_desk, threading.Event(), threading.Event()
    check = runtime.record.verify_log

    def slow() -> VerificationReport:
        begun.set()
        go_on.wait()
        return check()

    monkeypatch.setattr(runtime.record, "verify_log", slow)
    assert desk.verified is None
    first = threading.Thread(target=desk.verify)
    first.start()
    begun.wait()
    with pytest.raises(StoreBusy, match="checked already"):
        desk.verify()
    go_on.set()
    first.join()
    assert desk.verified is not None
    assert desk.verified.report.is_ok
    assert desk.state().verified == desk.verified


def test_entries_and_policy(runtime: Runtime, settings: object) -> None:
    desk = runtime.log_desk
    page = desk.search(LogQuery(types=("key.created",)), before=None, limit=1, subject="ada")
    assert (len(page.entries), page.size) == (1, desk.state().size)
    with pytest.raises(RecordNotFound):
        desk.entry(10**6)
    assert desk.policy() == Path(runtime.data_dir.evidence / "policy.tlog-policy").read_text("utf-8")
