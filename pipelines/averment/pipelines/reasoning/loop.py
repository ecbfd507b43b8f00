"""The loop as a pure state machine: plan, search, read, compute, check, write.

A question that leans on its conversation is made self-contained first; one about several documents is asked of each of
them by a loop of its own, within what is left of the budgets.

`next_action` says what to do in a state, `advance` what the state is after it was done. Neither has effects, so
every path can be tested without a model or an index. Budgets end the search for more, never the checks: what was
found until then is still checked before it is written.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

StopReason = Literal["steps", "tokens", "seconds", "cancelled"]
StepKind = Literal["plan", "search", "read", "compute", "check", "write"]


class Phase(StrEnum):
    """Where an answer stands; the value names what is done next."""

    RESOLVE = "resolve"
    PLAN = "plan"
    PROPOSE = "propose"
    SEARCH = "search"
    READ = "read"
    PARTS = "parts"
    COMPUTE = "compute"
    SELECT = "select"
    DRAFT = "draft"
    CHECK = "check"
    REPAIR = "repair"
    WRITE = "write"
    DONE = "done"


STEP_KINDS: dict[Phase, StepKind] = {
    Phase.RESOLVE: "plan",
    Phase.PLAN: "plan",
    Phase.PROPOSE: "plan",
    Phase.SEARCH: "search",
    Phase.READ: "read",
    Phase.PARTS: "read",
    Phase.COMPUTE: "compute",
    Phase.SELECT: "read",
    Phase.DRAFT: "write",
    Phase.CHECK: "check",
    Phase.REPAIR: "write",
    Phase.WRITE: "write",
}
_LAST: frozenset[Phase] = frozenset({Phase.CHECK, Phase.WRITE, Phase.DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """How much one answer may cost. The checks and the writing at the end are always done.

    Tokens and seconds are of the whole answer, its sub-questions included; steps are of each loop.
    """

    max_steps: int = 24
    max_tokens: int = 20_000
    max_seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Powers:
    """What there is to do besides rules, search and checks.

    The language model is asked for queries, a selection by labels, a statement; `resolves` says that there is a
    conversation, which the question may lean on.
    """

    resolves: bool = False
    proposes: bool = False
    selects: bool = False
    states: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step found, as far as the next one depends on it.

    `queries` are what is to be searched (after a plan) or added (after a proposal). `failed_checks` counts
    drafted sentences that a check blocked. `n_parts` counts the sub-questions to ask (after reading); `stopped` says
    why one of them was not finished.
    """

    tokens: int = 0
    seconds: float = 0.0
    queries: tuple[str, ...] = ()
    asks_figure: bool = False
    is_computed: bool = False
    may_quote: bool = True
    n_candidates: int = 0
    failed_checks: int = 0
    n_parts: int = 0
    stopped: StopReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopState:
    """Where an answer stands and what it has cost."""

    phase: Phase = Phase.PLAN
    queries: tuple[str, ...] = ()
    steps: int = 0
    tokens: int = 0
    seconds: float = 0.0
    asks_figure: bool = False
    is_computed: bool = False
    may_quote: bool = True
    n_candidates: int = 0
    n_parts: int = 0
    was_drafted: bool = False
    was_repaired: bool = False
    stopped: StopReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What to do next; `query` is set for a search, `budgets` for sub-questions: what each of them may cost."""

    phase: Phase
    query: str | None = None
    budgets: Budgets | None = None


class Loop:
    """Decides; the caller acts.

    Args:
        budgets: When to stop looking for more.
        powers: What the model is asked for.

    Example:
        >>> loop = Loop(Budgets(), Powers())
        >>> state = loop.advance(loop.start(), StepResult(queries=("term of the lease",)))
        >>> loop.next_action(state)
        Action(phase=<Phase.SEARCH: 'search'>, query='term of the lease')
    """

    def __init__(self, budgets: Budgets, powers: Powers):
        self._budgets = budgets
        self._powers = powers

    def start(self) -> LoopState:
        """Return the state before anything was done."""
        return LoopState(phase=Phase.RESOLVE if self._powers.resolves else Phase.PLAN)

    def next_action(self, state: LoopState) -> Action:
        """Return what to do in a state; `Phase.DONE` ends the loop."""
        query = state.queries[0] if state.phase is Phase.SEARCH and state.queries else None
        budgets = self._left(state) if state.phase is Phase.PARTS else None
        return Action(phase=state.phase, query=query, budgets=budgets)

    def advance(self, state: LoopState, result: StepResult) -> LoopState:
        """Return the state after the action of `state` came out as `result`."""
        if state.phase is Phase.DONE:
            return state
        spent = replace(
            state,
            steps=state.steps + 1,
            tokens=state.tokens + result.tokens,
            seconds=state.seconds + result.seconds,
        )
        known = self._learned(spent, result)
        following = replace(known, phase=self._following(known, result))
        return self._limited(self.stop(following, result.stopped) if result.stopped else following)

    def stop(self, state: LoopState, reason: StopReason) -> LoopState:
        """Give up looking for more; what was found is still checked and written, and a question still planned."""
        phase = state.phase if state.phase in _LAST or state.phase is Phase.PLAN else Phase.CHECK
        return replace(state, phase=phase, stopped=state.stopped or reason)

    def _learned(self, state: LoopState, result: StepResult) -> LoopState:
        match state.phase:
            case Phase.PLAN:
                return replace(state, queries=result.queries, asks_figure=result.asks_figure)
            case Phase.PROPOSE:
                return replace(state, queries=state.queries + result.queries)
            case Phase.SEARCH:
                return replace(state, queries=state.queries[1:])
            case Phase.READ | Phase.SELECT:
                return replace(state, n_candidates=result.n_candidates, n_parts=result.n_parts)
            case Phase.COMPUTE:
                return replace(
                    state,
                    is_computed=result.is_computed,
                    may_quote=result.may_quote,
                    n_candidates=result.n_candidates,
                )
            case Phase.DRAFT | Phase.REPAIR:
                return replace(state, was_drafted=True, was_repaired=state.phase is Phase.REPAIR)
            case _:
                return state

    def _following(self, state: LoopState, result: StepResult) -> Phase:
        match state.phase:
            case Phase.RESOLVE:
                return Phase.PLAN
            case Phase.PLAN if state.stopped is not None:
                return Phase.CHECK
            case Phase.PLAN if self._powers.proposes:
                return Phase.PROPOSE
            case Phase.PLAN | Phase.PROPOSE | Phase.SEARCH:
                return Phase.SEARCH if state.queries else Phase.READ
            case Phase.READ | Phase.COMPUTE | Phase.SELECT:
                return self._after_reading(state)
            case Phase.CHECK:
                return self._after_check(state, result)
            case Phase.DRAFT | Phase.REPAIR | Phase.PARTS:
                return Phase.CHECK
            case _:
                return Phase.DONE

    def _after_reading(self, state: LoopState) -> Phase:
        if state.phase is Phase.READ and state.n_parts > 0:
            return Phase.PARTS
        if state.phase is Phase.READ and state.asks_figure:
            return Phase.COMPUTE
        if state.phase is Phase.COMPUTE and (state.is_computed or not state.may_quote):
            return Phase.CHECK
        if state.phase is not Phase.SELECT and self._powers.selects and state.n_candidates > 1:
            return Phase.SELECT
        return Phase.DRAFT if self._powers.states and state.n_candidates > 0 else Phase.CHECK

    def _after_check(self, state: LoopState, result: StepResult) -> Phase:
        repairs = result.failed_checks > 0 and state.was_drafted and not state.was_repaired and state.stopped is None
        return Phase.REPAIR if repairs else Phase.WRITE

    def _left(self, state: LoopState) -> Budgets:
        """Return what each sub-question may cost: an equal share of the tokens left, and all of the time left."""
        tokens, seconds = self._budgets.max_tokens - state.tokens, self._budgets.max_seconds - state.seconds
        share = max(1, tokens // max(1, state.n_parts))
        return Budgets(max_steps=self._budgets.max_steps, max_tokens=share, max_seconds=seconds)

    def _limited(self, state: LoopState) -> LoopState:
        """Stop where a budget is spent; two steps are always kept for checking and writing."""
        if state.stopped is not None or state.phase in _LAST:
            return state
        if state.steps >= self._budgets.max_steps - 2:
            return self.stop(state, "steps")
        if state.tokens >= self._budgets.max_tokens:
            return self.stop(state, "tokens")
        return self.stop(state, "seconds") if state.seconds >= self._budgets.max_seconds else state
