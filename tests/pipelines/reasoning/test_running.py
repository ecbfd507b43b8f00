"""A loop is run to its end, and its steps are noted in order."""

from dataclasses import replace

from averment.core.answers import ModelCall, ReasoningStep
from averment.core.clock import SystemClock
from averment.core.testing.clock import FixedClock
from averment.pipelines.reasoning.loop import Action, Budgets, Loop, Phase, Powers, StepResult
from averment.pipelines.reasoning.running import StepNote, Trail, run_loop


class Acting:
    """Notes what it is asked to do."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []

    def act(self, action: Action) -> tuple[StepResult, StepNote]:
        self.phases.append(action.phase)
        queries = ("law",) if action.phase is Phase.PLAN else ()
        return StepResult(queries=queries), StepNote(code="stated", query=action.query)


def test_every_action_is_one_numbered_step_and_events_carry_no_query() -> None:
    acting, heard = Acting(), list[ReasoningStep]()

    def hear(step: ReasoningStep) -> None:
        heard.append(step)

    trail = Trail(hear)
    state = run_loop(Loop(Budgets(), Powers()), acting, trail=trail, clock=SystemClock(), cancelled=None)
    assert state.phase is Phase.DONE
    assert [step.kind for step in trail.steps] == ["plan", "search", "read", "check", "write"]
    assert [step.number for step in heard] == [1, 2, 3, 4, 5]
    assert [step.query for step in trail.steps][:2] == [None, "law"]
    assert all(step.query is None for step in heard)


def test_cancelling_is_asked_before_every_step_but_the_first() -> None:
    acting = Acting()
    state = run_loop(Loop(Budgets(), Powers()), acting, trail=Trail(), clock=FixedClock(), cancelled=lambda: True)
    assert acting.phases == [Phase.PLAN, Phase.CHECK, Phase.WRITE]
    assert state.stopped == "cancelled"


def test_every_model_call_has_a_step() -> None:
    call = ModelCall(
        purpose="yes_no", model="m", revision=None, prompt_hash="sha256:00", parameters={}, seed=0, input_tokens=1,
        cached_tokens=None, output_tokens=1, duration_s=0.1, finish="length", output_digest="sha256:01",
    )  # fmt: skip
    calls = [replace(call, input_tokens=number) for number in range(3)]

    class Calling(Acting):
        def act(self, action: Action) -> tuple[StepResult, StepNote]:
            result, note = super().act(action)
            if action.phase is Phase.READ:
                note = replace(note, call=calls[-1], earlier_calls=tuple(calls[:-1]))
            return result, note

    trail = Trail()
    run_loop(Loop(Budgets(), Powers()), Calling(), trail=trail, clock=FixedClock(), cancelled=None)
    assert [step.model_call for step in trail.steps] == [None, None, *calls, None, None]
    assert [step.number for step in trail.steps] == list(range(1, 8))
    assert all(step.duration_s >= 0.0 for step in trail.steps)
