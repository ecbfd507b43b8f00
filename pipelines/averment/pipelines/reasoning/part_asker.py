"""Asks the sub-questions of one question, side by side: each has a loop of its own over its one document.

They share the time, the tokens, the model and the cancellation of the question. Steps are noted sub-question by
sub-question, whichever is done first, so that the same question leaves the same record.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from typing import Final

from averment.core.analysis import AnalysisRequest
from averment.core.answers import ReasoningStep
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.reasoning.findings import AnsweredPart
from averment.pipelines.reasoning.inquiry import Inquiry, Tools
from averment.pipelines.reasoning.loop import Budgets, Loop, LoopState, Powers
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.parts import Part
from averment.pipelines.reasoning.running import Trail, run_loop

MAX_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    answered: AnsweredPart
    state: LoopState
    steps: tuple[ReasoningStep, ...]
    desk: ModelDesk


class PartAsker:
    """Asks sub-questions.

    Args:
        tools: What the steps work with; used by several threads.
        desk: Where the language model is asked.
        trail: Where the steps of the whole answer are noted.
        cancelled: Asked before every step of every sub-question but its first.
        cancellation: Aborts what is in flight when one sub-question fails, or the wait is interrupted.
    """

    def __init__(
        self,
        tools: Tools,
        desk: ModelDesk,
        *,
        trail: Trail,
        cancelled: Callable[[], bool] | None,
        cancellation: Cancellation,
    ):
        self._tools = tools
        self._desk = desk
        self._trail = trail
        self._cancelled = cancelled
        self._cancellation = cancellation
        self._given_up = threading.Event()

    def ask(
        self, parts: Sequence[Part], request: AnalysisRequest, *, budgets: Budgets
    ) -> tuple[list[AnsweredPart], int]:
        """Ask every part and return what each found, in order, and the tokens that all of them spent.

        Args:
            parts: The sub-questions.
            request: The question they are parts of.
            budgets: What each may cost; the seconds begin now, for all of them.
        """
        deadline_s = self._tools.clock.monotonic_s() + budgets.max_seconds
        asked: list[_Asked] = []
        pool = ThreadPoolExecutor(max_workers=MAX_AT_ONCE, thread_name_prefix="averment-part")
        try:
            futures = [pool.submit(copy_context().run, self._one, part, request, budgets, deadline_s) for part in parts]
            for number, future in enumerate(futures, start=1):
                asked.append(future.result())
                for step in asked[-1].steps:
                    self._trail.add(replace(step, part=number))
        except BaseException:
            # Also an interruption: nobody waits for what the others find.
            self._given_up.set()
            self._cancellation.cancel()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
        self._desk.take_in([one.desk for one in asked])
        return [one.answered for one in asked], sum(one.state.tokens for one in asked)

    def _one(self, part: Part, request: AnalysisRequest, budgets: Budgets, deadline_s: float) -> _Asked:
        desk, trail = self._desk.branch(), Trail()
        inquiry = Inquiry(
            replace(
                request,
                question=part.question,
                filters=replace(request.filters, document_id=(part.document_id,)),
                conversation=(),
            ),
            self._tools,
            desk,
        )
        left_s = deadline_s - self._tools.clock.monotonic_s()
        powers = Powers(selects=desk.selects, states=desk.trusts("write"))
        loop = Loop(replace(budgets, max_seconds=left_s), powers)
        state = run_loop(loop, inquiry, trail=trail, clock=self._tools.clock, cancelled=self._is_cancelled)
        answered = AnsweredPart(part=part, found=inquiry.found, stopped=state.stopped)
        return _Asked(answered=answered, state=state, steps=tuple(trail.steps), desk=desk)

    def _is_cancelled(self) -> bool:
        return self._given_up.is_set() or (self._cancelled is not None and self._cancelled())
