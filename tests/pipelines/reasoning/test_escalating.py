"""A hard question is put to a second model where the policy lets it; its answer is taken only if it is whole."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from averment.core.access import AccessLabel, Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.answers import Answer, ReasoningStep
from averment.core.clock import SystemClock
from averment.core.errors import IndexUnavailable, ModelUnavailable, StoreError
from averment.pipelines.reasoning.escalating import EscalatingAnswerer, SecondOpinion
from averment.pipelines.reasoning.escalation_policy import EscalationPolicy

Make = Callable[..., Any]
LAW = "Which state's law governs the agreement?"
CHOICE = "Is consent or notice required for assignment or renewal?"
STATEMENT = '{"statement": "The laws of the State of Delaware govern.", "labels": ["S1"]}'
FABRICATED = '{"statement": "The laws of the State of Nevada govern since April 1, 2019.", "labels": ["S1"]}'
POLICY = EscalationPolicy(purposes=("review",), highest="internal", share=1.0, is_external=True)


@dataclass
class Counts:
    """Counts in memory, or cannot."""

    fails: bool = False
    escalated: list[bool] = field(default_factory=list)

    def add(self) -> None:
        self._check()
        self.escalated.append(False)

    def take(self, has_room: Callable[[int, int], bool]) -> int | None:
        self._check()
        has = has_room(sum(self.escalated), len(self.escalated) + 1)
        self.escalated.append(has)
        return len(self.escalated) - 1 if has else None

    def give_back(self, taken: int) -> None:
        self._check()
        self.escalated[taken] = False

    def _check(self) -> None:
        if self.fails:
            raise StoreError("full")


@dataclass
class Bench:
    """Two scripted models over one corpus, and what is counted."""

    desk: Any
    first: Any
    second: Any
    trust: Any
    counts: Counts = field(default_factory=Counts)
    heard: list[ReasoningStep] = field(default_factory=list)

    def ask(self, question: str = LAW, *, policy: EscalationPolicy = POLICY, **asked: Any) -> Answer:
        request = AnalysisRequest(
            question=question, principal=Principal(subject="anna", groups=("everyone",)), purpose="review"
        )
        return self.answerer(policy).answer(replace(request, **asked), on_event=self.hear)

    def answerer(self, policy: EscalationPolicy = POLICY) -> EscalatingAnswerer:
        calls = ("select", "write")
        second = self.desk.answerer(model=self.second, profile=self.trust(calls), may_see=policy.may_see)
        return EscalatingAnswerer(
            self.desk.answerer(model=self.first, profile=self.trust(calls)),
            SecondOpinion(answerer=second, model="larger", revision="r2", max_seconds=60.0),
            policy=policy,
            counts=self.counts,
            clock=SystemClock(),
        )

    def hear(self, step: ReasoningStep) -> None:
        self.heard.append(step)


@pytest.fixture
def bench(desk: Any, scripted: Make, trust: Any) -> Callable[[list[Any], list[Any]], Bench]:
    def make(first: list[Any], second: list[Any]) -> Bench:
        return Bench(desk, scripted(first), scripted(second, model_id="larger"), trust)

    return make


def of_escalation(answer: Answer) -> list[str]:
    return [step.summary for step in answer.steps if step.kind == "escalate"]


def test_a_withheld_statement_is_left_to_the_second_model(bench: Make) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    answer = made.ask()
    assert "The laws of the State of Delaware govern." in answer.text
    assert (answer.method, answer.warnings) == ("model", ())
    found = answer.escalation
    assert found is not None
    assert (found.reason, found.outcome, found.code) == ("withheld", "used", None)
    assert (found.model, found.revision, found.is_external) == ("larger", "r2", True)
    assert (found.model_calls, found.prompt_tokens) == (1, 100)
    assert (answer.usage.model_calls, answer.usage.prompt_tokens) == (3, 300), "both models are counted"
    calls = [step.model_call.model for step in answer.steps if step.model_call is not None]
    assert calls == ["scripted", "scripted", "larger"]
    before, after = of_escalation(answer)
    assert before == "Trying the second model, outside the company: the first model's statement failed the checks."
    assert after == "The second model's answer passed the checks and is used."
    assert [step.number for step in answer.steps] == list(range(1, len(answer.steps) + 1))
    assert [replace(step, query=None) for step in answer.steps] == made.heard


def test_what_the_second_model_makes_up_is_withheld_too(bench: Make) -> None:
    answer = bench([FABRICATED, FABRICATED], [FABRICATED, FABRICATED]).ask()
    assert "Nevada" not in answer.text
    assert answer.escalation is not None
    assert (answer.escalation.outcome, answer.escalation.code) == ("unused", "statement_withheld")
    assert answer.warnings == ("statement_withheld",), "those of the first answer"


def test_a_question_for_which_nothing_was_chosen_is_hard(bench: Make) -> None:
    made = bench(['{"labels": []}'], ['{"labels": ["S1"]}', '{"statement": "", "labels": []}'])
    answer = made.ask(CHOICE)
    assert answer.escalation is not None
    assert (answer.escalation.reason, answer.escalation.outcome) == ("abstained", "used")
    assert answer.status == "answered"
    assert all(claim.citations for claim in answer.claims)


def test_replies_without_form_are_hard_and_a_good_answer_is_not(bench: Make) -> None:
    broken = bench(["no json"], [STATEMENT]).ask()
    assert broken.escalation is not None
    assert (broken.escalation.reason, broken.escalation.outcome) == ("schema", "used")
    good = bench([STATEMENT], [STATEMENT])
    assert good.ask().escalation is None
    assert not good.second.asked
    assert good.counts.escalated == [False]


@pytest.mark.parametrize(
    ("policy", "asked", "code"),
    [
        (replace(POLICY, purposes=("other",)), {}, "purpose_not_allowed"),
        (replace(POLICY, share=0.1), {}, "share_spent"),
        (replace(POLICY, highest="public"), {}, "classification_too_high"),
        (POLICY, {"conversation": (Turn(question="What is the term?"),)}, "follow_up"),
    ],
)
def test_what_the_policy_refuses_is_not_sent_and_said(
    bench: Make, policy: EscalationPolicy, asked: dict[str, Any], code: str
) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    answer = made.ask(policy=policy, **asked)
    assert not made.second.asked
    assert answer.escalation is not None
    assert (answer.escalation.outcome, answer.escalation.code) == ("refused", code)
    assert code in of_escalation(answer)[-1]
    assert (answer.status, answer.warnings) == ("answered", ("statement_withheld",))
    assert made.counts.escalated == [False], "nothing was sent, so nothing is spent"


@pytest.mark.parametrize("classification", ["confidential", "whatever"])
def test_a_confidential_document_stays(bench: Make, classification: str) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    known = made.desk.corpus.documents["lease"]
    made.desk.corpus.documents["lease"] = replace(known, access=AccessLabel(classification=classification))
    answer = made.ask()
    assert not made.second.asked
    assert answer.escalation is not None
    assert answer.escalation.code == "classification_too_high"


def test_the_share_is_of_all_questions(bench: Make) -> None:
    outcomes = []
    counts = Counts()
    for number in range(8):
        made = bench([STATEMENT] if number % 2 else [FABRICATED, FABRICATED], [STATEMENT])
        made.counts = counts
        answer = made.ask(policy=replace(POLICY, share=0.25))
        outcomes.append(answer.escalation.outcome if answer.escalation is not None else None)
    assert outcomes == ["refused", None, "refused", None, "used", None, "refused", None]
    assert sum(counts.escalated) <= 0.25 * len(counts.escalated)


def test_a_second_model_that_is_down_leaves_the_first_answer(bench: Make) -> None:
    made = bench([FABRICATED, FABRICATED], [ModelUnavailable("down")])
    answer = made.ask()
    assert answer.escalation is not None
    assert (answer.escalation.outcome, answer.escalation.code) == ("unused", "model_unavailable")
    assert of_escalation(answer)[-1] == "The first answer stands: model_unavailable."
    assert (answer.status, answer.warnings) == ("answered", ("statement_withheld",))
    assert made.counts.escalated == [True], "its endpoint may have read what it did not answer"


def test_what_fails_beside_the_second_model_leaves_the_first_answer(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    answerer = made.answerer()

    def fail(*_: object, **__: object) -> Answer:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(answerer._second.answerer, "answer", fail)
    request = AnalysisRequest(question=LAW, principal=Principal(subject="a", groups=("everyone",)), purpose="review")
    answer = answerer.answer(request)
    assert answer.status == "answered"
    assert answer.escalation is not None
    assert answer.escalation.code == IndexUnavailable("").code


def test_what_cannot_be_counted_is_not_escalated(bench: Make) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    made.counts = Counts(fails=True)
    answer = made.ask()
    assert not made.second.asked
    assert answer.escalation is not None
    assert answer.escalation.code == "not_counted"
    good = bench([STATEMENT], [])
    good.counts = Counts(fails=True)
    assert good.ask().status == "answered"


def test_an_answer_out_of_time_is_not_taken(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bench([FABRICATED, FABRICATED], [STATEMENT])
    answerer = made.answerer()
    monkeypatch.setattr(answerer, "_second", replace(answerer._second, max_seconds=0.0))
    request = AnalysisRequest(question=LAW, principal=Principal(subject="a", groups=("everyone",)), purpose="review")
    answer = answerer.answer(request)
    assert answer.status == "answered"
    assert answer.escalation is not None
    assert (answer.escalation.outcome, answer.escalation.code) == ("unused", "truncated")


def test_another_policy_or_second_model_is_another_pipeline(bench: Make, scripted: Make) -> None:
    made = bench([], [])
    known = made.answerer().pipeline_hash
    assert made.answerer(replace(POLICY, share=0.5)).pipeline_hash != known
    made.second = scripted([], model_id="another")
    assert made.answerer().pipeline_hash != known
