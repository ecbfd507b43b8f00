"""Puts a hard question to a second, larger model, where the policy lets it, and takes its answer only if it is whole.

The second model answers by the same loop: it chooses among labelled sentences, the program copies and computes, and
every check runs as before. What the policy refuses, an endpoint that is down, and an answer that is withheld, cut off
or late leave the first answer as it is. Every outcome is in the answer and its steps.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, Escalation, EscalationOutcome, ReasoningStep, Usage
from averment.core.clock import Clock
from averment.core.errors import AvermentError, StoreError
from averment.core.ids import sha256_id
from averment.pipelines.reasoning.answerer import Answerer
from averment.pipelines.reasoning.escalation_policy import (
    TOO_HIGH,
    EscalationPolicy,
    Hardness,
    hardness_of,
    shortfall_of,
)
from averment.pipelines.reasoning.running import StepListener
from averment.pipelines.reasoning.step_words import StepFacts, summary_of


class CountsQuestions(Protocol):
    """Knows how many of the latest questions were escalated."""

    def add(self) -> None:
        """Count a question that is not escalated.

        Raises:
            StoreError: It could not be counted.
        """

    def take(self, has_room: Callable[[int, int], bool]) -> int | None:
        """Count a question, and as escalated where there is room for it.

        Args:
            has_room: Asked with the number escalated and the number of the latest questions, this one included.

        Returns:
            What to give back; None where there is no room.

        Raises:
            StoreError: It could not be counted.
        """

    def give_back(self, taken: int) -> None:
        """Count a question as not escalated after all: nothing was sent.

        Raises:
            StoreError: It could not be counted.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondOpinion:
    """The second model's way to answer, what it is, and how long a whole answer may take, seconds."""

    answerer: Answerer
    model: str
    revision: str | None
    max_seconds: float


class EscalatingAnswerer:
    """Answers questions, hard ones with a second model.

    Args:
        first: Answers every question.
        second: Answers hard ones, where it may.
        policy: Says where it may; `second` must be made with `policy.may_see`.
        counts: Counts questions.
        clock: Tells the time.
    """

    def __init__(
        self,
        first: Answerer,
        second: SecondOpinion,
        *,
        policy: EscalationPolicy,
        counts: CountsQuestions,
        clock: Clock,
    ):
        self._first = first
        self._second = second
        self._policy = policy
        self._counts = counts
        self._clock = clock

    @cached_property
    def pipeline_hash(self) -> str:
        """Identify what decides answers: both ways to them, and the policy between."""
        return sha256_id(f"{self._first.pipeline_hash} {self._second.answerer.pipeline_hash} {self._policy}".encode())

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question, or abstain; see `Answerer.answer`."""
        deadline_s = self._clock.monotonic_s() + self._second.max_seconds
        first = self._first.answer(request, on_event=on_event, cancelled=cancelled)
        notes = _Notes(first.steps, on_event, clock=self._clock)
        reason = hardness_of(first)
        if reason is None:
            with suppress(StoreError):
                self._counts.add()
            return first
        code, taken = self._admitted(request)
        if taken is None:
            notes.add("not_escalated", {"hard": reason, "reason": code or ""})
            return self._standing(first, notes, self._escalation(reason, "refused", code))
        notes.add("escalating", {"hard": reason, "place": self._place})

        def is_over() -> bool:
            return self._clock.monotonic_s() >= deadline_s or (cancelled is not None and cancelled())

        try:
            second = self._second.answerer.answer(request, on_event=notes.hear, cancelled=is_over)
        except AvermentError as error:
            # What the first model found is whole without it.
            notes.add("first_stands", {"reason": error.code})
            return self._standing(first, notes, self._escalation(reason, "unused", error.code))
        return self._settled(first, second, reason=reason, taken=taken, notes=notes)

    def _admitted(self, request: AnalysisRequest) -> tuple[str | None, int | None]:
        """Return why a question is not escalated, or what was counted for it."""
        refusal = self._policy.refusal(request)
        try:
            if refusal is not None:
                self._counts.add()
                return refusal, None
            taken = self._counts.take(self._policy.has_room)
        except StoreError:
            return refusal or "not_counted", None
        return ("share_spent" if taken is None else None), taken

    def _settled(self, first: Answer, second: Answer, *, reason: Hardness, taken: int, notes: "_Notes") -> Answer:
        """Take the second answer where it is whole; what both cost is counted in any case."""
        notes.take_in(second.steps)
        code = shortfall_of(second)
        # A call that failed is no call that was completed, and yet may have carried text.
        was_sent = second.usage.model_calls > 0 or any(code.startswith("model_") for code in second.warnings)
        if not was_sent:
            with suppress(StoreError):
                self._counts.give_back(taken)
        is_refused = code == TOO_HIGH and not was_sent
        if code is None:
            notes.add("escalation_used")
        else:
            notes.add("first_stands_unsent" if is_refused else "first_stands", {"reason": code})
        escalation = replace(
            self._escalation(reason, "used" if code is None else "refused" if is_refused else "unused", code),
            model_calls=second.usage.model_calls,
            prompt_tokens=second.usage.prompt_tokens,
            completion_tokens=second.usage.completion_tokens,
        )
        made = self._standing(second if code is None else first, notes, escalation)
        return replace(made, usage=_together(first.usage, second.usage))

    def _standing(self, answer: Answer, notes: "_Notes", escalation: Escalation) -> Answer:
        return replace(answer, steps=tuple(notes.steps), escalation=escalation, pipeline_hash=self.pipeline_hash)

    def _escalation(self, reason: Hardness, outcome: EscalationOutcome, code: str | None) -> Escalation:
        return Escalation(
            reason=reason,
            outcome=outcome,
            code=code,
            model=self._second.model,
            revision=self._second.revision,
            is_external=self._policy.is_external,
        )

    @property
    def _place(self) -> str:
        return "external" if self._policy.is_external else "in_house"


class _Notes:
    """The steps of both models, numbered on, and heard as they end.

    Args:
        steps: Those of the first, heard already.
        on_event: Hears of every further step, without its query.
        clock: Tells when a note is made.
    """

    def __init__(self, steps: Sequence[ReasoningStep], on_event: StepListener | None, *, clock: Clock):
        self.steps = list(steps)
        self._on_event = on_event
        self._clock = clock

    def add(self, code: str, facts: StepFacts | None = None) -> None:
        """Note what is decided."""
        self.take_in(
            [
                ReasoningStep(
                    number=1,
                    kind="escalate",
                    code=code,
                    facts=facts or {},
                    summary=summary_of(code, facts or {}),
                    query=None,
                    passage_ids=(),
                    model_call=None,
                    started_at=self._clock.now(),
                    duration_s=0.0,
                )
            ]
        )
        if self._on_event is not None:
            self._on_event(self.steps[-1])

    def hear(self, step: ReasoningStep) -> None:
        """Pass on a step of the second model as it ends."""
        if self._on_event is not None:
            self._on_event(replace(step, number=len(self.steps) + step.number))

    def take_in(self, steps: Sequence[ReasoningStep]) -> None:
        """Number steps on, from 1 as they come."""
        known = len(self.steps)
        self.steps += [replace(step, number=known + step.number) for step in steps]


def _together(one: Usage, other: Usage) -> Usage:
    return Usage(
        prompt_tokens=one.prompt_tokens + other.prompt_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        completion_tokens=one.completion_tokens + other.completion_tokens,
        model_calls=one.model_calls + other.model_calls,
        duration_s=one.duration_s + other.duration_s,
        model_s=one.model_s + other.model_s,
    )
