"""What every audit sink does, the shipped double and the evidence log alike."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance.recorder import open_evidence
from averment.core.clock import SystemClock, unix_ms
from averment.core.errors import AuditWriteFailed
from averment.core.ids import uuid7
from averment.core.ports import AuditSink
from averment.core.testing.audit import MemoryAuditSink
from tests.compliance.evidence import ORIGIN, document_event, question_event


@pytest.fixture(params=["memory", "evidence"])
def sink(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AuditSink]:
    if request.param == "memory":
        yield MemoryAuditSink()
        return
    with open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    ) as recorder:
        yield recorder


@pytest.fixture(params=["memory", "evidence"])
def failing(request: pytest.FixtureRequest, tmp_path: Path) -> AuditSink:
    if request.param == "memory":
        return MemoryAuditSink(fail_from=0)
    recorder = open_evidence(
        tmp_path / "evidence", tmp_path / "keys", clock=SystemClock(), origin=ORIGIN, must_exist=False
    )
    recorder.close()
    return recorder


def test_indexes_ascend_and_receipts_name_them(sink: AuditSink) -> None:
    indexes = [sink.append(question_event()) for _ in range(3)] + [sink.append(document_event())]
    assert indexes == sorted(set(indexes))
    assert [sink.receipt(index).index for index in indexes] == indexes


def test_threads_get_indexes_of_their_own(sink: AuditSink) -> None:
    indexes: list[int] = []
    threads = [threading.Thread(target=lambda: indexes.append(sink.append(document_event()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(indexes)) == 8


def test_an_event_that_cannot_be_written_is_an_error_and_no_index(failing: AuditSink) -> None:
    with pytest.raises(AuditWriteFailed):
        failing.append(document_event())


def test_an_event_that_chose_its_id_is_found_by_it_and_no_other(sink: AuditSink) -> None:
    def identity() -> str:
        return uuid7(unix_ms=unix_ms(SystemClock().now()))

    assert sink.find(identity()) is None
    chosen = [identity() for _ in range(3)]
    indexes = [sink.append(replace(question_event(), id=event_id)) for event_id in chosen]
    assert [sink.find(event_id) for event_id in chosen] == indexes
    sink.append(document_event())
    assert sink.find(chosen[0]) == indexes[0]
    assert sink.find(identity()) is None
