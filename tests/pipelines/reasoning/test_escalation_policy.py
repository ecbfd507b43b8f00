"""Which questions are hard, whose text may be sent, and how many questions that may concern."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.access import AccessLabel, Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.answers import Answer, ModelCall, ReasoningStep
from averment.core.testing.backend import NOW, an_answer
from averment.pipelines.reasoning.escalation_policy import EscalationPolicy, hardness_of, shortfall_of

POLICY = EscalationPolicy(purposes=("review",), highest="internal", share=0.1, is_external=True)
ASKED = AnalysisRequest(question="?", principal=Principal(subject="anna", groups=()), purpose="review")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"purpose": "trial"}, "purpose_not_allowed"),
        ({"conversation": (Turn(question="What is the term?"),)}, "follow_up"),
    ],
)
def test_purposes_are_named_and_conversations_stay(change: dict[str, Any], code: str | None) -> None:
    assert POLICY.refusal(replace(ASKED, **change)) == code


@pytest.mark.parametrize(
    ("highest", "classifications", "may"),
    [
        ("internal", ("public", "Internal "), True),
        ("internal", ("internal", "confidential"), False),
        ("internal", ("secret",), False),
        ("internal", ("",), False),
        ("public", ("public",), True),
        ("public", ("internal",), False),
        ("internal", (), False),
    ],
)
def test_what_is_classified_higher_or_not_at_all_is_not_sent(
    highest: Any, classifications: tuple[str, ...], may: bool
) -> None:
    labels = [AccessLabel(classification=one) for one in classifications]
    assert replace(POLICY, highest=highest).may_see(labels) is may


@pytest.mark.parametrize(
    ("share", "escalated", "questions", "has_room"),
    [(0.1, 0, 9, False), (0.1, 0, 10, True),
     (0.1, 1, 19, False), (0.1, 1, 20, True), (0, 0, 9, False), (1, 0, 1, True)],
)  # fmt: skip
def test_the_share_is_never_exceeded(share: float, escalated: int, questions: int, has_room: bool) -> None:
    assert replace(POLICY, share=share).has_room(escalated, questions) is has_room


def step(*, purpose: str | None = None, passages: tuple[str, ...] = ()) -> ReasoningStep:
    call = None if purpose is None else ModelCall(
        purpose=purpose, model="m", revision=None, prompt_hash="", parameters={}, seed=0, input_tokens=1,
        cached_tokens=None, output_tokens=1, duration_s=0.1, finish="stop", output_digest="",
    )  # fmt: skip
    return ReasoningStep(
        number=1, kind="read", summary="s", query=None, passage_ids=passages, model_call=call, started_at=NOW,
        duration_s=0.1,
    )  # fmt: skip


def answer(**facts: Any) -> Answer:
    made = replace(an_answer(), steps=(step(passages=("p1",)), step(purpose="select")), method="model", warnings=())
    return replace(made, **facts)


@pytest.mark.parametrize(
    ("facts", "hardness"),
    [
        ({}, None),
        ({"status": "abstained"}, "abstained"),
        ({"status": "abstained", "steps": (step(purpose="select"),)}, None),
        ({"status": "abstained", "steps": (step(passages=("p1",)), step(purpose="plan"))}, None),
        ({"warnings": ("statement_withheld",)}, "withheld"),
        ({"warnings": ("model_output_invalid",)}, "schema"),
        ({"warnings": ("model_output_truncated", "statement_withheld")}, "schema"),
        ({"warnings": ("model_unavailable",)}, None),
        ({"status": "truncated", "warnings": ("model_output_invalid",)}, None),
    ],
)
def test_a_question_is_hard_by_what_became_of_it(facts: dict[str, Any], hardness: str | None) -> None:
    assert hardness_of(answer(**facts)) == hardness


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, None),
        ({"warnings": ("calibration_refused",)}, None),
        ({"warnings": ("model_unavailable",)}, "model_unavailable"),
        ({"warnings": ("statement_withheld",)}, "statement_withheld"),
        ({"status": "abstained"}, "not_answered"),
        ({"method": "extractive"}, "not_answered"),
        ({"status": "truncated", "warnings": ("cancelled",)}, "truncated"),
    ],
)
def test_only_a_whole_answer_of_the_second_model_is_taken(facts: dict[str, Any], code: str | None) -> None:
    assert shortfall_of(answer(**facts)) == code
