"""One analysis as its followers see it: numbered events, a status, and what came of it."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.errors import AvermentError
from averment.core.jsonable import Json
from averment.service.analysis_store import OVER, AnalysisStatus, KeptAnalysis, ListedAnalysis
from averment.service.errors import error_of


@dataclass(slots=True, kw_only=True)
class Job:
    """One analysis and all that has been heard of it.

    `n_runs` counts the earlier runs that did not end; `is_parked` once it waits for the next start of the service;
    `has_key` where whoever asked can come back for the answer with their idempotency key.
    """

    id: str
    request: AnalysisRequest
    status: AnalysisStatus = "queued"
    events: list[tuple[str, Json]] = field(default_factory=list)
    answer: Answer | None = None
    problem: Mapping[str, object] | None = None
    error: AvermentError | None = None
    n_runs: int = 0
    is_parked: bool = False
    has_key: bool = False
    is_cancelled: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.status in OVER

    @property
    def was_refused(self) -> bool:
        """Tell whether it ended, or was left for later, before anything was heard of it."""
        return self.answer is None and (self.is_over or self.is_parked) and len(self.events) <= 1

    @property
    def listed(self) -> ListedAnalysis:
        """Return the job as a line of a list."""
        return ListedAnalysis(id=self.id, status=self.status, n_events=len(self.events), request=self.request)

    def note(self, event: str, data: Json, *, status: AnalysisStatus | None = None) -> None:
        """Add an event, and with it a new status."""
        with self._lock:
            if status is not None:
                self.status = status
            self.events.append((event, data))
        self.wake()

    def leave(self) -> None:
        """Note that the client hung up: who cannot come back wants no more work; a job that is over does not care."""
        if not self.has_key:
            self.is_cancelled.set()

    def park(self) -> None:
        """Leave it, unless it is over, for the next start of the service; who listens is told to come back."""
        self.is_parked = True
        self.wake()

    def wake(self) -> None:
        """Have whoever listens look again."""
        with self._lock:
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


def opened(kept: KeptAnalysis) -> Job:
    """Return a kept analysis as a job; one that did not end waits for its next run."""
    job = Job(
        id=kept.id,
        request=kept.request,
        status=kept.status if kept.status in OVER else "queued",
        events=list(kept.events),
        answer=kept.answer,
        problem=kept.problem,
        error=None if kept.problem is None else error_of(kept.problem),
        has_key=kept.has_key,
        n_runs=kept.n_runs,
    )
    if kept.is_cancelled:
        job.is_cancelled.set()
    return job


async def follow(job: Job, *, after: int = -1) -> AsyncGenerator[tuple[int, str, Json], None]:
    """Yield a job's events with their numbers, from the one behind `after`, until it is over or parked."""
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
            is_last = job.is_over or job.is_parked
            for number, (event, data) in enumerate(job.events[seen:], start=seen):
                yield number, event, data
                seen = number + 1
            if is_last:
                return
            await news.wait()
    finally:
        job.unsubscribe(wake)
