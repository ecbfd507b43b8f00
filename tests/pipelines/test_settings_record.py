from pathlib import Path

from pydantic import SecretStr

from averment.core.audit import EventType
from averment.core.settings import IndexSettings, RetrievalSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.pipelines.settings_record import record_settings, section_digests, settings_digest


def changes(sink: MemoryAuditSink) -> list[tuple[object, object]]:
    assert {event.type for event in sink.events} <= {EventType.CONFIG_CHANGED}
    return [(event.data["section"], event.data["before"]) for event in sink.events]


def test_the_first_settings_are_logged_once_and_then_only_what_differs(tmp_path: Path) -> None:
    sink, first = MemoryAuditSink(), Settings()
    for _ in range(2):
        record_settings(first, tmp_path, sink)
    assert changes(sink) == [("all", None)]
    assert sink.events[0].data["after"] == settings_digest(first)
    second = Settings(retrieval=RetrievalSettings(top_k=9), tenant="other")
    record_settings(second, tmp_path, sink)
    before = section_digests(first)
    assert changes(sink)[1:] == [("retrieval", before["retrieval"]), ("top", before["top"])]


def test_values_and_secrets_are_not_in_the_record(tmp_path: Path) -> None:
    sink = MemoryAuditSink()
    record_settings(Settings(index=IndexSettings(api_key=SecretStr("hunter2"))), tmp_path, sink)
    written = "".join(path.read_text() for path in tmp_path.iterdir()) + repr(sink.events)
    assert "hunter2" not in written
    assert settings_digest(Settings(index=IndexSettings(api_key=SecretStr("a")))) == settings_digest(
        Settings(index=IndexSettings(api_key=SecretStr("b")))
    )


def test_a_log_that_fails_leaves_the_change_to_be_logged_by_the_next_start(tmp_path: Path) -> None:
    import pytest

    from averment.core.errors import AuditWriteFailed

    with pytest.raises(AuditWriteFailed):
        record_settings(Settings(), tmp_path, MemoryAuditSink(fail_from=0))
    sink = MemoryAuditSink()
    record_settings(Settings(), tmp_path, sink)
    assert changes(sink) == [("all", None)]


def test_a_damaged_memory_means_everything_is_new(tmp_path: Path) -> None:
    (tmp_path / "settings-digests.json").write_text("{broken")
    sink = MemoryAuditSink()
    record_settings(Settings(), tmp_path, sink)
    assert changes(sink) == [("all", None)]
