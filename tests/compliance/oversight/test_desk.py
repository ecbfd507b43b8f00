"""Review end to end over a real log: who may, what is shown, how long they looked, four eyes, planted errors."""

import json
from pathlib import Path

import pytest

from averment.compliance.oversight.desk import ReviewDesk
from averment.core.access import Principal
from averment.core.audit import EventType
from averment.core.errors import AccessDenied, UsageError
from averment.core.oversight import Decision, Judgement, ReviewReason
from tests.compliance.oversight.office import Office, reviewer

ACCEPT = Judgement(decision=Decision.ACCEPT, reason=ReviewReason.CONFIRMED)
REJECT = Judgement(decision=Decision.REJECT, reason=ReviewReason.FIGURE)
OVERRIDE = Judgement(decision=Decision.OVERRIDE, reason=ReviewReason.FIGURE, correction="The term is 7 years.")
BERT, CARL, ANNA = reviewer("bert"), reviewer("carl"), reviewer("anna")


def look(office: Office, desk: ReviewDesk, who: Principal, *, seconds: float = 30) -> str:
    """Have somebody look at what waits longest for them, and return its id."""
    review = desk.list(who)[0]
    desk.show(review.id, who)
    office.clock.advance(seconds)
    return review.id


def test_a_review_from_opening_to_decision(office: Office) -> None:
    desk = office.desk(review_share=1.0)
    answer = office.ask(desk, "a-1")
    (waits,) = desk.list(BERT)
    assert (waits.answer_id, waits.reasons, waits.status) == ("a-1", ("drawn",), "open")
    assert (standing := desk.standing("a-1")) is not None
    assert standing.state == "open"
    case = desk.show(waits.id, BERT)
    assert (case.question, case.answer["text"]) == ("What is the term?", answer.text)
    assert case.review.status == "taken"
    office.clock.advance(41.7)
    closed = desk.decide(waits.id, BERT, judgement=REJECT)
    assert [(d.decision, d.reason, d.seconds_viewed, d.flags) for d in closed.decisions] == [
        (Decision.REJECT, "figure", 41, ())
    ]
    assert desk.list(BERT) == []
    assert desk.list(BERT, is_closed=True) == [closed]
    found = desk.standing("a-1")
    assert found is not None
    assert (found.state, found.reason, found.is_set_aside) == ("reject", "figure", True)
    assert desk.standing("a-2") is None


def test_a_correction_is_a_payload_and_the_leaf_has_a_keyed_digest_of_the_difference(
    office: Office, tmp_path: Path
) -> None:
    desk = office.desk(review_share=1.0)
    office.ask(desk, "a-1")
    desk.decide(look(office, desk, BERT), BERT, judgement=OVERRIDE)
    found = desk.standing("a-1")
    assert found is not None
    assert (found.state, found.correction) == ("override", "The term is 7 years.")
    (data,) = office.data(EventType.REVIEW_CLOSED)
    assert str(data["difference"]).startswith("hmac-sha256:")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"7 years" in path.read_bytes() or b"bert" in path.read_bytes()]


@pytest.mark.parametrize(
    ("decision", "correction"),
    [(Decision.EDIT, None), (Decision.OVERRIDE, " "), (Decision.ACCEPT, "x"), (Decision.EDIT, "x" * 20_001)],
)
def test_a_correction_goes_with_edit_and_override_alone(
    office: Office, decision: Decision, correction: str | None
) -> None:
    desk = office.desk(review_share=1.0)
    office.ask(desk, "a-1")
    judgement = Judgement(decision=decision, reason=ReviewReason.OTHER, correction=correction)
    with pytest.raises(UsageError, match="correct"):
        desk.decide(look(office, desk, BERT), BERT, judgement=judgement)


def test_only_reviewers_in_the_groups_of_the_question_see_it(office: Office) -> None:
    desk = office.desk(review_share=1.0)
    answer = office.answer("a-1", groups=("legal", "everyone"))
    desk.open_for(answer, subject="anna")
    (review,) = desk.list(BERT)
    with pytest.raises(AccessDenied, match="groups"):
        desk.show(review.id, BERT)
    assert desk.show(review.id, reviewer("dora", groups=("legal", "everyone", "tax"))).question
    for call in (desk.list, lambda who: desk.show(review.id, who)):
        with pytest.raises(AccessDenied, match="reviewer"):
            call(Principal(subject="eve", groups=("legal", "everyone")))


