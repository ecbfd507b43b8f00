"""The gate: no purpose without an assessment, no question outside (R13, R14)."""

from datetime import datetime

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.purposes.gate import PurposeGate
from averment.compliance.purposes.record import PurposeRecord
from averment.compliance.purposes.signature import read_assessment, sign_assessment
from averment.compliance.purposes.store import PurposeState, PurposeStatus
from averment.core.analysis import Likened
from averment.core.errors import PurposeNotUsable
from averment.core.testing.clock import FixedClock
from tests.compliance.purposes.records import answered, under

JANE = SignerKey.generate("jane")
INSIDE = "What is the term of the lease?"
RANKING = "Rank the candidates for the position by their CVs."
CREDIT = "Assess the creditworthiness of the consumer."


class Purposes:
    """One purpose that stands as a test says."""

    def __init__(self, status: PurposeStatus, record: PurposeRecord | None = None):
        self.status, self.record = status, record or answered()

    def state(self, code: str, *, now: datetime) -> PurposeState:
        signed = None
        if self.status == "assessed":
            raw = sign_assessment(self.record, signer=JANE, at=now)
            signed = read_assessment(raw, self.record, signers=[JANE.verifier])
        return PurposeState(record=self.record, status=self.status, signed=signed, problem="because")


def gate(status: PurposeStatus, record: PurposeRecord | None = None, *, allow_trial: bool = False) -> PurposeGate:
    return PurposeGate(Purposes(status, record), clock=FixedClock(), allow_trial=allow_trial)


def test_a_purpose_without_a_signed_assessment_is_not_used() -> None:
    with pytest.raises(PurposeNotUsable, match="may not be used: because"):
        gate("unassessed").admit(INSIDE, purpose="review")


def test_it_may_be_tried_where_trials_are_allowed_and_the_mode_says_so() -> None:
    admission = gate("unassessed", allow_trial=True).admit(INSIDE, purpose="review")
    assert (admission.mode, admission.outcome, admission.assessment_digest) == ("trial", "allowed", None)


@pytest.mark.parametrize("status", ["void", "dated-ahead", "prohibited", "retired"])
def test_what_was_changed_dated_ahead_prohibited_or_retired_is_not_even_tried(status: PurposeStatus) -> None:
    with pytest.raises(PurposeNotUsable):
        gate(status, allow_trial=True).admit(INSIDE, purpose="review")


def test_an_assessed_purpose_carries_its_result() -> None:
    admission = gate("assessed", under("4.b")).admit(INSIDE, purpose="review")
    assert (admission.mode, admission.classification) == ("assessed", "high-risk")
    assert str(admission.assessment_digest).startswith("sha256:")


def test_a_question_outside_is_blocked_or_flagged_as_the_purpose_says() -> None:
    blocked = gate("assessed").admit(RANKING, purpose="review")
    assert (blocked.outcome, blocked.codes) == ("blocked", ("annex-iii.4.a", "decision.rate"))
    assert gate("assessed", answered(outside_use="flag")).admit(RANKING, purpose="review").outcome == "flagged"


def test_a_use_that_was_assessed_is_inside_and_another_is_not() -> None:
    recruiting = gate("assessed", under("4.a"))
    assert recruiting.admit(RANKING, purpose="recruiting").outcome == "allowed"
    assert recruiting.admit(CREDIT, purpose="recruiting").codes[0] == "annex-iii.5.b"


def test_what_a_record_allows_counts_once_it_is_signed() -> None:
    lenient = gate("unassessed", answered(outside_use="flag"), allow_trial=True)
    assert lenient.admit(RANKING, purpose="r").outcome == "blocked"
    assert gate("unassessed", under("4.a"), allow_trial=True).admit(RANKING, purpose="r").outcome == "blocked"


def test_a_recorded_reason_replaces_the_notice_once_it_is_signed() -> None:
    record = answered(article_50_1={"obvious_because": "trained staff of the legal department"})
    assert gate("assessed", record).admit(INSIDE, purpose="r").is_obvious_ai
    assert not gate("unassessed", record, allow_trial=True).admit(INSIDE, purpose="r").is_obvious_ai


class FixedLikeness:
    """Takes every question for what a test says, and keeps it."""

    def __init__(self, label: str, score: int):
        self.label, self.score = label, score
        self.asked: list[str] = []

    def liken(self, question: str) -> Likened:
        self.asked.append(question)
        return Likened(label=self.label, score=self.score, threshold=200)


def likening(status: PurposeStatus, likeness: FixedLikeness, record: PurposeRecord | None = None) -> PurposeGate:
    return PurposeGate(Purposes(status, record), clock=FixedClock(), allow_trial=True, likeness=likeness)


@pytest.mark.parametrize("status", ["assessed", "unassessed"])
@pytest.mark.parametrize("score", [201, 999])
def test_a_question_like_a_use_outside_is_flagged_however_like_it_is(status: PurposeStatus, score: int) -> None:
    admission = likening(status, FixedLikeness("article-5.f", score)).admit("Is he sad?", purpose="r")
    assert (admission.outcome, admission.codes, admission.score) == ("flagged", ("article-5.f", "likeness"), score)


def test_a_question_that_is_not_like_one_is_let_in_with_its_score() -> None:
    admission = likening("assessed", FixedLikeness("annex-iii.4.a", 200)).admit(INSIDE, purpose="r")
    assert (admission.outcome, admission.codes, admission.score) == ("allowed", (), 200)


def test_what_a_pattern_recognises_is_blocked_without_asking_for_a_likeness() -> None:
    likeness = FixedLikeness("annex-iii.4.a", -900)
    admission = likening("assessed", likeness).admit(RANKING, purpose="r")
    assert (admission.outcome, admission.score, likeness.asked) == ("blocked", None, [])


def test_likeness_to_a_use_that_was_assessed_is_inside() -> None:
    likeness = FixedLikeness("annex-iii.4.a", 500)
    assert likening("assessed", likeness, under("4.a")).admit("Whom to take?", purpose="r").outcome == "allowed"
    assert likening("assessed", likeness, under("4.b")).admit("Whom to take?", purpose="r").outcome == "flagged"


def test_what_nobody_sees_in_a_question_is_not_likened() -> None:
    likeness = FixedLikeness("annex-iii.4.a", -900)
    likening("assessed", likeness).admit("Who\u200bm to\n take?", purpose="r")
    assert likeness.asked == ["whom to take?"]


def test_a_person_in_a_domain_without_a_decision_is_flagged_only() -> None:
    admission = gate("assessed").admit("What did his team achieve?", purpose="r")
    assert (admission.outcome, admission.codes) == ("flagged", ("annex-iii.4.b", "decision.unnamed"))
