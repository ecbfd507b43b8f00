from datetime import UTC, datetime

from averment.core.jsonable import to_json
from averment.core.operations import Schedule, ScheduledRun


def test_a_schedule_is_told_without_times_that_have_not_come() -> None:
    run = ScheduledRun(
        flow="ingest-corpus",
        deployment="nightly-docs",
        state="Scheduled",
        scheduled_at=datetime(2026, 1, 3, 2, tzinfo=UTC),
        started_at=None,
        ended_at=None,
    )
    assert to_json(Schedule(upcoming=(run,), begun=())) == {
        "upcoming": [
            {
                "flow": "ingest-corpus",
                "deployment": "nightly-docs",
                "state": "Scheduled",
                "scheduled_at": "2026-01-03T02:00:00.000Z",
                "started_at": None,
                "ended_at": None,
            }
        ],
        "begun": [],
    }
