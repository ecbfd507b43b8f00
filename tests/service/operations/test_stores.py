"""Sizes and waits of the stores, as they are on the disk."""

from pathlib import Path

from averment.compliance.log.options import LogOptions
from averment.core.audit import AuditEvent, EventType
from averment.service.operations.stores import disk_state, folder_bytes, log_load
from averment.service.runtime import Runtime


def test_the_log_tells_what_no_checkpoint_covers_and_how_much_that_may_be(runtime: Runtime) -> None:
    evidence = runtime.record.own_log()
    evidence.seal()
    options = LogOptions(max_unsealed=77, max_waiting=5)
    sealed = log_load(evidence, options)
    assert (sealed.entries, sealed.unsealed, sealed.waiting) == (sealed.covered, 0, 0)
    assert (sealed.most_unsealed, sealed.most_waiting, sealed.problem) == (77, 5, None)
    assert sealed.size_bytes > 0
    assert sealed.checkpoint_at.endswith("Z")
    event = AuditEvent(type=EventType.SYSTEM_STOPPED, subject="system", data={"reason": "asked"})
    evidence.append_many([event] * 3)
    after = log_load(evidence, options)
    assert after.entries == sealed.entries + 3
    assert after.covered + after.unsealed == after.entries


def test_what_is_counted_is_what_files_take_not_how_long_they_are(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(50_000_000)
    assert folder_bytes(tmp_path) < 100_000
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "full").write_bytes(b"x" * 1_000_000)
    assert folder_bytes(tmp_path) >= 1_000_000


def test_a_disk_has_no_more_free_than_there_is(tmp_path: Path) -> None:
    found = disk_state(tmp_path)
    assert 0 < found.free_bytes < found.total_bytes
