"""Stop and go on: in force before it is logged, for one purpose or for all, lifted by reviewers only."""

import pytest

from averment.compliance.oversight.safe_state import SafeState
from averment.compliance.oversight.stopping import StopDesk
from averment.core.access import Principal
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import AccessDenied, AnalysisStopped, AuditWriteFailed, UsageError
from tests.compliance.oversight.office import Office, reviewer


@pytest.fixture
def desk(office: Office, state: SafeState) -> StopDesk:
    return StopDesk(office.record, state=state, clock=office.clock)


def test_stop_and_resume_are_events_and_take_effect(desk: StopDesk, state: SafeState, office: Office) -> None:
    desk.stop("wrong-figures", purpose=None, subject="anna")
    with pytest.raises(AnalysisStopped, match="wrong-figures"):
        state.refuse("trial")
    with pytest.raises(AccessDenied):
        desk.resume(Principal(subject="eve", groups=()), reason="mended", purpose=None)
    assert [stop.reason for stop in desk.resume(reviewer("bert"), reason="mended", purpose=None)] == ["wrong-figures"]
    state.refuse("trial")
    assert office.data(EventType.OVERSIGHT_STOP) == [{"scope": "all", "reason": "wrong-figures"}]
    assert office.data(EventType.OVERSIGHT_RESUMED) == [{"scope": "all", "reason": "mended", "lifted": 1}]


def test_a_purpose_is_stopped_and_lifted_by_itself(desk: StopDesk, state: SafeState) -> None:
    desk.stop("drift", purpose="credit", subject="anna")
    assert (state.is_stopped("credit"), state.is_stopped("trial")) == (True, False)
    with pytest.raises(UsageError, match="nothing is stopped"):
        desk.resume(reviewer("bert"), reason="mended", purpose=None)
    desk.resume(reviewer("bert"), reason="mended", purpose="credit")
    assert not state.is_stopped("credit")


def test_a_suspension_names_its_case(desk: StopDesk, office: Office) -> None:
    stop = desk.suspend("c-1", reason="discrimination", purpose=None, subject="anna")
    assert (stop.case, desk.stops()) == ("c-1", (stop,))
    assert office.data(EventType.USE_SUSPENDED) == [{"case": "c-1", "scope": "all", "reason": "discrimination"}]


def test_a_log_that_fails_does_not_keep_the_system_running(
    desk: StopDesk, state: SafeState, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: AuditEvent) -> int:
        raise AuditWriteFailed("the disk is full")

    monkeypatch.setattr(office.recorder, "append", refuse)
    with pytest.raises(AuditWriteFailed):
        desk.stop("wrong-figures", purpose=None, subject="anna")
    assert state.is_stopped("trial")
    with pytest.raises(AuditWriteFailed):
        desk.resume(reviewer("bert"), reason="mended", purpose=None)
    assert state.is_stopped("trial")


def test_a_reason_that_is_no_code_stops_nothing(desk: StopDesk) -> None:
    with pytest.raises(UsageError):
        desk.stop("Mr Smith complained", purpose=None, subject="anna")
    assert desk.stops() == ()
