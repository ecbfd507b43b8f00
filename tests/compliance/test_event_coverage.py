"""Every declared kind of event has a row and a purpose; one that was never seen is told."""

import json
import re
from importlib.resources import files

from averment.compliance.event_coverage import SERVES, WITHIN, event_coverage
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


def test_what_has_no_event_of_its_own_names_events_that_exist_and_facts_of_their_schemas() -> None:
    for name, where in WITHIN.items():
        assert name not in {str(kind) for kind in EventType}
        kinds = [kind for kind in EventType if str(kind) in where]
        assert kinds or name == "clock.changed"
        known = set().union(*(_facts(kind) for kind in kinds)) if kinds else set()
        told = {fact.partition("[")[0] for fact in re.findall(r"`([^`]+)`", where)}
        assert told <= known, (name, told - known)


def _facts(kind: EventType) -> set[str]:
    schema = json.loads((files("averment.compliance") / "schemas" / f"{kind}.json").read_text(encoding="utf-8"))
    return set(schema["properties"]["data"]["properties"])
