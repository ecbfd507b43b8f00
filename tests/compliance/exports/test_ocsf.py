"""Every entry is an event of class 6003, and nothing of it is lost."""

import json

import pytest

from averment.compliance.exports.ocsf import ocsf_lines
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves


def test_every_entry_becomes_an_event_that_keeps_all_of_it() -> None:
    made = leaves()
    told = [json.loads(line) for line in ocsf_lines(made)]
    assert [event["metadata"]["uid"] for event in told] == [one["id"] for one in made]
    assert [event["unmapped"]["data"] for event in told] == [one["data"] for one in made]
    assert {event["class_uid"] for event in told} == {6003}
    assert all(event["type_uid"] == 600300 + event["activity_id"] for event in told)


@pytest.mark.parametrize(
    ("kind", "activity", "status"),
    [
        (EventType.ACCESS_EXPORTED, 2, 1),
        (EventType.DOCUMENT_DELETED, 4, 1),
        (EventType.ANALYSIS_FAILED, 99, 2),
        (EventType.CONFIG_CHANGED, 3, 1),
    ],
)
def test_what_was_done_and_whether_it_worked_is_told(kind: EventType, activity: int, status: int) -> None:
    (line,) = ocsf_lines([leaf(1, kind)])
    event = json.loads(line)
    assert (event["activity_id"], event["status_id"]) == (activity, status)


def test_times_are_milliseconds_since_1970() -> None:
    (line,) = ocsf_lines([leaf(4, EventType.SYSTEM_STOPPED)])
    assert json.loads(line)["time"] == 1_767_323_044_678
