"""A loop is run to its end, and its steps are noted in order."""

from averment.core.answers import ReasoningStep
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
        return StepResult(queries=queries), StepNote(summary="s", query=action.query)


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
