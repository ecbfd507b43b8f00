"""Incidents and risks over a real log: clocks, order, reports in pairs, suspension, and a system that is held."""

import json
from pathlib import Path

import pytest

from averment.compliance.incidents.cases import Outcome, Recipient
from averment.compliance.incidents.desk import IncidentDesk, Opening
from averment.compliance.incidents.report import PEOPLE_KNOW
from averment.compliance.oversight.safe_state import SafeState
from averment.core.audit import EventType
from averment.core.errors import AnalysisStopped, ChangeBlocked, UsageError
from tests.compliance.oversight.office import Office

SYSTEM, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64
OPENING = Opening(reason="wrong-figures", system=SYSTEM, role="provider", description="Mr Smith was harmed.")
FACTS = dict.fromkeys(PEOPLE_KNOW, "known")


@pytest.mark.parametrize(
    ("code", "has_equivalent_duty", "days"),
    [("health", False, 15), ("infrastructure", False, 2), ("death", False, 10), ("fundamental-rights", True, 15)],
)
def test_four_scenarios_have_their_clock(desk: IncidentDesk, code: str, has_equivalent_duty: bool, days: int) -> None:
    case = desk.open(OPENING, subject="anna")
    found = desk.classify(case.id, code=code, has_equivalent_duty=has_equivalent_duty, subject="anna").classification
    assert found is not None
    assert (found.days, found.is_reported, found.is_verified) == (days, True, False)
    assert found.deadline == f"2026-01-{2 + days:02}T03:04:05.000Z"


@pytest.mark.slow
def test_an_incident_from_opening_to_closing(desk: IncidentDesk, state: SafeState, office: Office) -> None:
    case = desk.open(OPENING, subject="anna")
    state.refuse_change(SYSTEM)
    with pytest.raises(ChangeBlocked):
        state.refuse_change(OTHER)
    desk.classify(case.id, code="death", has_equivalent_duty=False, subject="anna")
    assert desk.report(case.id, kind="initial", facts={}, subject="anna").missing
    for problem in ("authority is informed", "no complete report"):
        with pytest.raises(UsageError, match=problem):
            desk.close(case.id, reason="mended", subject="anna")
        if problem == "authority is informed":
            desk.notify(case.id, recipient="authority", outcome="informed", informed_at=None, subject="anna")
    state.refuse_change(OTHER)
    office.clock.advance(11 * 86_400)
    assert desk.report(case.id, kind="complete", facts=FACTS, subject="anna").is_late
    closed = desk.close(case.id, reason="mended", subject="anna")
    assert [(report.kind, report.is_late, bool(report.missing)) for report in closed.reports] == [
        ("initial", False, True), ("complete", True, False),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="was closed"):
        desk.close(case.id, reason="mended", subject="anna")
    (initial, complete) = office.record.leaves((EventType.INCIDENT_REPORTED,))
    assert complete["parents"] == [case.entry, initial["seq"]]
    assert json.loads(office.record.text(complete, "report"))["kind"] == "complete"


def test_no_serious_incident_lets_the_system_go_and_a_second_look_holds_it_again(
    desk: IncidentDesk, state: SafeState
) -> None:
    case = desk.open(OPENING, subject="anna")
    desk.classify(case.id, code="none", has_equivalent_duty=False, subject="anna")
    state.refuse_change(OTHER)
    desk.classify(case.id, code="health", has_equivalent_duty=False, subject="anna")
    with pytest.raises(ChangeBlocked):
        state.refuse_change(OTHER)


@pytest.mark.slow
def test_a_risk_suspends_use_and_is_told_in_order(desk: IncidentDesk, state: SafeState, office: Office) -> None:
    opening = Opening(reason="discrimination", system=SYSTEM, role="deployer")
    case = desk.flag_risk(opening, purpose="credit", subject="anna")
    assert (case.kind, case.suspended) == ("risk", "credit")
    with pytest.raises(AnalysisStopped, match=case.id):
        state.refuse("credit")
    state.refuse("trial")
    with pytest.raises(UsageError, match="after the provider"):
        desk.notify(case.id, recipient="authority", outcome="informed", informed_at=None, subject="anna")
    office.clock.advance(60)
    told: list[tuple[Recipient, Outcome]] = [
        ("provider", "informed"),
        ("importer", "not-applicable"),
        ("distributor", "unreachable"),
        ("authority", "informed"),
    ]
    for recipient, outcome in told:
        office.clock.advance(60)
        case = desk.notify(case.id, recipient=recipient, outcome=outcome, informed_at=None, subject="anna")
    times = [one.informed_at for one in case.notifications]
    assert [one.recipient for one in case.notifications] == ["provider", "importer", "distributor", "authority"]
    assert times == sorted(times)
    assert desk.close(case.id, reason="mended", subject="anna").closed_at
    assert state.is_stopped("credit"), "closing a case does not let use go on"


def test_times_ahead_unknown_answers_and_unknown_cases_are_refused(desk: IncidentDesk) -> None:
    ahead = Opening(reason="x", system=SYSTEM, role="provider", aware_at="2030-01-01")
    unknown = Opening(reason="x", system=SYSTEM, role="provider", answers=("a-9",))
    for opening, problem in ((ahead, "lies ahead"), (unknown, "no answer 'a-9'")):
        with pytest.raises(UsageError, match=problem):
            desk.open(opening, subject="anna")
    with pytest.raises(UsageError, match="no case"):
        desk.find("c-9")
    assert desk.cases() == []


def test_no_words_of_a_case_reach_the_disk_in_the_clear(desk: IncidentDesk, tmp_path: Path) -> None:
    desk.open(OPENING, subject="anna")
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"Smith" in path.read_bytes()]
