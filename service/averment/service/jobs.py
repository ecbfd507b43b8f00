"""Analyses that run in the background: kept before they are taken up, bounded, observable, cancellable.

A job runs in a thread. Whatever is heard of it is on disk before anybody hears of it, so that a client can come back
and read on from the last event it saw, also after the service was killed. What did not end is run again at the next
start, unless the log holds its answer already.
"""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from typing import Final

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer, ReasoningStep
from averment.core.clock import Clock, unix_ms
from averment.core.errors import (
    AnalysisInterrupted,
    AuditWriteFailed,
    AvermentError,
    QuotaExceeded,
    StoreBusy,
    StoreError,
    UsageError,
)
from averment.core.ids import uuid7
from averment.core.jsonable import Json, to_json
from averment.core.settings import ServiceSettings
from averment.service.admission.budgets import Budgets
from averment.service.analysis_store import AnalysisStatus, AnalysisStore, ListedAnalysis, RequestKey
from averment.service.backend import Backend
from averment.service.errors import log_failure, problem_body
from averment.service.idempotency import GivenKey
from averment.service.job import Job, opened
from averment.service.metrics import ServiceMetrics

_NOISE_BYTES: Final = 10
RECENT: Final = 100
"""How many of somebody's newest analyses are looked through for the answers in a conversation."""

logger = logging.getLogger(__name__)


