"""Synthetic drift over a real log: window, breach, item of the register, action of a person, closing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from averment.compliance.monitoring.desk import MonitoringDesk
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import AuditWriteFailed, UsageError
from averment.core.record_settings import MonitoringSettings
from tests.compliance.monitoring.test_plan import written
from tests.compliance.oversight.office import Office, open_office
from tests.compliance.samples import DATA

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
WEEK_S = 7 * 24 * 3600
RISE = "{metric: abstained, threshold: rise of 0.05, set_on: 2026-10-01, action: look}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    opened.clock.advance((MONDAY - opened.clock.now()).total_seconds())
    yield opened
    opened.recorder.close()


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> MonitoringDesk:
    written(tmp_path / "compliance", RISE)
    return desk_of(office, tmp_path)


def desk_of(office: Office, root: Path, **settings: object) -> MonitoringDesk:
    chosen = MonitoringSettings.model_validate({"reference_windows": 1} | settings)
    return MonitoringDesk(office.record, folder=root / "compliance", settings=chosen, clock=office.clock)


def use(office: Office, *, answered: int, abstained: int) -> None:
    """Log answers of a week, and let it pass."""
    # Keyed fields are given as text; what the samples hold there is a digest, which is a text too.
    sample: dict[str, object] = dict(DATA[EventType.ANALYSIS_COMPLETED])
    for status, number in (("answered", answered), ("abstained", abstained)):
        done = AuditEvent(type=EventType.ANALYSIS_COMPLETED, subject="anna", data={**sample, "status": status})  # type: ignore[dict-item]  # samples are plain JSON
        office.recorder.append_many([done] * number)
    office.recorder.seal()
    office.clock.advance(WEEK_S)


def test_drift_becomes_a_breach_an_item_of_the_register_and_is_closed_after_an_action(
    office: Office, desk: MonitoringDesk
) -> None:
    use(office, answered=90, abstained=10)
    assert desk.check(subject="monitor").opened == ()
    use(office, answered=60, abstained=40)
    checked = desk.check(subject="monitor")
    (window,), (breach,) = checked.windows, checked.opened
    assert (window.since, window.until) == ("2026-11-09T00:00:00.000Z", "2026-11-16T00:00:00.000Z")
    assert (breach.indicator, breach.threshold, breach.count, breach.n) == ("abstained", "rise:0.05", 40, 100)
    (leaf,) = office.record.leaves((EventType.THRESHOLD_BREACHED,))
    assert leaf["parents"] == [window.entry]
    (item,) = office.record.leaves((EventType.RISK_REGISTERED,))
    assert (item["parents"], breach.registered) == ([breach.entry], item["seq"])
    with pytest.raises(UsageError, match="no action is recorded"):
        desk.resolve(breach.id, reason="mended", subject="berta")
    treated = desk.act(breach.id, action="model-rolled-back", description="We went back.", subject="berta")
    assert [action.code for action in treated.actions] == ["model-rolled-back"]
    closed = desk.resolve(breach.id, reason="mended", subject="berta")
    assert (closed.reason, closed.closed_at is not None) == ("mended", True)
    (said,) = office.record.leaves((EventType.RISK_TREATED,))
    assert office.record.text(said, "description") == b"We went back."
    assert said["actor"] == office.record.pseudonym("berta")
    with pytest.raises(UsageError, match="was closed"):
        desk.act(breach.id, action="more", description="", subject="berta")


def test_a_breach_that_lasts_is_one_and_one_that_returns_after_closing_is_another(
    office: Office, desk: MonitoringDesk
) -> None:
    use(office, answered=90, abstained=10)
    for _ in range(2):
        use(office, answered=60, abstained=40)
    (first,) = desk.check(subject="monitor").opened
    use(office, answered=60, abstained=40)
    assert desk.check(subject="monitor").opened == ()
    desk.act(first.id, action="look", description="", subject="berta")
    desk.resolve(first.id, reason="mended", subject="berta")
    assert desk.check(subject="monitor").opened == ()
    use(office, answered=60, abstained=40)
    (again,) = desk.check(subject="monitor").opened
    assert again.id != first.id
    assert len(desk.breaches()) == 2


def test_every_window_is_measured_once_and_only_when_it_has_ended(office: Office, desk: MonitoringDesk) -> None:
    assert desk.check(subject="monitor").windows == ()
    use(office, answered=3, abstained=0)
    use(office, answered=3, abstained=0)
    assert len(desk.check(subject="monitor").windows) == 2
    assert desk.check(subject="monitor").windows == ()
    office.clock.advance(WEEK_S)
    (quiet,) = desk.check(subject="monitor").windows
    assert {finding.share.n for finding in quiet.findings} == {0}


def test_few_cases_raise_no_alarm(office: Office, desk: MonitoringDesk) -> None:
    use(office, answered=90, abstained=10)
    use(office, answered=0, abstained=49)
    outcomes = {finding.outcome for window in desk.check(subject="monitor").windows for finding in window.findings}
    assert outcomes == {"too-few", "no-reference", "no-threshold"}


def test_a_threshold_that_was_set_later_does_not_judge_earlier_windows(office: Office, tmp_path: Path) -> None:
    limit = "{metric: abstained, threshold: at most 0.1, set_on: 2026-11-09}"
    written(tmp_path / "compliance", limit)
    for _ in range(2):
        use(office, answered=60, abstained=40)
    before, after = desk_of(office, tmp_path).check(subject="monitor").windows
    told = [[one.outcome for one in window.findings if one.indicator == "abstained"] for window in (before, after)]
    assert told == [["no-threshold"], ["breached"]]


def test_a_check_that_was_cut_off_is_finished_by_the_next(
    office: Office, desk: MonitoringDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(office, answered=90, abstained=10)
    use(office, answered=60, abstained=40)
    append = office.recorder.append

    for torn in (EventType.THRESHOLD_BREACHED, EventType.RISK_REGISTERED):

        def refuse(event: AuditEvent, torn: EventType = torn) -> int:
            if event.type is torn:
                raise AuditWriteFailed("the disk is full")
            return append(event)

        with monkeypatch.context() as patched:
            patched.setattr(office.recorder, "append", refuse)
            with pytest.raises(AuditWriteFailed):
                desk.check(subject="monitor")
    checked = desk.check(subject="monitor")
    assert checked.windows == ()
    (breach,) = desk.breaches()
    assert breach.registered is not None
    assert len(office.record.leaves((EventType.METRIC_WINDOW,))) == 2


def test_windows_of_another_length_begin_where_the_last_one_ended(office: Office, tmp_path: Path) -> None:
    use(office, answered=3, abstained=0)
    desk_of(office, tmp_path).check(subject="monitor")
    office.clock.advance(WEEK_S)
    later = desk_of(office, tmp_path, window_days=4).check(subject="monitor").windows
    assert later[0].since >= "2026-11-09"
    assert all(one.until <= two.since for one, two in pairwise(later))


def test_two_checks_at_once_open_one_breach(office: Office, tmp_path: Path, desk: MonitoringDesk) -> None:
    use(office, answered=90, abstained=10)
    use(office, answered=60, abstained=40)
    other = desk_of(office, tmp_path)
    with ThreadPoolExecutor(2) as pool:
        checks = [each.result() for each in [pool.submit(one.check, subject="monitor") for one in (desk, other)]]
    assert sorted(len(check.windows) for check in checks) == [0, 2]
    assert len(desk.breaches()) == 1


def test_an_unknown_breach_is_refused(desk: MonitoringDesk) -> None:
    with pytest.raises(UsageError, match="no breach 'b-9'"):
        desk.find("b-9")
