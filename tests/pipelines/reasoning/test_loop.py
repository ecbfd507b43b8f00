"""The state machine reaches its end on every path, and within its budgets."""

from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.loop import Action, Budgets, Loop, LoopState, Phase, Powers, StepResult

RESULTS = st.builds(
    StepResult,
    tokens=st.integers(0, 500),
    seconds=st.floats(0, 2),
    queries=st.lists(st.sampled_from(["a", "b"]), max_size=3).map(tuple),
    asks_figure=st.booleans(),
    is_computed=st.booleans(),
    may_quote=st.booleans(),
    n_candidates=st.integers(0, 3),
    failed_checks=st.integers(0, 2),
    n_parts=st.integers(0, 4),
    stopped=st.sampled_from([None, None, None, "seconds"]),
)
POWERS = st.builds(Powers, resolves=st.booleans(), proposes=st.booleans(), selects=st.booleans(), states=st.booleans())
BUDGETS = st.builds(
    Budgets, max_steps=st.integers(1, 30), max_tokens=st.integers(1, 2000), max_seconds=st.floats(0.1, 10)
)


def run(loop: Loop, results: list[StepResult]) -> tuple[list[Phase], LoopState]:
    state = loop.start()
    phases: list[Phase] = []
    results = list(results)
    while state.phase is not Phase.DONE and len(phases) < 200:
        action = loop.next_action(state)
        phases.append(action.phase)
        state = loop.advance(state, results.pop(0) if results else StepResult())
    return phases, state


@given(BUDGETS, POWERS, st.lists(RESULTS, max_size=60))
def test_every_path_ends_with_check_and_write(budgets: Budgets, powers: Powers, results: list[StepResult]) -> None:
    phases, state = run(Loop(budgets, powers), results)
    assert state.phase is Phase.DONE
    assert phases[: 1 + powers.resolves] == [Phase.RESOLVE, Phase.PLAN][not powers.resolves :]
    assert phases.count(Phase.PARTS) <= 1
    assert phases[-2:] == [Phase.CHECK, Phase.WRITE]
    assert phases.count(Phase.REPAIR) <= 1
    assert state.steps == len(phases) <= max(budgets.max_steps, 3 + powers.resolves)


@given(BUDGETS, POWERS, st.lists(RESULTS, max_size=60))
def test_the_model_is_asked_only_what_it_may_do(budgets: Budgets, powers: Powers, results: list[StepResult]) -> None:
    phases, _ = run(Loop(budgets, powers), results)
    assert powers.proposes or Phase.PROPOSE not in phases
    assert powers.selects or Phase.SELECT not in phases
    assert powers.states or not {Phase.DRAFT, Phase.REPAIR} & set(phases)


def test_the_plain_way() -> None:
    results = [StepResult(queries=("q1", "q2")), StepResult(), StepResult(), StepResult(n_candidates=2)]
    phases, state = run(Loop(Budgets(), Powers()), results)
    assert phases == [Phase.PLAN, Phase.SEARCH, Phase.SEARCH, Phase.READ, Phase.CHECK, Phase.WRITE]
    assert state.stopped is None


def test_a_figure_is_computed_and_not_drafted() -> None:
    results = [StepResult(queries=("q",), asks_figure=True), StepResult(), StepResult(), StepResult(is_computed=True)]
    phases, _ = run(Loop(Budgets(), Powers(selects=True, states=True)), results)
    assert phases == [Phase.PLAN, Phase.SEARCH, Phase.READ, Phase.COMPUTE, Phase.CHECK, Phase.WRITE]


def test_a_blocked_draft_is_repaired_once() -> None:
    results = [
        StepResult(queries=("q",)),
        StepResult(),
        StepResult(n_candidates=1),
        StepResult(),
        StepResult(failed_checks=1),
        StepResult(),
        StepResult(failed_checks=1),
    ]
    phases, _ = run(Loop(Budgets(), Powers(states=True)), results)
    assert phases[3:] == [Phase.DRAFT, Phase.CHECK, Phase.REPAIR, Phase.CHECK, Phase.WRITE]


def test_spent_budgets_are_named() -> None:
    loop = Loop(Budgets(max_tokens=10), Powers())
    state = loop.advance(loop.start(), StepResult(tokens=11, queries=("q",)))
    assert (state.stopped, state.phase) == ("tokens", Phase.CHECK)
    slow = Loop(Budgets(max_seconds=1.0), Powers())
    assert slow.advance(slow.start(), StepResult(seconds=1.5, queries=("q",))).stopped == "seconds"
    short = Loop(Budgets(max_steps=3), Powers())
    assert short.advance(short.start(), StepResult(queries=("q",))).stopped == "steps"


def test_cancelling_keeps_the_last_steps() -> None:
    loop = Loop(Budgets(), Powers())
    assert loop.stop(LoopState(phase=Phase.SEARCH), "cancelled").phase is Phase.CHECK
    assert loop.stop(LoopState(phase=Phase.WRITE), "cancelled").phase is Phase.WRITE
    done = LoopState(phase=Phase.DONE)
    assert loop.advance(done, StepResult()) == done
    assert loop.next_action(LoopState(phase=Phase.SEARCH, queries=("a",))) == Action(phase=Phase.SEARCH, query="a")


def test_a_question_stopped_before_its_plan_is_planned_checked_and_written() -> None:
    loop = Loop(Budgets(), Powers(resolves=True, proposes=True))
    state = loop.stop(loop.advance(loop.start(), StepResult()), "cancelled")
    phases = [state.phase]
    while state.phase is not Phase.DONE:
        state = loop.advance(state, StepResult(queries=("q",)))
        phases.append(state.phase)
    assert phases == [Phase.PLAN, Phase.CHECK, Phase.WRITE, Phase.DONE]


def test_sub_questions_share_the_tokens_and_the_time_that_are_left() -> None:
    loop = Loop(Budgets(max_steps=9, max_tokens=1_000, max_seconds=10.0), Powers(selects=True))
    state = LoopState(phase=Phase.READ, tokens=400, seconds=4.0)
    state = loop.advance(state, StepResult(n_parts=3, n_candidates=5))
    assert loop.next_action(state) == Action(
        phase=Phase.PARTS, budgets=Budgets(max_steps=9, max_tokens=200, max_seconds=6.0)
    )
    assert loop.advance(state, StepResult(tokens=30)).phase is Phase.CHECK


def test_a_sub_question_that_was_stopped_stops_the_question() -> None:
    loop = Loop(Budgets(), Powers())
    state = loop.advance(LoopState(phase=Phase.PARTS, n_parts=2), StepResult(stopped="tokens"))
    assert (state.phase, state.stopped) == (Phase.CHECK, "tokens")
