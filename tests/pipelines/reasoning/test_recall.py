"""What "there is no such clause" is worth: an estimate from marked clauses, or the word that there is none."""

from typing import Any

import pytest
from pydantic import ValidationError

from averment.pipelines.reasoning.calibration import Calibration
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.recall import (
    CLAUSES,
    MIN_OF_TOPIC,
    STATEMENTS,
    FoundShare,
    estimated_recall,
    sought_by,
)

CLAIM = (
    'Does the lease support the following statement, contradict it, or not mention it? "The tenant may keep copies."'
)
PRICES = "Is there a most-favored-nation clause?"


def share(n: int, found: int, denied: int = 0) -> FoundShare:
    return FoundShare(n=n, n_found=found, n_denied=denied, lower=0.5, delta=0.05)


def ask(desk: Any, question: str, recall: dict[str, FoundShare], *, pipeline_hash: str | None = None) -> Any:
    made = Calibration(
        created_at="2026-11-23T10:00:00Z",
        pipeline_hash=pipeline_hash or desk.answerer().scoring_hash,
        model=None,
        made_from=(),
        groups={},
        recall=recall,
    )
    return desk.ask(question, calibration=made)


def test_an_absence_carries_the_recall_of_its_topic(desk: Any) -> None:
    topic = sought_by(make_plan(PRICES))
    assert topic is not None
    answer = ask(desk, PRICES, {topic: share(MIN_OF_TOPIC, 18, 1), CLAUSES: share(400, 300, 20)})
    known = answer.coverage.recall
    assert answer.value.value is False
    assert (answer.coverage.estimated_recall, known.n, known.n_found, known.n_denied) == (0.9, MIN_OF_TOPIC, 18, 1)
    assert (known.topic, known.lower, known.level) == (topic, 0.5, 0.95)
    assert "Estimated recall 90 %, at least 50 % with 95 % confidence: of 20 marked clauses on this" in answer.text
    assert answer.coverage.sections_read > 0
    assert answer.coverage.pages_unreadable == 0


def test_a_topic_with_few_marked_clauses_takes_the_recall_of_all(desk: Any) -> None:
    topic = sought_by(make_plan(PRICES))
    assert topic is not None
    answer = ask(desk, PRICES, {topic: share(MIN_OF_TOPIC - 1, 19), CLAUSES: share(400, 300)})
    assert (answer.coverage.estimated_recall, answer.coverage.recall.topic) == (0.75, None)
    assert "of 400 marked clauses of every kind 300 were found" in answer.text


def test_without_a_measurement_the_answer_says_how_to_make_one(desk: Any) -> None:
    for answer in (desk.ask(PRICES), ask(desk, PRICES, {STATEMENTS: share(90, 80)})):
        assert answer.value.value is False
        assert (answer.coverage.estimated_recall, answer.coverage.recall) == (None, None)
        assert "Recall is not estimated: `averment eval calibrate`" in answer.text


def test_the_measurement_of_another_pipeline_says_nothing(desk: Any) -> None:
    answer = ask(desk, PRICES, {CLAUSES: share(400, 300)}, pipeline_hash="sha256:00")
    assert answer.coverage.recall is None
    assert "calibration_refused" in answer.warnings


def test_what_is_found_needs_no_recall(desk: Any) -> None:
    answer = ask(desk, "Which law governs the lease?", {CLAUSES: share(400, 300)})
    assert answer.claims
    assert answer.coverage.recall is None
    assert "ecall" not in answer.text


def test_the_recall_in_use_is_part_of_what_decides(desk: Any) -> None:
    plain = desk.answerer()
    assert ask(desk, PRICES, {CLAUSES: share(400, 300)}).pipeline_hash != plain.pipeline_hash
    assert ask(desk, PRICES, {}).pipeline_hash == plain.pipeline_hash


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the notice period?", None),
        ("Is there a purple elephant?", None),
        ("Is there a most-favored-nation clause, and is there an escrow clause?", CLAUSES),
    ],
)
def test_questions_are_counted_by_what_they_seek(question: str, expected: str | None) -> None:
    assert sought_by(make_plan(question)) == expected


def test_statements_are_never_estimated_by_clauses() -> None:
    plan = make_plan(CLAIM)
    assert sought_by(plan) == STATEMENTS
    assert estimated_recall(plan, {CLAUSES: share(400, 300)}) is None
    found = estimated_recall(plan, {CLAUSES: share(400, 300), STATEMENTS: share(5, 4)})
    assert found is not None
    assert (found.share, found.topic) == (0.8, STATEMENTS)


def test_a_share_of_nothing_is_no_share() -> None:
    with pytest.raises(ValidationError):
        share(0, 0)
