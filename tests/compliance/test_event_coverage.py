"""Every declared kind of event has a row and a purpose; one that was never seen is told."""

from averment.compliance.event_coverage import SERVES, event_coverage
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf


def test_every_declared_event_serves_a_purpose_of_article_12() -> None:
    assert set(SERVES) == set(EventType)
    assert all(letters and set(letters) <= set("abc") for letters in SERVES.values())


def test_entries_are_counted_by_kind_with_first_and_last() -> None:
    seen = [leaf(1, EventType.ERROR), leaf(2, EventType.SYSTEM_STARTED), leaf(9, EventType.ERROR)]
    rows = {row.type: row for row in event_coverage(seen)}
    assert rows["error"].entries == 2
    assert (rows["error"].first, rows["error"].last) == ("2026-01-02T03:04:01.678Z", "2026-01-02T03:04:09.678Z")


def test_a_kind_without_entries_is_there_with_none() -> None:
    rows = {row.type: row for row in event_coverage([leaf(1, EventType.ERROR)])}
    assert set(rows) == {str(kind) for kind in EventType}
    assert (rows["system.started"].entries, rows["system.started"].first) == (0, None)


def test_entries_of_another_version_are_passed_over() -> None:
    other = leaf(1, EventType.ERROR) | {"type": "from.tomorrow"}
    assert not any(row.entries for row in event_coverage([other]))
