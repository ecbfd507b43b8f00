"""Evidence is kept from the first entry of an answer to the opening of its case, until people release it."""

import pytest

from averment.compliance.holding import release_hold
from averment.compliance.holds import HoldRegister
from averment.compliance.incidents.desk import IncidentDesk, Opening
from averment.core.audit import EventType
from averment.core.errors import UsageError
from tests.compliance.oversight.office import Office

SYSTEM = "sha256:" + "a" * 64
KINDS = (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED, EventType.INCIDENT_OPENED, EventType.KEY_CREATED)


def kept(office: Office) -> dict[str, list[int]]:
    """Return the entries that each hold keeps."""
    active = HoldRegister(office.recorder.evidence_dir).active(office.clock.now().date())
    leaves = office.record.leaves(KINDS)
    return {
        hold.id: [int(str(leaf["seq"])) for leaf in leaves if hold in active.on_entry(leaf)] for hold in active.holds
    }


@pytest.mark.slow
def test_entries_of_an_answer_are_kept_for_its_case_and_others_are_not(office: Office, desk: IncidentDesk) -> None:
    office.answer("a-0")
    answer = office.answer("a-1")
    assert answer.receipt is not None
    case = desk.open(Opening(reason="x", system=SYSTEM, role="deployer", answers=("a-1",)), subject="anna")
    office.answer("a-2")
    index = answer.receipt.index
    assert case.frozen == ((index - 1, case.entry + 1),)
    (entries,) = kept(office).values()
    assert (min(entries), max(entries)) == (index - 1, case.entry)


@pytest.mark.slow
def test_the_hold_bears_the_case_and_lasts_beyond_its_end_until_released(office: Office, desk: IncidentDesk) -> None:
    office.answer("a-0")
    case = desk.flag_risk(Opening(reason="x", system=SYSTEM, role="deployer"), purpose=None, subject="anna")
    register = HoldRegister(office.recorder.evidence_dir)
    hold = register.get(case.id)
    assert (hold.target, hold.reference, hold.ground) == ("entries", f"0-{case.entry}", "gdpr-17-3-e")
    (frozen,) = office.record.leaves((EventType.EVIDENCE_FROZEN,))
    assert hold.entry == frozen["seq"]
    with pytest.raises(UsageError, match="open case"):
        release_hold(office.recorder, case.id, subject="counsel", reason="settled")
    desk.close(case.id, reason="settled", subject="anna")
    assert register.get(case.id) == hold
    release_hold(office.recorder, case.id, subject="counsel", reason="settled")
    assert register.all() == ()
