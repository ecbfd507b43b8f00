"""Analyses that run in the background: bounded, observable, cancellable.

A job runs in a thread; its events are kept so that a client can come back and read on from the last one it saw.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Literal

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, ReasoningStep
from averment.core.clock import Clock, unix_ms
from averment.core.errors import AvermentError, QuotaExceeded, StoreBusy
from averment.core.ids import uuid7
from averment.core.jsonable import Json, to_json
from averment.service.backend import Backend
from averment.service.errors import log_failure, problem_body
from averment.service.metrics import ServiceMetrics

KEPT_JOBS: Final = 1000
JobStatus = Literal["queued", "running", "completed", "failed", "cancelled"]


@dataclass(slots=True, kw_only=True)
class Job:
    """One analysis and all that has been heard of it."""

    id: str
    owner: str
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
    """

    def __init__(self, backend: Backend, *, clock: Clock, metrics: ServiceMetrics, limit: int):
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
            QuotaExceeded: Too many are running and waiting.
            StoreBusy: The service is stopping.
        """
        if self._is_stopping:
            raise stopping()
        job = Job(id=uuid7(unix_ms=unix_ms(self._clock.now())), owner=request.principal.subject, request=request)
        with self._lock:
            active = sum(not other.is_over for other in self._jobs.values())
            if active >= 2 * self._limit:
                raise QuotaExceeded(
                    f"{active} analyses are running or waiting, the most allowed is {2 * self._limit}",
                    hint="try again shortly, or raise service.max_concurrent_analyses",
                )
            self._jobs[job.id] = job
            self._forget_old()
        self._pool.submit(self._run, job)
        return job

    def get(self, identity: str, *, owner: str) -> Job | None:
        """Return a job of this owner; another owner's job does not exist for them."""
        job = self._jobs.get(identity)
        return job if job is not None and job.owner == owner else None

    def of(self, owner: str) -> list[Job]:
        """List the owner's jobs, newest first."""
        return [job for job in reversed(list(self._jobs.values())) if job.owner == owner]

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
        ended, status, event = "failed", _FAILED, ("error", None)
        try:
            answer = self._backend.analyse(
                job.request, answer_id=job.id, on_event=_listener(job), cancelled=job.is_cancelled.is_set
            )
            job.answer = answer
    def _forget_old(self) -> None:
        over = [identity for identity, job in self._jobs.items() if job.is_over]
        for identity in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
            del self._jobs[identity]


async def follow(job: Job, *, after: int = -1) -> AsyncIterator[tuple[int, str, Json]]:
    """Yield a job's events with their numbers, from the one behind `after`, until the job is over."""
    seen = after + 1
    while True:
        await asyncio.to_thread(job.wait_beyond, seen, 1.0)
        for number, (event, data) in enumerate(job.events[seen:], start=seen):
            yield number, event, data
            seen = number + 1
        if job.is_over and seen >= len(job.events):
            return