class Jobs:
    """The analyses of an installation, of which this process runs those that did not end.

    Args:
        backend: Answers.
        store: Keeps them.
        clock: Tells the time.
        metrics: Where they are counted.
        settings: How many run at once (as many again may wait), and how often one is begun.
        budgets: What principals may spend in a day; without, as much as they like.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        store: AnalysisStore,
        clock: Clock,
        metrics: ServiceMetrics,
        settings: ServiceSettings,
        budgets: Budgets | None = None,
    ):
        self._budgets = budgets
        self._backend = backend
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._settings = settings
        self._is_stopping = False
        self._is_interrupting = False
        self._pool = ThreadPoolExecutor(max_workers=settings.max_concurrent_analyses, thread_name_prefix="analysis")
        self._active: dict[str, Job] = {}
        self._newest = 0, bytes(_NOISE_BYTES)
        self._lock = threading.Lock()

    @property
    def is_stopping(self) -> bool:
        """Tell whether no more questions are taken."""
        return self._is_stopping

    @property
    def n_running(self) -> int:
        """Return how many analyses run at this moment."""
        return sum(job.status == "running" for job in list(self._active.values()))

    @property
    def most(self) -> int:
        """Return how many analyses run at once; as many again may wait."""
        return self._settings.max_concurrent_analyses

    def underway(self) -> list[ListedAnalysis]:
        """Return the analyses that run or wait for their turn, oldest first; for operators, who see no questions."""
        return sorted((job.listed for job in list(self._active.values()) if not job.is_over), key=lambda one: one.id)

    def submit(self, request: AnalysisRequest, *, key: GivenKey | None = None) -> Job:
        """Take up an analysis, durably; one that the same key made before is returned as it is.

        Raises:
            QuotaExceeded: Too many are running and waiting, or the principal's budget is spent.
            StoreBusy: The service is stopping.
            AnalysisStopped: People stopped the answering of questions.
            AuditWriteFailed: The question could not be kept; it was not taken up.
            UsageError: The key came with another request before.
        """
        if self._is_stopping:
            raise stopping()
        self._backend.refuse_if_stopped(request.purpose)
        try:
            with self._lock:
                kept = None if key is None else self._kept(key, request)
                return self._made_by(kept, request) or self._take_up(request, kept)
        except StoreError as error:
            raise AuditWriteFailed("the question could not be kept, so it was not taken up") from error

    def get(self, identity: str, *, who: Principal) -> Job | None:
        """Return a job of somebody; another's job does not exist for them, nor their own of groups they have left."""
        job = self._find(identity)
        return job if job is not None and _is_for(job.request, who) else None

    def of(self, who: Principal) -> Iterator[Job]:
        """Yield somebody's newest jobs, newest first."""
        for identity in self._store.ids_of(who.subject, before=None, limit=RECENT):
            job = self.get(identity, who=who)
            if job is not None:
                yield job

    def page(self, who: Principal, *, after: str | None, limit: int) -> tuple[list[ListedAnalysis], str | None]:
        """List somebody's analyses, newest first, from behind one of them on; and the last one, where more follow."""
        found: list[ListedAnalysis] = []
        while len(found) <= limit:
            identities = self._store.ids_of(who.subject, before=after, limit=limit + 1)
            if not identities:
                return found, None
            lines = (self._line(identity) for identity in identities)
            found += [line for line in lines if line is not None and _is_for(line.request, who)]
            after = identities[-1]
        return found[:limit], found[limit - 1].id

    def cancel(self, job: Job) -> None:
        """Ask a job to end at its next step, durably: also a restart does not run it again."""
        self._store.cancel(job.id)
        job.is_cancelled.set()

    def remove(self, job: Job) -> None:
        """Delete the working copy of an analysis that is over; the log keeps its record.

        Raises:
            RecordNotFound: It is not over.
        """
        self._store.remove(job.id)
        self._active.pop(job.id, None)

    def resume(self) -> int:
        """Take up what did not end when the service was stopped or killed; return how many analyses that were."""
        kept = list(self._store.unfinished())
        for one in kept:
            job = opened(one)
            self._active[job.id] = job
            # Nobody waits for the answer to a chat that ended with the service, unless it can be asked for by its key.
            is_awaited = one.request.channel != "chat" or one.has_key
            self._pool.submit(self._run if is_awaited else self._give_up, job)
        return len(kept)

    def stop(self) -> None:
        """Take no more, and leave what waits for the next start; what runs goes on."""
        self._is_stopping = True
        for job in list(self._active.values()):
            if job.status == "queued":
                job.park()

    def interrupt(self) -> None:
        """Ask what still runs to end at its next step, without an answer, and to go on at the next start."""
        self.stop()
        self._is_interrupting = True
        for job in list(self._active.values()):
            job.park()

    def close(self) -> None:
        """Interrupt what runs and wait for its log entries."""
        self.interrupt()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _kept(self, given: GivenKey, request: AnalysisRequest) -> RequestKey:
        owner = self._store.owner(request.principal.subject)
        return given.kept(
            lambda text, context: self._store.digest(text, owner=owner, context=context),
            expires_at=self._now_s() + self._settings.idempotency_hours * 3600,
        )

    def _made_by(self, key: RequestKey | None, request: AnalysisRequest) -> Job | None:
        if key is None:
            return None
        made = self._store.made_by(key, owner=self._store.owner(request.principal.subject), now_s=self._now_s())
        if made is None:
            return None
        identity, body = made
        job = self.get(identity, who=request.principal)
        if body != key.body or job is None:
            raise UsageError("this Idempotency-Key came with another request before", hint="use a new key")
        return job

    def _take_up(self, request: AnalysisRequest, key: RequestKey | None) -> Job:
        limit = 2 * self._settings.max_concurrent_analyses
        active = sum(not other.is_over for other in self._active.values())
        if active >= limit:
            raise QuotaExceeded(
                f"{active} analyses are running or waiting, the most allowed is {limit}",
                hint="try again shortly, or raise service.max_concurrent_analyses",
            )
        if self._budgets is not None:
            self._budgets.take_question(request.principal)
        job = Job(id=self._new_id(), request=request, has_key=key is not None)
        self._store.add(job.id, request, key=key)
        self._active[job.id] = job
        self._pool.submit(copy_context().run, self._run, job)  # so that its log lines name the request
        return job

    def _find(self, identity: str) -> Job | None:
        if (job := self._active.get(identity)) is not None:
            return job
        kept = self._store.get(identity)
        return None if kept is None else opened(kept)

    def _line(self, identity: str) -> ListedAnalysis | None:
        job = self._active.get(identity)
        return self._store.listed(identity) if job is None else job.listed

    def _run(self, job: Job) -> None:
        if self._is_stopping:
            job.park()
            return
        job.status = "running"
        started_s = self._clock.monotonic_s()
        self._metrics.start_analysis()
        status, answer = "failed", None
        try:
            with suppress(StoreError):  # the log is asked first at the next start, whatever is kept of a run
                self._store.begin(job.id)
            answer = self._answer(job)
            status = "cancelled" if answer is None or job.is_cancelled.is_set() else answer.status
            self._finish(job, answer)
        except AnalysisInterrupted as error:
            if self._is_interrupting:
                status = "interrupted"
                self._put_back(job)
            else:
                self._fail(job, error)
        except AvermentError as error:
            self._fail(job, error)
        except Exception as error:  # the task wrapper's seam: nobody waits for what this thread raises
            logger.error("analysis.failed id=%s error=%s", job.id, type(error).__name__)  # noqa: TRY400 - a traceback may hold content
            self._fail(job, AvermentError(f"the analysis failed with {type(error).__name__}"))
        finally:
            usage = answer.usage if answer else None
            duration_s = self._clock.monotonic_s() - started_s
            self._metrics.end_analysis(status=status, duration_s=duration_s, usage=usage)

    def _answer(self, job: Job) -> Answer | None:
        """Answer, or return what an earlier run put into the log; None for what was cancelled."""
        if job.n_runs:
            answer = self._backend.recover(job.request, answer_id=job.id)
            if answer is not None:
                return answer
        if job.is_cancelled.is_set():
            return None
        if job.n_runs >= self._settings.max_analysis_runs:
            raise AnalysisInterrupted(
                f"the analysis was begun {job.n_runs} times, and each time the service ended before it",
                hint="ask again; service.max_analysis_runs says how often one is begun",
            )
        if job.n_runs:
            self._note(job, "restarted", {"run": job.n_runs + 1})
        return self._backend.analyse(
            job.request, answer_id=job.id, on_event=self._listener(job), cancelled=lambda: self._must_end(job)
        )

    def _must_end(self, job: Job) -> bool:
        if self._is_interrupting and not job.is_cancelled.is_set():
            raise AnalysisInterrupted("the service is stopping; the analysis goes on at its next start")
        return job.is_cancelled.is_set()

    def _give_up(self, job: Job) -> None:
        """End an analysis whose answer nobody can ask for any more; what the log holds of it stays."""
        self._metrics.start_analysis()
        try:
            self._backend.recover(job.request, answer_id=job.id)
        except AvermentError as error:
            log_failure(error)
        self._fail(job, AnalysisInterrupted("the service ended before the answer", hint="ask again"))
        self._metrics.end_analysis(status="failed", duration_s=0, usage=None)

    def _finish(self, job: Job, answer: Answer | None) -> None:
        is_cancelled = answer is None or job.is_cancelled.is_set()
        status: AnalysisStatus = "cancelled" if is_cancelled else "completed"
        job.answer = answer
        if answer is not None and self._budgets is not None:
            tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
            self._budgets.spend_tokens(job.request.principal, tokens)
        if answer is None:
            self._end(job, "cancelled", {"id": job.id}, status=status)
        else:
            self._end(job, "answer", to_json(answer), status=status)

    def _fail(self, job: Job, error: AvermentError) -> None:
        log_failure(error)
        job.error = error
        job.problem = problem_body(error)
        self._end(job, "error", to_json(job.problem), status="failed")

    def _end(self, job: Job, event: str, data: Json, *, status: AnalysisStatus) -> None:
        """Keep how a job ended, then tell; a job that could not be kept stays in memory."""
        try:
            self._store.finish(job.id, event, status=status, answer=job.answer, problem=job.problem)
        except StoreError as error:
            log_failure(error)
            job.note(event, data, status=status)
        else:
            job.note(event, data, status=status)
            self._active.pop(job.id, None)

    def _put_back(self, job: Job) -> None:
        job.status = "queued"
        with suppress(StoreError):  # as a run that did not end it is taken up again all the same
            self._store.put_back(job.id)
        job.park()

    def _note(self, job: Job, event: str, data: Json) -> None:
        try:
            self._store.note(job.id, event, data=data)
        except StoreError as error:
            log_failure(error)
        job.note(event, data)

    def _listener(self, job: Job) -> Callable[[ReasoningStep], None]:
        def on_step(step: ReasoningStep) -> None:
            shown = ("number", "kind", "part", "summary", "code", "facts", "duration_s")
            self._note(job, "step", {name: to_json(getattr(step, name)) for name in shown})

        return on_step

    def _new_id(self) -> str:
        """Return an id that is greater than every one before it, so that lists have the order of asking."""
        ms = unix_ms(self._clock.now())
        before_ms, noise = self._newest
        noise = (int.from_bytes(noise) + 1).to_bytes(len(noise)) if ms == before_ms else os.urandom(_NOISE_BYTES)
        self._newest = ms, noise
        return uuid7(unix_ms=ms, randomness=noise)

    def _now_s(self) -> int:
        return int(self._clock.now().timestamp())


def stopping() -> StoreBusy:
    """Make the error of a question that the service did not take up."""
    return StoreBusy("the service is stopping and takes no more questions", hint="ask again when it is back")


def _is_for(request: AnalysisRequest, who: Principal) -> bool:
    asked = request.principal
    return (asked.subject, asked.tenant) == (who.subject, who.tenant) and set(asked.groups) <= set(who.groups)
