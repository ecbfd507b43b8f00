"""Runs a loop: does each action, measures it, and notes the step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from averment.core.answers import ModelCall, ReasoningStep
from averment.core.clock import Clock
from averment.pipelines.reasoning.loop import STEP_KINDS, Action, Loop, LoopState, Phase, StepResult
from averment.pipelines.reasoning.step_words import StepFacts, summary_of

_ASKED: Final = "asked_model"


class StepListener(Protocol):
    """Hears of every step as it ends."""

    def __call__(self, step: ReasoningStep) -> None:
        """Take note of a step; it carries counts and durations, no content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNote:
    """What is written down of a step; of several calls, every one but the last makes a step of its own before it."""

    code: str
    facts: StepFacts = field(default_factory=dict)
    query: str | None = None
    passage_ids: tuple[str, ...] = ()
    call: ModelCall | None = None
    earlier_calls: tuple[ModelCall, ...] = ()


class Acting(Protocol):
    """What does the actions of a loop."""

    def act(self, action: Action) -> tuple[StepResult, StepNote]:
        """Do what an action says."""


class Trail:
    """The steps of one answer, numbered from 1 in the order in which they are noted.

    Args:
        on_event: Hears of every step, without its query.
    """

    def __init__(self, on_event: StepListener | None = None):
        self.steps: list[ReasoningStep] = []
        self._on_event = on_event

    def add(self, step: ReasoningStep) -> None:
        """Note a step; it gets the next number."""
        numbered = replace(step, number=len(self.steps) + 1)
        self.steps.append(numbered)
        if self._on_event is not None:
            self._on_event(replace(numbered, query=None))


def run_loop(
    loop: Loop, acting: Acting, *, trail: Trail, clock: Clock, cancelled: Callable[[], bool] | None
) -> LoopState:
    """Run a loop to its end and return its last state; `cancelled` is asked before every step but the first."""
    state = loop.start()
    is_first = True
    while state.phase is not Phase.DONE:
        if not is_first and cancelled is not None and cancelled():
            state = loop.stop(state, "cancelled")
        is_first = False
        state = loop.advance(state, _step(loop.next_action(state), acting, trail=trail, clock=clock))
    return state


def _step(action: Action, acting: Acting, *, trail: Trail, clock: Clock) -> StepResult:
    started_at, begun = clock.now(), clock.monotonic_s()
    result, note = acting.act(action)
    duration_s = clock.monotonic_s() - begun
    step = ReasoningStep(
        number=0,
        kind=STEP_KINDS[action.phase],
        code=note.code,
        facts=note.facts,
        summary=summary_of(note.code, note.facts),
        query=note.query,
        passage_ids=note.passage_ids,
        model_call=note.call,
        started_at=started_at,
        duration_s=max(0.0, duration_s - sum(call.duration_s for call in note.earlier_calls)),
    )
    for call in note.earlier_calls:
        asked = replace(step, code=_ASKED, facts={}, summary=summary_of(_ASKED, {}))
        trail.add(replace(asked, model_call=call, duration_s=call.duration_s))
    trail.add(step)
    return replace(result, seconds=duration_s)
