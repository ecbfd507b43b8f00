"""Placing and releasing holds: events, pseudonyms in place of persons, and what cannot be held."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from averment.compliance.holding import HoldRequest, place_hold, release_hold
from averment.compliance.holds import HoldRegister
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.retention import Retention
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.errors import UsageError
from averment.core.record_settings import RetentionSettings
from tests.compliance.evidence import entries_of, question_event
from tests.compliance.test_recorder import open_new

RETENTION = Retention(settings=RetentionSettings())
HIRING = Retention(settings=RetentionSettings(), high_risk=frozenset({"hiring"}))


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_new(tmp_path) as opened:
        opened.append(question_event(subject="anna"))
        yield opened


def place(recorder: EvidenceRecorder, request: HoldRequest) -> str:
    return place_hold(recorder, request, clock=SystemClock(), retention=RETENTION).id


def request(target: str, reference: str, **more: object) -> HoldRequest:
    made = {"target": target, "reference": reference, "ground": "gdpr-17-3-e", "subject": "counsel", **more}
    return HoldRequest(**made)  # type: ignore[arg-type]  # the tests name fields of their own


def test_a_hold_on_a_person_names_a_pseudonym_in_register_and_log(recorder: EvidenceRecorder, tmp_path: Path) -> None:
    placed = place(recorder, request("subject", "anna", reason="claim 17/2026 of Anna"))
    recorder.seal()
    entry = entries_of(recorder.evidence_dir / "log")[-1]
    person = recorder.people.find("anna")
    assert person is not None
    assert entry["type"] == EventType.HOLD_PLACED
    assert isinstance(entry["data"], dict)
    assert (entry["data"]["hold_id"], entry["data"]["reference"]) == (placed, person.actor)
    assert HoldRegister(recorder.evidence_dir).get(placed).entry == entry["seq"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "evidence").rglob("*") if path.is_file())
    assert b"anna" not in everything.lower()


def test_a_release_is_logged_behind_what_it_ends(recorder: EvidenceRecorder) -> None:
    placed = place(recorder, request("answer", "0198a1b2"))
    ended = release_hold(recorder, placed, subject="counsel", reason="settled")
    recorder.seal()
    entry = entries_of(recorder.evidence_dir / "log")[-1]
    assert (entry["type"], entry["parents"]) == (EventType.HOLD_RELEASED, [ended.entry])
    assert HoldRegister(recorder.evidence_dir).all() == ()


def test_documents_are_kept_ten_years_from_putting_into_service(recorder: EvidenceRecorder) -> None:
    placed = place(recorder, request("entry", "3", retention="doc-10y", since=date(2027, 1, 31)))
    found = HoldRegister(recorder.evidence_dir).get(placed)
    assert found.until == date(2037, 1, 31)
    assert found.is_active(date(2037, 1, 30))
    assert not found.is_active(date(2037, 1, 31))


@pytest.mark.parametrize(
    ("target", "reference", "said"),
    [
        ("subject", "ben", "nobody"),
        ("entry", "99", "no entry"),
        ("entry", "x", "no entry"),
        ("answer", "b", "no answer"),
        ("entries", "2-99", "no entry"),
        ("entries", "4-2", "names no entries"),
    ],
)
def test_what_does_not_exist_cannot_be_held(recorder: EvidenceRecorder, target: str, reference: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        place(recorder, request(target, reference))
    assert HoldRegister(recorder.evidence_dir).all() == ()


def test_the_ai_act_is_no_ground_unless_the_matter_is_high_risk(recorder: EvidenceRecorder) -> None:
    asked = request("matter", "hiring", ground="ai-act-26-6")
    with pytest.raises(UsageError, match="high-risk"):
        place(recorder, asked)
    assert place_hold(recorder, asked, clock=SystemClock(), retention=HIRING).reference == "hiring"
    with pytest.raises(UsageError, match="high-risk"):
        place_hold(recorder, request("matter", "other", ground="ai-act-26-6"), clock=SystemClock(), retention=HIRING)


@pytest.mark.parametrize(("target", "reference"), [("answer", "0198a1b2"), ("entry", "5")])
def test_an_answer_of_another_use_does_not_lean_on_a_high_risk_one(
    recorder: EvidenceRecorder, target: str, reference: str
) -> None:
    asked = request(target, reference, ground="ai-act-26-6")
    with pytest.raises(UsageError, match="no signed assessment"):
        place_hold(recorder, asked, clock=SystemClock(), retention=HIRING)
    of_this_use = Retention(settings=RetentionSettings(), high_risk=frozenset({"trial"}))
    assert place_hold(recorder, asked, clock=SystemClock(), retention=of_this_use).reference == reference
