"""What the log of a real installation says of analyses that ended with their service."""

import pytest

from averment.compliance import audit
from averment.compliance.index import EntryFilter
from averment.core.access import EVERYONE, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.audit import EventType
from averment.core.clock import SystemClock, unix_ms
from averment.core.errors import AuditWriteFailed
from averment.core.ids import uuid7
from averment.pipelines.analysis import Analyst
from averment.service.runtime import Runtime

pytestmark = pytest.mark.slow

REQUEST = AnalysisRequest(question="Which law governs?", principal=Principal(subject="ada", groups=(EVERYONE,)))
TYPES = (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED, EventType.ANALYSIS_FAILED)


def new_id() -> str:
    return uuid7(unix_ms=unix_ms(SystemClock().now()))


def entries(runtime: Runtime, identity: str) -> list[str]:
    runtime.record.own_log().seal()
    found = audit.show(runtime.data_dir.evidence, EntryFilter(answer_id=identity, types=TYPES))
    return [str(leaf["type"]) for leaf in found]


def stop_before_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end, as far as an analysis can tell, once its answer is in the log."""

    def end(*_: object, **__: object) -> Answer:
        raise KeyboardInterrupt

    monkeypatch.setattr(Analyst, "release", end)


def test_an_answer_that_was_logged_and_never_left_leaves_with_its_receipt(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = new_id()
    with monkeypatch.context() as patched:
        stop_before_release(patched)
        with pytest.raises(KeyboardInterrupt):
            runtime.analyse(REQUEST, answer_id=identity)
    answer = runtime.recover(REQUEST, answer_id=identity)
    assert answer is not None
    assert (answer.id, answer.question) == (identity, REQUEST.question)
    assert answer.receipt is not None
    assert identity in answer.receipt.entry
    assert entries(runtime, identity) == ["analysis.started", "analysis.completed"]


def test_what_was_begun_and_not_ended_is_logged_as_interrupted_once(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = new_id()
    assert runtime.recover(REQUEST, answer_id=identity) is None
    assert entries(runtime, identity) == []
    with monkeypatch.context() as patched:
        patched.setattr(Analyst, "_answered", _raise_system_exit)
        with pytest.raises(SystemExit):
            runtime.analyse(REQUEST, answer_id=identity)
    assert entries(runtime, identity) == ["analysis.started"]
    for _ in range(2):
        assert runtime.recover(REQUEST, answer_id=identity) is None
        assert entries(runtime, identity) == ["analysis.started", "analysis.failed"]
    assert runtime.analyse(REQUEST, answer_id=identity).receipt is not None
    assert runtime.recover(REQUEST, answer_id=identity) is not None


def test_an_answer_that_was_withheld_stays_withheld(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = new_id()
    with monkeypatch.context() as patched:
        patched.setattr(Analyst, "_marked", _raise_system_exit)
        with pytest.raises(SystemExit):
            runtime.analyse(REQUEST, answer_id=identity)
    assert entries(runtime, identity)[-1] == "analysis.failed"
    with pytest.raises(AuditWriteFailed, match="withheld"):
        runtime.recover(REQUEST, answer_id=identity)


def _raise_system_exit(*_: object, **__: object) -> None:
    raise SystemExit
