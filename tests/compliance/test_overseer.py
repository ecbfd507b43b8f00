"""The desks of an installation put together: what analyses ask, and explanations that are logged before they leave."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.incidents.desk import Opening
from averment.compliance.overseer import Oversight
from averment.core.audit import EventType
from averment.core.data_dir import DataDir
from averment.core.errors import AnalysisStopped, ChangeBlocked, UsageError
from averment.core.record_settings import OversightSettings
from averment.core.settings import Settings
from tests.compliance.oversight.office import Office, open_office, reviewer

SYSTEM, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


@pytest.fixture
def oversight(office: Office, tmp_path: Path) -> Oversight:
    return Oversight(
        DataDir(root=tmp_path, format=1),
        audit=office.recorder,
        settings=Settings(oversight=OversightSettings(review_share=1.0)),
        clock=office.clock,
    )


def test_what_is_stopped_or_held_is_refused(oversight: Oversight) -> None:
    oversight.refuse("trial", system=SYSTEM)
    case = oversight.incidents.open(Opening(reason="x", system=SYSTEM, role="provider"), subject="anna")
    oversight.refuse("trial", system=SYSTEM)
    oversight.refuse("trial")
    with pytest.raises(ChangeBlocked):
        oversight.refuse("trial", system=OTHER)
    with pytest.raises(ChangeBlocked):
        oversight.refuse_any_change()
    oversight.incidents.notify(case.id, recipient="authority", outcome="informed", informed_at=None, subject="anna")
    oversight.refuse_any_change()
    oversight.stops.stop("x", purpose=None, subject="anna")
    assert oversight.is_stopped("trial")
    with pytest.raises(AnalysisStopped):
        oversight.refuse("trial")


def test_an_explanation_is_in_the_log_before_it_leaves(oversight: Oversight, office: Office) -> None:
    answer = office.answer("a-1")
    oversight.open_for(answer, subject="anna")
    made = oversight.explain("a-1", subject="anna")
    (data,) = office.data(EventType.EXPLANATION_ISSUED)
    assert data == {
        "answer_id": "a-1", "question": "withheld", "elements": len(made.elements), "human": "undecided",
    }  # fmt: skip
    assert [data["reason"] for data in office.data(EventType.ACCESS_READ)] == ["explanation"]


def test_the_report_takes_days_and_refuses_what_is_no_time(oversight: Oversight, office: Office) -> None:
    oversight.open_for(office.answer("a-1"), subject="anna")
    assert len(oversight.reviews.list(reviewer("bert"))) == 1
    assert oversight.report(since="2026-01-02", until="2026-01-03").n_opened == 1
    assert oversight.report(since="2026-01-03").n_opened == 0
    with pytest.raises(UsageError, match="no time"):
        oversight.report(since="soon")
