"""Analyses that run in the background: bounded, observable, cancellable.

A job runs in a thread; its events are kept so that a client can come back and read on from the last one it saw.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, ReasoningStep
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AvermentError, QuotaExceeded, StoreBusy
from averment.core.ids import uuid7
from averment.core.jsonable import Json, to_json
from averment.service.admission.budgets import Budgets
from averment.service.backend import Backend
from averment.service.errors import log_failure, problem_body
from averment.service.metrics import ServiceMetrics

KEPT_JOBS: Final = 1000
JobStatus = Literal["queued", "running", "completed", "failed", "cancelled"]

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Job:
    """One analysis and all that has been heard of it."""

    id: str
    request: AnalysisRequest
    status: JobStatus = "queued"
    events: list[tuple[str, Json]] = field(default_factory=list)
    answer: Answer | None = None
    problem: dict[str, object] | None = None
    error: AvermentError | None = None
    is_cancelled: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.status in {"completed", "failed", "cancelled"}

    def note(self, event: str, data: Json, *, status: JobStatus | None = None) -> None:
        """Add an event, and with it a new status."""
        with self._lock:
            if status is not None:
                self.status = status
            self.events.append((event, data))
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a function, from the job's thread, after every event."""
        with self._lock:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Call it no more."""
        with self._lock:
            self._listeners.remove(listener)


class Jobs:
    """The analyses of this process.

    Args:
        backend: Answers.
        clock: Tells the time.
        metrics: Where they are counted.
        limit: How many run at once; as many again may wait.
        budgets: What principals may spend in a day; without, as much as they like.
    """

    def __init__(
        self, backend: Backend, *, clock: Clock, metrics: ServiceMetrics, limit: int, budgets: Budgets | None = None
    ):
        self._budgets = budgets
        self._backend = backend
        self._clock = clock
        self._metrics = metrics
        self._limit = limit
        self._is_stopping = False
        self._pool = ThreadPoolExecutor(max_workers=limit, thread_name_prefix="analysis")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, request: AnalysisRequest) -> Job:
        """Start an analysis.

        Raises:
            QuotaExceeded: Too many are running and waiting, or the principal's budget is spent.
            StoreBusy: The service is stopping.
            AnalysisStopped: People stopped the answering of questions.
        """
        if self._is_stopping:
            raise stopping()
        self._backend.refuse_if_stopped(request.purpose)
        job = Job(id=uuid7(unix_ms=unix_ms(self._clock.now())), request=request)
        with self._lock:
            active = sum(not other.is_over for other in self._jobs.values())
            if active >= 2 * self._limit:
                raise QuotaExceeded(
                    f"{active} analyses are running or waiting, the most allowed is {2 * self._limit}",
                    hint="try again shortly, or raise service.max_concurrent_analyses",
                )
            if self._budgets is not None:
                self._budgets.take_question(request.principal)
            self._jobs[job.id] = job
            self._forget_old()
        self._pool.submit(self._run, job)
        return job

    def get(self, identity: str, *, who: Principal) -> Job | None:
        """Return a job of somebody; another's job does not exist for them, nor their own of groups they have left."""
        job = self._jobs.get(identity)
        return job if job is not None and _is_for(job, who) else None

    def of(self, who: Principal) -> list[Job]:
        """List somebody's jobs, newest first."""
        return [job for job in reversed(list(self._jobs.values())) if _is_for(job, who)]

    def stop(self) -> None:
        """Take no more, and ask every analysis to stop at its next step; returns at once."""
        self._is_stopping = True
        for job in list(self._jobs.values()):
            job.is_cancelled.set()

    def close(self) -> None:
        """Ask every analysis to stop and wait for its log entry."""
        self.stop()
        self._pool.shutdown(wait=True)

    def _run(self, job: Job) -> None:
        if job.is_cancelled.is_set():
            job.note("cancelled", {"id": job.id}, status="cancelled")
            return
        job.status = "running"
        started_s = self._clock.monotonic_s()
        self._metrics.start_analysis()
        try:
            answer = self._backend.analyse(
                job.request, answer_id=job.id, on_event=_listener(job), cancelled=job.is_cancelled.is_set
            )
        except AvermentError as error:
            self._fail(job, error, started_s=started_s)
        except Exception as error:  # the task wrapper's seam: nobody waits for what this thread raises
            logger.error("analysis.failed id=%s error=%s", job.id, type(error).__name__)  # noqa: TRY400 - a traceback may hold content
            self._fail(job, AvermentError(f"the analysis failed with {type(error).__name__}"), started_s=started_s)
        else:
            is_cancelled = job.is_cancelled.is_set()
            self._metrics.end_analysis(
                status="cancelled" if is_cancelled else answer.status,
                duration_s=self._clock.monotonic_s() - started_s,
                usage=answer.usage,
            )
            if self._budgets is not None:
                tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
                self._budgets.spend_tokens(job.request.principal, tokens)
            job.answer = answer
            job.note("answer", to_json(answer), status="cancelled" if is_cancelled else "completed")

    def _fail(self, job: Job, error: AvermentError, *, started_s: float) -> None:
        log_failure(error)
        self._metrics.end_analysis(status="failed", duration_s=self._clock.monotonic_s() - started_s, usage=None)
        job.error = error
        job.problem = problem_body(error)
        job.note("error", to_json(job.problem), status="failed")

    def _forget_old(self) -> None:
        over = [identity for identity, job in self._jobs.items() if job.is_over]
        for identity in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
            del self._jobs[identity]


def stopping() -> StoreBusy:
    """Make the error of a question that the service did not take up."""
    return StoreBusy("the service is stopping and takes no more questions", hint="ask again when it is back")


def _is_for(job: Job, who: Principal) -> bool:
    asked = job.request.principal
    return (asked.subject, asked.tenant) == (who.subject, who.tenant) and set(asked.groups) <= set(who.groups)


def _listener(job: Job) -> Callable[[ReasoningStep], None]:
    def on_step(step: ReasoningStep) -> None:
        job.note(
            "step",
            {
                "number": step.number,
                "kind": step.kind,
                "part": step.part,
                "summary": step.summary,
                "duration_s": step.duration_s,
            },
        )

    return on_step


async def follow(job: Job, *, after: int = -1) -> AsyncGenerator[tuple[int, str, Json], None]:
    """Yield a job's events with their numbers, from the one behind `after`, until the job is over."""
    loop = asyncio.get_running_loop()
    news = asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop is gone, and with it whoever listened
            loop.call_soon_threadsafe(news.set)

    job.subscribe(wake)
    try:
        seen = max(after + 1, 0)
        while True:
            news.clear()
            is_over = job.is_over
            for number, (event, data) in enumerate(job.events[seen:], start=seen):
                yield number, event, data
                seen = number + 1
            if is_over:
                return
            await news.wait()
    finally:
        job.unsubscribe(wake)
