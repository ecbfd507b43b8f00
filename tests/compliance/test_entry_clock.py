"""Times of entries: a clock that was set back a little goes on, one that ran back further is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from averment.compliance.entry_clock import EntryClock, ShardEndedError, newest_time
from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.errors import AuditWriteFailed
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, filled_log


def test_small_steps_back_are_taken_as_they_are() -> None:
    clock = FixedClock()
    times = EntryClock(clock, newest=None, max_step_s=60)
    first = times.take()
    clock.advance(-59)
    assert times.take() < first
    clock.advance(-59)
    times.take()
    clock.advance(-61)
    with pytest.raises(AuditWriteFailed, match="ran back by more than 60 s") as caught:
        times.take()
    assert "max_clock_step_s" in (caught.value.hint or "")
    clock.advance(30)
    times.take()


def opened(folder: Path, clock: FixedClock, **more: float) -> EvidenceRecorder:
    settings = LogSettings.model_validate({"seal_interval_ms": 10, **more})
    return open_evidence(
        folder / "evidence", folder / "keys", clock=clock, origin=ORIGIN, settings=settings, must_exist=False
    )


def test_a_log_refuses_entries_from_before_its_newest_and_loses_nothing(tmp_path: Path) -> None:
    clock = FixedClock()
    with opened(tmp_path, clock) as recorder:
        recorder.append(document_event())
        size = recorder.size
        clock.advance(-3600)
        with pytest.raises(AuditWriteFailed, match="ran back"):
            recorder.append(document_event(1))
        assert recorder.size == size
    with opened(tmp_path, clock) as recorder, pytest.raises(AuditWriteFailed, match="ran back"):
        recorder.append(document_event(1))
    with opened(tmp_path, clock, max_clock_step_s=7200) as recorder:
        recorder.append(document_event(1))
    clock.advance(1)
    with opened(tmp_path, clock) as recorder:
        assert recorder.append(document_event(2)) == size + 1


def test_the_newest_time_is_that_of_the_last_signed_entry(tmp_path: Path) -> None:
    filled_log(tmp_path / "empty", [0])
    assert newest_time(LogReader(tmp_path / "empty/log")) is None
    filled_log(tmp_path / "some", [3])
    expected = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(milliseconds=678)
    assert newest_time(LogReader(tmp_path / "some/log")) == expected


def test_an_entry_of_a_later_year_ends_the_shard_and_takes_no_time() -> None:
    clock = FixedClock(datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    times = EntryClock(clock, newest=None)
    times.year = 2026
    assert times.take().startswith("2026-12-31")
    clock.advance(1)
    with pytest.raises(ShardEndedError, match="2027"):
        times.take()
    times.year = 2027
    assert times.take().startswith("2027-01-01")