def test_nobody_decides_what_was_not_shown_to_them_or_is_decided(office: Office) -> None:
    desk = office.desk(review_share=1.0)
    office.ask(desk, "a-1")
    identity = look(office, desk, BERT)
    with pytest.raises(UsageError, match="not shown to you"):
        desk.decide(identity, CARL, judgement=ACCEPT)
    desk.show(identity, CARL)
    desk.decide(identity, BERT, judgement=ACCEPT)
    with pytest.raises(UsageError, match="is closed"):
        desk.decide(identity, CARL, judgement=ACCEPT)
    with pytest.raises(UsageError, match="no review"):
        desk.show("r-9", CARL)


@pytest.mark.slow
def test_an_answer_accepted_faster_than_it_can_be_read_is_flagged(office: Office) -> None:
    desk = office.desk(review_share=1.0, min_view_s=10)
    for number, seconds in enumerate((2, 10)):
        office.ask(desk, f"a-{number}")
        desk.decide(look(office, desk, BERT, seconds=seconds), BERT, judgement=ACCEPT)
    office.ask(desk, "a-2")
    desk.decide(look(office, desk, BERT, seconds=2), BERT, judgement=REJECT)
    flags = [review.decisions[0].flags for review in desk.list(BERT, is_closed=True)]
    assert flags == [("below-minimum-view",), (), ()]


def test_four_eyes_are_two_people_and_the_second_did_not_ask(office: Office) -> None:
    desk = office.desk(review_share=1.0, four_eyes=True)
    office.ask(desk, "a-1", subject="anna")
    identity = look(office, desk, BERT)
    assert desk.decide(identity, BERT, judgement=ACCEPT).decisions == ()
    assert (standing := desk.standing("a-1")) is not None
    assert standing.state == "open"
    for who in (BERT, ANNA):
        assert desk.list(who) == []
        with pytest.raises(AccessDenied, match="another reviewer"):
            desk.show(identity, who)
        with pytest.raises(AccessDenied, match="another reviewer"):
            desk.decide(identity, who, judgement=ACCEPT)
    assert look(office, desk, CARL) == identity
    closed = desk.decide(identity, CARL, judgement=REJECT)
    assert [(d.decision.value, d.flags) for d in closed.decisions] == [("accept", ()), ("reject", ("disagreement",))]
    assert (standing := desk.standing("a-1")) is not None
    assert standing.state == "reject"


def test_who_asked_may_be_the_first_of_two_and_it_is_flagged(office: Office) -> None:
    desk = office.desk(review_share=1.0, four_eyes=True)
    office.ask(desk, "a-1", subject="anna")
    identity = look(office, desk, ANNA)
    desk.decide(identity, ANNA, judgement=ACCEPT)
    desk.show(identity, CARL)
    closed = desk.decide(identity, CARL, judgement=ACCEPT)
    assert "own-question" in closed.decisions[0].flags


def test_a_planted_error_is_shown_to_reviewers_never_to_who_asked_and_told_at_the_end(office: Office) -> None:
    desk = office.desk(review_share=1.0, planted_share=1.0)
    answer = office.ask(desk, "a-1", subject="anna")
    assert desk.list(ANNA) == []
    (review,) = desk.list(BERT)
    with pytest.raises(AccessDenied):
        desk.show(review.id, ANNA)
    case = desk.show(review.id, BERT)
    assert json.dumps(case.answer["sentences"]) != json.dumps(desk_answer(office, answer.id))
    assert (case.review.planted, review.planted) == (None, None)
    opened = office.data(EventType.REVIEW_OPENED)
    assert len({json.dumps({**data, "review_id": ""}) for data in opened}) == 1
    office.clock.advance(20)
    closed = desk.decide(review.id, BERT, judgement=ACCEPT)
    assert closed.planted in {"figure", "citation"}
    assert (standing := desk.standing("a-1")) is not None
    assert standing.state == "open"
    (real,) = desk.list(BERT)
    assert desk.show(real.id, BERT).answer["text"] == answer.text


def desk_answer(office: Office, answer_id: str) -> object:
    """Return the sentences of an answer as they were recorded."""
    return office.record.open_analysis(answer_id, subject="test", reason="test").answer["sentences"]


def test_reading_for_a_review_is_logged_and_taking_only_once(office: Office) -> None:
    desk = office.desk(review_share=1.0)
    office.ask(desk, "a-1")
    identity = look(office, desk, BERT)
    desk.show(identity, BERT)
    assert [data["reason"] for data in office.data(EventType.ACCESS_READ)] == ["review", "review"]
    assert len(office.data(EventType.REVIEW_TAKEN)) == 1
